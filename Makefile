# Two commands are enough: `make run` serves the demonstration, `make test` runs every check.
SHELL := /bin/sh
PYTHON_VENV := .venv/bin/python
.PHONY: run test setup lint lint-types lint-style check lock
.DEFAULT_GOAL := run

run: ## set up what is missing, then serve the demonstration on SEN_PORT (8000) until Ctrl-C
	@scripts/setup.sh run
	@exec $(PYTHON_VENV) -m sen.serve

setup: ## everything but the serving: environment, packages, assets
	@scripts/setup.sh test

test: setup ## every check and every test, browser included
# A module stays whole on one worker, for what it makes once. In the order of names, so that small ones come last.
	@$(MAKE) --no-print-directory -j2 lint
	@exec $(PYTHON_VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: lint-types lint-style ## style, types, and imports that point one way

lint-types:
	@.venv/bin/mypy

lint-style:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports

bench-%: setup ## a measurement, as in `make bench-queue`
	@exec $(PYTHON_VENV) -m bench.$*

drill-%: setup ## a fault made on purpose, as in `make drill-submit`
	@exec $(PYTHON_VENV) -m drills.$*

bench-import: bench-imports ;
drill-import: drill-import_historical ;

lock: ## renew requirements/*.txt after a change of pyproject.toml, and package-lock.json after one of package.json
	@scripts/lock.sh

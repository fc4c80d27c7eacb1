#!/bin/sh
# Renews the locks: every package with its hashes for every platform, and no address of where it came from.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .venv/bin/uv)
compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
        --no-emit-index-url --no-emit-find-links "$@"
}
compile pyproject.toml -o requirements/run.txt
compile pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
compile --group node -o requirements/node.txt
compile --group uv -o requirements/uv.txt
PATH="$PWD/.venv/bin:$PATH" npm install --package-lock-only

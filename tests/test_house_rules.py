"""The rules of the house, each asked of the whole code base and each shown to be able to fail."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import dispatch
from django.contrib.auth import signals as sign_in_signals
from django.core import signals as request_signals
from django.db import models
from django.db.backends import signals as connection_signals
from django.db.models import signals as model_signals
from django.http import HttpResponse

from accounts.middleware import declared
from audit import coverage
from audit.events import EVENTS
from privacy import fields, register
from reports.kinds import KINDS
from sen import documents
from tests import house

PYTHON = house.files()
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40


def per_file(paths: tuple[Path, ...] = PYTHON) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=house.name_of)


# -- Views ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "pattern"), list(house.views()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_view_declares_who_may_reach_it(name: str, pattern: Any) -> None:
    assert declared(pattern.callback) is not None


def test_a_view_that_declares_nothing_is_seen() -> None:
    assert declared(lambda request: HttpResponse()) is None


def test_every_address_has_a_name() -> None:
    assert [str(pattern.pattern) for name, pattern in house.views() if name.endswith("None")] == []


# -- Models ---------------------------------------------------------------------------------------------------------
def test_every_field_says_whether_it_holds_personal_data() -> None:
    silent = [f"{e.model._meta.label}.{e.field.name}" for e in register.elements() if e.personal is None]
    assert silent == []


def test_a_plain_django_field_is_seen() -> None:
    field = models.CharField(max_length=10)
    field.set_attributes_from_name("nickname")
    field.model = KINDS["sir"].model
    assert register.classification(field) is None


def test_a_field_that_does_not_say_fails_at_import() -> None:
    with pytest.raises(TypeError, match="personal"):
        fields.CharField(max_length=10)  # type: ignore[call-arg]


@pytest.mark.django_db
def test_every_model_is_audited_or_listed_as_exempt() -> None:
    bare = {model._meta.label for model in register.our_models() if not hasattr(model, "audited")}
    assert bare == set(coverage.EXEMPT)
    assert coverage.uncovered() == []


def test_no_model_of_ours_has_a_link_that_names_no_object() -> None:
    """A many-to-many field makes a table that no event can name; the framework's two are closed to all writing."""
    assert set(coverage.links()) == {"accounts_user_groups", "accounts_user_user_permissions"}


def test_saving_and_deleting_do_nothing_of_their_own() -> None:
    found = [
        f"{model.__name__}.{name}"
        for model in register.our_models()
        for base in model.__mro__
        for name in ("save", "delete", "save_base")
        if name in vars(base) and base.__module__.partition(".")[0] in house.packages()
    ]
    assert found == []


def personal_words(model: type[models.Model], method: Any) -> set[str]:
    """The personal fields that a method of a model reads."""
    personal = {e.field.name for e in register.elements([model]) if e.personal is fields.Personal.YES}
    return personal & set(re.findall(r"self\.(\w+)", inspect.getsource(method)))


@pytest.mark.parametrize("model", register.our_models(), ids=lambda model: model._meta.label)
def test_the_name_of_a_row_tells_of_nobody(model: type[models.Model]) -> None:
    assert personal_words(model, model.__str__) == set()
    label = getattr(model, "audit_label", None)
    assert label is None or personal_words(model, label.fget) == set()


def test_a_name_that_tells_of_somebody_is_seen() -> None:
    user = next(model for model in register.our_models() if model.__name__ == "User")
    assert personal_words(user, user.get_full_name) == {"name"}  # type: ignore[attr-defined]


# -- Events and actions -----------------------------------------------------------------------------------------------
def recorded() -> Iterator[tuple[str, str]]:
    """Every code that stands as text in a call of `record`, with its file."""
    for path in PYTHON:
        for call in house.nodes(path, ast.Call):
            first = call.args[0] if call.args and house.called(call) == "record" else None
            if isinstance(first, ast.Constant):
                yield str(first.value), house.name_of(path)


def test_every_recorded_event_is_declared() -> None:
    assert [(code, path) for code, path in recorded() if code not in EVENTS] == []


def test_every_declared_event_is_used() -> None:
    declaring = Path("audit/events.py")
    said = set().union(*(house.text_in(path) for path in PYTHON if not path.match(str(declaring))))
    assert set(EVENTS) - said == set()


def actions_of(path: Path) -> list[Any]:
    """The functions of a file that are marked as actions."""
    functions = house.nodes(path, ast.FunctionDef)
    return [f for f in functions if any(getattr(mark, "id", "") == "action" for mark in f.decorator_list)]


@per_file(tuple(path for path in PYTHON if actions_of(path)))
def test_an_action_takes_its_actor_by_name_alone(path: Path) -> None:
    assert [f.name for f in actions_of(path) if "by" not in {argument.arg for argument in f.args.kwonlyargs}] == []


def ours(receiver: Any) -> str:
    """The name of a receiver if it is a function of ours."""
    function = (
        receiver() if hasattr(receiver, "__callback__") or type(receiver).__name__ == "ReferenceType" else receiver
    )
    module = getattr(function, "__module__", "") or ""
    return f"{module}.{function.__qualname__}" if module.partition(".")[0] in house.packages() else ""


def test_nothing_of_ours_happens_by_signal() -> None:
    """Effects stand in actions, where a reader finds them. What tables and roles ask for follows a migration, and
    django-auditlog, which works by signals itself, is told by one who acts."""
    places = (model_signals, request_signals, sign_in_signals, connection_signals)
    signals = {s for place in places for s in vars(place).values() if isinstance(s, dispatch.Signal)}
    found = {ours(entry[1]) for signal in signals for entry in signal.receivers}
    assert found - {""} == {
        "audit.coverage.install",
        "accounts.permissions.install",
        "accounts.history._name_actor",
    }


# -- Files ----------------------------------------------------------------------------------------------------------
NO_DRAWERS = {"core", "common", "utils", "helpers", "services", "managers"}


def test_no_module_is_a_drawer_for_anything() -> None:
    found = {path.stem for path in PYTHON} | {part for path in PYTHON for part in Path(house.name_of(path)).parts}
    assert found & NO_DRAWERS == set()


@per_file(house.files(with_tests=True))
def test_each_file_opens_with_what_belongs_in_it(path: Path) -> None:
    assert not path.read_text() or ast.get_docstring(house.tree(path))


@per_file()
def test_files_and_functions_stay_short(path: Path) -> None:
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in house.nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@per_file()
def test_a_form_names_its_fields(path: Path) -> None:
    """Everything, or everything but, would open the next field to whoever posts it."""
    metas = [node for node in house.nodes(path, ast.ClassDef) if node.name == "Meta"]
    sets = [line for meta in metas for line in meta.body if isinstance(line, ast.Assign)]
    named = {getattr(line.targets[0], "id", ""): line.value for line in sets}
    assert "exclude" not in named
    assert not (isinstance(named.get("fields"), ast.Constant) and named["fields"].value == "__all__")  # type: ignore[attr-defined]


def lint(*options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *options]
    return subprocess.run(command, cwd=house.CHECKOUT, capture_output=True, text=True, check=False)


def test_imports_point_one_way() -> None:
    result = lint()
    assert result.returncode == 0, result.stdout


def test_an_import_that_points_back_is_seen(tmp_path: Path) -> None:
    upside_down = tmp_path / "upside_down.ini"
    upside_down.write_text(
        "[importlinter]\nroot_packages =\n    accounts\n    reports\n\n"
        "[importlinter:contract:1]\nname = upside down\ntype = layers\nlayers =\n    accounts\n    reports\n"
    )
    result = lint("--config", str(upside_down))
    assert result.returncode != 0
    assert "upside down BROKEN" in result.stdout


# -- What is written from the code -----------------------------------------------------------------------------------
def test_the_written_documents_are_fresh() -> None:
    assert documents.stale() == [], "run .venv/bin/python manage.py write_docs"


def test_a_stale_document_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(documents.DOCUMENTS, "docs/workflow.md", lambda: "something else")
    assert documents.stale() == ["docs/workflow.md"]

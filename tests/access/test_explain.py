"""What explains access says what the system answers: every role, kind, state, office and restriction, and every act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import access, actions, explain
from accounts.models import Office, User
from accounts.roles import GRANTS, Role
from reports import workflow
from reports.models import report as predicate
from tests.access.explained import ASKED, Explained, disagreements
from tests.access.matrix import taken_back
from tests.database import committed

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
# Only a person changes this: how often a role, at one of two homes, is asked about one act with one report.
CELLS = 9_000


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: the world is committed once for all, and each test takes back its own."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Explained]:
    with committed(django_db_blocker):
        yield Explained()


def asked_of(world: Explained, role: Role, home: str) -> tuple[int, list[str]]:
    """Give the role to somebody at an office, and ask everything of them."""
    until, office = timezone.now() + YEAR, Office.objects.get(code=home)
    actions.grant_role(user=world.people["stranger"], role=role, office=office, until=until, by=None)
    return disagreements(User.objects.get(username="stranger"), world)


@pytest.mark.parametrize("home", ["MIA", "MIF"])
@pytest.mark.parametrize("role", list(Role))
def test_the_explanation_agrees_for_every_role(role: Role, home: str, world: Explained) -> None:
    with taken_back():
        asked, wrong = asked_of(world, role, home)
    assert wrong == []
    assert asked == CELLS


def test_every_cell_is_asked(world: Explained) -> None:
    """Only a person changes this: kinds, states, offices and authors, with what opens a report."""
    states = 3 * 5 + 8
    assert len(world.cells) == len(KINDS_ASKED) * states * len(ASKED) * 2
    assert {cell.report.kind for cell in world.cells} == KINDS_ASKED


KINDS_ASKED = {"sir", "spear", "ilead", "tav"}


# -- The controls: one term of what the system answers is changed, and the explanation no longer agrees ----------------
NO = access.Verdict(False, "Never")


def never(*given: Any) -> bool:
    return False


PLANTED: dict[str, tuple[Role, str, Callable[[Any], None]]] = {
    "a named reader is forgotten": (Role.FIELD_HSI, "MIA", lambda m: m.setattr(predicate, "NAMED", "none")),
    "what was passed on is forgotten": (Role.FIELD_HSI, "MIA", lambda m: m.setattr(predicate, "SHARED", "none")),
    "reading outside is forgotten": (Role.FIELD_HSI, "MIA", lambda m: m.setattr(predicate, "OUTSIDE", "none")),
    "nobody has rights of their own": (Role.FIELD_ERO, "MIF", lambda m: m.setattr(access, "own", lambda name: name)),
    "no office is reached": (Role.SUPERVISOR, "MIA", lambda m: m.setattr(access.Rights, "at", never)),
    "no state allows a move": (Role.SUPERVISOR, "MIA", lambda m: m.setattr(workflow, "_state_allows", lambda r, w: NO)),
    "a role reaches beyond its programme": (Role.SUPERVISOR, "MIA", lambda m: m.setattr(explain, "carries", loosely)),
}


def loosely(assignment: Any, permission: str) -> bool:
    return permission in GRANTS[Role(assignment.role)]


@pytest.mark.parametrize("name", PLANTED)
def test_a_changed_term_is_seen(name: str, world: Explained, monkeypatch: Any) -> None:
    role, home, plant = PLANTED[name]
    with taken_back():
        plant(monkeypatch)
        asked, wrong = asked_of(world, role, home)
    assert wrong, name
    assert asked == CELLS

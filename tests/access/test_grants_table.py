"""What every role opens, as the database answers it, is what the reviewed tables in `docs/` say; so are all views.

`SEN_WRITE_TABLES=1` with this file alone writes docs/grants.csv, docs/apart.csv and docs/views.csv anew; a person then
reads the difference.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import actions, readiness
from accounts.access import Refused, Rights, may, rights_of
from accounts.middleware import declared
from accounts.models import Office, User
from accounts.roles import PERMISSIONS, SECOND_FACTOR_ROLES, Role, own
from sen.postgres import CHECKOUT
from tests import house

DOCS = CHECKOUT / "docs"
WRITE = "SEN_WRITE_TABLES" in os.environ
# Where the role is held, an office below it, and one that no role of an office may reach from there.
PLACES = {"HSI": ("MIA", "KEY", "ATL"), "ERO": ("MIF", None, "ATL")}
Lines = list[tuple[str, ...]]


def compare(name: str, head: tuple[str, ...], found: Lines) -> None:
    """The table in the repository says what was found; or is written, when asked."""
    path = DOCS / name
    if WRITE:
        _write(path, head, found)
    with path.open(newline="") as file:
        said = [tuple(line) for line in csv.reader(file)]
    assert said[0] == head
    assert set(found) - set(said[1:]) == set(), "found, and not in the table"
    assert set(said[1:]) - set(found) == set(), "in the table, and not found"


def _write(path: Path, head: tuple[str, ...], found: Lines) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *found])


@pytest.fixture
def newcomer(db: None) -> User:
    """Somebody without any role, of no office that a role of theirs could be confused with."""
    return User.objects.get(username="stranger")


def _reach(rights: Rights, permission: str, held: int, below: int, elsewhere: int) -> str:
    """How far a permission reaches from where the role is held: all, office (and below), own, or not at all."""
    if rights.at(permission, elsewhere):
        assert permission in rights.everywhere
        return "all"
    if rights.at(permission, held):
        assert not below or rights.at(permission, below)
        return "office"
    return "own" if own(permission) in rights.offices else ""


def _of_role(role: Role, user: User) -> Iterator[tuple[str, ...]]:
    reaches: list[dict[str, str]] = []
    for places in PLACES.values():
        offices = [Office.objects.get(code=code) if code else None for code in places]
        with transaction.atomic():
            _grant(user, role, offices[0])
            rights, (held, *others) = rights_of(user), [office.pk if office else 0 for office in offices]
            reaches.append({name: _reach(rights, name, held, *others) for name in PERMISSIONS})
            transaction.set_rollback(True)
    for name in PERMISSIONS:
        if any(reach[name] for reach in reaches):
            yield (role.value, name, *(reach[name] for reach in reaches))


def _grant(user: User, role: Role, office: Any) -> None:
    actions.grant_role(user=user, role=role, office=office, until=timezone.now() + timedelta(days=1), by=None)


def test_each_role_opens_what_the_table_of_grants_says(newcomer: User) -> None:
    assert rights_of(newcomer).offices == {}
    found = [line for role in Role for line in _of_role(role, newcomer)]
    compare("grants.csv", ("role", "permission", "held at an HSI office", "held at an ERO office"), found)


def _apart_from(one: Role, user: User) -> set[Role]:
    """The roles that nobody may be granted who holds this one."""
    found = set()
    with transaction.atomic():
        _grant(user, one, Office.objects.get(code="HQ"))
        for other in Role:
            try:
                actions.refuse_together(user, other)
            except Refused:
                found.add(other)
        transaction.set_rollback(True)
    return found


def test_roles_are_held_apart_as_the_table_says(newcomer: User) -> None:
    apart = {one: _apart_from(one, newcomer) for one in Role}
    assert all(one in apart[other] for one, others in apart.items() for other in others)
    found: Lines = [(one.value, other.value) for one in Role for other in Role if other in apart[one]]
    compare("apart.csv", ("role", "never together with"), found)


def test_the_roles_that_prove_with_a_second_factor() -> None:
    assert {role.value for role in SECOND_FACTOR_ROLES} == {
        "acm",
        "sco",
        "auditor",
        "privacy_officer",
        "administrator",
    }


def _who(access: Any) -> str:
    if access.public:
        return "anyone"
    return " or ".join(access.permissions) or "anyone signed in"


def test_each_view_is_reached_by_whom_the_table_of_views_says() -> None:
    compare("views.csv", ("page", "who"), sorted((name, _who(declared(one.callback))) for name, one in house.views()))


def test_what_must_be_in_order_is_asked_in_this_order() -> None:
    assert [(need.code, need.page) for need in readiness.NEEDS] == [
        ("second factor given", "accounts:prove"),
        ("rules", "accounts:rules"),
        ("training", "accounts:before_you_start"),
        ("second factor", "accounts:second_factors"),
    ]


@pytest.mark.django_db
def test_what_is_written_by_oneself_is_reached_by_its_author_alone(agent: User, outsider: User) -> None:
    """The narrow form: an agent of Miami amends what they wrote, wherever it lies, and nothing of a colleague's."""
    atlanta, miami = Office.objects.get(code="ATL"), Office.objects.get(code="MIA")
    assert may(agent, "amend_sir", atlanta, agent.pk)
    assert not may(agent, "amend_sir", atlanta, outsider.pk)
    assert not may(agent, "amend_sir", miami, outsider.pk)
    assert not may(agent, "amend_sir", miami)
    assert not may(agent, "close_sir", miami, agent.pk)
    assert may(agent, "amend_sir")
    assert not may(agent, "close_sir")

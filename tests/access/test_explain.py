"""What explains access says what the system answers: every role, kind, state, office and restriction, and every act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from accounts import access, actions, explain
from accounts.models import Office, User
from accounts.roles import GRANTS, Role
from ileads.actions import pass_on
from reports import actions as reports
from reports import drafts, routing, workflow
from reports.lookup import visible_report
from reports.models import Report, ReportNotice
from reports.models import report as predicate
from tests.access.explained import ASKED, Explained, disagreements
from tests.access.matrix import taken_back
from tests.database import committed
from tests.reports.filing import approved, file_report, file_sir
from watch import actions as watch

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
# Only a person changes this: how often a role, at one of two homes, is asked about one act with one report.
CELLS = 9_576


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


# -- With what the actions themselves do, on reports that were really filed -------------------------------------------
# How many acts the four reports have together.
ACTS = 49
ASKED_OF = ("agent", "supervisor", "fod", "analyst")


def filed(world: Explained) -> list[Report]:
    agent, officer, analyst, fod = (world.people[name] for name in ("agent", "officer", "analyst", "fod"))
    taken = file_sir(agent)
    reports.move(taken.pk, "take-up", by=analyst)
    lead = approved(file_report("ilead", officer), fod)
    return [taken, file_report("spear", agent), lead, file_report("tav", officer)]


def does(act: Callable[[], Any]) -> bool:
    """Whether the action lets it happen, or at least asks for more; it is taken back."""
    with taken_back():
        try:
            act()
        except (access.Refused, Report.DoesNotExist, Http404):
            return False
        except ValidationError:
            return True
    return True


def acts_of(report: Report, user: User) -> dict[str, Callable[[], Any]]:
    """What somebody would do for each act that is explained."""
    until = timezone.now() + YEAR

    def acknowledge() -> None:
        notices = ReportNotice.objects.filter(report=visible_report(report.number, user))
        told = [one for one in notices if routing.may_acknowledge(one, user)]
        if not told:
            raise access.Refused("No office of theirs was told.")
        reports.acknowledge(told[0].pk, by=user)

    def move(name: str) -> Callable[[], Any]:
        return lambda: reports.move(report.pk, name, by=user, reason="It has to be so")

    found: dict[str, Callable[[], Any]] = {
        one.label: move(one.name) for one in workflow.moves_of(report.declaration).values()
    }
    found["Write and release its summary"] = lambda: watch.write(report.pk, "So it was.", by=user, of_version=1)
    found["See it"] = lambda: visible_report(report.number, user)
    found["Amend it"] = lambda: drafts.open_amendment(visible_report(report.number, user), by=user)
    found["Acknowledge it"] = acknowledge
    if report.kind == "ilead":
        found["Pass it on"] = lambda: pass_on(report.pk, user, by=user, need_to_know="", until=until)
    return found


def test_the_explanation_agrees_with_what_the_actions_do(world: Explained) -> None:
    asked, wrong = 0, []
    with taken_back():
        for report in filed(world):
            for name in ASKED_OF:
                user = User.objects.get(username=name)
                told = explain.explain(user, explain.REPORTS.find(report.number))
                answers = {answer.act: answer for answer in (told.sees, *told.acts)}
                for act, doing in acts_of(report, user).items():
                    asked += 1
                    if answers[act].explained is not does(doing):
                        wrong.append(f"{name}: {act} of {report.kind}: {answers[act].stopped_at}")
    assert wrong == []
    assert asked == ACTS * len(ASKED_OF)

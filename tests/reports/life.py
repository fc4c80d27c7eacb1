"""The life of reports as a plain table, and the scene in which it is asked: who may make which move from which state.

The table names people, not permissions, and is written without a look at the access table or the table of moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts import rules, training
from accounts.models import Office, User
from accounts.roles import Role
from audit.models import Event
from reports import actions
from reports.models import ApprovalRule, Report, StatusChange
from tests.cast import CAST
from tests.reports.filing import file_report, moment

# -- Who there is, beside the cast -------------------------------------------------------------------------------------
# Username: role, office, and whose second account it is.
MORE = {
    "chief": ("supervisor", "MIF", ""),
    "far_officer": ("field_ero", "ATF", ""),
    "supervisor_again": ("supervisor", "MIA", "supervisor"),
    "fod_again": ("fod", "MIF", "fod"),
}
PEOPLE = (*CAST, *MORE)

# -- The plain table ---------------------------------------------------------------------------------------------------
# Each kind's report is filed three times: at home (Miami), far away (Atlanta), and at home by one who leads there.
AUTHORS = {
    "sir": ("agent", "outsider", "supervisor"),
    "spear": ("agent", "outsider", "supervisor"),
    "tav": ("officer", "far_officer", "fod"),
    "ilead": ("officer", "far_officer", "fod"),
}
HOME, FAR, LED = range(3)
SAME_PERSON = {"supervisor": {"supervisor", "supervisor_again"}, "fod": {"fod", "fod_again"}}

EVERYWHERE = {"analyst", "analyst2", "hq", "duty", "auditor", "privacy"}
HSI_LEADS, ERO_LEADS = {"supervisor", "supervisor_again", "sac"}, {"fod", "fod_again", "chief"}
SEES_AT_HOME = {
    "sir": EVERYWHERE | HSI_LEADS | {"agent", "colleague", "fig"},
    "spear": EVERYWHERE | HSI_LEADS | {"agent", "colleague", "fig"},
    "tav": EVERYWHERE | ERO_LEADS | {"officer"},
    "ilead": EVERYWHERE | ERO_LEADS | {"officer", "intel"},
}
SEES_FAR_AWAY = {
    "sir": EVERYWHERE | {"outsider"},
    "spear": EVERYWHERE | {"outsider"},
    "tav": EVERYWHERE | {"far_officer"},
    "ilead": EVERYWHERE | {"far_officer", "intel"},
}


class Line(NamedTuple):
    """One move of one kind: from which states, into which ("" stays), and who makes it.

    `leads` make it at home alone, `anywhere` wherever the report is, and its author if `author` says so. What is
    `by_another` is closed to its author, under any account.
    """

    kinds: str
    move: str
    from_states: str
    to_state: str
    leads: bool = False
    anywhere: tuple[str, ...] = ()
    directors: bool = False
    author: bool = False
    by_another: bool = False


WATCH = ("analyst", "analyst2")
TABLE = [
    Line("sir spear tav ilead", "approve", "awaiting", "submitted", leads=True, by_another=True),
    Line("sir spear tav ilead", "return", "awaiting", "returned", leads=True, by_another=True),
    Line("sir spear tav ilead", "take-up", "submitted", "under_review", anywhere=WATCH),
    Line("sir spear tav ilead", "release", "under_review", "submitted", anywhere=WATCH),
    Line("sir spear ilead", "close", "under_review", "closed", anywhere=WATCH),
    Line("sir spear ilead", "reopen", "closed", "under_review", anywhere=WATCH),
    Line("tav", "close", "submitted under_review", "closed", anywhere=WATCH, directors=True),
    Line("tav", "reopen", "closed", "submitted", anywhere=WATCH, directors=True),
    Line(
        "sir spear tav ilead",
        "void",
        "awaiting returned submitted under_review closed",
        "voided",
        leads=True,
        by_another=True,
    ),
    Line("spear", "outcome", "submitted under_review closed", "", leads=True, author=True),
    Line("tav", "decide", "submitted under_review", "", leads=True, by_another=True),
    Line("tav", "outcome", "submitted under_review", "", leads=True, author=True),
    Line("ilead", "validate", "submitted under_review closed", "", leads=True, author=True),
]
LINES = {(kind, line.move): line for line in TABLE for kind in line.kinds.split()}

STATES = ("awaiting", "returned", "submitted", "under_review", "closed", "voided")


def who_may(kind: str, line: Line, where: int) -> set[str]:
    """The people who make this move on this report, once it stands where the move begins."""
    author = AUTHORS[kind][where]
    leads = HSI_LEADS if kind in {"sir", "spear"} else ERO_LEADS
    found = set(line.anywhere)
    if where != FAR:
        found |= (leads if line.leads else set()) | ({"fod", "fod_again"} if line.directors else set())
    if line.author:
        found |= {author}
    return found - SAME_PERSON.get(author, {author}) if line.by_another else found


def expected(kind: str, line: Line, where: int, state: str, username: str) -> str:
    if username not in (SEES_FAR_AWAY if where == FAR else SEES_AT_HOME)[kind]:
        return "not found"
    return "done" if username in who_may(kind, line, where) and state in line.from_states.split() else "refused"


# -- How a report comes to a state: by whom each real move is made --------------------------------------------------
TAV_READY = ("decide", "outcome")
WAYS = {
    "awaiting": (),
    "returned": ("return",),
    "submitted": ("approve",),
    "under_review": ("approve", "take-up"),
    "closed": ("approve", "take-up", "close"),
    "voided": ("approve", "void"),
}
# A lead of the place who is never the author.
OTHER_LEAD = {
    "sir": ("sac", "far_lead", "sac"),
    "spear": ("sac", "far_lead", "sac"),
    "tav": ("chief", "far_lead", "chief"),
    "ilead": ("chief", "far_lead", "chief"),
}


def answers_of(kind: str, name: str) -> dict[str, Any]:
    """What a move asks for, as typed."""
    yesterday = timezone.now() - timedelta(days=1)
    return {
        ("spear", "outcome"): {"outcome": ["cancelled"], **moment("outcome_at", yesterday)},
        ("tav", "decide"): {"decision": ["denied"], "conflict": ["none"], "decision_reason": ["He is to be moved."]},
        ("tav", "outcome"): {"outcome": ["There was no visit."]},
        ("ilead", "validate"): {
            "validation_note": ["Asked again, and it holds."],
            "validation_due_0": ["1"],
            "validation_due_1": ["2"],
            "validation_due_2": [str(timezone.now().year + 4)],
        },
    }.get((kind, name), {})


class Scene:
    """The people, and the three reports of one kind, each waiting for its approval."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        accounts.save_reference(_awaited(kind), by=None)
        self._add_people()
        self.people = {user.username: user for user in User.objects.select_related("office")}
        self.reports = [file_report(kind, self.people[author]) for author in AUTHORS[kind]]

    def _add_people(self) -> None:
        accounts.add_office(
            by=None,
            code="ATF",
            name="Atlanta Field Office",
            kind="fod",
            parent=Office.objects.get(code="ERO"),
            programme="ERO",
            time_zone="America/New_York",
        )
        for username, (role, office, same_as) in MORE.items():
            add_person(username, Role(role), office, same_as)
        add_person("far_lead", Role.SUPERVISOR, "ATL" if self.kind in {"sir", "spear"} else "ATF")

    def walk(self, where: int, *moves: str) -> None:
        """Make these moves, each by somebody who may, at this moment."""
        for name in moves:
            by = "analyst2" if name in {"take-up", "close"} else OTHER_LEAD[self.kind][where]
            self.move(where, name, by)

    def move(self, where: int, name: str, username: str) -> Report:
        report, by = self.reports[where], self.people[username]
        return actions.move(report.pk, name, by=by, reason="It is so", answers=answers_of(self.kind, name))

    def bring_to(self, where: int, state: str) -> None:
        """By real moves; a TAV that has been approved is also decided on and has its outcome."""
        for name in WAYS[state]:
            self.walk(where, name)
            if name == "approve" and self.kind == "tav":
                self.walk(where, *TAV_READY)

    def stored(self, where: int) -> Report:
        """The report as it now is, with the answers of its kind."""
        found: Report = Report.objects.select_related("office", "author").get(pk=self.reports[where].pk).typed
        return found

    def life(self, where: int) -> tuple[int, int]:
        """How many entries the report has, and how many events of what people did; what follows is the system's."""
        pk = self.reports[where].pk
        events = Event.objects.filter(object_id=str(pk), kind="change", actor_id__isnull=False)
        return StatusChange.objects.filter(report_id=pk).count(), events.count()


def _awaited(kind: str) -> ApprovalRule:
    rule = ApprovalRule.objects.filter(kind=kind).first() or ApprovalRule(kind=kind)
    rule.needed = True
    return rule


def add_person(username: str, role: Role, office: str, same_as: str = "") -> User:
    """Somebody beside the cast; with `same_as`, the second account of one of them."""
    at = Office.objects.get(code=office)
    key = User.objects.get(username=same_as).person_key if same_as else f"E-{username}"
    user = accounts.add_user(
        by=None,
        password_hash="!",
        username=username,
        person_key=key,
        name=username.replace("_", " ").title(),
        email=f"{username.replace('_', '.')}@example.gov",
        programme=at.programme,
        office=at,
        status=User.Status.ACTIVE,
        is_demonstration=True,
    )
    accounts.accept_rules(by=user, version=rules.VERSION)
    training.record_training(user, completed_on=timezone.localdate(), evidence="Course 2026", by=None)
    accounts.grant_role(user=user, role=role, office=at, until=timezone.now() + timedelta(days=365), by=None)
    return user


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is undone, as if it had never been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

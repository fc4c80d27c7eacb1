"""The way in, in the demonstration: requests that wait or were decided, a role and a training that end soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import requests, training
from accounts.models import AccessRequest, Office, User
from accounts.roles import Role
from sen.demo import people

EARLY = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """One request: who asks for what and why; who endorsed it, and what became of it ("" while it waits)."""

    who: str
    role: Role
    office: str
    reason: str
    endorser: str = ""
    refused: str = ""
    days: int = 180
    granted: bool = False


ASKED: tuple[Asked, ...] = (
    Asked("j.merriweather", Role.FIG, "MIA", "Joins the Field Intelligence Group on the first of the month."),
    Asked("a.fenwick", Role.FIG, "MIA", "Stands in for the analyst of the group in Miami until spring."),
    Asked("fig", Role.INTEL, "MIA", "Detailed to the intelligence desk for six months.", "sac"),
    Asked("officer", Role.SUPERVISOR, "MIF", "Acting supervisor while the post is vacant.", "fod"),
    Asked("agent", Role.JIOC, "JIOC", "Would like to read all offices.", "", "Nothing in the duties asks it."),
    Asked("c.ballard", Role.FIG, "SNA", "Covers for a colleague on leave.", "b.quill", "", 12, True),
)


def renew_trainings() -> None:
    """Nobody invented is locked out of a demonstration that was made long ago or before trainings were kept."""
    today = timezone.localdate()
    for user in people.invented().filter(Q(trained_until=None) | Q(trained_until__lt=today + EARLY)):
        if not user.trainings.filter(completed_on=today, withdrawn_at=None).exists():
            training.record_training(user, completed_on=today, evidence="Course of the year", by=None)


@transaction.atomic
def make() -> None:
    """Make the requests, once."""
    if AccessRequest.objects.exists():
        return
    known = {user.username: user for user in people.invented()}
    for one in ASKED:
        _make(one, known)


def _make(one: Asked, known: dict[str, User]) -> None:
    until = timezone.localdate() + timedelta(days=one.days)
    office = Office.objects.get(code=one.office)
    row = requests.ask(by=known[one.who], role=one.role, office=office, reason=one.reason, until=until)
    if one.endorser:
        row = requests.endorse(row, by=known[one.endorser], version=row.version, note="I know the duty.")
    if one.refused:
        requests.refuse(row, by=known["acm"], version=row.version, reason=one.refused)
    if one.granted:
        requests.grant(row, by=known["acm"], version=row.version, until=until)

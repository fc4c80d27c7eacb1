"""The privacy officer's list: every attempt of a day (UTC) to see a legacy SSN, what became of it, what is unusual."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from audit.models import Event
from ileads.models import LegacySSN, Reveal
from ileads.models.reveal import Outcome
from reports.models import Report
from sen import times

# On one page; the log itself has all of them.
MOST = 300
DAY = timedelta(days=1)
# A decision that fell into the next day is still one of the attempt before midnight.
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class Line:
    """One attempt. Whose number it is is told by `role` and not by name. `alone`: the same person did nothing else
    with the iLead that day. `failed`: granted, and then the number did not open."""

    row: Reveal
    role: str
    alone: bool
    failed: bool

    @property
    def event(self) -> str:
        """The number of the decision's event, as people read it out."""
        return f"{self.row.decision:,}"

    @property
    def clock(self) -> str:
        """The time alone: the day stands above the list."""
        return f"{self.row.at.astimezone(UTC):%H:%M:%S}"

    @property
    def utc(self) -> str:
        return times.iso(self.row.at)


@dataclass(frozen=True)
class Counts:
    """How many numbers were granted on a day, and how many attempts refused."""

    shown: int
    refused: int


def counts(day: date) -> Counts:
    granted = Q(outcome=Outcome.GRANTED)
    rows = _of(day).order_by()
    return Counts(**rows.aggregate(shown=Count("pk", filter=granted), refused=Count("pk", filter=~granted)))


def lines(day: date) -> list[Line]:
    """The attempts of the day that were decided, the newest first, MOST of them."""
    rows = list(_of(day).select_related("by__office", "report")[:MOST])
    roles, busy, failed = _roles(rows), _busy(rows, day), _failed(day)
    return [
        Line(
            row=row,
            role=roles.get(row.ssn_id, ""),
            alone=row.is_granted and (row.by_id, str(row.report_id)) not in busy,
            failed=row.decision in failed,
        )
        for row in rows
    ]


def cut_off(day: date) -> Sequence[Event]:
    """Attempts of which nothing was decided, so nothing was shown: the connection or the server went away."""
    asked = Event.objects.filter(code="ssn.reveal_attempted", at__gte=_start(day), at__lt=_start(day + DAY))
    decided = Reveal.objects.filter(at__gte=_start(day), at__lt=_start(day + DAY) + SOON).values("attempt")
    return list(asked.exclude(pk__in=decided)[:MOST])


def _start(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def _of(day: date) -> QuerySet[Reveal]:
    return Reveal.objects.filter(at__gte=_start(day), at__lt=_start(day + DAY))


def _roles(rows: Iterable[Reveal]) -> dict[Any, str]:
    ssns = LegacySSN.objects.filter(pk__in={row.ssn_id for row in rows if row.ssn_id}).defer("value")
    return {ssn.pk: ssn.person.get_role_display() for ssn in ssns.select_related("person")}


def _busy(rows: Iterable[Reveal], day: date) -> set[tuple[int | None, str]]:
    """Who did anything else with which iLead on this day: opening it is enough (security.md, unusual use)."""
    shown = [row for row in rows if row.is_granted]
    others = Event.objects.filter(
        actor_id__in={row.by_id for row in shown},
        object_type=Report.audit_type,
        object_id__in={str(row.report_id) for row in shown},
        at__gte=_start(day),
        at__lt=_start(day + DAY),
    ).exclude(code__startswith="ssn.")
    return set(others.order_by().values_list("actor_id", "object_id").distinct())


def _failed(day: date) -> set[int]:
    """The decisions that granted a number which then did not open."""
    events = Event.objects.filter(code="ssn.not_opened", at__gte=_start(day), at__lt=_start(day + DAY) + SOON)
    return {json.loads(event.payload)["decision"] for event in events}

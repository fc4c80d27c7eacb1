"""What helps to decide about a visit: the operations that are planned near it, as far as the decider may know them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from audit.log import Subject, record
from reports import panels
from reports.condensed import from_until
from reports.kinds import KINDS
from reports.marks import state_mark
from reports.models import PlannedLocation, Report
from reports.models.tav import DECIDE, TAV
from reports.moves import Move
from reports.panels import Panel
from reports.states import Status
from sen.times import exact, zone_of

# An operation of the day before or after can still want the same people, rooms and vehicles.
AROUND = timedelta(days=1)
MOST = 20
NOT_PLANNED = (Status.VOIDED, Status.RETURNED)
NOT_TO_COME = ("postponed", "cancelled")


@dataclass(frozen=True)
class Near:
    """One planned operation near a visit."""

    number: str
    title: str
    office: str
    window: str
    state: Any
    overlaps: bool


def register() -> None:
    panels.register(help_with=operations_near)


def operations_near(report: Report, move: Move, user: User) -> Iterable[Panel]:
    """The planned operations to compare with, above the form of the decision; that they were listed is recorded."""
    if move is not DECIDE:
        return
    visit: TAV = report.typed
    found = [_near(row, visit) for row in near(visit, user)[:MOST]]
    if found:
        record("reports.listed", by=user, on=Subject("list", "", "operations near a visit"), count=len(found))
    context = {
        "visit": visit,
        "when": window_in_words(visit),
        "operations": found,
        "reads": user.may_somewhere(KINDS["spear"].permission("read")),
        "office": report.office.name,
    }
    yield Panel("Operations planned near this visit", "reports/visit_operations.html", context)


def window(visit: TAV) -> tuple[datetime, datetime]:
    """When the visit is to be: as planned, else as asked for; without an end it is a moment."""
    start: datetime = visit.planned_start or visit.event_at
    end = visit.planned_end if visit.planned_start else visit.requested_end
    return start, end or start


def window_in_words(visit: TAV) -> str:
    start, end = window(visit)
    zone = zone_of(visit.event_zone)
    return from_until(start, end, zone) if end > start else exact(start.astimezone(zone))


def near(visit: TAV, user: User) -> QuerySet[Report, Any]:
    """Planned operations that `user` may see, within a day of the visit, of its office and below or in its city."""
    start, end = window(visit)
    here = Q(office__path__startswith=visit.office.path)
    if visit.place_city:
        in_town = PlannedLocation.objects.filter(report=OuterRef("pk"), city__iexact=visit.place_city.strip())
        here |= Q(Exists(in_town))
    planned = Report.objects.visible_to(user).filter(kind="spear").exclude(status__in=NOT_PLANNED)
    around = planned.filter(event_at__lte=end + AROUND, spear__planned_end__gte=start - AROUND)
    around = around.exclude(spear__outcome__in=NOT_TO_COME).filter(here)
    columns = ("number", "title", "status", "office__name", "event_at", "event_zone", "spear__planned_end")
    return around.order_by("event_at", "number").values_list(*columns, named=True)


def _near(row: Any, visit: TAV) -> Near:
    start, end = window(visit)
    return Near(
        row.number,
        row.title,
        row.office__name,
        from_until(row.event_at, row.spear__planned_end, zone_of(row.event_zone)),
        state_mark(row.status),
        overlaps=row.event_at <= end and row.spear__planned_end >= start,
    )

"""Whether what is about to be filed was filed already: same office, event and hours, and somebody in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from reports.content import Filled
from reports.finding import alike
from reports.finding.alike import Mine
from reports.models import Report
from reports.models.finding import SearchIdentifier, SearchName
from reports.states import Status

# Two who tell of one event seldom agree on the hour.
APART = timedelta(hours=6)
# So many reports of one office tell of such an event within these hours at most; the newest are looked at.
MOST_LOOKED_AT, MOST_TOLD = 100, 3


@dataclass(frozen=True)
class Duplicate:
    """A report that may tell of the same event, and what it shares: (type, value) of an identifier, or a name."""

    pk: UUID
    number: str
    event_at: datetime
    office: str
    shares: tuple[tuple[str, str], ...]


def find(filled: Filled, user: User, *, but: Iterable[UUID] = ()) -> list[Duplicate]:
    """The reports that `user` may see and that may tell of what `filled`, not filed yet, tells of."""
    mine = alike.of_filled(filled)
    if not mine or not (others := _at_that_time(filled, user, but)):
        return []
    shares = _shares(mine, list(others))
    found = [
        Duplicate(pk, one.number, one.event_at, one.office__name, tuple(sorted(shares[pk])))
        for pk, one in others.items()
        if pk in shares
    ]
    return sorted(found, key=lambda one: (-len(one.shares), abs(one.event_at - filled.report.event_at)))[:MOST_TOLD]


def _at_that_time(filled: Filled, user: User, but: Iterable[UUID]) -> dict[UUID, Any]:
    """Reports of the same kind, office and hours, with an event type in common where the kind has any."""
    report: Any = filled.report
    if not report.office_id or not report.event_at or (filled.kind.types and not report.event_types):
        return {}
    others = Report.objects.visible_to(user).filter(
        kind=filled.kind.code,
        office=report.office_id,
        event_at__range=(report.event_at - APART, report.event_at + APART),
    )
    if filled.kind.types:
        others = others.filter(event_types__overlap=report.event_types)
    others = others.exclude(status=Status.VOIDED).exclude(pk__in=list(but)).newest_first()
    rows: Any = others.values_list("pk", "number", "event_at", "office__name", named=True)
    return {row.pk: row for row in rows[:MOST_LOOKED_AT]}


def _shares(mine: Mine, others: list[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    """What each of these reports has in common with mine."""
    found: dict[UUID, set[tuple[str, str]]] = {}
    held = SearchIdentifier.objects.filter(_any_of(mine), report__in=others)
    for pk, kind, value in held.values_list("report_id", "type", "value"):
        found.setdefault(pk, set()).add((kind, value))
    people = SearchName.objects.filter(report__in=others).exclude(bearer=SearchName.Bearer.ORGANIZATION)
    for pk, name, born in people.values_list("report_id", "name", "born"):
        for my in mine.names:
            is_person = my.bearer != SearchName.Bearer.ORGANIZATION
            if is_person and _may_be_one(my.born, born) and alike.is_close(my.name, name):
                found.setdefault(pk, set()).add((alike.CLOSE, name))
    return found


def _any_of(mine: Mine) -> Q:
    values: dict[str, list[str]] = {}
    for kind, value in mine.identifiers[: alike.MOST_IDENTIFIERS]:
        values.setdefault(kind, []).append(value)
    return (
        Q(*(Q(type=kind, value__in=some) for kind, some in values.items()), _connector=Q.OR) if values else Q(pk=None)
    )


def _may_be_one(mine: Any, theirs: Any) -> bool:
    return mine is None or theirs is None or mine == theirs

"""Counts of the log by day, hour, kind, code and person: kept for past days by a job, taken live for what is newer."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from audit.events import Kind
from audit.models import CountedDay, Event, PersonDay, Seal

DAY = timedelta(days=1)
# What nothing has counted yet is counted for the page that asks, but no further back than this.
LIVE = 2 * DAY

TOTALS = """
SELECT code, outcome, kind, extract(hour FROM at AT TIME ZONE 'UTC')::int, count(*)
FROM audit_event WHERE at >= %s AND at < %s GROUP BY 1, 2, 3, 4
"""
PEOPLE = """
INSERT INTO audit_personday (day, actor_id, reads, changes, accesses, refusals)
SELECT %s, actor_id, count(*) FILTER (WHERE kind = 'read'), count(*) FILTER (WHERE kind = 'change'),
       count(*) FILTER (WHERE kind = 'access'), count(*) FILTER (WHERE kind = 'refusal')
FROM audit_event WHERE at >= %s AND at < %s AND actor_id IS NOT NULL GROUP BY actor_id
ON CONFLICT (actor_id, day) DO UPDATE SET reads = EXCLUDED.reads, changes = EXCLUDED.changes,
    accesses = EXCLUDED.accesses, refusals = EXCLUDED.refusals
"""
GAPS = """
SELECT before, seconds FROM (
    SELECT lag(at) OVER (ORDER BY sequence) AS before,
           extract(epoch FROM at - lag(at) OVER (ORDER BY sequence))::int AS seconds
    FROM audit_seal WHERE sequence BETWEEN %s AND %s
) AS seal WHERE seconds > %s ORDER BY before LIMIT 100
"""
# A quiet log is sealed every twenty seconds; after a minute reveals and exports stop.
GAP = timedelta(minutes=1)
COLUMNS = {"read": "reads", "change": "changes", "access": "accesses", "refusal": "refusals"}


@dataclass
class Totals:
    """How many events of each kind in each hour, and of each code with each outcome."""

    hours: dict[str, list[int]] = field(default_factory=lambda: {kind.value: [0] * 24 for kind in Kind})
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, rows: Iterable[tuple[str, str, str, int, int]]) -> Totals:
        for code, outcome, kind, hour, events in rows:
            self.hours[kind][hour] += events
            self.codes[code, outcome] += events
        return self

    def merge(self, hours: dict[str, list[int]], codes: Mapping[tuple[str, str], int]) -> Totals:
        for kind, more in hours.items():
            self.hours[kind] = [one + other for one, other in zip(self.hours[kind], more, strict=True)]
        self.codes.update(codes)
        return self

    @property
    def by_kind(self) -> dict[str, int]:
        return {kind: sum(hours) for kind, hours in self.hours.items()}

    @property
    def all(self) -> int:
        return sum(self.by_kind.values())


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def today() -> date:
    """The day it is by UTC, in which the log is counted wherever its reader sits."""
    return timezone.now().astimezone(UTC).date()


# -- Keeping -----------------------------------------------------------------------------------------------------------
def count_day(day: date) -> None:
    """Count one day anew as far as it has gone. What was counted before is replaced, so doing it twice does no harm."""
    start, end = start_of(day), min(start_of(day + DAY), timezone.now())
    with transaction.atomic():
        totals = _totals(start, end)
        codes: dict[str, dict[str, int]] = {}
        for (code, outcome), events in totals.codes.items():
            codes.setdefault(code, {})[outcome] = events
        CountedDay.objects.update_or_create(
            day=day,
            defaults={
                "hours": totals.hours,
                "codes": codes,
                "gaps": gaps_between(start, end),
                "counted_to": max(start, end),
            },
        )
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, [day, start, end])


def uncounted(now: datetime | None = None) -> list[date]:
    """The days since the log began that are not counted whole; the last two are always among them.

    An event is stamped before its transaction commits, so yesterday is counted once more when it has settled.
    """
    first = Event.objects.order_by("at", "id").values_list("at", flat=True).first()
    if first is None:
        return []
    last, day = (now or timezone.now()).astimezone(UTC).date(), first.astimezone(UTC).date()
    whole = {
        one.day for one in CountedDay.objects.filter(day__lt=last - DAY) if one.counted_to >= start_of(one.day + DAY)
    }
    days = [day + DAY * step for step in range((last - day).days + 1)]
    return [one for one in days if one not in whole]


def gaps_between(start: datetime, end: datetime) -> list[tuple[str, int]]:
    """When sealing stood still for longer than GAP: the last seal before, and for how many seconds.

    Seals have no index by time. Their numbers rise with it and none is left out, so the first of a day is found by
    halving.
    """
    last = Seal.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    if last is None:
        return []
    numbers = range(1, last + 1)
    since, before = (bisect_left(numbers, moment, key=_sealed_at) for moment in (start, end))
    with connection.cursor() as cursor:
        cursor.execute(GAPS, [since, before, GAP.total_seconds()])
        return [(at.isoformat(timespec="seconds"), seconds) for at, seconds in cursor.fetchall()]


def _sealed_at(sequence: int) -> datetime:
    return Seal.objects.values_list("at", flat=True).get(sequence=sequence)


def _totals(start: datetime, end: datetime) -> Totals:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [start, end])
        return Totals().add(cursor.fetchall())


# -- Reading -----------------------------------------------------------------------------------------------------------
def totals_of(first: date, last: date) -> dict[date, Totals]:
    """The totals of every day from `first` to `last`; days that nothing has counted are absent."""
    kept = {one.day: one for one in CountedDay.objects.filter(day__range=(first, last))}
    found = {day: Totals().merge(one.hours, _flat(one.codes)) for day, one in kept.items()}
    for day, start, end in _left_out(kept, first, last):
        newer = _totals(start, end)
        found.setdefault(day, Totals()).merge(newer.hours, newer.codes)
    return found


def _flat(codes: dict[str, dict[str, int]]) -> dict[tuple[str, str], int]:
    return {(code, outcome): events for code, outcomes in codes.items() for outcome, events in outcomes.items()}


def person_days(actor_id: int, first: date, last: date) -> dict[date, Counter[str]]:
    """How many events of each kind one person made on each day; days without any are absent."""
    rows = PersonDay.objects.filter(actor_id=actor_id, day__range=(first, last))
    found = {row.day: Counter({kind: getattr(row, column) for kind, column in COLUMNS.items()}) for row in rows}
    kept = {one.day: one for one in CountedDay.objects.filter(day__gte=today() - LIVE)}
    for day, start, end in _left_out(kept, first, last):
        mine = Event.objects.filter(actor_id=actor_id, at__gte=start, at__lt=end).order_by()
        if newer := dict(mine.values_list("kind").annotate(Count("id"))):
            found.setdefault(day, Counter()).update(newer)
    return found


def _left_out(kept: dict[date, CountedDay], first: date, last: date) -> Iterable[tuple[date, datetime, datetime]]:
    """The stretches of the newest days that no count holds yet."""
    now = timezone.now()
    day = max(first, today() - LIVE)
    while day <= min(last, today()):
        start, end = kept[day].counted_to if day in kept else start_of(day), min(start_of(day + DAY), now)
        if start < end:
            yield day, start, end
        day += DAY


def acts_by_person(first: date, last: date) -> Counter[int]:
    """How many events each person made from `first` to `last`."""
    found: Counter[int] = Counter()
    for row in PersonDay.objects.filter(day__range=(first, last)):
        found[row.actor_id] += sum(getattr(row, column) for column in COLUMNS.values())
    kept = {one.day: one for one in CountedDay.objects.filter(day__gte=today() - LIVE)}
    for _, start, end in _left_out(kept, first, last):
        events = Event.objects.filter(actor_id__isnull=False, at__gte=start, at__lt=end).order_by()
        found.update(dict(events.values_list("actor_id").annotate(Count("id"))))
    return found

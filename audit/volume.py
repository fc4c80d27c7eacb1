"""How much happens: the newest 90 days by kind, and the hours of one day, as pictures and as their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString

from audit import counting
from audit.picture import KINDS, Bar, bars

DAYS = 90


@dataclass(frozen=True)
class Volume:
    """A picture and its rows: each has a bar, and its figures in the order of the kinds (None: not counted yet)."""

    picture: SafeString
    rows: list[tuple[Bar, list[int] | None]]
    total: int


def by_day(last: date) -> Volume:
    first = last - timedelta(days=DAYS - 1)
    found = counting.totals_of(first, last)
    days = [first + timedelta(days=step) for step in range(DAYS)]
    shown = [Bar(f"{d:%b} {d.day}", d.isoformat(), found[d].by_kind if d in found else None) for d in days]
    return _volume(f"Events a day from {first:%b} {first.day} to {last:%b} {last.day}, {last.year}", shown)


def by_hour(day: date) -> Volume:
    """The hours (UTC) of one day; of one that nothing has counted, none is known."""
    totals = counting.totals_of(day, day).get(day)
    hours = range(24)
    counts = [{kind: totals.hours[kind][hour] for kind in KINDS} if totals else None for hour in hours]
    shown = [Bar(f"{hour:02}", f"{hour:02}:00 to {hour:02}:59", counts[hour]) for hour in hours]
    return _volume(f"Events of each hour of {day:%b} {day.day}, {day.year}", shown)


def _volume(said: str, shown: list[Bar]) -> Volume:
    rows = [(bar, [bar.counts.get(kind, 0) for kind in KINDS] if bar.counts is not None else None) for bar in shown]
    total = sum(bar.total for bar in shown)
    return Volume(bars(f"{said}: {total:,} in all. The table beneath tells each.", shown), rows, total)

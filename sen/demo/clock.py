"""When things happen in the demonstration: raids before breakfast, papers in office hours, by local clocks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

YEAR = timedelta(days=365)
RAIDS = (time(5, 30), time(6), time(6), time(6, 30))
DAYTIME = (time(9), time(10, 30), time(13), time(14, 30))


def at_clock(day: datetime, days: int, clock: time, zone: str) -> datetime:
    """So many days after the local day of a moment, at this time by the clocks of the place."""
    local = day.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date() + timedelta(days=days), clock, tzinfo=ZoneInfo(zone))


def working_day(at: datetime) -> datetime:
    """The same time of the next Monday, for a moment at the weekend."""
    return at + timedelta(days=max(0, 7 - at.weekday())) if at.weekday() > 4 else at


def office_hours(at: datetime, zone: str, rng: Random) -> datetime:
    """The last working hours of the place before this moment, or the moment itself where it lies in them."""
    local = at.astimezone(ZoneInfo(zone))
    if 8 <= local.hour < 18 and local.weekday() < 5:
        return at
    back = (1 if local.hour < 8 else 0) + max(0, local.weekday() - (1 if local.hour < 8 else 0) - 4)
    worked = at_clock(at, -back, time(rng.randint(8, 17), rng.randint(0, 59)), zone)
    return min(at, worked)


def ago(rng: Random, least: timedelta, most: timedelta) -> timedelta:
    """Some time between the two, to the minute."""
    return timedelta(minutes=rng.randint(int(least.total_seconds() // 60), int(most.total_seconds() // 60)))

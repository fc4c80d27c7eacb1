"""Planned windows: how long one really lasts, and which hour is meant when the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sen.times import zone_name

# Past the first its author is asked to look again; past the second it is a mistake, most often of the year.
LONG, LONGEST = timedelta(days=7), timedelta(days=366)


def window_errors(start: datetime, end: datetime) -> dict[str, str]:
    """What cannot be right about a planned window, beside the answer that is to be mended."""
    if lasts(start, end) <= timedelta(0):
        return {"planned_end": "The planned end is not after the start. Check both days and times."}
    if lasts(start, end) > LONGEST:
        return {"planned_end": "The planned end is more than a year after the start. Check the year."}
    return {}


def lasts(start: datetime, end: datetime) -> timedelta:
    """How long it really is: of two times of one zone, Python compares and subtracts what the clocks show."""
    return timedelta(seconds=end.timestamp() - start.timestamp())


def same(one: datetime, other: datetime) -> bool:
    """Whether two moments are one: Python never calls an hour that comes twice equal to one of another zone."""
    return one.timestamp() == other.timestamp()


def remarks(start: datetime | None, end: datetime | None) -> Iterator[str]:
    """What the author of a right window should know before filing it."""
    if not (start and end and end > start):
        return
    yield from _twice("planned start", start)
    yield from _twice("planned end", end)
    looks = end.astimezone(start.tzinfo).replace(tzinfo=None) - start.replace(tzinfo=None)
    if looks != (real := lasts(start, end)):
        yield f"The clocks change during this window: it lasts {in_words(real)}, not {in_words(looks)}."
    if real > LONG:
        yield f"This window lasts {in_words(real)}. Check the day and the year of the planned end."


def _twice(label: str, at: datetime) -> Iterator[str]:
    """An hour that comes twice in the night when the clocks go back is taken the first time."""
    later: datetime = at.replace(fold=1)
    if isinstance(at.tzinfo, ZoneInfo) and at.utcoffset() != later.utcoffset():
        yield (
            f"{at:%H:%M} comes twice on {at:%b} {at.day}: the {label} is taken as the first, {at.tzname()}. "
            f"If you mean the second, choose the zone UTC and enter {later.astimezone(ZoneInfo('UTC')):%H:%M}."
        )


def in_words(span: timedelta) -> str:
    """3 hours, 1 h 30 min, 9 days, 1 day 2 h."""
    days, rest = divmod(round(span.total_seconds() / 60), 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days >= 2:
        return f"{days} days" + (f" {hours} h" if hours else "")
    hours += 24 * days
    if minutes:
        return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    return "1 hour" if hours == 1 else f"{hours} hours"


def window_in_words(start: datetime, end: datetime, zone: str, on: date | None = None) -> str:
    """06:00-09:00 EST; with the day of each end unless both lie on the day `on`. By the clocks of the operation."""
    begins, ends = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    first, last = zone_name(begins), zone_name(ends)
    begin_day = "" if begins.date() == on else f"{begins:%b} {begins.day}, "
    end_day = "" if ends.date() == begins.date() else f"{ends:%b} {ends.day}, "
    between = " – " if end_day else "–"
    return f"{begin_day}{begins:%H:%M}{'' if first == last else f' {first}'}{between}{end_day}{ends:%H:%M} {last}"


def typed(name: str, at: datetime, zone: str) -> dict[str, list[str]]:
    """A moment as the controls of a form post it, by the clocks of `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    pieces: list[Any] = [local.month, local.day, local.year, f"{local:%H:%M}", zone]
    return {f"{name}_{position}": [str(piece)] for position, piece in enumerate(pieces)}

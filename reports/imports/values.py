"""What one cell of an old file means: days, moments, yes and no. What makes no sense raises `Wrong` with the reason."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

FIRST_YEAR = 1900
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?[Mm]?\.?", re.ASCII)
YES, NO = frozenset({"yes", "y", "true", "t", "1", "x"}), frozenset({"no", "n", "false", "f", "0"})


class Wrong(ValueError):
    """Why a value cannot be taken; the message never repeats the value, which may be a person's."""


def plain(text: str, longest: int = 300) -> str:
    if len(text) > longest:
        raise Wrong(f"has more than {longest:,} characters")
    return text


def day(text: str) -> date:
    """A day written as 2014-03-31 or 3/31/2014, from 1900 on; a time behind it is left out."""
    words = text.replace("T", " ").split(" ", 1)[0]
    if found := ISO_DAY.fullmatch(words):
        year, month, number = found.groups()
    elif found := US_DAY.fullmatch(words):
        month, number, year = found.groups()
    else:
        raise Wrong("is not a day such as 2014-03-31 or 3/31/2014")
    try:
        read = date(int(year), int(month), int(number))
    except ValueError:
        raise Wrong("is a day that the calendar does not have") from None
    if read.year < FIRST_YEAR:
        raise Wrong(f"is before {FIRST_YEAR}")
    return read


def past_day(text: str) -> date:
    read = day(text)
    if read > timezone.now().date():
        raise Wrong("is in the future")
    return read


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A day with its time, as 2014-03-31 14:05 or 3/31/2014 2:05 PM, in `zone` unless it names its own offset."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = _by_parts(text)
    if read.year < FIRST_YEAR:
        raise Wrong(f"is before {FIRST_YEAR}")
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _by_parts(text: str) -> datetime:
    first, _, clock = text.replace("T", " ").partition(" ")
    on = day(first)
    if not clock.strip():
        return datetime(on.year, on.month, on.day)  # noqa: DTZ001 - its zone is given by whoever asked
    found = CLOCK.fullmatch(clock.strip())
    if not found:
        raise Wrong("is not a time such as 14:05 or 2:05 PM")
    hour, half = int(found[1]), (found[4] or "").lower()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    try:
        return datetime(on.year, on.month, on.day, hour, int(found[2]), int(found[3] or 0))  # noqa: DTZ001 - as above
    except ValueError:
        raise Wrong("is a time that the clock does not have") from None


def yes(text: str) -> bool:
    said = text.casefold()
    if said not in YES | NO:
        raise Wrong("is neither yes nor no")
    return said in YES

"""Times in words: the zone is always named and the exact UTC is always to be had."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

MINUTE, HOUR, DAY = 60, 3600, 86400


def zone_of(zone: str | ZoneInfo = "") -> ZoneInfo:
    """The zone meant: the one given, else the one this request reads in."""
    if isinstance(zone, ZoneInfo):
        return zone
    return ZoneInfo(zone or timezone.get_current_timezone_name())


def day(at: date) -> str:
    return f"{at:%b} {at.day}, {at.year}"


def exact(local: datetime, *, seconds: bool = False) -> str:
    """Date, 24-hour time and the zone's name, as the duty log writes them."""
    return f"{day(local)}, {local:{'%H:%M:%S' if seconds else '%H:%M'}} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """EST or CHST where the zone has letters; else the offset in hours, such as UTC+04."""
    letters = local.tzname() or "UTC"
    return letters if letters.isalpha() else f"UTC{letters}"


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def short(span: timedelta) -> str:
    """A span in one unit, rounded down: 12 min, 3 h, 2 d."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < MINUTE:
        return "under 1 min"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} d"


# -- For forms ---------------------------------------------------------------------------------------------------------
MONTHS = [(number, f"{number:02} {calendar.month_name[number]}") for number in range(1, 13)]
# Every zone in which the agency has an office at home, by the names people use; others are named by their key.
ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona (no daylight saving)",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic (Puerto Rico)",
    "Pacific/Guam": "Guam (Chamorro)",
    "UTC": "UTC",
}


def zone_choices(zone: str = "") -> list[tuple[str, str]]:
    """The zones offered; a zone of an office abroad is added to them."""
    known = {**ZONES, **({zone: zone} if zone and zone not in ZONES and zone in available_timezones() else {})}
    return list(known.items())


def clock_time(typed: str) -> time | None:
    """A time as people write it: 14:32, 1432, 932, 2:32 pm; nothing when it is none of them."""
    found = re.fullmatch(r"(\d{1,2}?):?(\d{2})\s*(?:([ap])\.?m\.?)?|(\d{1,2})\s*([ap])\.?m\.?", typed.strip().lower())
    if not found:
        return None
    hour, minute, half = int(found[1] or found[4]), int(found[2] or 0), found[3] or found[5]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None

"""Reading days and times as spreadsheets write them: many notations in, one day, one time and one zone out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

USUAL = "usual"
# What a mapping may name beside the notations of strptime.
WORDS = (USUAL, "iso", "epoch", "epoch ms", "excel")
WHOLE_DAY = 24 * 60
EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day has no zone

MONTH = {name[:3].lower(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
OFFSET = re.compile(r"(?<=\d)\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$", re.IGNORECASE)
DAYS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), order)
    for pattern, order in (
        (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", "ymd"),
        (r"(\d{4})(\d{2})(\d{2})", "ymd"),
        (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", "mdy"),
        (r"(\d{1,2})(?:st|nd|rd|th)?[-\s]+([a-z]{3,9})\.?[-,\s]+(\d{4}|\d{2})", "dmy"),
        (r"([a-z]{3,9})\.?[-\s]+(\d{1,2})(?:st|nd|rd|th)?[-,\s]+(\d{4})", "mdy"),
    )
)
CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::\d{2}(?:[.,]\d+)?)?\s*(?:([ap])\.?\s?m?\.?)?", re.IGNORECASE)
BARE = re.compile(r"(\d{1,4})(?:\.0+)?")


@dataclass(frozen=True)
class Moment:
    """A day, the minutes since its midnight if a time was given, and whether the text named its own zone."""

    day: date
    minutes: int | None = None
    fixed: bool = False

    def at(self, minutes: int) -> Moment:
        return Moment(self.day + timedelta(days=minutes // WHOLE_DAY), minutes % WHOLE_DAY, self.fixed)


def moment(text: str, notations: Iterable[str], zone: str) -> Moment | None:
    """The moment that `text` names in the first notation that fits; a moment with an offset is told in `zone`."""
    for notation in notations or (USUAL,):
        try:
            found = _in(text, notation, ZoneInfo(zone))
        except (ValueError, OverflowError, OSError):
            continue
        if found:
            return found
    return None


def clock(text: str) -> int | None:
    """Minutes since midnight: 14:05, 2:05 PM, 1405 or 5 (five past midnight), 14:05 hrs; 24:00 is the day's end."""
    plain = re.sub(r"\s*(?:hrs?|hours|h)\.?$", "", text.strip(), flags=re.IGNORECASE)
    if bare := BARE.fullmatch(plain):
        return _minutes(int(bare[1]) // 100, int(bare[1]) % 100)
    if found := CLOCK.fullmatch(plain):
        return _minutes(_hour(int(found[1]), found[3]), int(found[2] or 0))
    # A column of times is at times exported as moments of some day, such as 1899-12-30T14:05:00.
    whole = _usual(plain, ZoneInfo("UTC")) if len(plain) > 10 else None
    return whole.minutes if whole else None


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0) if 1 <= hour <= 12 else 99


def _minutes(hour: int, minute: int) -> int | None:
    found = hour * 60 + minute
    return found if minute < 60 and found <= WHOLE_DAY else None


def _in(text: str, notation: str, zone: ZoneInfo) -> Moment | None:
    if notation == "excel":
        return _whole(EXCEL_DAY_0 + timedelta(minutes=round(float(text) * WHOLE_DAY)))
    if notation in {"epoch", "epoch ms"}:
        return _epoch(float(text) / (1000 if notation == "epoch ms" else 1), zone)
    if notation == "iso":
        return _iso(text, zone)
    if notation == USUAL:
        return _usual(text, zone)
    parsed = datetime.strptime(text, notation)  # noqa: DTZ007 - without an offset it is in the mapping's zone
    return _told(parsed, zone) if tells_time(notation) else Moment(parsed.date())


def tells_time(notation: str) -> bool:
    """Whether a notation of strptime holds a time of day."""
    return any(mark in notation for mark in ("%H", "%I", "%c", "%X"))


def _whole(at: datetime, *, fixed: bool = False) -> Moment:
    return Moment(at.date(), at.hour * 60 + at.minute, fixed)


def _told(at: datetime, zone: ZoneInfo) -> Moment:
    return _whole(at.astimezone(zone), fixed=True) if at.tzinfo else _whole(at)


def _epoch(seconds: float, zone: ZoneInfo) -> Moment:
    return _told(datetime.fromtimestamp(seconds, UTC), zone)


def _iso(text: str, zone: ZoneInfo) -> Moment:
    try:
        return Moment(date.fromisoformat(text))
    except ValueError:
        return _told(datetime.fromisoformat(text), zone)


def _usual(text: str, zone: ZoneInfo) -> Moment | None:
    plain = WEEKDAY.sub("", " ".join(text.split()))
    if re.fullmatch(r"\d{9,10}(\.\d+)?|\d{12,13}(\.0+)?", plain):
        number = float(plain)
        return _epoch(number / 1000 if number > 1e11 else number, zone)
    for pattern, order in DAYS:
        found = pattern.match(plain)
        rest = plain[found.end() :] if found else ""
        if found and (not rest or rest[0] in " ,Tt"):
            return _with_rest(_day(found.groups(), order), rest.lstrip(" ,Tt"), zone)
    return None


def _with_rest(day: date, rest: str, zone: ZoneInfo) -> Moment:
    """The day with the time that follows it, which may name its offset from UTC."""
    if not rest:
        return Moment(day)
    offset = OFFSET.search(rest)
    minutes = clock(rest[: offset.start()] if offset else rest)
    if minutes is None:
        raise ValueError("no time of day")
    local = Moment(day).at(minutes)
    if not offset:
        return local
    at = datetime.combine(local.day, datetime.min.time(), UTC) + timedelta(minutes=local.minutes or 0)
    return _told(at - _offset(offset[1]), zone)


def _offset(text: str) -> timedelta:
    if text[0] not in "+-":
        return timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -span if text[0] == "-" else span


def _day(parts: Iterable[str], order: str) -> date:
    found = dict(zip(order, parts, strict=True))
    month = found["m"]
    year = int(found["y"])
    return date(_century(year, len(found["y"])), int(month) if month.isdigit() else _month(month), int(found["d"]))


def _month(name: str) -> int:
    """March, Mar or mar; nothing that only begins like a month."""
    number = MONTH.get(name[:3].lower())
    if number is None or not calendar.month_name[number].lower().startswith(name.lower()):
        raise ValueError("no month")
    return number


def _century(year: int, digits: int) -> int:
    """Two digits mean the hundred years that end 30 years after 1999, as strptime reads them."""
    return year if digits > 2 else year + (1900 if year >= 69 else 2000)

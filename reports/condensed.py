"""Answers that people read as one: a time from when until when, a place, a pair of coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reports.content import Answer, Filled
from reports.kinds import Span
from reports.models.windows import in_words, lasts
from sen.times import day, zone_name

PLACE = ("place_name", "place_address", "place_city", "place_state", "place_country")
COORDINATES = (("place_latitude", "place_longitude"), ("latitude", "longitude"))


def condensed(answers: Sequence[Answer], filled: Filled) -> list[Answer]:
    """The answers of one part or row, those that belong together as one where the first of them stood."""
    found = list(answers)
    for span in filled.kind.spans:
        found = _joined(found, (span.start, span.end), span.label, words_of(span, filled.report), whole=True)
    found = _joined(found, PLACE, "Place", _comma(found, PLACE))
    for pair in COORDINATES:
        found = _joined(found, pair, "Coordinates", _comma(found, pair), whole=True)
    return found


def _joined(
    answers: list[Answer], names: Sequence[str], label: str, words: str, *, whole: bool = False
) -> list[Answer]:
    """These answers as one; one alone stands as it is, and so do some where only the `whole` has a meaning."""
    given = [answer for answer in answers if answer.name in names]
    if len(given) < 2 or (whole and len(given) < len(names)) or not words:
        return answers
    one = Answer(given[0].name, label, words)
    return [one if answer is given[0] else answer for answer in answers if answer is given[0] or answer not in given]


def _comma(answers: Iterable[Answer], names: Sequence[str]) -> str:
    return ", ".join(answer.text for answer in answers if answer.name in names)


# -- Times -------------------------------------------------------------------------------------------------------------
def words_of(span: Span, report: Any) -> str:
    """The time of `report` that `span` names, in one line; nothing unless both ends are given."""
    start, end = getattr(report, span.start), getattr(report, span.end)
    return from_until(start, end, ZoneInfo(report.event_zone or "UTC")) if start and end else ""


def from_until(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Mar 3, 2027, 06:00-09:00 EST (3 hours): the day once, and the zone once unless the clocks change."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    begins = f"{day(first)}, {first:%H:%M}"
    is_one_day = first.date() == last.date()
    ends = f"{last:%H:%M}" if is_one_day else f"{day(last)}, {last:%H:%M}"
    if zone_name(first) != zone_name(last):
        begins += f" {zone_name(first)}"
    between = "–" if is_one_day else " – "
    return f"{begins}{between}{ends} {zone_name(last)} ({in_words(lasts(start, end))})"


# -- At a glance -------------------------------------------------------------------------------------------------------
def when(filled: Filled) -> str:
    """When it happened or is to happen, in one line."""
    report: Any = filled.report
    for span in filled.kind.spans:
        if words := words_of(span, report):
            return words
    local = report.event_at.astimezone(ZoneInfo(report.event_zone or "UTC"))
    return f"{day(local)}, {local:%H:%M} {zone_name(local)}"


def where(filled: Filled) -> str:
    """The place in one line: what the report itself says, else the first row of places that it lists."""
    report: Any = filled.report
    here = (report.place_facility, report.place_name, report.place_address, report.place_city, report.place_state)
    if words := ", ".join(part for part in here if part):
        return words
    places = [row.line() for rows in filled.rows.values() for row in rows if hasattr(row, "latitude")]
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{places[0]}{more}" if places else ""

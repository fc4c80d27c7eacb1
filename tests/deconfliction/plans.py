"""Plans for tests: SPEARs through the real filing, at a chosen time and place and with chosen targets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from reports.models import Match, Report
from tests.reports.filing import file_spear, moment, row, spear_answers

HERE = (25.774, -80.193)
HOUR = timedelta(hours=1)
# One minute of latitude is a sea mile; this many degrees are one meter on a great circle of the rule's earth.
DEGREES_A_METER = 180 / 3.141592653589793 / 6_371_008.8
RESTRICTED: dict[str, Any] = {
    "flags": {
        "restricted": ["on"],
        "restricted_reason": ["An informant is inside."],
        "marking": ["Law enforcement sensitive"],
    }
}


def tomorrow() -> datetime:
    """A whole hour some days from now, the same for a whole test."""
    return timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)


def place(latitude: float | None = None, longitude: float | None = None, **words: str) -> dict[str, Any]:
    if latitude is not None and longitude is not None:
        words |= {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
    return row(**words)


def north(meters: float, of: tuple[float, float] = HERE) -> dict[str, Any]:
    """A place so many meters north."""
    return place(of[0] + meters * DEGREES_A_METER, of[1])


def target(last: str, first: str = "", **words: str) -> dict[str, Any]:
    return row(role="target", population="public", last_name=last, first_name=first, **words)


def window(start: datetime, end: datetime, zone: str = "UTC") -> dict[str, list[str]]:
    return {**moment("event_at", start, zone), **moment("planned_end", end, zone)}


def plan(
    by: Any,
    *,
    start: datetime | None = None,
    hours: float = 3,
    places: list[dict[str, Any]] | None = None,
    people: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> Report:
    """File a plan at one place, against nobody, unless said."""
    answers = spear_answers(by, people=people or [], **changes)
    start = start or tomorrow()
    answers["when"] |= window(start, start + timedelta(hours=hours))
    answers["locations"] = [place(*HERE)] if places is None else places
    return file_spear(by, answers)


def hows(one: Report, other: Report) -> list[str]:
    """Why these two match; nothing where they do not."""
    pair = Match.objects.filter(a=min(one, other, key=key), b=max(one, other, key=key), stands=True).first()
    return [reason["how"] for reason in pair.reasons] if pair else []


def key(report: Report) -> Any:
    return report.pk

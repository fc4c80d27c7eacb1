"""A match in words: why two operations match, where it stands, and who was told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reports.match_sides import Sight
from reports.models import MatchNotice, Organization, Person, PlannedLocation
from reports.models.rows import Row
from reports.models.windows import in_words

TARGETS = {
    "a_number": "One target, by the A-Number",
    "name": "Two targets of one name",
    "ein": "One target organization, by its EIN",
    "organization": "Two target organizations of one name",
}


@dataclass(frozen=True)
class State:
    """Where a match stands: a word with its tone, and who."""

    words: str
    tone: str
    who: str = ""


def state(sight: Sight) -> State:
    """Of a match with a side that is closed to them people only learn whether it still stands."""
    match = sight.match
    known = sight.is_whole or sight.settles
    if match.settled_at and match.settled_by:
        return State("Settled", "done", match.settled_by.name if known else "")
    if not sight.stands:
        return State("No longer matches", "neutral")
    if match.held_by:
        return State("Taken up", "working", match.held_by.name if known else "")
    return State("Open", "waiting")


# -- Why ---------------------------------------------------------------------------------------------------------------
def in_short(sight: Sight) -> str:
    """Why two operations match, for a list; nothing where one of them is closed."""
    if not sight.is_whole:
        return ""
    reasons = sight.match.reasons
    kinds = {reason["how"] for reason in reasons}
    words = [TARGETS[how] for how in TARGETS if how in kinds]
    if "address" in kinds:
        words.insert(0, "One address")
    elif near := [reason["meters"] for reason in reasons if reason["how"] == "place"]:
        words.insert(0, f"Places {meters(min(near))} apart")
    return "; ".join(words[:1] + [word[0].lower() + word[1:] for word in words[1:]])


def reasons(sight: Sight) -> list[str]:
    """Why two operations match, each reason a sentence; nothing where one of them is closed."""
    if not sight.is_whole:
        return []
    rows = _rows(sight.match.reasons)
    return [said for reason in sight.match.reasons if (said := _reason(reason, rows))]


def windows(sight: Sight) -> str:
    """How the two windows lie to each other."""
    if not sight.is_whole:
        return ""
    a, b = (side.report for side in sight.sides)
    apart = (max(a.event_at, b.event_at) - min(a.planned_end, b.planned_end)).total_seconds()
    if apart > 0:
        return f"Between the two windows lie {in_words(timedelta(seconds=apart))}."
    if apart == 0:
        return "One begins as the other ends."
    return f"The two windows overlap for {in_words(timedelta(seconds=-apart))}."


def meters(distance: float) -> str:
    return f"{distance / 1000:,.1f} km" if distance >= 10_000 else f"{round(distance):,} m"


def _reason(reason: Mapping[str, Any], rows: Mapping[str, Row]) -> str:
    """A row that a newer version no longer has says nothing."""
    one, other = rows.get(reason["a"]), rows.get(reason["b"])
    if one is None or other is None:
        return ""
    pair = one.line() if one.line() == other.line() else f"{one.line()}, and {other.line()}"
    if reason["how"] == "place":
        return f"Two places {meters(reason['meters'])} apart: {pair}."
    if reason["how"] == "address":
        return f"One address: {pair}."
    return f"{TARGETS[reason['how']]}: {pair}."


def _rows(reasons: Iterable[Mapping[str, Any]]) -> dict[str, Row]:
    keys = {key for reason in reasons for key in (reason["a"], reason["b"])}
    models = (PlannedLocation, Person, Organization)
    return {str(row.pk): row for model in models for row in model._default_manager.filter(pk__in=keys)}


# -- Who was told ------------------------------------------------------------------------------------------------------
def told(sight: Sight) -> list[MatchNotice]:
    """Who was told, for those who see the whole or settle; never whoever is named on a side that is closed to them."""
    if not (sight.is_whole or sight.settles):
        return []
    seen = {side.report.pk for side in sight.open_sides}
    notices = sight.match.notices.select_related("person", "office", "report")
    return [notice for notice in notices if notice.report_id is None or notice.report_id in seen]

"""After the window of a planned operation: its outcome, its new window, and the SIR that tells what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from reports.models import windows
from reports.moves import FILED, Move
from reports.states import Status

if TYPE_CHECKING:
    from reports.content import Filled


# No year before this can be meant: one is mistyped.
EARLIEST = 2000
# An operation may begin before its planned hour; a whole day earlier is rather a slip of the pen.
EARLY = timedelta(days=1)


class Outcome(models.TextChoices):
    EXECUTED = "executed", "Executed"
    POSTPONED = "postponed", "Postponed"
    CANCELLED = "cancelled", "Cancelled"


def renew(report: Any, before: Mapping[str, Any]) -> None:
    """An operation that was put off or called off and gets a new window is planned again."""
    ends = ("event_at", "planned_end")
    moved = any(
        not windows.same(datetime.fromisoformat(before["fields"][name]), getattr(report, name)) for name in ends
    )
    if report.outcome in (Outcome.POSTPONED, Outcome.CANCELLED) and moved:
        report.outcome, report.outcome_at, report.outcome_note, report.outcome_by = "", None, "", None


def outcome_errors(report: Any) -> dict[str, str]:
    if report.outcome_at and report.outcome_at > report.present:
        return {"outcome_at": "This is in the future. Record the outcome once it is known."}
    if report.outcome_at and report.outcome_at.year < EARLIEST:
        return {"outcome_at": "This is long before the operation was planned. Check the year."}
    executed = report.outcome == Outcome.EXECUTED
    if executed and report.outcome_at and report.outcome_at < report.event_at - EARLY:
        return {"outcome_at": "This is more than a day before the planned start. Check the day."}
    return {}


def set_recorder(report: Any, by: Any, now: datetime) -> None:
    report.outcome_by = by


def executed(report: Any) -> bool:
    return bool(report.outcome == Outcome.EXECUTED)


def not_executed(report: Any) -> str:
    """Why what happened cannot be reported from the plan yet."""
    if report.outcome in (Outcome.POSTPONED, Outcome.CANCELLED):
        return f"This operation was {report.get_outcome_display().lower()}, so nothing happened that a SIR could tell."
    return "" if report.event_at <= report.present else "The operation has not begun yet."


# What was planned is often what happened; its author unticks what did not.
HAPPENED = {"planned-arrest": "significant-arrest", "planned-seizure": "significant-seizure"}


def what_happened(filled: Filled) -> dict[str, Any]:
    """The answers of a SIR that the plan knows already: what, when, where, who."""
    report: Any = filled.report
    place = next(iter(filled.rows.get("locations", [])), None)
    what = {
        "title": [report.title],
        "event_types": [HAPPENED[code] for code in report.event_types if code in HAPPENED],
    }
    where: dict[str, list[str]] = {"office": [str(report.office_id)], "programme": [report.programme]}
    where |= windows.typed("event_at", report.outcome_at or report.event_at, report.event_zone)
    if place is not None:
        where |= _of_place(place) | {"place_country": [report.place_country]}
    case = {"operation_name": [report.operation_name], "icm_case_number": [report.icm_case_number]}
    if report.supervisor_id:
        case["supervisor"] = [str(report.supervisor_id)]
    return {"what": what, "where": where, "case": case}


def _of_place(place: Any) -> dict[str, list[str]]:
    return {
        "place_address": [place.address],
        "place_city": [place.city],
        "place_state": [place.state],
        "place_latitude": ["" if place.latitude is None else str(place.latitude)],
        "place_longitude": ["" if place.longitude is None else str(place.longitude)],
    }


def pending(report: Any, now: datetime) -> tuple[str, str] | None:
    """What a plan that counts still waits for once its window is over, or it was postponed."""
    if report.status not in FILED:
        return None
    if report.outcome == Outcome.POSTPONED:
        says = "Amend the plan with its new window: it is then compared with other operations and approved again."
        return "This operation was postponed", says
    if not report.outcome and report.planned_end < now and report.status != Status.CLOSED:
        says = "The planned window is over. Record whether the operation was executed, postponed or cancelled."
        return "The outcome is overdue", says
    return None


OUTCOME = Move(
    name="outcome",
    label="Record the outcome",
    done="given its outcome",
    said="recorded the outcome of",
    from_states=FILED,
    to_state=None,
    permission="amend_spear",
    says="Say whether the operation was executed, postponed or cancelled. One that was postponed gets its new window "
    "by amending the plan.",
    event="spear.outcome",
    asks=("outcome", "outcome_at", "outcome_note"),
    needs=("outcome", "outcome_at"),
    check=outcome_errors,
    sets=set_recorder,
    icon="flag",
)

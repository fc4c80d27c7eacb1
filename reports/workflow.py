"""The life of a report as one table of moves: from which states, into which, by whom, and with what.

`reports.moves` holds the moves that every kind has; a kind adds its own in its declaration.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.access import YES, Verdict, may
from accounts.models import User
from reports.kinds import KINDS, Kind
from reports.models import Report
from reports.moves import COMMON, Move
from reports.states import Status
from reports.writers import wrote_what_waits


def moves_of(kind: Kind) -> dict[str, Move]:
    """The moves of this kind, by name: its own stand for those of the same name that all have."""
    return {move.name: move for move in (*COMMON, *kind.moves)}


def every_move() -> list[tuple[Kind, Move]]:
    """The whole table."""
    return [(kind, move) for kind in KINDS for move in moves_of(kind).values()]


def move_of(report: Report, name: str) -> Move:
    """Raises KeyError for a move that the kind of this report does not have."""
    return moves_of(report.declaration)[name]


def may_move(
    report: Report, move: Move, user: User, now: datetime | None = None, typed: Report | None = None
) -> Verdict:
    """Whether `user` may make this move now, and if not, why and what to do next.

    `typed` is the report with the answers of its kind, where they are at hand already.
    """
    verdict = may(user, move.permission_for(report), report.office, report.author_id)
    if not verdict:
        return verdict
    if (stands := _state_allows(report, move)) is not YES:
        return stands
    if move.by_another and report.author.person_key == user.person_key:
        return Verdict(False, f"You filed this report, so somebody else must {move.label.lower()} it.")
    if move.by_no_writer and wrote_what_waits(report, user):
        return Verdict(False, f"You wrote a part of what waits, so somebody else must {move.label.lower()} it.")
    if report.legacy and move.name != "void":
        return Verdict(False, "This report was brought from an older system and stands as it was.")
    hindrance = move.hindered(typed or report.typed, now or timezone.now()) if move.has_hindrance else ""
    return Verdict(False, hindrance) if hindrance else YES


def _state_allows(report: Report, move: Move) -> Verdict:
    if report.status in move.from_states:
        return YES
    now = Status(report.status).label.lower()
    if move.name == "take-up" and report.held_by:
        return Verdict(
            False, f"{report.held_by.name} has already taken up this report. Open the queue for the next one."
        )
    if move.name == "take-up" and report.status == Status.AWAITING_APPROVAL:
        return Verdict(False, "This report waits for a supervisor's approval. It can be taken up after that.")
    if move.name == "close" and report.status == Status.SUBMITTED:
        return Verdict(False, "Take up this report before you close it.")
    wanted = " or ".join(state.label.lower() for state in move.from_states)
    return Verdict(False, f"This report is {now}; only one that is {wanted} can be {move.done}.")


def allowed(report: Report, user: User) -> list[Move]:
    """The moves whose buttons the page shows."""
    return [move for move in moves_of(report.declaration).values() if may_move(report, move, user)]

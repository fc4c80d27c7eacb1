"""The life of a report as one table of moves: from which states, into which, by whom, and with what."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import YES, Verdict, may
from accounts.models import User
from reports.models import Report
from reports.states import Status

FILED = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.CLOSED)


@dataclass(frozen=True)
class Move:
    """One move. `permission` may name the kind with `{kind}`; `event` is what the log calls it."""

    name: str
    label: str
    done: str
    from_states: tuple[Status, ...]
    to_state: Status
    permission: str
    says: str
    event: str
    needs_reason: bool = False
    by_another: bool = False
    danger: bool = False
    confirm: bool = True

    def permission_for(self, report: Report) -> str:
        return self.permission.format(kind=report.kind)


MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move(
            name="take-up",
            label="Take up",
            done="taken up",
            from_states=(Status.SUBMITTED,),
            to_state=Status.UNDER_REVIEW,
            permission="review_reports",
            says="You will have this report until you release or close it.",
            event="report.taken_up",
            confirm=False,
        ),
        Move(
            name="release",
            label="Release",
            done="released",
            from_states=(Status.UNDER_REVIEW,),
            to_state=Status.SUBMITTED,
            permission="review_reports",
            says="It goes back to the queue for anybody on the watch to take up.",
            event="report.released",
        ),
        Move(
            name="close",
            label="Close",
            done="closed",
            from_states=(Status.UNDER_REVIEW,),
            to_state=Status.CLOSED,
            permission="close_{kind}",
            says="It leaves the queue. It can be reopened with a reason.",
            event="report.closed",
        ),
        Move(
            name="reopen",
            label="Reopen",
            done="reopened",
            from_states=(Status.CLOSED,),
            to_state=Status.UNDER_REVIEW,
            permission="close_{kind}",
            says="It comes back to the queue, and you have it.",
            event="report.reopened",
            needs_reason=True,
        ),
        Move(
            name="void",
            label="Void",
            done="voided",
            from_states=FILED,
            to_state=Status.VOIDED,
            permission="void_{kind}",
            says="It is kept, but leaves every list and feed. This cannot be undone.",
            event="report.voided",
            needs_reason=True,
            by_another=True,
            danger=True,
        ),
    )
}


def may_move(report: Report, move: Move, user: User) -> Verdict:
    """Whether `user` may make this move now, and if not, why and what to do next."""
    verdict = may(user, move.permission_for(report), report.office, report.author_id)
    if not verdict:
        return verdict
    if (stands := _state_allows(report, move)) is not YES:
        return stands
    if move.by_another and report.author.person_key == user.person_key:
        return Verdict(False, f"You filed this report, so somebody else must {move.label.lower()} it.")
    return YES


def _state_allows(report: Report, move: Move) -> Verdict:
    if report.status in move.from_states:
        return YES
    now = Status(report.status).label.lower()
    if move.name == "take-up" and report.held_by:
        return Verdict(
            False, f"{report.held_by.name} has already taken up this report. Open the queue for the next one."
        )
    if move.name == "close" and report.status == Status.SUBMITTED:
        return Verdict(False, "Take up this report before you close it.")
    wanted = " or ".join(state.label.lower() for state in move.from_states)
    return Verdict(False, f"This report is {now}; only one that is {wanted} can be {move.done}.")


def allowed(report: Report, user: User) -> list[Move]:
    """The moves whose buttons the page shows."""
    return [move for move in MOVES.values() if may_move(report, move, user)]

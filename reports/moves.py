"""What a move is, and those that every kind of report knows. A kind may bring its own, or its own form of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.states import Status

FILED = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.CLOSED)
AWAITED = (Status.AWAITING_APPROVAL, Status.RETURNED)


def nothing_hinders(report: Any, now: datetime) -> str:
    return ""


def sets_nothing(report: Any, by: Any, now: datetime) -> None:
    return None


def nothing_missing(report: Any) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Move:
    """One move. `permission` may name the kind with `{kind}`; `event` is what the log calls it.

    Without `to_state` the report stays where it is. `asks` names the answers of the report that the move gives: they
    make the next version, `needs` those that must be given, `check` says what is wrong between them, and `sets` fills
    in who and when. `hindered` says why the report is not ready for it. `by_another` closes it to the author, and
    `by_no_writer` also to whoever wrote a version of what waits, each under any account.
    """

    name: str
    label: str
    done: str
    from_states: tuple[Status, ...]
    to_state: Status | None
    permission: str
    says: str
    event: str
    needs_reason: bool = False
    by_another: bool = False
    by_no_writer: bool = False
    danger: bool = False
    confirm: bool = True
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    check: Callable[[Any], dict[str, str]] = nothing_missing
    sets: Callable[[Any, Any, datetime], None] = sets_nothing
    hindered: Callable[[Any, datetime], str] = nothing_hinders
    icon: str = "flag"
    tone: str = ""
    # What the message says that one has done with the report, where `done` does not suit.
    said: str = ""

    @property
    def has_hindrance(self) -> bool:
        return self.hindered is not nothing_hinders

    def permission_for(self, report: Any) -> str:
        return self.permission.format(kind=report.kind)


COMMON: tuple[Move, ...] = (
    Move(
        name="approve",
        label="Approve",
        done="approved",
        from_states=(Status.AWAITING_APPROVAL,),
        to_state=Status.SUBMITTED,
        permission="approve_{kind}",
        says="It counts from now on, and the watch can take it up.",
        event="report.approved",
        by_another=True,
        by_no_writer=True,
        icon="check",
        tone="done",
    ),
    Move(
        name="return",
        label="Return",
        done="returned",
        from_states=(Status.AWAITING_APPROVAL,),
        to_state=Status.RETURNED,
        permission="approve_{kind}",
        says="It goes back to its author, who reads your reason, amends it and files it again.",
        event="report.returned",
        needs_reason=True,
        by_another=True,
        by_no_writer=True,
        icon="undo",
    ),
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
        icon="work",
        tone="working",
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
        icon="undo",
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
        icon="check_circle",
        tone="done",
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
        icon="autorenew",
    ),
    Move(
        name="void",
        label="Void",
        done="voided",
        from_states=(*FILED, *AWAITED),
        to_state=Status.VOIDED,
        permission="void_{kind}",
        says="It is kept, but leaves every list and feed. This cannot be undone.",
        event="report.voided",
        needs_reason=True,
        by_another=True,
        danger=True,
        icon="cancel",
        tone="void",
    ),
)

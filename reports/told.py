"""Who was told of a report, and how each of them has said that they know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.access import may
from accounts.models import User
from accounts.roles import GRANTS, Role
from reports.models import Report, ReportNotice
from reports.states import Status


@dataclass(frozen=True)
class Told:
    """A notice in words: its state, who brought it about and when. `button` acknowledges it, where this person may."""

    notice: ReportNotice
    words: str
    tone: str = "neutral"
    who: str = ""
    at: datetime | None = None
    button: str = ""


@dataclass(frozen=True)
class TakenUp:
    """The watch says that it knows by taking the report up."""

    who: str
    at: datetime


def told(report: Report, notices: Iterable[ReportNotice], taken_up: TakenUp | None, user: User) -> list[Told]:
    return [_told(report, notice, taken_up, user) for notice in notices]


def _told(report: Report, notice: ReportNotice, taken_up: TakenUp | None, user: User) -> Told:
    grants = GRANTS[Role(notice.role)]
    if notice.acknowledged_at and notice.acknowledged_by:
        return Told(notice, "Acknowledged", "done", notice.acknowledged_by.name, notice.acknowledged_at)
    if "acknowledge" not in grants and "review_reports" in grants and taken_up:
        return Told(notice, "Taken up", "working", taken_up.who, taken_up.at)
    if report.restricted:
        return Told(notice, "Restricted since, so open only to those named", button=_button(notice, user))
    if "acknowledge" in grants:
        return Told(notice, "Not acknowledged yet", button=_button(notice, user))
    if "review_reports" in grants and report.status in (Status.SUBMITTED, Status.AWAITING_APPROVAL):
        return Told(notice, "In the queue")
    return Told(notice, "Told")


def _button(notice: ReportNotice, user: User) -> str:
    """The words of the button, for a person who holds the very role that was told and may speak for the office."""
    held = {(assignment.office_id, assignment.role) for assignment in user.live_assignments}
    may_speak = (notice.office_id, notice.role) in held and may(user, "acknowledge", notice.office)
    return f"Acknowledge for {notice.office.name}" if may_speak else ""

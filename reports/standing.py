"""How a report stands, in words at the top of its page: what it waits for, and what this reader can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from accounts.access import may
from accounts.models import User
from reports.kinds import nothing_pending
from reports.models import Report
from reports.states import Status
from reports.timeline import Step
from reports.workflow import may_move, move_of


@dataclass(frozen=True)
class Banner:
    """One message at the top of the page.

    `quote` is what somebody wrote, `to_acts` leads to what can be done, and `link` to the page at `url`.
    """

    tone: str
    heading: str
    text: str
    quote: str = ""
    to_acts: bool = False
    url: str = ""
    link: str = ""


def banners(report: Report, steps: Iterable[Step], user: User) -> list[Banner]:
    """The most pressing first."""
    waits = [*_awaited(report, user), *_returned(report, list(steps), user), *_pending(report, user)]
    return [*_ended(report), *waits, *_limits(report)]


def _ended(report: Report) -> Iterator[Banner]:
    if report.status == Status.VOIDED:
        says = "It is kept as it was and left out of every list and feed. The timeline says who voided it, and why."
        yield Banner("warning", "This report is voided", says)
    if report.legacy:
        says = f"Read only: it stands as {report.author_name} wrote it there, and nobody amends it."
        yield Banner("info", "Legacy report from an earlier system", says)


def _awaited(report: Report, user: User) -> Iterator[Banner]:
    """Before a supervisor has approved it: said to whom may, to whom wrote it, and to everybody else."""
    if report.status != Status.AWAITING_APPROVAL:
        return
    if may_move(report, move_of(report, "approve"), user):
        says = "Read it, then approve it, or return it with what is to be mended."
        yield Banner("warning", "It waits for your approval", says, to_acts=True)
        return
    who = "You can go on amending it." if _may_amend(report, user) else "Until then it may change."
    says = f"A supervisor of {report.office.name} approves it before it counts. {who}"
    yield Banner("info", "Awaiting approval", says)


def _returned(report: Report, steps: list[Step], user: User) -> Iterator[Banner]:
    if report.status != Status.RETURNED:
        return
    _, _, _, who, reason = max((step for step in steps if step[0] == "return"), key=lambda step: step[2])
    if _may_amend(report, user):
        says = "Amend it, and file it again: it then waits for approval anew. What was said:"
        yield Banner("warning", f"Returned by {who}", says, reason, to_acts=True)
    else:
        says = (
            f"It does not count until {report.author_name} has amended it and somebody has approved it. What was said:"
        )
        yield Banner("info", f"Returned by {who}", says, reason)


def _pending(report: Report, user: User) -> Iterator[Banner]:
    """What its kind still waits for, such as the outcome of an operation whose window is over."""
    if report.legacy or report.declaration.pending is nothing_pending:
        return
    if found := report.declaration.pending(report.typed, timezone.now()):
        heading, says = found
        yield Banner("warning", heading, says, to_acts=_may_amend(report, user))


def _may_amend(report: Report, user: User) -> bool:
    return bool(may(user, report.declaration.permission("amend"), report.office, report.author_id))


def _limits(report: Report) -> Iterator[Banner]:
    if report.restricted:
        says = "Only the people named on this report can read it, and nobody else at any rank."
        yield Banner("warning", "Restricted", says, report.restricted_reason)
    if report.legal_hold:
        yield Banner(
            "info", "Legal hold", "Nothing of it may be deleted while the hold stands.", report.legal_hold_reason
        )

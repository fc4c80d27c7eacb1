"""Parts of a report that are closed to most who read it: who may see which, and for whom a draft holds them."""

from __future__ import annotations

from django.urls import reverse

from accounts.access import may
from accounts.models import User
from reports.content import is_closed
from reports.kinds import Part
from reports.models import Report


def opened(report: Report, user: User) -> frozenset[str]:
    """The protected parts of this report that `user` may see without being recorded for each look."""
    return frozenset(part.name for part in report.declaration.sections if _may_see(part, report, user))


def closed_now(report: Report) -> frozenset[str]:
    """The protected parts that the newest version closes: no older version says what is closed today."""
    protected = [part for part in report.declaration.sections if part.protected]
    typed = report.typed if protected else report
    return frozenset(part.name for part in protected if is_closed(typed, part))


def reveals(report: Report, user: User) -> dict[str, str]:
    """The pages that show `user` a protected part of this report that is not open to them, by the part's name."""
    hidden = [part for part in report.declaration.sections if part.reveal and not _may_see(part, report, user)]
    return {
        part.name: reverse(part.reveal.url_name, args=[report.number])
        for part in hidden
        if part.reveal and may(user, part.reveal.permission, report.office, report.author_id)
    }


def may_enter(part: Part, amended: Report | None, user: User) -> bool:
    """Whether a draft of `user` asks for this part: always in a new report, else only if they may see what it says."""
    return amended is None or not part.protected or _may_see(part, amended, user)


def _may_see(part: Part, report: Report, user: User) -> bool:
    return bool(part.protected) and bool(may(user, part.protected, report.office, report.author_id))

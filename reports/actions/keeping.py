"""What every act on a filed report shares: its lock, its versions, what lists show of it, and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from accounts.access import Refused, may
from accounts.models import User
from reports import mail, protection, routing, urgency
from reports.content import Filled, from_content, to_content
from reports.models import Report, ReportNotice, Revision
from reports.states import Status


def locked(by: User) -> models.QuerySet[Report]:
    """Reports that `by` may see, their rows locked; to anybody else they do not exist."""
    # Without `held_by`: whoever has waited for the lock would get what was joined before it, so nobody's name.
    # `no_key`: a match may point at a plan that is just being amended, and its number and key never change.
    visible = Report.objects.visible_to(by).select_related("office", "author")
    return visible.select_for_update(of=("self",), no_key=True)


def require(by: User, permission: str, report: Report) -> None:
    verdict = may(by, permission, report.office, report.author_id or by.pk)
    if not verdict:
        raise Refused(verdict.reason)


def weigh(filled: Filled, why: list[str] | None = None) -> None:
    """Set what lists show of a report without reading its rows: its urgency and how many people it names."""
    why = urgency.reasons(filled) if why is None else why
    filled.report.urgency = 1 if why else 0
    filled.report.urgent_because = "; ".join(why)[:300]
    filled.report.people_count = len(filled.people())


def keep_version(filled: Filled, *, by: User, at: datetime, reason: str = "") -> None:
    Revision.objects.create(
        report_id=filled.report.pk,
        version=filled.report.version,
        content=to_content(filled),
        by=by,
        at=at,
        reason=reason,
    )


def tell(report: Report, now: datetime) -> list[ReportNotice]:
    """A notice for each office that the routing rules name and that has none yet."""
    told = set(ReportNotice.objects.filter(report_id=report.pk).values_list("office_id", "role"))
    notices = [
        ReportNotice(
            report_id=report.pk,
            office=to.office,
            role=to.role,
            urgent=report.urgent,
            version=report.version,
            made_at=now,
        )
        for to in routing.recipients(report, urgent=report.urgent)
        if (to.office.pk, to.role) not in told
    ]
    return ReportNotice.objects.bulk_create(notices)


def announce(notices: Iterable[ReportNotice]) -> None:
    """Queue the mail of each notice in this very transaction: a report that is filed now is always announced."""
    from reports.tasks import mail_notice

    jobs: list[dict[str, Any]] = [{"notice_id": str(one.pk)} for one in notices if mail.is_news(one.made_at)]
    if jobs:
        mail_notice.batch_defer(*jobs)


def ask_supervisor(report: Report) -> None:
    """Queue the mail to the supervisor whom the report names, where it waits for approval."""
    from reports.tasks import mail_waiting

    is_news = mail.is_news(report.amended_at or report.submitted_at)
    if is_news and report.status == Status.AWAITING_APPROVAL and report.supervisor_id:
        mail_waiting.defer(report_id=str(report.pk), version=report.version)


def version(report: Report, number: int) -> tuple[Revision, Filled]:
    """One version of a report as it was. Raises Revision.DoesNotExist."""
    revision = Revision.objects.select_related("by").get(report=report, version=number)
    filled = from_content(report, revision.content)
    filled.closed = protection.closed_now(report)
    return revision, filled

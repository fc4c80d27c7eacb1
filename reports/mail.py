"""Mail about reports: number, kind, office and a link; never a word of what happened or of whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Assignment, User
from audit.log import record
from reports.models import Notice, Report, ReportNotice

NEWS = timedelta(days=1)


def is_news(made_at: datetime) -> bool:
    """Whether a notice is worth a mail: one dated back (old records brought in) waits in the inbox alone."""
    return made_at > timezone.now() - NEWS


def send_report_notice(notice_id: str) -> None:
    """Mail everyone who holds the told role at the told office. Sent again, it bears the same Message-ID."""
    notice = ReportNotice.objects.select_related("report__office", "office").get(pk=UUID(notice_id))
    urgent = "URGENT: " if notice.urgent else ""
    send_notice(
        notice,
        notice.report,
        [one for one in recipients_of(notice) if Report.objects.visible_to(one).filter(pk=notice.report_id).exists()],
        subject=f"{urgent}{notice.report.number} was filed",
        path=f"/reports/{notice.report.number}/",
    )


def recipients_of(notice: Notice) -> Iterable[User]:
    """Active people who hold the notice's role at its office now; whether each may read it is asked apart."""
    held = Assignment.objects.live().filter(user=OuterRef("pk"), role=notice.role, office=notice.office)
    return User.objects.filter(Exists(held), status=User.Status.ACTIVE).order_by("pk")


def send_notice(notice: Notice, report: Report, people: Iterable[User], *, subject: str, path: str) -> None:
    """One mail a person over one connection. An error of the mail server raises: the job is tried again."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    messages = [
        EmailMessage(
            subject=subject,
            body=body_of(report, path),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[person.email],
            headers={"Message-ID": f"<{notice.pk}.{person.pk}@{sender.rpartition('@')[2]}>"},
        )
        for person in people
    ]
    if messages:
        get_connection().send_messages(messages)
    record("notice.mailed", by=None, on=report, notice=str(notice.pk), people=len(messages))


def body_of(report: Report, path: str) -> str:
    return (
        f"Number: {report.number}\nType: {report.declaration.label}\nOffice: {report.office.name}\n\n"
        f"Sign in to read it: {settings.SITE_URL}{path}\n\n"
        "This message holds no details on purpose. Do not reply with any.\n"
    )

"""Mail about reports: number, kind, office and a link; never a word of what happened or of whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.access import may
from accounts.mailing import send
from accounts.models import Assignment, User
from audit.log import record
from reports.models import Notice, Report, ReportNotice
from reports.states import Status
from reports.writers import wrote_what_waits

NEWS = timedelta(days=1)


def is_news(made_at: datetime) -> bool:
    """Whether a notice is worth a mail: one dated back (old records brought in) waits in the inbox alone."""
    return made_at > timezone.now() - NEWS


def send_report_notice(notice_id: str, only: list[str] | None = None) -> list[str]:
    """Mail everyone who holds the told role at the told office, or only some of them; the keys of those left over.

    Sent again, a mail bears the same Message-ID.
    """
    notice = ReportNotice.objects.select_related("report__office", "office").get(pk=UUID(notice_id))
    urgent = "URGENT: " if notice.urgent else ""
    holders = recipients_of(notice, only)
    return send_notice(
        notice,
        notice.report,
        [one for one in holders if Report.objects.visible_to(one).filter(pk=notice.report_id).exists()],
        subject=f"{urgent}{notice.report.number} was filed",
        path=f"/reports/{notice.report.number}/",
    )


def recipients_of(notice: Notice, only: list[str] | None = None) -> Iterable[User]:
    """Active people who hold the notice's role at its office now; whether each may read it is asked apart."""
    held = Assignment.objects.live().filter(user=OuterRef("pk"), role=notice.role, office=notice.office)
    holders = User.objects.filter(Exists(held), status=User.Status.ACTIVE).order_by("pk")
    return holders if only is None else holders.filter(pk__in=only)


class Occasion(Protocol):
    """What a mail is about; its key makes the mail the same one when it is sent again."""

    @property
    def pk(self) -> Any: ...


@dataclass
class Once:
    """An occasion that no row stands for: its key alone makes the mail the same one."""

    pk: str


def send_waiting(report_id: str, version: int) -> None:
    """Mail the supervisor whom a report names that this version waits for their approval, if they may give it."""
    report = Report.objects.select_related("office", "author", "supervisor").get(pk=UUID(report_id))
    named = report.supervisor
    if named is None or (report.status, report.version) != (Status.AWAITING_APPROVAL, version):
        return
    approves = may(named, report.declaration.permission("approve"), report.office)
    asked = approves and not wrote_what_waits(report, named)
    if asked and named.is_active and Report.objects.visible_to(named).filter(pk=report.pk).exists():
        subject, path = f"{report.number} waits for your approval", f"/reports/{report.number}/"
        send_notice(Once(f"waiting.{report.pk}.{version}"), report, [named], subject=subject, path=path)


def send_notice(notice: Occasion, report: Report, people: Iterable[User], *, subject: str, path: str) -> list[str]:
    """One mail a person over one connection; the keys of those who got none, while others did.

    Where nobody got any the error of the mail server raises: the job is tried again, and doubles nothing.
    """
    messages = {str(person.pk): _message(notice, report, person, subject, path) for person in people}
    left = send(messages) if messages else []
    record("notice.mailed", by=None, on=report, notice=str(notice.pk), people=len(messages) - len(left))
    return left


def _message(notice: Occasion, report: Report, person: User, subject: str, path: str) -> EmailMessage:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        subject=subject,
        body=body_of(report, path),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={"Message-ID": f"<{notice.pk}.{person.pk}@{sender.rpartition('@')[2]}>"},
    )


def body_of(report: Report, path: str) -> str:
    return (
        f"Number: {report.number}\nType: {report.declaration.label}\nOffice: {report.office.name}\n\n"
        f"Sign in to read it: {settings.SITE_URL}{path}\n\n"
        "This message holds no details on purpose. Do not reply with any.\n"
    )

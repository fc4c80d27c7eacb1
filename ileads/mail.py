"""Mail about iLeads: that one was passed on, and how many legacy SSNs were shown; never a word of what any says."""

from __future__ import annotations

from datetime import date
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.mailing import send
from accounts.models import Assignment, User
from accounts.roles import Role
from audit.log import Subject, record
from ileads import reveals
from ileads.models import Dissemination
from reports.mail import send_notice
from reports.models import Report


def send_dissemination(dissemination_id: str) -> None:
    """Tell the recipient, if they may still read it. Sent again, the mail bears the same Message-ID."""
    made = Dissemination.objects.select_related("report__office", "recipient").get(pk=UUID(dissemination_id))
    report, person = made.report, made.recipient
    reads = made.is_live and Report.objects.visible_to(person).filter(pk=report.pk).exists()
    send_notice(
        made,
        report,
        [person] if reads and person.status == User.Status.ACTIVE else [],
        subject=f"{report.number} was passed on to you",
        path=f"/reports/{report.number}/",
    )


def send_reveals(day: str, only: list[str] | None = None) -> list[str]:
    """Tell the privacy officers the figures of a day (UTC) and nothing else; the keys of those who got no mail.

    Sent again, a mail bears the same Message-ID.
    """
    held = Assignment.objects.live().filter(role=Role.PRIVACY_OFFICER)
    people = User.objects.filter(pk__in=held.values("user"), status=User.Status.ACTIVE).order_by("pk")
    if only is not None:
        people = people.filter(pk__in=only)
    counts = reveals.counts(date.fromisoformat(day))
    messages = {str(person.pk): _of_reveals(day, counts, person) for person in people}
    left = send(messages) if messages else []
    about = Subject("list", "", "reveals of legacy SSNs")
    record("notice.mailed", by=None, on=about, notice=f"reveals.{day}", people=len(messages) - len(left))
    return left


def _of_reveals(day: str, counts: reveals.Counts, person: User) -> EmailMessage:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=f"Legacy SSNs on {day}: {counts.shown} shown, {counts.refused} refused",
        body=(
            f"Day: {day} (UTC)\nShown: {counts.shown}\nRefused: {counts.refused}\n\n"
            f"Sign in to see who and why: {settings.SITE_URL}/ileads/ssn/reveals/?day={day}\n\n"
            "This message holds no details on purpose. Do not reply with any.\n"
        ),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={"Message-ID": f"<reveals.{day}.{person.pk}@{host}>"},
    )

"""Mail about iLeads that were passed on: number, kind, office and a link; never a word of what it says or why."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
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

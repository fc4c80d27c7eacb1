"""Mail about summaries: number, kind, office and a link; never a word of the summary."""

from __future__ import annotations

from uuid import UUID

from reports.mail import recipients_of, send_notice
from watch.models import SummaryNotice
from watch.reach import readable


def send_summary_notice(notice_id: str, only: list[str] | None = None) -> list[str]:
    """Mail everyone who holds the told role at the told office, or only some of them; the keys of those left over.

    Sent again, a mail bears the same Message-ID.
    """
    notice = SummaryNotice.objects.select_related("summary__report__office", "office").get(pk=UUID(notice_id))
    summary, report = notice.summary, notice.summary.report
    urgent = "URGENT: " if notice.urgent else ""
    again = f", version {notice.version}," if notice.version > 1 else ""
    return send_notice(
        notice,
        report,
        [person for person in recipients_of(notice, only) if readable(person).filter(pk=summary.pk).exists()],
        subject=f"{urgent}Summary{again} of {report.number} was released",
        path=f"/watch/summaries/{summary.pk}/",
    )

"""What becomes of the attachments of a draft when it is filed, discarded or handed to somebody else."""

from __future__ import annotations

from accounts.models import User
from audit.log import record
from reports.models import Draft, Report
from reports.models.attachments import Attachment


def take_along(draft: Draft, report: Report, *, by: User) -> list[Attachment]:
    """Take the attachments to the report in the act that files its draft; those that wait for the scanner as well.

    Call it before the search document is written, which holds what is released.
    """
    files = _locked(draft)
    for one in files:
        one.draft, one.report_id = None, report.pk
        one.save(update_fields=["draft", "report"])
        record("attachment.filed", by=by, on=one, report=report.number)
    return files


def discard_all(draft: Draft, *, by: User) -> None:
    """They go with the draft that is discarded, and their bytes with them: nothing of it was ever filed."""
    for one in _locked(draft):
        record("attachment.discarded", by=by, on=one)
        one.delete()


def hand_over(draft: Draft, *, by: User | None) -> None:
    """They stay with the draft when it gets another author; who uploaded each is still said."""
    for one in _locked(draft):
        record("attachment.handed_over", by=by, on=one)


def _locked(draft: Draft) -> list[Attachment]:
    return list(Attachment.objects.select_for_update(of=("self",)).filter(draft=draft).order_by("pk").defer("text"))

"""What a report is found by, written again when an attachment of it may be found, or no longer, and who is told."""

from __future__ import annotations

from reports.content import read
from reports.finding import alerts, documents
from reports.models import Report


def renew(report: Report) -> None:
    """Write it in the transaction that releases, describes or withdraws; the report's row is locked by the caller."""
    documents.index(read(report))
    alerts.look(report)

"""What every batch of legacy SSNs does, whether they are brought in or sealed anew: one at a time, named in the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from audit.log import Subject, record
from ileads.models import LegacySSN
from reports.models import Report

# An arbitrary number that means "somebody seals SSNs or removes a key".
LOCK = 739_105_520
LISTED = 100


def lock() -> None:
    """Until the transaction ends nobody else seals: none is sealed with a key that is being removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def note(code: str, changed: Sequence[LegacySSN], **said: Any) -> None:
    """Name every iLead of a batch in the log, a hundred SSNs an event: the audit looks for each in these lists."""
    for first in range(0, len(changed), LISTED):
        part = changed[first : first + LISTED]
        reports = sorted({str(one.report_id) for one in part})
        record(code, by=None, on=Subject(Report.audit_type, "", "iLeads"), batch=reports, count=len(part), **said)

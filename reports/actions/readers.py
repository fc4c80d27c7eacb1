"""Naming who reads a restricted report, and taking them off again."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.access import Refused, action
from accounts.models import User
from audit.log import record
from reports import naming
from reports.actions.keeping import require
from reports.finding import alerts
from reports.models import Report, ReportReader
from reports.models.report import NAMED


@action
def name_reader(report: Report, person: User, *, by: User, reason: str) -> None:
    """Let one person read a restricted report."""
    require(by, "name_readers", report)
    if not reason.strip():
        raise ValidationError({"reason": "Say why this person needs to know."})
    if not report.restricted:
        raise Refused("This report is not restricted: whoever may read its office's reports can read it.")
    naming.name(report, {person})
    record("report.reader_named", by=by, on=report, reader=person.pk, reason=reason)
    alerts.look(report)


@action
def remove_reader(report: Report, person: User, *, by: User, reason: str) -> None:
    """Take the reading of a restricted report away again."""
    require(by, "name_readers", report)
    naming.refuse_the_last(report, person)
    record("report.reader_removed", by=by, on=report, reader=person.pk, reason=reason)
    ReportReader.objects.filter(content_object=report, user=person, permission__codename=NAMED).delete()

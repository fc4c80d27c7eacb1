"""Saying for an office that it knows of a report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import User
from audit.log import record
from reports import routing
from reports.models import ReportNotice


@action
def acknowledge(notice_id: UUID, *, by: User, now: datetime | None = None) -> ReportNotice:
    """Record that an office knows: one entitled person of it has said so. Again changes nothing."""
    notice = ReportNotice.objects.select_for_update(of=("self",)).select_related("office", "report").get(pk=notice_id)
    if not (verdict := routing.may_acknowledge(notice, by)):
        raise Refused(verdict.reason)
    if notice.acknowledged_at is None:
        notice.acknowledged_at, notice.acknowledged_by = now or timezone.now(), by
        notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
        record("notice.acknowledged", by=by, on=notice.report, office=notice.office.code, role=notice.role)
    return notice

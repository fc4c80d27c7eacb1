"""Reading a report: recorded before it is answered, and kept as who read which version."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from audit.log import record
from reports.models import Reading, Report


def note_reading(
    report: Report,
    *,
    by: User,
    version: int | None = None,
    code: str = "report.viewed",
    now: datetime | None = None,
) -> int:
    """Record that `by` reads `version` of the report (the newest unless said), and say which event tells of it.

    If this fails, nothing is answered.
    """
    read = version or report.version
    now = now or timezone.now()
    with transaction.atomic():
        event = record(code, by=by, on=report, version=read)
        reading = Reading(report_id=report.pk, version=read, reader=by, first_at=now, last_at=now)
        # One statement, so that two pages opened at once are one reading.
        Reading.objects.bulk_create(
            [reading],
            update_conflicts=True,
            unique_fields=["report", "version", "reader"],
            update_fields=["last_at"],
        )
    return event


def last_read_version(user: User) -> Subquery:
    """For annotating reports: the newest version that `user` has read, or nothing."""
    mine = Reading.objects.filter(report=OuterRef("pk"), reader=user).order_by("-version")
    return Subquery(mine.values("version")[:1])

"""Reading a report: recorded before it is answered, and kept as who read which version."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from reports.models import Reading, Report


def note_reading(report: Report, *, by: User, version: int | None = None, code: str = "report.viewed") -> None:
    """Record that `by` reads `version` of the report (the newest unless said). If this fails, nothing is answered."""
    read = version or report.version
    now = timezone.now()
    with transaction.atomic():
        record(code, by=by, on=report, version=read)
        Reading.objects.update_or_create(
            report_id=report.pk,
            version=read,
            reader=by,
            defaults={"last_at": now},
            create_defaults={"first_at": now, "last_at": now},
        )


def unread_changes(report: Report, user: User) -> int | None:
    """The version that `user` read last, if a newer one exists."""
    last = (
        Reading.objects.filter(report=report, reader=user)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    return last if last is not None and last < report.version else None

"""The people named on a restricted report: who can be, who is, and what follows when a restriction comes or goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Refused
from accounts.models import OfficePermission, User
from accounts.roles import own
from audit.log import record
from reports.models import Report, ReportReader
from reports.models.report import NAMED

LONG_TIME = timedelta(days=365 * 20)


def able(report: Report) -> QuerySet[User]:
    """Active people who may read this kind somewhere: naming gives no right to anybody else."""
    read = report.declaration.permission("read")
    allowed = OfficePermission.objects.filter(permission__codename__in=[read, own(read)], until__gt=timezone.now())
    return User.objects.filter(status=User.Status.ACTIVE, pk__in=allowed.values("user"))


def named(report: Report) -> QuerySet[ReportReader]:
    return ReportReader.objects.filter(content_object=report, permission__codename=NAMED, until__gt=timezone.now())


def name(report: Report, people: Iterable[User]) -> None:
    permission = Permission.objects.get(content_type__app_label="reports", codename=NAMED)
    for person in people:
        ReportReader.objects.update_or_create(
            content_object_id=report.pk,
            user=person,
            permission=permission,
            defaults={"until": timezone.now() + LONG_TIME},
        )


def refuse_the_last(report: Report, person: User) -> None:
    """Somebody must remain who can read the report and name others; two removals at once wait for each other."""
    Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not named(report).exclude(user=person).filter(user__in=able(report)).exists():
        raise Refused(
            "Nobody else who is named can read this report, so it would be closed to everybody. Name another reader "
            "first, or amend the report to lift the restriction."
        )


def follow(before: Report, after: Report, *, by: User) -> None:
    """Name who works on a report that becomes restricted, and its new supervisor; take everybody off when the
    restriction is lifted.

    Else a report that is restricted again would be open to whoever was named for another reason.
    """
    if after.restricted and not before.restricted:
        name(after, {person for person in (by, after.author, after.held_by, after.supervisor) if person})
    elif after.restricted and after.supervisor and after.supervisor_id != before.supervisor_id:
        name(after, [after.supervisor])
    if before.restricted and not after.restricted:
        rows = ReportReader.objects.filter(content_object_id=after.pk, permission__codename=NAMED)
        for reader in rows.order_by("user_id"):
            record("report.reader_removed", by=by, on=after, reader=reader.user_id, reason="The restriction was lifted")
        rows.delete()

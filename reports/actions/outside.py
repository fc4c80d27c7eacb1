"""Opening a report of another office for a stated reason, and signing off such a reading afterwards."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import User
from audit.log import record
from reports import outside
from reports.models import OutsideReading, Report, ReportReader
from reports.models.report import OUTSIDE

HOUR = timedelta(hours=1)
OPENING = 739_105_611  # an arbitrary number that means "this person opens a report of another office"


@action
def open_outside(
    number: str, *, by: User, reason: str, after: int | None = None, now: datetime | None = None
) -> OutsideReading:
    """Let `by` read one report outside their offices, for a limited time.

    Where they read it already, nothing changes, unless `after` names the reading that is to go on: the newest of
    theirs. Raises Report.DoesNotExist where there is nothing that they may open, ValidationError and Refused.
    """
    reason, now = reason.replace("\x00", "").strip(), now or timezone.now()
    _alone(by)
    report, earlier = _locked(number, by)
    if earlier and earlier.pk != after:
        return earlier
    _refuse_reason(reason)
    _refuse_too_many(by, now)
    until = now + timedelta(hours=settings.OUTSIDE_HOURS)
    made = OutsideReading.objects.create(
        report=report, reader=by, reason=reason, opened_at=now, until=until, sampled=_drawn(now)
    )
    record("report.opened_outside", by=by, on=report, reading=made.pk, reason=reason, until=until.isoformat())
    permission = Permission.objects.get(content_type__app_label="reports", codename=OUTSIDE)
    ReportReader.objects.update_or_create(
        content_object_id=report.pk, user=by, permission=permission, defaults={"until": until}
    )
    return made


def _alone(by: User) -> None:
    """One opening of one person at a time, under whichever account: the second sees what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [OPENING, by.person_key])


def _locked(number: str, by: User) -> tuple[Report, OutsideReading | None]:
    """The report that `by` may open, or has opened with the reading that goes on.

    It is locked, so that a restriction and an opening cannot pass each other.
    """
    allowed = outside.policies(by)
    if report := _one(outside.stubs(by, allowed), number):
        return report, None
    report = _one(Report.objects.visible_to(by).filter(kind__in=list(allowed)), number)
    if report and (earlier := outside.under_way(report, by)):
        return report, earlier
    raise Report.DoesNotExist


def _one(reports: QuerySet[Report], number: str) -> Report | None:
    locked = reports.select_for_update(of=("self",), no_key=True).select_related("office")
    return locked.filter(number=number.replace("\x00", "")).first()


def _refuse_reason(reason: str) -> None:
    if len(reason) < outside.SHORTEST_REASON:
        raise ValidationError({"reason": "Say in a sentence why you need to read this report."})
    if len(reason) > outside.LONGEST_REASON:
        raise ValidationError({"reason": f"Say it in {outside.LONGEST_REASON} characters or fewer."})


def _refuse_too_many(by: User, now: datetime) -> None:
    lately = OutsideReading.objects.filter(reader__person_key=by.person_key, opened_at__gt=now - HOUR)
    if lately.count() >= settings.OUTSIDE_AN_HOUR:
        raise Refused(
            f"You have opened {settings.OUTSIDE_AN_HOUR} reports of other offices within an hour, which is the most "
            "that one person may. Wait until the hour is over, or ask the office that owns the report."
        )


def _drawn(now: datetime) -> bool:
    """Whether a reading is reviewed: the first of each week, and of the others a share by chance."""
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    this_week = OutsideReading.objects.filter(sampled=True, opened_at__gte=monday, opened_at__lte=now)
    return secrets.randbelow(1_000_000) < settings.OUTSIDE_SAMPLE * 1_000_000 or not this_week.exists()


@action
def review_outside(
    reading_id: int, *, by: User, finding: str, note: str = "", now: datetime | None = None
) -> OutsideReading:
    """Sign off a reading, once. One whose reason is not borne out ends with that, if it still runs.

    Raises OutsideReading.DoesNotExist, ValidationError and Refused.
    """
    readings = OutsideReading.objects.select_for_update(of=("self",)).select_related("reader", "reviewed_by", "report")
    reading, now = readings.get(pk=reading_id), now or timezone.now()
    if not (verdict := outside.may_review(reading, by)):
        raise Refused(verdict.reason)
    note = note.replace("\x00", "").strip()
    if finding not in (OutsideReading.Finding.JUSTIFIED, OutsideReading.Finding.NOT_JUSTIFIED):
        raise ValidationError({"finding": "Say whether the reason is borne out."})
    if finding == OutsideReading.Finding.NOT_JUSTIFIED and not note:
        raise ValidationError({"note": "Say what speaks against the reason."})
    record("report.outside_reviewed", by=by, on=reading.report, reading=reading.pk, finding=finding, note=note)
    if finding == OutsideReading.Finding.NOT_JUSTIFIED:
        _end(reading, now)
    reading.finding, reading.note, reading.reviewed_by, reading.reviewed_at = finding, note, by, now
    reading.save(update_fields=["finding", "note", "reviewed_by", "reviewed_at", "until"])
    return reading


def _end(reading: OutsideReading, now: datetime) -> None:
    """Take the right away, unless a later reading with its own reason has renewed it."""
    right = ReportReader.objects.filter(
        content_object_id=reading.report_id,
        user_id=reading.reader_id,
        permission__codename=OUTSIDE,
        until=reading.until,
    )
    if reading.until > now > reading.opened_at:
        right.update(until=now)
        reading.until = now

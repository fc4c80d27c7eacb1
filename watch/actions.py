"""Every write of the watch: a summary written, changed, released and acknowledged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.access import Refused, action, may
from accounts.models import User
from accounts.roles import Role
from audit.log import record
from reports import mail, routing
from reports.models import Report
from reports.routing import Recipient
from reports.states import Status
from watch.models import Summary, SummaryNotice, SummaryVersion

LONGEST = Summary._meta.get_field("text").max_length or 0


class ChangedMeanwhile(Exception):
    """Somebody else saved the summary since this person opened it; `summary` is what stands now."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("The summary was changed meanwhile.")
        self.summary = summary


# -- Writing ---------------------------------------------------------------------------------------------------------
@action
def write(
    report_id: UUID, text: str, *, by: User, of_version: int, base: datetime | None = None, now: datetime | None = None
) -> Summary:
    """Write the summary of a report, or change it; until it is released only the watch sees it.

    `of_version` is the version of the report that was summed up; `base` the `written_at` of the wording that was on
    the screen (None: there was none). Raises ChangedMeanwhile, ValidationError, Refused, Report.DoesNotExist.
    """
    now = now or timezone.now()
    report = _report(report_id, by)
    text = _checked(text, of_version, report)
    summary = Summary.objects.select_for_update(of=("self",)).filter(report=report).first()
    if (summary and summary.written_at) != base:
        raise ChangedMeanwhile(summary or Summary(report=report, written_by=by, written_at=now, text=""))
    if summary is None:
        summary = Summary.objects.create(report=report, text=text, of_version=of_version, written_by=by, written_at=now)
        record("summary.drafted", by=by, on=summary, of_version=of_version)
    elif (summary.text, summary.of_version) != (text, of_version):
        _change(summary, report, text, of_version, by=by, now=now)
    return summary


def _change(summary: Summary, report: Report, text: str, of_version: int, *, by: User, now: datetime) -> None:
    """New words; once a version is released, they belong to the next one."""
    if summary.released_at:
        summary.version += 1
        summary.released_at = summary.released_by = None
    summary.text, summary.of_version = text, of_version
    # The time is the mark by which two writers are told apart, so it never stands still.
    summary.written_by, summary.written_at = by, max(now, summary.written_at + summary.written_at.resolution)
    summary.report = report
    summary.save()
    record("summary.changed", by=by, on=summary, version=summary.version, of_version=of_version)


def _report(report_id: UUID, by: User) -> Report:
    """The report, locked first of all that hangs on it, if `by` may see it and write about it."""
    report = Report.objects.visible_to(by).select_related("office").select_for_update(of=("self",)).get(pk=report_id)
    verdict = may(by, "review_reports", report.office)
    if not verdict:
        raise Refused(verdict.reason)
    if report.status == Status.VOIDED:
        raise Refused("This report is voided, so nothing more is written or sent about it.")
    return report


def _checked(text: str, of_version: int, report: Report) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({"text": "Write what the offices must know."})
    if len(text) > LONGEST:
        raise ValidationError({"text": f"Use at most {LONGEST:,} characters. It has {len(text):,}."})
    if not 1 <= of_version <= report.version:
        raise ValidationError("Reload the page: it does not say which version of the report you read.")
    return text


# -- Releasing -------------------------------------------------------------------------------------------------------
@action
def release(
    summary_id: UUID,
    recipients: Collection[Recipient],
    *,
    by: User,
    base: datetime,
    note: str = "",
    now: datetime | None = None,
) -> list[SummaryNotice]:
    """Send the wording written at `base` to these offices, and to every office that had an earlier version.

    Released again unchanged, it goes only to offices that have not had this version. Raises ChangedMeanwhile, Refused.
    """
    now = now or timezone.now()
    report = _report(Summary.objects.values_list("report_id", flat=True).get(pk=summary_id), by)
    summary = Summary.objects.select_for_update(of=("self",)).get(pk=summary_id)
    summary.report = report
    if summary.written_at != base:
        raise ChangedMeanwhile(summary)
    notices = _notices(summary, recipients, now)
    if not notices:
        raise Refused("Choose at least one office that has not had this version yet.")
    if summary.released_at is None:
        _keep_version(summary, by=by, note=note, now=now)
    SummaryNotice.objects.bulk_create(notices)
    told = [f"{notice.office.code} {notice.role}" for notice in notices]
    record("summary.released", by=by, on=summary, version=summary.version, told=told)
    announce(notices)
    return notices


def _keep_version(summary: Summary, *, by: User, note: str, now: datetime) -> None:
    summary.released_at, summary.released_by = now, by
    summary.save(update_fields=["released_at", "released_by"])
    SummaryVersion.objects.create(
        summary=summary,
        version=summary.version,
        text=summary.text,
        of_version=summary.of_version,
        by=by,
        at=now,
        note=note.strip()[:300],
    )


def _notices(summary: Summary, chosen: Iterable[Recipient], now: datetime) -> list[SummaryNotice]:
    """A notice for each chosen office, and for each that read an older version, unless it has had this one."""
    report = summary.report
    by_rule = set(routing.recipients(report, urgent=report.urgent, on_summary=True))
    earlier = list(SummaryNotice.objects.filter(summary=summary).select_related("office"))
    had = {(notice.office_id, notice.role) for notice in earlier if notice.version == summary.version}
    wanted = dict.fromkeys([*chosen, *(Recipient(notice.office, Role(notice.role)) for notice in earlier)])
    return [
        SummaryNotice(
            summary=summary,
            office=to.office,
            role=to.role,
            urgent=report.urgent,
            version=summary.version,
            made_at=now,
            chosen_by_hand="rule" if to in by_rule else "hand",
        )
        for to in wanted
        if (to.office.pk, to.role.value) not in had
    ]


def announce(notices: Iterable[SummaryNotice]) -> None:
    """Queue the mail of each notice in this very transaction; old records that are brought in mail nobody."""
    from watch.tasks import mail_summary

    jobs: list[Any] = [{"notice_id": str(notice.pk)} for notice in notices if mail.is_news(notice.made_at)]
    if jobs:
        mail_summary.batch_defer(*jobs)


# -- Acknowledging ---------------------------------------------------------------------------------------------------
@action
def acknowledge(notice_id: UUID, *, by: User, now: datetime | None = None) -> SummaryNotice:
    """Record that an office knows: one entitled person of it has said so. Again changes nothing."""
    notice = (
        SummaryNotice.objects.select_for_update(of=("self",))
        .select_related("office", "summary__report")
        .get(pk=notice_id)
    )
    verdict = routing.may_acknowledge(notice, by)
    if not verdict:
        raise Refused(verdict.reason)
    if notice.acknowledged_at is None:
        notice.acknowledged_at, notice.acknowledged_by = now or timezone.now(), by
        notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
        record(
            "notice.acknowledged",
            by=by,
            on=notice.summary,
            office=notice.office.code,
            role=notice.role,
            version=notice.version,
        )
    return notice

"""Every write of the iLeads app: an iLead passed on, and taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import User
from audit.log import record
from ileads import dissemination
from ileads.models import Dissemination
from reports import mail
from reports.finding import alerts
from reports.models import Report, ReportReader
from reports.models.report import SHARED

PASSED_ON_ANEW = "It had ended, and was passed on anew"


@action
def pass_on(
    report_id: UUID, recipient: User, *, by: User, need_to_know: str, until: datetime, now: datetime | None = None
) -> Dissemination:
    """Let one more person read one iLead, until then. They are told by mail, which says nothing of it.

    Raises ValidationError beside the field, Refused, and Report.DoesNotExist for an iLead that `by` may not see.
    """
    now = now or timezone.now()
    report = _locked(report_id, by)
    if not (verdict := dissemination.may_pass_on(report, by)):
        raise Refused(verdict.reason)
    _check(report, recipient, need_to_know, until, by=by, now=now)
    _end_earlier(report, recipient, by=by, now=now)
    made = Dissemination.objects.create(
        report_id=report.pk, recipient=recipient, need_to_know=need_to_know.strip(), at=now, by=by, until=until
    )
    _let_read(report, recipient, until)
    record("ilead.disseminated", by=by, on=report, recipient=recipient.pk, need_to_know=made.need_to_know, until=until)
    _announce(made)
    alerts.look(report)
    return made


@action
def take_back(dissemination_id: UUID, *, by: User, reason: str, now: datetime | None = None) -> Dissemination:
    """End a dissemination at once. That it was, from when to when, why it began and why it ended stays."""
    made = Dissemination.objects.select_related("recipient").get(pk=dissemination_id)
    report = _locked(made.report_id, by)
    if not (verdict := dissemination.may_take_back(report, by)):
        raise Refused(verdict.reason)
    if not reason.strip():
        raise ValidationError({"reason": f"Say why {made.recipient.name} no longer needs to know."})
    made.refresh_from_db()  # somebody may have been faster while this waited for the lock
    if not made.is_live:
        return made
    _revoke(made, by=by, reason=reason.strip(), now=now or timezone.now())
    _reading(report, made.recipient).delete()
    record("ilead.taken_back", by=by, on=report, recipient=made.recipient_id, reason=made.revoked_reason)
    return made


def _locked(report_id: UUID, by: User) -> Report:
    """The report, its row locked: what is passed on or taken back of one iLead waits for each other."""
    return (
        Report.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("office", "author")
        .get(pk=report_id, kind="ilead")
    )


def _check(report: Report, recipient: User, need_to_know: str, until: datetime, *, by: User, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if refusal := dissemination.refusal_of(report, recipient, by):
        wrong["recipient"] = refusal
    if not need_to_know.strip():
        wrong["need_to_know"] = "Say why this person needs to know."
    if until <= now:
        wrong["until"] = "This day has passed. Choose today or a later day."
    # A day of grace: the last day counts in full.
    elif until > now + dissemination.LONGEST + dissemination.A_DAY:
        wrong["until"] = "An iLead is passed on for at most a year. Choose an earlier day; it can be passed on again."
    if wrong:
        raise ValidationError(wrong)


def _end_earlier(report: Report, recipient: User, *, by: User, now: datetime) -> None:
    """One person has one open dissemination of an iLead: what has run out is closed before the next begins."""
    for old in Dissemination.objects.filter(report_id=report.pk, recipient=recipient, revoked_at=None):
        _revoke(old, by=by, reason=PASSED_ON_ANEW, now=now)


def _revoke(made: Dissemination, *, by: User, reason: str, now: datetime) -> None:
    made.revoked_at, made.revoked_by, made.revoked_reason = now, by, reason
    made.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])


def _let_read(report: Report, recipient: User, until: datetime) -> None:
    permission = Permission.objects.get(content_type__app_label="reports", codename=SHARED)
    ReportReader.objects.update_or_create(
        content_object_id=report.pk, user=recipient, permission=permission, defaults={"until": until}
    )


def _reading(report: Report, recipient: User) -> models.QuerySet[ReportReader]:
    return ReportReader.objects.filter(content_object_id=report.pk, user=recipient, permission__codename=SHARED)


def _announce(made: Dissemination) -> None:
    """Queue the mail in this very transaction; what is dated back (demonstration data) mails nobody."""
    from ileads.tasks import mail_dissemination

    if mail.is_news(made.at):
        mail_dissemination.defer(dissemination_id=str(made.pk))

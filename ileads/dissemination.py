"""Passing an iLead on: who may, to whom, for how long, and who has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.access import YES, Verdict, may
from accounts.models import OfficePermission, User
from accounts.roles import own
from ileads.models import Dissemination
from reports import outside
from reports.lookup import READS
from reports.models import Report
from reports.moves import FILED
from reports.states import Status

USUAL, LONGEST, A_DAY = timedelta(days=90), timedelta(days=365), timedelta(days=1)

# Why an iLead in this state goes to nobody else.
NOT_YET = {
    Status.AWAITING_APPROVAL: "This iLead waits for a supervisor's approval. It can be passed on after that.",
    Status.RETURNED: "This iLead was returned to its author. It can be passed on once it is amended and approved.",
    Status.VOIDED: "This iLead is voided, so it is passed on to nobody.",
}
RESTRICTED = "This iLead is restricted: only the people named on it can read it. Name a reader on it instead."


def may_pass_on(report: Report, user: User) -> Verdict:
    """Whether `user` may pass this iLead on now, and if not, why and what to do instead."""
    verdict = may(user, "disseminate_ilead", report.office, report.author_id)
    if not verdict:
        return verdict
    if report.restricted:
        return Verdict(False, RESTRICTED)
    return YES if report.status in FILED else Verdict(False, NOT_YET[Status(report.status)])


def may_take_back(report: Report, user: User) -> Verdict:
    """Taking back is open to whoever may pass on, in whatever state the iLead is."""
    return may(user, "disseminate_ilead", report.office, report.author_id)


def recipients() -> QuerySet[User]:
    """Active people who work with reports: who reads no kind of report is given no single one."""
    codenames = [name for read in READS for name in (read, own(read))]
    reads = OfficePermission.objects.filter(
        user=OuterRef("pk"), permission__codename__in=codenames, until__gt=timezone.now()
    )
    return User.objects.filter(Exists(reads), status=User.Status.ACTIVE)


def refusal_of(report: Report, recipient: User, by: User) -> str:
    """Why this person is not given the iLead; nothing where they are."""
    if recipient.person_key == by.person_key:
        return "This is you, and you read this iLead already. Choose somebody else."
    if not recipients().filter(pk=recipient.pk).exists():
        return f"{recipient.name} holds no role that reads reports here, so nothing can be passed on to them."
    if had := live(report).filter(recipient=recipient).first():
        until = f"{had.until.astimezone(zone_of(report)):%b %-d, %Y}"
        return f"{recipient.name} has this iLead already, until {until}. To change that, take it back first."
    seen = Report.objects.visible_to(recipient).filter(pk=report.pk).exists()
    if seen and not outside.alone(report, recipient):
        return f"{recipient.name} can read this iLead already, by their role. Nothing has to be passed on."
    return ""


def live(report: Report) -> QuerySet[Dissemination]:
    """To whom it is passed on now."""
    return Dissemination.objects.filter(report_id=report.pk).live()


def of(report: Report, user: User) -> list[Dissemination]:
    """Everybody to whom it was ever passed on, for those who read it by their role; for another, that person alone."""
    rows = Dissemination.objects.filter(report_id=report.pk).select_related("recipient__office", "by", "revoked_by")
    if may(user, "read_ilead", report.office, report.author_id):
        return list(rows)
    return list(rows.filter(recipient=user))


def standing_first(rows: Iterable[Dissemination]) -> list[Dissemination]:
    return sorted(rows, key=lambda one: (not one.is_live, -one.at.timestamp()))


def zone_of(report: Report) -> ZoneInfo:
    return ZoneInfo(report.office.time_zone)


def end_of(day: date, report: Report) -> datetime:
    """The end of the last day, by the clocks of the office of the iLead."""
    return datetime.combine(day, time(23, 59, 59), zone_of(report))

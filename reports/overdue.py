"""Overdue outcomes: operations past their window of which nobody has said how they ended, and the reminders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from reports.mail import Once, send_notice
from reports.models import Report
from reports.states import Status

# Until then the officers of the operation are reminded alone; later their supervisor too.
PATIENCE = timedelta(days=3)
# Only what counts can be overdue: what still waits for approval has not happened, so far as anybody knows. That the
# watch has closed a plan says nothing of how it ended.
COUNTS = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.CLOSED)


def overdue(now: datetime | None = None) -> Q:
    """Reports of operations whose window is past and whose outcome is not recorded."""
    return Q(
        kind="spear",
        legacy=False,
        status__in=COUNTS,
        spear__outcome="",
        spear__planned_end__lt=now or timezone.now(),
    )


def of_person(user: User) -> Q:
    """Operations that this person answers for: as author, as contact, or as the supervisor it names."""
    return Q(author=user) | Q(spear__contact=user) | Q(supervisor=user)


def of_lead(user: User) -> Q:
    """Those, and the operations of the offices whose plans this person approves."""
    led = user.rights.offices.get("approve_spear", frozenset())
    return of_person(user) | Q(office__any_of=sorted(led)) if led else of_person(user)


def oldest_first(user: User, now: datetime | None = None) -> QuerySet[Report]:
    """Every overdue outcome that `user` may see, the longest overdue first."""
    return Report.objects.visible_to(user).filter(overdue(now)).order_by("spear__planned_end", "id")


# -- Reminders ---------------------------------------------------------------------------------------------------------
def to_remind(now: datetime | None = None) -> list[UUID]:
    """The reports of which somebody is reminded today."""
    return list(Report.objects.filter(overdue(now)).order_by("id").values_list("pk", flat=True))


def remind(report_id: str, day: str, only: list[str] | None = None) -> list[str]:
    """Mail those who answer for the operation, or only some of them; the keys of those left over.

    Sent again on the same day, a mail bears the same Message-ID. Nothing is sent once the outcome is recorded, nor by
    a job that waited for the mail server past its day.
    """
    now = timezone.now()
    found = Report.objects.filter(overdue(now), pk=UUID(report_id)).annotate(
        contact=F("spear__contact"), ended=F("spear__planned_end")
    )
    report = found.select_related("office", "author").first()
    if report is None or now.date() != date.fromisoformat(day):
        return []
    people = [one for one in recipients(report, now) if only is None or str(one.pk) in only]
    return send_notice(
        Once(f"outcome.{report.pk}.{day}"),
        report,
        people,
        subject=f"{report.number}: record its outcome",
        path=f"/reports/{report.number}/",
    )


def recipients(report: Report, now: datetime) -> list[User]:
    """Author and contact, and after some days the supervisor; only who is here and may still read the report."""
    keys = {report.author_id, report.contact}  # type: ignore[attr-defined]  # annotated
    if now - report.ended > PATIENCE:  # type: ignore[attr-defined]
        keys.add(report.supervisor_id or report.author.supervisor_id)
    people = User.objects.filter(pk__in=keys - {None}, status=User.Status.ACTIVE).order_by("pk")
    return [one for one in people if Report.objects.visible_to(one).filter(pk=report.pk).exists()]

"""Whom a summary reaches: who may read it, whose notices wait in an inbox, who may acknowledge for an office."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from reports.models import Report, ReportNotice, ReportReader
from reports.models.report import NAMED
from reports.states import Status
from watch.models import Summary, SummaryNotice


def held(user: User) -> Q:
    """Notices to a role at an office that `user` holds now."""
    places = Q(pk__in=[])
    for assignment in user.live_assignments:
        places |= Q(office_id=assignment.office_id, role=assignment.role)
    return places


def readable(user: User) -> QuerySet[Summary]:
    """Summaries that `user` may read: the watch those of reports it sees, a told office what was released to it.

    A restricted report's summary is read by the people named on the report and nobody else.
    """
    found = Q(pk__in=[])
    if user.may_somewhere("review_reports"):
        found |= Q(report__in=Report.objects.visible_to(user))
    if user.live_assignments:
        told = SummaryNotice.objects.filter(held(user)).values("summary_id")
        found |= Q(pk__in=told) & (Q(report__restricted=False) | Q(report__in=_named(user)))
    return Summary.objects.filter(found)


def _named(user: User) -> QuerySet[ReportReader, dict[str, Any]]:
    named = ReportReader.objects.filter(user=user, permission__codename=NAMED, until__gt=Now())
    return named.values("content_object_id")


# -- Inboxes ---------------------------------------------------------------------------------------------------------
def report_notices(user: User) -> QuerySet[ReportNotice]:
    """What `user` is to acknowledge, or has, of reports that were filed."""
    if not user.may_somewhere("acknowledge"):
        return ReportNotice.objects.none()
    seen = Report.objects.visible_to(user).exclude(status=Status.VOIDED)
    return ReportNotice.objects.filter(held(user), report__in=seen)


def summary_notices(user: User) -> QuerySet[SummaryNotice]:
    """The same of summaries; of an office told several times only the newest counts."""
    if not user.may_somewhere("acknowledge"):
        return SummaryNotice.objects.none()
    newer = SummaryNotice.objects.filter(
        summary=OuterRef("summary"), office=OuterRef("office"), role=OuterRef("role"), version__gt=OuterRef("version")
    )
    reached = Q(summary__report__restricted=False) | Q(summary__report__in=_named(user))
    return SummaryNotice.objects.filter(held(user), reached, ~Exists(newer)).exclude(
        summary__report__status=Status.VOIDED
    )


def waiting_count(user: User) -> int:
    """How many notices wait for this person; one query, none for those who never acknowledge.

    Every page shows the number, so its statements are built once for the rights from which they follow.
    """
    if not user.may_somewhere("acknowledge") or not user.live_assignments:
        return 0
    derived = user.rights.derived
    if "waiting" not in derived:
        derived["waiting"] = _count_of(report_notices(user), summary_notices(user))
    with connection.cursor() as cursor:
        cursor.execute(*derived["waiting"])
        return int(cursor.fetchone()[0])


def _count_of(*notices: QuerySet[Any]) -> tuple[str, list[Any]]:
    """One statement that counts the open ones of all; those that nobody can have are left out."""
    counts, values = ["0"], list[Any]()
    for some in notices:
        unacknowledged = some.filter(acknowledged_at=None).order_by().values("pk")
        try:
            sql, given = unacknowledged.query.sql_with_params()
        except EmptyResultSet:
            continue
        counts.append(f"(SELECT count(*) FROM ({sql}) AS open_{len(counts)})")  # noqa: S608 - the ORM's own statement
        values += given
    return f"SELECT {' + '.join(counts)}", values

"""What lies in a person's inbox: one letter for each thing that one of their offices was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from reports.models import Report, ReportNotice
from watch.models import SummaryNotice
from watch.reach import report_notices, summary_notices

MOST = 200
DAYS_SHOWN = 30


@dataclass(frozen=True)
class Letter:
    """One thing that an office was told. `title` is empty where the reader is told of the summary alone."""

    notice: ReportNotice | SummaryNotice
    report: Report
    what: str
    url: str
    title: str = ""


def letters(user: User) -> list[Letter]:
    """What waits, urgent and then oldest first, and after it what was acknowledged lately, newest first."""
    lately = Q(acknowledged_at=None) | Q(acknowledged_at__gt=timezone.now() - timedelta(days=DAYS_SHOWN))
    found = _found(user, lately, MOST)
    waiting = [letter for letter in found if letter.notice.acknowledged_at is None]
    done = [letter for letter in found if letter.notice.acknowledged_at]
    done.sort(key=lambda letter: letter.notice.acknowledged_at or letter.notice.made_at, reverse=True)
    return sorted(waiting, key=_turn) + done


def open_letters(user: User, most: int = MOST) -> list[Letter]:
    return sorted(_found(user, Q(acknowledged_at=None), most), key=_turn)


def _turn(letter: Letter) -> tuple[bool, object]:
    return not letter.notice.urgent, letter.notice.made_at


def _found(user: User, wanted: Q, most: int) -> list[Letter]:
    """The first `most` of each kind in the order of the inbox; one statement a kind."""
    order = (F("acknowledged_at").desc(nulls_first=True), F("urgent").desc(), "made_at")
    reports = report_notices(user).filter(wanted).select_related("report__office", "office", "acknowledged_by")
    summaries = (
        summary_notices(user).filter(wanted).select_related("summary__report__office", "office", "acknowledged_by")
    )
    heavy = ("narrative", "synopsis")
    return list(
        chain(
            map(_of_report, reports.defer(*[f"report__{name}" for name in heavy]).order_by(*order)[:most]),
            map(
                _of_summary,
                summaries.defer("summary__text", *[f"summary__report__{name}" for name in heavy]).order_by(*order)[
                    :most
                ],
            ),
        )
    )


def _of_report(notice: ReportNotice) -> Letter:
    url = reverse("reports:detail", args=[notice.report.number])
    return Letter(notice, notice.report, f"{notice.report.declaration.noun} filed", url, notice.report.title)


def _of_summary(notice: SummaryNotice) -> Letter:
    again = f", version {notice.version}" if notice.version > 1 else ""
    url = reverse("watch:summary", args=[notice.summary_id])
    return Letter(notice, notice.summary.report, f"Summary released{again}", url)


def newer_than(notice: SummaryNotice) -> int | None:
    """The version that this office was told of since, if there is one."""
    later = SummaryNotice.objects.filter(
        summary_id=notice.summary_id, office_id=notice.office_id, role=notice.role, version__gt=notice.version
    )
    newest: int | None = later.aggregate(newest=Max("version"))["newest"]
    return newest

"""One report by its number, if the person may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404

from accounts.models import User
from reports.kinds import KINDS
from reports.models import Relation, Report
from reports.models.report import ReportQuerySet

# Whoever reads some kind may ask for the pages of reports; which rows they reach is `visible_to`.
READS = tuple(kind.permission("read") for kind in KINDS)
FILES = tuple(kind.permission("file") for kind in KINDS)


def with_people(reports: ReportQuerySet) -> ReportQuerySet:
    """The reports with the office and the people that their pages name."""
    return reports.select_related("office", "author", "supervisor", "held_by")


def visible_report(number: str, user: User) -> Report:
    """The report, else 404: whether it does not exist or may not be seen is not told."""
    report = with_people(Report.objects.visible_to(user)).filter(number=number.replace("\x00", "")).first()
    if report is None:
        raise Http404
    return report


@contextmanager
def gone_meanwhile() -> Iterator[None]:
    """For views that act: 404 where the act no longer finds what the page had found, such as by a new restriction."""
    try:
        yield
    except (Report.DoesNotExist, Relation.DoesNotExist):
        raise Http404 from None

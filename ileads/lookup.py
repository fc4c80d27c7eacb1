"""One iLead by its number, if the person may see it."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from reports.lookup import visible_report
from reports.models import Report

KIND = "ilead"


def visible_ilead(number: str, user: User) -> Report:
    """The iLead as a report, else 404: whether it does not exist, is another kind or may not be seen is not told."""
    report = visible_report(number, user)
    if report.kind != KIND:
        raise Http404
    return report

"""What the iLeads app shows on the page of an iLead: to whom it was passed on, and that in its timeline."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from ileads import dissemination
from ileads.lookup import KIND
from ileads.models import Dissemination
from reports.models import Report
from reports.panels import Entry, Panel


def known(report: Report, user: User) -> list[Dissemination]:
    """What `user` may know of who has it. Asked once a report and request: panel and timeline show the same."""
    asked: dict[int, list[Dissemination]] = report.__dict__.setdefault("_passed_on_to", {})
    if user.pk not in asked:
        asked[user.pk] = dissemination.of(report, user)
    return asked[user.pk]


def panels(report: Report, user: User) -> Iterable[Panel]:
    if report.kind != KIND:
        return
    rows = dissemination.standing_first(known(report, user))
    may_pass_on, may_take_back = dissemination.may_pass_on(report, user), dissemination.may_take_back(report, user)
    if not rows and not may_take_back:
        return
    context = {
        "rows": [row for row in rows if row.is_live],
        "ended": sum(1 for row in rows if not row.is_live),
        "may_take_back": may_take_back,
        "refused": may_pass_on.reason,
        "report": report,
        "url": reverse("ileads:pass_on", args=[report.number]),
        "reader": user,
    }
    yield Panel("Passed on to", "ileads/panel.html", context)


def entries(report: Report, user: User) -> Iterable[Entry]:
    """When it was passed on to whom and why, and when it was taken back."""
    if report.kind != KIND:
        return
    for row in known(report, user):
        yield Entry(row.at, f"Passed on to {row.recipient.name}", row.by.name, icon="share", note=row.need_to_know)
        if row.was_taken_back and row.revoked_at and row.revoked_by:
            words = f"Taken back from {row.recipient.name}"
            yield Entry(row.revoked_at, words, row.revoked_by.name, icon="undo", note=row.revoked_reason)

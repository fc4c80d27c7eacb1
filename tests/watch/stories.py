"""What the watch does, for tests: take up a report, write its summary, release it."""

from __future__ import annotations

from typing import Any

from accounts.models import Office
from accounts.roles import Role
from reports.models import Report
from reports.routing import Recipient, recipients
from watch import actions
from watch.models import Summary, SummaryNotice

TEXT = "A fugitive was arrested at the marina. Nobody was hurt."


def to(code: str, role: Role) -> Recipient:
    return Recipient(Office.objects.get(code=code), role)


def write(report: Report, by: Any, text: str = TEXT, **values: Any) -> Summary:
    """The summary as this person leaves it, having seen whatever stands."""
    standing = Summary.objects.filter(report=report).first()
    base = standing.written_at if standing else None
    return actions.write(report.pk, text, by=by, **{"of_version": report.version, "base": base, **values})


def release(summary: Summary, by: Any, *more: Recipient, **values: Any) -> list[SummaryNotice]:
    """Release to the offices that the rules propose, and to `more`."""
    report = summary.report
    chosen = [*recipients(report, urgent=report.urgent, on_summary=True), *more]
    base = Summary.objects.get(pk=summary.pk).written_at
    return actions.release(summary.pk, chosen, by=by, base=base, **values)

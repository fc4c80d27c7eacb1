"""Why somebody may write and release the summary of a report, for the pages that explain access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.access import may
from accounts.explain import REPORTS, Answer, Held, Step
from reports.explain import seen_step
from reports.models import Report
from reports.states import Status


def register() -> None:
    REPORTS.acts.append(acts)


def acts(held: Held, report: Any, seen: Answer) -> Iterator[Answer]:
    if not isinstance(report, Report):
        return
    voided = report.status == Status.VOIDED
    says = "It is voided, so nothing more is written about it." if voided else "It is not voided."
    steps = (seen_step(seen), held.step("review_reports", report.office), Step(not voided, says))
    actual = seen.actual and bool(may(held.user, "review_reports", report.office)) and not voided
    yield Answer("Write and release its summary", steps, actual)

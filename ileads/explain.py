"""Why somebody may pass an iLead on and see a legacy SSN of it, for the pages that explain access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from accounts.access import may
from accounts.explain import REPORTS, Answer, Held, Step
from ileads import dissemination
from ileads.lookup import KIND
from ileads.models import LegacySSN
from ileads.reveal import shown_today
from reports import outside
from reports.explain import seen_step
from reports.models import Report
from reports.moves import FILED
from reports.states import Status


def register() -> None:
    REPORTS.acts.append(acts)


def acts(held: Held, report: Any, seen: Answer) -> Iterator[Answer]:
    if isinstance(report, Report) and report.kind == KIND:
        yield pass_on(held, report, seen)
        yield reveal_ssn(held, report, seen)


def pass_on(held: Held, report: Report, seen: Answer) -> Answer:
    now = Status(report.status).label.lower()
    restricted = "It is restricted." if report.restricted else "It is not restricted."
    steps = (
        seen_step(seen),
        held.step("disseminate_ilead", report.office, report.author_id),
        Step(not report.restricted, restricted, "Name a reader on it instead."),
        Step(report.status in FILED, f"It is {now}. What is submitted, under review or closed can be passed on."),
    )
    return Answer("Pass it on", steps, seen.actual and bool(dissemination.may_pass_on(report, held.user)))


def reveal_ssn(held: Held, report: Report, seen: Answer) -> Answer:
    """With a purpose, a reason and the password given anew, all of which the page asks for each time.

    Whether it holds one at all is looked up only where the person may see such numbers.
    """
    steps = [seen_step(seen), held.step("reveal_ssn", report.office)]
    alone = outside.alone(report, held.user)
    actual = seen.actual and not alone and bool(may(held.user, "reveal_ssn", report.office))
    if alone:
        steps.append(Step(False, "They read it outside their offices, which opens no SSN.", "Pass it on to them."))
    if actual or all(step.holds for step in steps):
        has_one = LegacySSN.objects.filter(report_id=report.pk).exists()
        left = settings.REVEALS_A_DAY - shown_today(held.user)
        actual = actual and has_one and left > 0
        steps.append(Step(has_one, "It holds a legacy SSN." if has_one else "It holds no legacy SSN."))
        says = f"They may still see {left} today." if left > 0 else "They have seen as many as they may today."
        steps.append(Step(left > 0, says, "The limit of the day begins anew at midnight."))
    return Answer("See a legacy SSN, for a stated reason", tuple(steps), actual)

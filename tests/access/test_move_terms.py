"""Each term of whether a move may be made counts, and of what is said where not: leave one out, and one fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reports.kinds import KINDS
from reports.models import Report
from reports.workflow import may_move, move_of
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db

# A state, what is asked for in it, by whom, and the sentence. Only who holds the report is named, and only to whoever
# would take it up; only what waits for approval is called so.
ONLY = "This report is {}; only one that is {} can be {}."
TAKEN = "Analyst2 has already taken up this report. Open the queue for the next one."
SAID = [
    ("under_review", "take-up", "analyst", TAKEN),
    ("under_review", "approve", "supervisor", ONLY.format("under review", "awaiting approval", "approved")),
    ("under_review", "reopen", "analyst", ONLY.format("under review", "closed", "reopened")),
    ("awaiting", "take-up", "analyst", "This report waits for a supervisor's approval. It can be taken up after that."),
    ("awaiting", "release", "analyst", ONLY.format("awaiting approval", "under review", "released")),
    ("closed", "take-up", "analyst", ONLY.format("closed", "submitted", "taken up")),
    ("submitted", "close", "analyst", "Take up this report before you close it."),
    ("submitted", "release", "analyst", ONLY.format("submitted", "under review", "released")),
    ("awaiting", "close", "analyst", ONLY.format("awaiting approval", "under review", "closed")),
]


@pytest.mark.parametrize(
    ("state", "name", "username", "says"), SAID, ids=[f"{state}-{name}" for state, name, *_ in SAID]
)
def test_a_move_from_another_state_is_refused_with_what_is_so(
    agent: Any, analyst2: Any, person: Any, state: str, name: str, username: str, says: str
) -> None:
    """Of a report that stands there, unsaved."""
    holder = analyst2 if state == "under_review" else None
    report = Report(kind="sir", author=agent, office=agent.office, status=state, held_by=holder)
    verdict = may_move(report, move_of(report, name), person(username))
    assert (bool(verdict), verdict.reason) == (False, says)


def test_a_report_of_an_older_system_stands_as_it_was_and_can_be_voided(
    agent: Any, supervisor: Any, analyst: Any
) -> None:
    """Taken unsaved: only an import makes one."""
    report = file_sir(agent)
    for legacy in (False, True):
        report.legacy = legacy
        assert may_move(report, move_of(report, "void"), supervisor)
        verdict = may_move(report, move_of(report, "take-up"), analyst)
        assert (bool(verdict), "older system" in verdict.reason) == (not legacy, legacy)


def test_what_hinders_a_move_is_asked_of_the_moment_and_the_report_that_are_given(agent: Any, analyst: Any) -> None:
    report, now = file_sir(agent), timezone.now()
    asked: list[tuple[Any, Any]] = []

    def hindered(typed: Any, at: Any) -> str:
        asked.append((typed, at))
        return "Not before noon." if at < now else ""

    move = replace(move_of(report, "take-up"), hindered=hindered)
    early = may_move(report, move, analyst, now - timedelta(hours=1), typed=report.typed)
    assert (bool(early), early.reason) == (False, "Not before noon.")
    given = report.typed
    assert may_move(Report.objects.get(pk=report.pk), move, analyst, typed=given)
    assert asked[-1][0] is given
    assert may_move(Report.objects.get(pk=report.pk), move, analyst)
    assert type(asked[-1][0]) is report.declaration.model


def test_a_move_for_another_is_closed_to_the_author_and_no_other_move_is(agent: Any, supervisor: Any) -> None:
    """Of plans that count, unsaved."""
    model = KINDS["spear"].model
    mine, theirs = (model(kind="spear", author=by, office=by.office, status="submitted") for by in (supervisor, agent))
    assert "You filed this report" in may_move(mine, move_of(mine, "void"), supervisor).reason
    assert may_move(mine, move_of(mine, "outcome"), supervisor)
    assert may_move(theirs, move_of(theirs, "void"), supervisor)

"""The page of everyone who looked at one report: who, from when to when, what they did, and why they could."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import actions as accounts
from accounts.models import Assignment
from audit import looks
from audit.models import Event
from tests.imports.old import SEEN, bring_old
from tests.reports.filing import file_ilead, file_sir, sir_answers
from tests.reports.test_readers import RESTRICTED
from watch import actions as watch

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def people_of(browser: Client, number: str) -> dict[str, looks.Looker]:
    page = browser.get(f"/audit/reports/{number}/")
    assert page.status_code == 200
    return {one.username: one for one in page.context["people"]}


def test_each_person_has_one_line_with_what_they_did_how_often(auditor: Any, agent: Any, sac: Any, as_: As) -> None:
    report, other = file_sir(agent), file_sir(agent)
    for _ in range(3):
        as_(sac).get(f"/reports/{report.number}/")
    as_(sac).get(f"/reports/{other.number}/")
    people = people_of(as_(auditor), report.number)
    assert ("opened it", 3) in people["sac"].did
    assert ("filed it", 1) in people["agent"].did
    assert people["sac"].first < people["sac"].last
    assert set(people) <= {"agent", "sac", "system"}


def test_why_each_could_is_said_by_what_they_held_then(auditor: Any, agent: Any, sac: Any, as_: As) -> None:
    report = file_sir(agent)
    as_(sac).get(f"/reports/{report.number}/")
    accounts.revoke_role(Assignment.objects.get(user=sac), by=None, reason="Moved")
    people = people_of(as_(auditor), report.number)
    assert people["agent"].because == ["Author", "Field agent (HSI), SAC Miami"]
    assert people["sac"].because == ["Special Agent in Charge, SAC Miami"]
    assert (people["sac"].lapsed, people["agent"].lapsed) == (True, False)


def test_a_restricted_report_is_told_with_who_is_named_on_it(auditor: Any, agent: Any, colleague: Any, as_: As) -> None:
    from reports import actions

    report = file_sir(agent, sir_answers(agent, **RESTRICTED))
    actions.name_reader(report, colleague, by=agent, reason="Works the case")
    as_(colleague).get(f"/reports/{report.number}/")
    assert as_(auditor).get(f"/reports/{report.number}/").status_code == 404
    people = people_of(as_(auditor), report.number)
    assert "Named to read it" in people["colleague"].because


def test_what_was_done_with_its_summary_belongs_to_it(auditor: Any, agent: Any, analyst: Any, as_: As) -> None:
    report = file_sir(agent)
    watch.write(report.pk, "What the offices must know.", by=analyst, of_version=1)
    assert ("wrote its summary", 1) in people_of(as_(auditor), report.number)["analyst"].did


def test_an_ilead_is_found(auditor: Any, officer: Any, as_: As) -> None:
    assert "officer" in people_of(as_(auditor), file_ilead(officer).number)


def test_a_report_of_a_former_system_is_found(auditor: Any, historian: Any, as_: As) -> None:
    from tests.imports.old import old_report

    bring_old()
    as_(historian).get(f"/reports/historical/{old_report().pk}/")
    people = people_of(as_(auditor), SEEN[0])
    assert people["historian"].because == ["Historical Reader, Headquarters"]


def test_looking_at_who_looked_is_recorded_on_the_report(auditor: Any, agent: Any, as_: As) -> None:
    report = file_sir(agent)
    people_of(as_(auditor), report.number)
    seen = Event.objects.get(code="audit.report_viewed")
    assert (seen.actor, seen.object_id) == ("auditor", str(report.pk))


@pytest.mark.parametrize("number", ["SIR-1999-MIA-000001", "nothing", "%00"])
def test_a_number_that_nothing_bears_is_not_found(number: str, auditor: Any, as_: As) -> None:
    assert as_(auditor).get(f"/audit/reports/{number}/").status_code == 404


@pytest.mark.parametrize("username", ["agent", "sac", "analyst", "administrator", "acm"])
def test_nobody_else_sees_who_looked(username: str, person: Any, agent: Any, as_: As) -> None:
    report = file_sir(agent)
    assert as_(person(username)).get(f"/audit/reports/{report.number}/").status_code == 403
    assert as_(person(username)).get("/audit/people/agent/").status_code == 403

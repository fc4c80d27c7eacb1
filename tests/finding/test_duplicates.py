"""Before filing: whether an earlier report may tell of the same event. It warns and never stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Office
from reports import actions
from reports.answers import Answers
from reports.finding import duplicates
from reports.models import Draft, Report
from tests.finding.test_alike import A_NUMBER, with_person
from tests.reports.filing import HOUR_AGO, file_sir, make_draft, moment, sir_answers
from tests.reports.test_readers import RESTRICTED

pytestmark = pytest.mark.django_db


def about(by: Any, apart: timedelta = timedelta(), **person: str) -> dict[str, Any]:
    answers = with_person(by, **({"a_number": A_NUMBER} | person))
    return answers | {"where": answers["where"] | moment("event_at", timezone.now() - HOUR_AGO - apart)}


def filed(by: Any, apart: timedelta = timedelta(), **person: str) -> Report:
    return file_sir(by, about(by, apart, **person))


def twins(by: Any, answers: dict[str, Any]) -> list[str]:
    draft = make_draft(by, answers)
    return [one.number for one in duplicates.find(Answers(draft, by).fill(), by, but=[draft.pk])]


def test_same_office_event_hours_and_person_may_be_one_event(agent: Any, colleague: Any) -> None:
    number = filed(colleague, last_name="Stone", first_name="Ada").number
    assert twins(agent, about(agent)) == [number]


def test_a_close_name_is_enough(agent: Any, colleague: Any) -> None:
    number = filed(colleague, a_number="", last_name="Ferra").number
    assert twins(agent, about(agent, last_name="Ferro")) == [number]


@pytest.mark.parametrize(("hours", "is_told"), [(5.9, True), (6.1, False)], ids=["within", "beyond"])
def test_six_hours_apart_is_another_event(hours: float, is_told: bool, agent: Any, colleague: Any) -> None:
    filed(colleague, timedelta(hours=hours))
    assert bool(twins(agent, about(agent))) is is_told


def test_another_person_another_event_type_or_another_office_is_another_event(agent: Any, colleague: Any) -> None:
    report = filed(colleague)
    assert twins(agent, about(agent, a_number="A087654321", last_name="Quist", first_name="Ada")) == []
    what = about(agent)["what"] | {"event_types": ["assault-on-employee"]}
    assert twins(agent, about(agent) | {"what": what}) == []
    key_west = {"office": [str(Office.objects.get(code="KEY").pk)]}
    assert twins(agent, about(agent) | {"where": about(agent)["where"] | key_west}) == []
    assert twins(agent, about(agent)) == [report.number]


def test_what_the_author_may_not_see_or_was_voided_is_not_told(agent: Any, colleague: Any, supervisor: Any) -> None:
    file_sir(colleague, about(colleague) | RESTRICTED)
    actions.move(filed(colleague).pk, "void", by=supervisor, reason="Filed twice")
    assert twins(agent, about(agent)) == []


def test_the_check_page_warns_and_the_report_is_filed_all_the_same(agent: Any, colleague: Any, as_: Any) -> None:
    report = filed(colleague, last_name="Stone", first_name="Ada")
    draft: Draft = make_draft(agent, about(agent))
    text = str(as_(agent).get(f"/reports/drafts/{draft.pk}/check/").content.decode())
    assert "An earlier report may tell of the same event" in text
    assert f">{report.number}</a> may tell of the same event" in text
    assert f"Both name A-Number {A_NUMBER}." in text
    assert "Earlier reports name the same" not in text  # none but the one that is told already
    assert file_sir(agent, about(agent)).number


def test_a_half_written_draft_is_told_nothing(agent: Any, colleague: Any, as_: Any) -> None:
    filed(colleague)
    draft = make_draft(agent, {"people": about(agent)["people"], "what": sir_answers(agent)["what"]})
    assert duplicates.find(Answers(draft, agent).fill(), agent, but=[draft.pk]) == []
    assert as_(agent).get(f"/reports/drafts/{draft.pk}/check/").status_code == 200

"""While one writes: which earlier reports name the same, told quietly, to the author of the draft alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from audit.models import Event, SearchTerms
from reports import drafts
from reports.models import Draft
from tests.fake import FAKE
from tests.finding.test_alike import A_NUMBER, BORN, PHONE, file_about, with_person
from tests.finding.test_duplicates import filed
from tests.reports.filing import file_sir, make_draft, row, sir_answers

pytestmark = pytest.mark.django_db


def ask(client: Client, draft: Draft, field: str, part: str = "people", **typed: str) -> Any:
    return client.post("/reports/known/", {"draft": str(draft.pk), "part": part, "field": field} | typed)


def says(client: Client, draft: Draft, field: str, part: str = "people", **typed: str) -> str:
    response = ask(client, draft, field, part, **typed)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def draft(agent: Any) -> Draft:
    return make_draft(agent, sir_answers(agent, people=[], arrests=[]))


def test_an_identifier_that_earlier_reports_name_is_told_with_links(agent: Any, draft: Draft, as_: Any) -> None:
    others = [file_about(agent, last_name=name, a_number=A_NUMBER) for name in ("Stone", "Pike")]
    text = says(as_(agent), draft, "a_number", a_number="12 345 678")
    assert "2 earlier reports name this A-Number" in text
    assert all(f'href="/reports/{one.number}/"' in text for one in others)
    kept = SearchTerms.objects.get()
    assert (kept.terms, kept.found, kept.user_id) == (A_NUMBER, 2, agent.pk)
    event = Event.objects.get(code="reports.hinted")
    assert (event.object_id, A_NUMBER in event.payload) == (str(kept.pk), False)


@pytest.mark.parametrize(
    ("part", "field", "typed", "says_what"),
    [
        ("people", "phones", {"phones": f"555-0199\n({PHONE[:3]}) {PHONE[4:]}"}, "1 earlier report names this phone"),
        (
            "people",
            "date_of_birth",
            {"last_name": "Ferro", "first_name": "Nico", **BORN},
            "1 earlier report names a person of",
        ),
        ("identifiers", "value", {"type": "plate", "value": "abc 1234"}, "1 earlier report names this plate"),
        ("identifiers", "type", {"type": "plate", "value": "ABC-1234"}, "1 earlier report names this plate"),
        (
            "where",
            "place_city",
            {"place_address": "12 Pine St.", "place_city": "Miami"},
            "1 earlier report names this address",
        ),
    ],
    ids=["phone", "person", "plate", "kind-of-plate", "address"],
)
def test_each_answer_that_names_somebody_is_looked_for(
    part: str, field: str, typed: dict[str, str], says_what: str, agent: Any, draft: Draft, as_: Any
) -> None:
    where = sir_answers(agent)["where"] | {"place_address": ["12 Pine Street"], "place_city": ["Miami"]}
    held = [row(type="plate", value="ABC 1234")]
    file_sir(agent, with_person(agent, phones=PHONE, **BORN) | {"where": where, "identifiers": held})
    assert says_what in says(as_(agent), draft, field, part, **typed)


def test_where_nobody_names_it_nothing_is_said(agent: Any, outsider: Any, draft: Draft, as_: Any) -> None:
    file_about(outsider, a_number=A_NUMBER)  # which the agent may not see
    assert says(as_(agent), draft, "a_number", a_number=A_NUMBER).strip() == ""
    assert SearchTerms.objects.get().found == 0


@pytest.mark.parametrize("typed", ["", "   ", "12", "\x00"], ids=["empty", "blank", "short", "nul"])
def test_what_names_nobody_is_not_looked_for(typed: str, agent: Any, draft: Draft, as_: Any) -> None:
    assert says(as_(agent), draft, "a_number", a_number=typed).strip() == ""
    assert not SearchTerms.objects.exists()


def test_a_close_name_alone_is_not_worth_a_word_while_one_writes(agent: Any, draft: Draft, as_: Any) -> None:
    file_about(agent)
    assert says(as_(agent), draft, "last_name", last_name="Ferro", first_name="Nico").strip() == ""


@pytest.mark.parametrize("field", ["phones", "handles", "first_name", "aliases"])
def test_a_number_that_the_guard_refuses_is_neither_looked_for_nor_kept(
    field: str, agent: Any, draft: Draft, as_: Any
) -> None:
    text = says(as_(agent), draft, field, last_name="Ferro", **{field: f"his ssn {FAKE.ssn}"})
    assert text.strip() == ""
    assert not SearchTerms.objects.exclude(terms="Ferro").exists()
    assert Event.objects.filter(code="guard.blocked").exists()


def test_it_is_told_of_ones_own_draft_alone(agent: Any, colleague: Any, hq: Any, draft: Draft, as_: Any) -> None:
    file_about(agent, a_number=A_NUMBER)
    for somebody in (colleague, hq):
        assert ask(as_(somebody), draft, "a_number", a_number=A_NUMBER).status_code == 404
    client = as_(agent)
    wrong: list[dict[str, str]] = [
        {"draft": "x"},
        {"part": "nothing"},
        {"part": "narrative"},
        {"field": "description"},
        {"field": ""},
    ]
    for changed in wrong:
        sent = {"draft": str(draft.pk), "part": "people", "field": "a_number", "a_number": A_NUMBER} | changed
        assert client.post("/reports/known/", sent).status_code == 404, changed
    assert client.get("/reports/known/").status_code == 405


def test_the_report_that_is_amended_is_not_an_earlier_one(agent: Any, as_: Any) -> None:
    report = file_about(agent, a_number=A_NUMBER)
    draft = drafts.open_amendment(report, by=agent)
    assert says(as_(agent), draft, "a_number", a_number=A_NUMBER).strip() == ""


def test_the_screen_asks_for_the_fields_that_name_somebody(agent: Any, draft: Draft, as_: Any) -> None:
    text = str(as_(agent).get(f"/reports/drafts/{draft.pk}/people/add/").content.decode())
    assert text.count('hx-post="/reports/known/"') == 9
    assert 'hx-trigger="change from:#id_a_number_group"' in text
    assert "change from:#id_description_group" not in text


def test_without_a_script_the_check_page_says_it(agent: Any, as_: Any) -> None:
    other = filed(agent, timedelta(days=1), last_name="Stone", first_name="Ada")
    mine = make_draft(agent, with_person(agent, a_number=A_NUMBER))
    text = str(as_(agent).get(f"/reports/drafts/{mine.pk}/check/").content.decode())
    assert "1 earlier report names this A-Number" in text
    assert f'href="/reports/{other.number}/"' in text
    assert Event.objects.filter(code="reports.hinted", object_id=str(mine.pk)).count() == 1

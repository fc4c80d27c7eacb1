"""Bad input: a message beside the field, everything typed kept, nothing filed, and never a failure of ours."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Office
from reports import drafts
from reports.models import Draft, Report
from tests.reports.filing import make_draft, moment, sir_answers

Raw = dict[str, Any]
PERSON = {"role": "witness", "population": "public", "last_name": "Reyes"}
SEIZURE = {"goods": "cocaine", "description": "Bricks", "quantity": "2", "unit": "kg"}
DISCHARGE = {"intentional": "yes", "rounds": "3"}
ARREST = {"kind": "criminal", "charge": "18 USC 111"}
HUGE = "9" * 400


def born(month: str, day: str, year: str) -> Raw:
    return {**PERSON, "date_of_birth_0": month, "date_of_birth_1": day, "date_of_birth_2": year}


def at(year: str, clock: str = "12:00") -> Raw:
    return {f"event_at_{i}": part for i, part in enumerate(["1", "1", year, clock, "America/New_York"])}


TOMORROW = {name: value[0] for name, value in moment("event_at", timezone.now() + timedelta(days=1)).items()}

# Part, what is typed over good answers, the field that complains, and what it says.
SECTIONS: list[tuple[str, Raw, str, str]] = [
    ("what", {"title": ""}, "title", "This answer is needed"),
    ("what", {"title": "x" * 10_000}, "title", "at most 200 characters"),
    ("what", {"event_types": []}, "event_types", "This answer is needed"),
    ("what", {"event_types": "flood"}, "event_types", "flood is not one of the available choices"),
    ("what", {"stage": "last"}, "stage", "not one of the available choices"),
    ("what", {"synopsis": "x" * 1001}, "synopsis", "at most 1000 characters"),
    ("where", TOMORROW, "event_at", "in the future"),
    ("where", at("9998", "23:59"), "event_at", "in the future"),
    ("where", at("9999", "23:59"), "event_at", "Check the year"),
    ("where", at(HUGE), "event_at", "does not exist"),
    ("where", at("1999"), "event_at", "before the year 2000"),
    ("where", at("2026", "25:61"), "event_at", "is not a time"),
    ("where", at("2026", ""), "event_at", "Give the time"),
    ("where", {"event_at_0": "2", "event_at_1": "30"}, "event_at", "does not exist"),
    ("where", {"event_at_4": "Mars/Olympus"}, "event_at", "Choose the time zone"),
    ("where", {"place_latitude": "25.7"}, "place_longitude", "Give both latitude and longitude"),
    ("where", {"place_latitude": "91", "place_longitude": "0"}, "place_latitude", "between -90 and 90"),
    ("where", {"place_latitude": "NaN", "place_longitude": "0"}, "place_latitude", "Enter a number"),
    ("where", {"place_country": "Mexico"}, "place_country", "at most 2 characters"),
    ("where", {"office": "abc"}, "office", "not one of the available choices"),
    ("where", {"office": HUGE}, "office", "not one of the available choices"),
    ("where", {"programme": "FBI"}, "programme", "not one of the available choices"),
    ("narrative", {"narrative": "x" * 61_000}, "narrative", "at most 60000 characters"),
    ("narrative", {"narrative": "\x00\x00"}, "narrative", "This answer is needed"),
    ("flags", {"restricted": "on"}, "restricted_reason", "Say why only named people"),
    ("flags", {"legal_hold": "on"}, "legal_hold_reason", "Say what the hold is for"),
    ("flags", {"marking": ""}, "marking", "This answer is needed"),
    ("case", {"icm_case_number": "no spaces!"}, "icm_case_number", "letters, digits and hyphens"),
    ("case", {"supervisor": "0"}, "supervisor", "not one of the available choices"),
]
ROWS: list[tuple[str, Raw, str, str]] = [
    ("people", {**PERSON, "last_name": ""}, "last_name", "This answer is needed"),
    ("people", {**PERSON, "role": "king"}, "role", "not one of the available choices"),
    ("people", {**PERSON, "age_from": "40", "age_to": "30"}, "age_to", "below the lower age (40)"),
    ("people", {**PERSON, "age_from": "-1"}, "age_from", "greater than or equal to 0"),
    ("people", {**PERSON, "age_from": HUGE}, "age_from", "less than or equal to"),
    (
        "people",
        born("1", "1", "2190"),
        "date_of_birth",
        "in the future",
    ),
    (
        "people",
        born("1", "1", "1850"),
        "date_of_birth",
        "before 1900",
    ),
    ("people", born("1", "", "1990"), "date_of_birth", "Give the day"),
    ("people", {**PERSON, "a_number": "A12"}, "a_number", "seven to nine digits"),
    ("people", {**PERSON, "a_number": "٠١٢٣٤٥٦٧٨"}, "a_number", "seven to nine digits"),
    ("people", {**PERSON, "citizenship": "z1"}, "citizenship", "two capital letters"),
    ("people", {**PERSON, "phones": "\n".join(["555-0100"] * 21)}, "phones", "at most 20 lines"),
    ("people", {**PERSON, "emails": "x" * 201}, "emails", "at most 200 fit"),
    ("discharges", {**DISCHARGE, "hits": "5"}, "hits", "Rounds that hit cannot exceed rounds fired (3)."),
    ("discharges", {**DISCHARGE, "rounds": "0"}, "rounds", "At least one round was fired"),
    ("discharges", {**DISCHARGE, "rounds": "three"}, "rounds", "whole number"),
    ("discharges", {**DISCHARGE, "shooter": str(uuid4())}, "shooter", "This person is not in the report"),
    ("seizures", {**SEIZURE, "quantity": "0"}, "quantity", "more than zero"),
    ("seizures", {**SEIZURE, "quantity": "-1"}, "quantity", "more than zero"),
    ("seizures", {**SEIZURE, "quantity": "1e30"}, "quantity", "no more than"),
    ("seizures", {**SEIZURE, "estimated_value": "-5"}, "estimated_value", "cannot be negative"),
    ("seizures", {**SEIZURE, "unit": "stone"}, "unit", "not one of the available choices"),
    ("arrests", {**ARREST, "warrant_number": "W1"}, "warrant", "Answer yes"),
    (
        "arrests",
        {**ARREST, "person": "1"},
        "person",
        "This person is not in the report",
    ),
    ("related", {"number": "12"}, "number", "reads like SIR-2026-MIA-000123"),
    ("related", {"number": "SIR-٢٠٢٦-MIA-000123"}, "number", "reads like SIR-2026-MIA-000123"),
    ("organizations", {"name": "Marina", "ein": "١٢-3456789"}, "ein", "reads like 12-3456789"),
    ("organizations", {"name": "Harbor Freight", "ein": "1"}, "ein", "reads like 12-3456789"),
    ("identifiers", {"type": "ssn", "value": "1"}, "type", "not one of the available choices"),
]


def _named(case: tuple[str, Raw, str, str]) -> str:
    return f"{case[0]}-{case[2]}-{case[3][:20]}"


def _told(answer: Any, field: str) -> str:
    """The message beside the field, as the page shows it."""
    page = answer.content.decode()
    start = page.index(f'id="id_{field}_group"')
    return page[start : start + 20_000]


def _kept(stored: Raw, typed: Raw) -> None:
    for name, value in typed.items():
        if value and value.strip("\x00") if isinstance(value, str) else value:
            assert stored[name] == [value]


def _nothing_is_filed(browser: Client, draft: Draft) -> None:
    body = {"key": str(uuid4()), "attested": "on"}
    assert browser.post(reverse("reports:submit", args=[draft.pk]), body).status_code == 422
    assert browser.get(reverse("reports:draft", args=[draft.pk])).status_code == 200
    assert not Report.objects.exists()


@pytest.mark.parametrize("case", SECTIONS, ids=_named)
def test_a_section_says_what_is_wrong(as_: Any, agent: Any, case: tuple[str, Raw, str, str]) -> None:
    part, typed, field, says = case
    draft, browser = make_draft(agent), as_(agent)
    there = reverse("reports:part", args=[draft.pk, part])
    answer = browser.post(there, {**draft.answers.get(part, {}), **typed, "version": "1"})
    assert answer.status_code == 422
    assert says in _told(answer, field)
    draft.refresh_from_db()
    _kept(draft.answers[part], typed)
    _nothing_is_filed(browser, draft)


@pytest.mark.parametrize("case", ROWS, ids=_named)
def test_a_row_says_what_is_wrong(as_: Any, agent: Any, case: tuple[str, Raw, str, str]) -> None:
    part, typed, field, says = case
    draft, browser = make_draft(agent), as_(agent)
    key = str(uuid4())
    answer = browser.post(reverse("reports:row", args=[draft.pk, part, key]), typed)
    assert answer.status_code == 422
    assert says in _told(answer, field)
    draft.refresh_from_db()
    (row,) = (row for row in draft.answers[part] if row["key"] == key)
    _kept(row["data"], typed)
    assert browser.get(reverse("reports:part", args=[draft.pk, part])).status_code == 200
    _nothing_is_filed(browser, draft)


@pytest.mark.parametrize("part", ["narrative", "related"])
def test_a_draft_past_its_size_is_refused_with_the_text_kept_on_the_page(as_: Any, agent: Any, part: str) -> None:
    draft, browser = make_draft(agent), as_(agent)
    there = reverse("reports:part", args=[draft.pk, part])
    there = there if part == "narrative" else reverse("reports:row", args=[draft.pk, part, uuid4()])
    field = "narrative" if part == "narrative" else "number"
    text = "é" * (drafts.MOST_BYTES // 2)
    answer = browser.post(there, {field: text})
    assert answer.status_code == 422
    assert "A draft holds at most 1 MB of text" in answer.content.decode()
    assert text in answer.content.decode()
    assert "1 MB" in browser.post(there, {field: text}, headers={"X-Autosave": "1"}).json()["message"]
    before = draft.answers
    draft.refresh_from_db()
    assert draft.answers == before


def test_an_office_that_is_not_ones_own_cannot_be_chosen(as_: Any, agent: Any) -> None:
    atlanta = Office.objects.get(code="ATL")
    where = sir_answers(agent)["where"] | {"office": [str(atlanta.pk)]}
    draft, browser = make_draft(agent, sir_answers(agent, where=where)), as_(agent)
    page = browser.get(reverse("reports:part", args=[draft.pk, "where"]))
    assert "not one of the available choices" in _told(page, "office")
    assert "SAC Atlanta" not in page.content.decode()
    _nothing_is_filed(browser, draft)


def test_a_person_of_another_draft_cannot_be_chosen(as_: Any, agent: Any, colleague: Any) -> None:
    theirs = make_draft(colleague)
    forged = theirs.answers["people"][0]["key"]
    arrests = [{"key": str(uuid4()), "data": {"person": [forged], "kind": ["criminal"], "charge": ["x"]}}]
    draft, browser = make_draft(agent, sir_answers(agent, arrests=arrests)), as_(agent)
    _nothing_is_filed(browser, draft)
    page = browser.get(reverse("reports:row", args=[draft.pk, "arrests", arrests[0]["key"]]))
    assert "This person is not in the report" in _told(page, "person")


def test_a_report_holds_no_more_rows_than_it_can_show(as_: Any, agent: Any) -> None:
    people = [{"key": str(uuid4()), "data": {"last_name": ["Reyes"]}} for _ in range(200)]
    draft, browser = make_draft(agent, sir_answers(agent, people=people)), as_(agent)
    answer = browser.post(reverse("reports:row", args=[draft.pk, "people", str(uuid4())]), PERSON)
    assert answer.status_code == 422
    assert "at most 200" in answer.content.decode()
    assert 'value="Reyes"' in answer.content.decode()


@pytest.mark.parametrize("version", ["", "-1", "x", HUGE, "١"])
def test_a_strange_version_never_fails(as_: Any, agent: Any, version: str) -> None:
    draft, browser = make_draft(agent), as_(agent)
    answer = browser.post(reverse("reports:part", args=[draft.pk, "narrative"]), {"narrative": "x", "version": version})
    assert answer.status_code in (302, 409)


@pytest.mark.parametrize("part", ["nothing", "what", "_removed"])
def test_rows_of_what_is_no_list_do_not_exist(as_: Any, agent: Any, part: str) -> None:
    draft, browser = make_draft(agent), as_(agent)
    for name in ("add_row", "row"):
        more = [str(uuid4())] if name == "row" else []
        assert browser.get(reverse(f"reports:{name}", args=[draft.pk, part, *more])).status_code == 404
    assert browser.get(f"/reports/drafts/{draft.pk}/_removed/").status_code == 404


def test_the_message_stands_beside_the_field_and_in_the_linked_summary(as_: Any, agent: Any) -> None:
    draft, browser = make_draft(agent), as_(agent)
    page = browser.post(reverse("reports:part", args=[draft.pk, "what"]), {"title": "x" * 300}).content.decode()
    assert re.search(r'<a href="#id_title">Title: Ensure', page)
    assert re.search(r'id="id_title_error"[^>]*>.*?Ensure', page, re.DOTALL)
    assert 'aria-invalid="true"' in page

"""The auditor's page: the log in sentences, filtered by person, record, kind and time, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from audit import search
from audit.events import EVENTS
from audit.forms import find_record
from audit.log import Subject, record
from audit.models import Event, SearchTerms
from reports.workflow import every_move
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db


def ask(browser: Client, **typed: str) -> Any:
    return browser.post("/audit/", typed, follow=True)


def shown(response: Any) -> list[Event]:
    return [line.event for line in response.context["lines"]]


def test_the_log_reads_in_sentences(auditor: Any, agent: Any, as_: Callable[[Any], Client]) -> None:
    report = file_sir(agent)
    page = as_(auditor).get("/audit/")
    line = next(line for line in page.context["lines"] if line.event.code == "report.submitted")
    assert line.sentence == f"agent filed {report.number}"
    assert f'<a href="?by={agent.pk}">agent</a> filed <a href="?on=report+{report.pk}">{report.number}</a>' in (
        page.content.decode()
    )


def test_looking_at_the_log_is_recorded_before_it_is_shown(auditor: Any, as_: Callable[[Any], Client]) -> None:
    page = as_(auditor).get("/audit/")
    seen = Event.objects.filter(code="audit.viewed", actor_id=auditor.pk).get()
    assert str(len(page.context["lines"])) in seen.payload


def test_the_filter_of_a_person(auditor: Any, agent: Any, as_: Callable[[Any], Client]) -> None:
    file_sir(agent)
    found = shown(ask(as_(auditor), person="AGENT"))
    assert {event.actor for event in found} == {"agent"}


def test_a_username_stands_in_no_address(auditor: Any, as_: Callable[[Any], Client]) -> None:
    answer = as_(auditor).post("/audit/", {"person": "agent"})
    assert set(parse_qs(urlsplit(answer["Location"]).query)) == {"q"}
    assert "agent" not in answer["Location"]


@pytest.mark.parametrize("link", [True, False], ids=["by its link", "by its number"])
def test_the_filter_of_a_record(link: bool, auditor: Any, agent: Any, as_: Callable[[Any], Client]) -> None:
    report, _ = file_sir(agent), file_sir(agent)
    browser = as_(auditor)
    page = browser.get("/audit/", {"on": f"report {report.pk}"}) if link else ask(browser, record=report.number.lower())
    assert {event.object_id for event in shown(page)} == {str(report.pk)}
    assert "report.submitted" in {event.code for event in shown(page)}


def test_a_record_is_found_in_the_batch_that_names_it(auditor: Any) -> None:
    record("report.batch_filed", by=None, on=Subject("report", "", "batch"), batch=["first", "second"])
    assert search.Filter(types=("report",), object_ids=("second",)).events().count() == 1
    assert search.Filter(types=("report",), object_ids=("third",)).events().count() == 0


@pytest.mark.parametrize(
    ("what", "expected"), [("refusal", {"access.refused"}), ("report.submitted", {"report.submitted"})]
)
def test_the_filter_of_a_kind(
    what: str, expected: set[str], auditor: Any, agent: Any, as_: Callable[[Any], Client]
) -> None:
    file_sir(agent)
    as_(agent).get("/audit/")
    assert {event.code for event in shown(ask(as_(auditor), what=what))} == expected


def test_the_filter_of_a_time_holds_its_last_minute_whole(auditor: Any, as_: Callable[[Any], Client]) -> None:
    number = record("audit.viewed", by=auditor, on=Subject("list", "", "audit log"))
    at = Event.objects.get(pk=number).at
    minute, earlier = f"{at:%Y-%m-%dT%H:%M}", f"{at - timedelta(minutes=1):%Y-%m-%dT%H:%M}"
    browser = as_(auditor)
    assert number in {event.pk for event in shown(ask(browser, since=minute, until=minute))}
    assert number not in {event.pk for event in shown(ask(browser, since=earlier, until=earlier))}


def test_pages_hold_every_event_once(monkeypatch: Any, auditor: Any) -> None:
    monkeypatch.setattr(search, "PAGE", 7)
    events = Event.objects.all()
    wanted = list(events.order_by("-at", "-id").values_list("pk", flat=True))
    page = search.page_of(events)
    forward, pages = [event.pk for event in page.events], [page]
    while page.older:
        page = search.page_of(events, older=search.Key.read(str(page.older)))
        forward += [event.pk for event in page.events]
        pages.append(page)
    assert forward == wanted
    back = search.page_of(events, newer=page.newer)
    assert [event.pk for event in back.events] == [event.pk for event in pages[-2].events]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"person": "nobody"}, "Nobody has the username nobody"),
        ({"record": "SIR-1999-MIA-000001"}, "No record is called"),
        ({"since": "yesterday"}, "Write the time as"),
        ({"since": "0001-01-01T00:00"}, "Choose a year from 2000"),
        ({"since": "2026-02-02T00:00", "until": "2026-02-01T00:00"}, "Choose a later time"),
        ({"what": "nothing.such"}, "Select a valid choice"),
        ({"record": "user \x00"}, "Null characters"),
    ],
)
def test_a_wrong_filter_says_how_to_mend_it(
    typed: dict[str, str], why: str, auditor: Any, as_: Callable[[Any], Client]
) -> None:
    page = ask(as_(auditor), **typed)
    assert page.status_code == 200
    assert why in page.content.decode()
    assert "lines" not in page.context
    assert not SearchTerms.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["q=1", "q=00000000-0000-4000-8000-000000000000", "by=x", "by=99999999999999999999", "by=0", "older=x.y",
     "older=9999999999999999999999.1", "newer=1"],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_not_found(query: str, auditor: Any, as_: Callable[[Any], Client]) -> None:
    assert as_(auditor).get(f"/audit/?{query}").status_code == 404


def test_a_filter_is_found_by_nobody_else(auditor: Any, privacy: Any, as_: Callable[[Any], Client]) -> None:
    address = as_(auditor).post("/audit/", {"person": "agent"})["Location"]
    assert as_(auditor).get(address).status_code == 200
    assert as_(privacy).get(address).status_code == 404


def test_the_words_of_a_search_are_shown_with_the_event_that_names_it(
    auditor: Any, as_: Callable[[Any], Client]
) -> None:
    terms = SearchTerms.objects.create(user_id=auditor.pk, terms="blue sedan")
    record("reports.searched", by=auditor, on=terms, found=0)
    assert "blue sedan" in as_(auditor).get("/audit/").content.decode()


def test_the_statements_of_a_page_do_not_grow_with_it(
    auditor: Any, as_: Callable[[Any], Client], django_assert_max_num_queries: Any
) -> None:
    browser = as_(auditor)
    for number in range(60):
        terms = SearchTerms.objects.create(user_id=auditor.pk, terms=f"word {number}")
        record("reports.searched", by=auditor, on=terms)
    browser.get("/audit/")  # the first page after a sign-in asks for the person's rights
    with django_assert_max_num_queries(8):
        assert len(shown(browser.get("/audit/"))) == search.PAGE


def test_a_year_old_filter_is_no_error(auditor: Any, as_: Callable[[Any], Client]) -> None:
    """Before the first partition there is simply nothing."""
    then = f"{timezone.now() - timedelta(days=3000):%Y-%m-%dT%H:%M}"
    assert shown(ask(as_(auditor), until=then)) == []


@pytest.mark.parametrize("typed", ["user Marquez", "user 12 Marquez", "user ١٢", "report SIR"])
def test_after_the_type_of_a_record_only_its_number_is_taken(
    typed: str, auditor: Any, as_: Callable[[Any], Client]
) -> None:
    answer = as_(auditor).post("/audit/", {"record": typed})
    assert "No record is called" in answer.content.decode()
    assert find_record("user 12") == (("user",), ("12",))
    assert not any("Marquez" in event.payload + event.object_id for event in Event.objects.all())


def test_a_null_character_does_not_stop_an_event(agent: Any) -> None:
    record("assignment.revoked", by=None, on=agent, reason="left\x00", more=["a\x00", {"b": "\x00c"}])
    payload = json.loads(Event.objects.get(code="assignment.revoked").payload)
    assert payload == {"reason": "left", "more": ["a", {"b": "c"}]}


def test_each_event_that_carries_a_typed_reason_may_carry_personal_data() -> None:
    """Whatever its call gives as `reason` was typed by somebody."""
    codes = (
        "assignment.revoked",
        "reference.changed",
        "report.amended",
        "report.reader_named",
        "report.reader_removed",
    )
    assert all(EVENTS[code].personal for code in (*codes, *(move.event for _, move in every_move())))

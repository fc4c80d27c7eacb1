"""The list of reports: filters in the address, words apart from it, pages by keyset, few statements."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event, SearchTerms
from reports import actions, keyset
from reports.models import Report
from tests.reports.filing import file_sir, moment, sir_answers

SIX_HOURS_AGO = timedelta(hours=6)


def titled(by: Any, title: str, **values: Any) -> Report:
    answers = sir_answers(by)
    answers["what"] |= {"title": [title], **values.pop("what", {})}
    return file_sir(by, answers | values)


def hurt() -> dict[str, Any]:
    """One person and their injury, as entered."""
    person = str(uuid4())
    return {
        "people": [{"key": person, "data": {"role": ["victim"], "population": ["public"], "last_name": ["Doe"]}}],
        "casualties": [{"key": str(uuid4()), "data": {"person": [person], "severity": ["minor"]}}],
        "arrests": [],
    }


def titles(client: Any, query: str = "") -> list[str]:
    """The titles that a page of the list shows, in its order."""
    response = client.get(f"/reports/{query}")
    assert response.status_code == 200
    return [line.title for line in response.context["lines"]]


def test_newest_first_without_voided_ones_unless_asked_for(agent: Any, supervisor: Any, as_: Any) -> None:
    for name in ("First", "Second", "Third"):
        last = titled(agent, name)
    actions.move(last.pk, "void", by=supervisor, reason="Filed twice")
    assert titles(as_(agent)) == ["Second", "First"]
    assert titles(as_(agent), "?state=voided") == ["Third"]


def test_filters_stand_in_the_address_and_are_removable(
    agent: Any, supervisor: Any, analyst: Any, outsider: Any, as_: Any
) -> None:
    titled(agent, "In Miami")
    titled(supervisor, "By the supervisor", what={"event_types": ["injury-or-death"]}, **hurt())
    titled(outsider, "In Atlanta")
    client = as_(analyst)
    assert titles(client, "?office=ATL") == ["In Atlanta"]
    assert titles(client, "?office=HSI") == ["In Atlanta", "By the supervisor", "In Miami"]
    assert titles(client, "?event=injury-or-death") == ["By the supervisor"]
    assert titles(client, "?urgent=on&office=MIA") == ["By the supervisor"]
    assert titles(as_(agent), "?mine=on") == ["In Miami"]
    tags = client.get("/reports/?office=ATL&urgent=on").context["form"].tags
    assert [(tag.label, tag.remove_url) for tag in tags] == [
        ("Office: SAC Atlanta", "?urgent=on"),
        ("Urgent", "?office=ATL"),
    ]


def test_days_are_bounds_by_the_clock_of_ones_office(agent: Any, as_: Any) -> None:
    titled(agent, "Today")
    now = timezone.now()
    today, tomorrow = f"{now - SIX_HOURS_AGO:%Y-%m-%d}", f"{now + timedelta(days=2):%Y-%m-%d}"
    assert titles(as_(agent), f"?since={today}") == ["Today"]
    assert titles(as_(agent), f"?since={tomorrow}") == []
    assert titles(as_(agent), f"?until={now - timedelta(days=3):%Y-%m-%d}") == []


def test_a_bound_on_the_event_of_a_kind_of_the_past_is_also_one_on_the_filing(agent: Any, as_: Any) -> None:
    old = moment("event_at", timezone.now() - timedelta(days=40))
    where = sir_answers(agent)["where"] | old
    titled(agent, "Long ago", where=where)
    titled(agent, "Just now")
    since = f"{timezone.now() - timedelta(days=20):%Y-%m-%d}"
    with CaptureQueriesContext(connection) as asked:
        assert titles(as_(agent), f"?kind=sir&by=happened&since={since}") == ["Just now"]
        assert titles(as_(agent), f"?by=happened&since={since}") == ["Just now"]
    of_sirs, of_all = (one["sql"] for one in asked if '"reports_report"."title"' in one["sql"])
    assert '"reports_report"."submitted_at" >=' in of_sirs
    assert '"reports_report"."submitted_at" >=' not in of_all  # a plan is filed before it happens
    assert titles(as_(agent), f"?by=happened&until={since}") == ["Long ago"]


@pytest.mark.parametrize("query", ["?state=lost", "?office=NOWHERE", "?since=soon", "?event=\x00", "?kind=x"])
def test_a_senseless_filter_is_said_and_left_out(agent: Any, as_: Any, query: str) -> None:
    titled(agent, "Here")
    assert titles(as_(agent), query) == ["Here"]


@pytest.mark.parametrize("query", ["?until=9999-12-31", "?since=0001-01-01&by=happened", "?since=1999-12-31"])
def test_a_day_out_of_all_reason_is_said_beside_the_field(agent: Any, as_: Any, query: str) -> None:
    titled(agent, "Here")
    assert titles(as_(agent), query) == ["Here"]
    assert "Choose a day from 2000-01-01 to 2199-12-31." in as_(agent).get(f"/reports/{query}").content.decode()


def test_days_in_the_wrong_order_are_said_beside_the_field(agent: Any, as_: Any) -> None:
    text = as_(agent).get("/reports/?since=2026-03-02&until=2026-03-01").content.decode()
    assert "This day is before the first." in text


# -- Words -------------------------------------------------------------------------------------------------------------
def test_words_are_posted_kept_apart_and_found(agent: Any, as_: Any) -> None:
    titled(agent, "A boat at the marina")
    titled(agent, "A car on the bridge")
    response = as_(agent).post("/reports/search/", {"q": "bridge"})
    kept = SearchTerms.objects.get(user_id=agent.pk)
    assert response.headers["Location"] == f"/reports/?q={kept.pk}"
    assert titles(as_(agent), f"?q={kept.pk}") == ["A car on the bridge"]
    assert titles(as_(agent), f"?q={kept.pk}&mine=on") == ["A car on the bridge"]
    event = Event.objects.get(code="reports.searched")
    assert (event.object_id, "bridge" in event.payload) == (str(kept.pk), False)


def test_the_words_of_somebody_else_are_not_found(agent: Any, colleague: Any, as_: Any) -> None:
    as_(agent).post("/reports/search/", {"q": "bridge"})
    kept = SearchTerms.objects.get(user_id=agent.pk)
    assert as_(colleague).get(f"/reports/?q={kept.pk}").status_code == 404
    assert as_(agent).get("/reports/?q=bridge").status_code == 404


def test_a_number_leads_to_its_report_and_to_nobody_elses(agent: Any, outsider: Any, as_: Any) -> None:
    report = titled(agent, "Here")
    assert as_(agent).post("/reports/search/", {"q": report.number.lower()}).headers["Location"] == (
        f"/reports/{report.number}/"
    )
    assert as_(outsider).post("/reports/search/", {"q": report.number}).headers["Location"].startswith("/reports/?q=")


@pytest.mark.parametrize("typed", ["", "  ", "\x00"])
def test_no_words_lead_to_the_list(agent: Any, as_: Any, typed: str) -> None:
    assert as_(agent).post("/reports/search/", {"q": typed}).headers["Location"] == "/reports/"


@pytest.mark.parametrize("typed", ["' OR 1=1 --", "a & | ! (", '"unfinished', "x" * 5000, "%_\\"])
def test_words_are_never_operators(agent: Any, as_: Any, typed: str) -> None:
    titled(agent, "Here")
    assert as_(agent).post("/reports/search/", {"q": typed}, follow=True).status_code == 200


# -- Pages -------------------------------------------------------------------------------------------------------------
def test_pages_follow_each_other_without_gap_or_repetition(agent: Any, as_: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(keyset.page, "__defaults__", ("", 3))
    filed = [titled(agent, f"Number {number}").title for number in range(8)][::-1]
    client, seen, query = as_(agent), [], "?mine=on"
    while query:
        response = client.get(f"/reports/{query}")
        seen.append([line.title for line in response.context["lines"]])
        back, query = response.context["newer"], response.context["older"]
    assert seen == [filed[:3], filed[3:6], filed[6:]]
    assert titles(client, back) == filed[3:6]
    assert "mine=on" in back


@pytest.mark.parametrize("cursor", ["nonsense", "a:b:c", "\x00", "x" * 4000])
def test_a_cursor_that_is_not_ours_is_ignored(agent: Any, as_: Any, cursor: str) -> None:
    titled(agent, "Here")
    assert as_(agent).get("/reports/", {"after": cursor}).context["lines"][0].title == "Here"


def test_a_cursor_of_another_order_is_ignored(agent: Any) -> None:
    for number in range(3):
        titled(agent, f"Number {number}")
    older = keyset.page(Report.objects.all(), ("-urgency", "-submitted_at", "-id"), size=1).older
    assert len(keyset.page(Report.objects.all(), ("-submitted_at", "-id"), older, size=2).rows) == 2


def test_the_count_stops_at_its_cap(agent: Any, as_: Any, monkeypatch: Any) -> None:
    for number in range(3):
        titled(agent, f"Number {number}")
    assert "3 reports" in as_(agent).get("/reports/").content.decode()
    monkeypatch.setattr("reports.finding.listing.COUNTED", 2)
    assert "More than 2 reports" in as_(agent).get("/reports/").content.decode()


@pytest.mark.parametrize("reports", [1, 12])
def test_a_page_takes_the_same_few_statements_for_any_number_of_rows(
    agent: Any, analyst: Any, as_: Any, reports: int
) -> None:
    for number in range(reports):
        titled(agent, f"Number {number}")
    client = as_(analyst)
    client.get("/reports/")
    with CaptureQueriesContext(connection) as asked:
        assert len(titles(client, "?office=MIA&urgent=&state=submitted")) == reports
    assert len(asked) <= 8, [one["sql"] for one in asked]


def test_the_list_asks_for_no_long_text(agent: Any, as_: Any) -> None:
    titled(agent, "Here")
    with CaptureQueriesContext(connection) as asked:
        titles(as_(agent))
    assert not [one for one in asked if '"narrative"' in one["sql"] or '"synopsis"' in one["sql"]]


def test_an_empty_list_says_why(agent: Any, as_: Any) -> None:
    assert "No report has been filed yet" in as_(agent).get("/reports/").content.decode()
    assert "matches all of these filters" in as_(agent).get("/reports/?urgent=on").content.decode()


def test_looking_through_the_list_is_recorded(agent: Any, as_: Any) -> None:
    titles(as_(agent))
    assert Event.objects.filter(code="reports.listed", actor_id=agent.pk).count() == 1

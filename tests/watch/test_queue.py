"""The queue: what stands in it and in which order, its filters and search, its live rows, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import save_reference
from audit.models import Event, SearchTerms
from reports import actions, keyset
from reports.models import EventType, Report, ReportReader
from tests.reports.filing import file_sir, sir_answers
from watch.queue import ORDER, QueueFilter, top, waiting

QUEUE = "/watch/"
RESTRICTED = {"restricted": ["on"], "restricted_reason": ["An informant"], "marking": ["LES"]}


def filed(by: Any, title: str, *, ago: float = 0, **sections: Any) -> Report:
    answers = sir_answers(by, **sections)
    answers["what"]["title"] = [title]
    if by.office.programme == "ERO":
        answers["where"]["programme"] = ["ERO"]
    return file_sir(by, answers, now=timezone.now() - timedelta(minutes=ago))


def urgent(by: Any, title: str, **values: Any) -> Report:
    """Of an event type that an administrator has called urgent."""
    other = EventType.objects.get(code="other")
    other.always_urgent = True
    save_reference(other, by=None)
    answers = sir_answers(by)
    return filed(by, title, what=answers["what"] | {"event_types": ["other", "significant-arrest"]}, **values)


def titles(page: Any) -> list[str]:
    text = page.content.decode()
    return [part.split("</th>")[0] for part in text.split("data-main>")[1:]]


def test_newest_first_and_what_is_taken_up_stays_until_it_is_closed(
    as_: Any, agent: Any, outsider: Any, analyst: Any, analyst2: Any
) -> None:
    first, second, third = (filed(by, f"Event {n}", ago=9 - n) for n, by in enumerate((agent, outsider, agent)))
    actions.move(second.pk, "take-up", by=analyst2)
    assert titles(as_(analyst).get(QUEUE)) == ["Event 2", "Event 1", "Event 0"]
    page = as_(analyst).get(QUEUE).content.decode()
    assert analyst2.name in page
    assert page.count('form="take-up"') == 2
    actions.move(first.pk, "take-up", by=analyst)
    actions.move(first.pk, "close", by=analyst)
    assert titles(as_(analyst).get(QUEUE)) == ["Event 2", "Event 1"]
    assert third.number in as_(analyst).get(QUEUE).content.decode()


def test_an_urgent_report_tops_the_queue_and_says_so(as_: Any, agent: Any, analyst: Any) -> None:
    urgent(agent, "Urgent, but older", ago=50)
    filed(agent, "Newer")
    page = as_(analyst).get(QUEUE)
    assert titles(page) == ["Urgent, but older", "Newer"]
    assert page.content.decode().count(">Urgent</span>") == 1


def test_only_the_watch_sees_it(as_: Any, agent: Any, sac: Any, hq: Any, auditor: Any) -> None:
    for person in (agent, sac, hq, auditor):
        for path in (QUEUE, "/watch/rows/"):
            assert as_(person).get(path).status_code == 403
        assert as_(person).post("/watch/search/", {"q": "x"}).status_code == 403


def test_a_restricted_report_is_not_in_the_queue_of_those_not_named(as_: Any, agent: Any, analyst: Any) -> None:
    filed(agent, "Known to few", flags=RESTRICTED)
    assert titles(as_(analyst).get(QUEUE)) == []


def test_text_is_escaped(as_: Any, agent: Any, analyst: Any) -> None:
    filed(agent, "<script>alert(1)</script> & {braces}")
    page = as_(analyst).get(QUEUE).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {braces}" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("office=ATL", ["Theirs"]),
        ("state=under_review", ["Ours, taken up"]),
        ("event=significant-arrest&state=submitted", ["Ours", "Theirs"]),
        ("held=on", ["Ours, taken up"]),
        ("event=other", []),
        # A state that the queue does not know is left out, with a message.
        ("state=closed", ["Ours", "Ours, taken up", "Theirs"]),
    ],
)
def test_filters(as_: Any, agent: Any, outsider: Any, analyst: Any, query: str, expected: list[str]) -> None:
    filed(outsider, "Theirs", ago=3)
    actions.move(filed(agent, "Ours, taken up", ago=2).pk, "take-up", by=analyst)
    filed(agent, "Ours", ago=1)
    assert titles(as_(analyst).get(f"{QUEUE}?{query}")) == expected


def test_a_search_is_posted_kept_and_open_to_its_own_person_alone(
    as_: Any, agent: Any, analyst: Any, analyst2: Any
) -> None:
    filed(agent, "Ambush near the bridge")
    filed(agent, "Something else")
    answer = as_(analyst).post("/watch/search/?office=MIA", {"q": "ambush"})
    kept = SearchTerms.objects.get()
    assert answer["Location"] == f"/watch/?office=MIA&q={kept.pk}"
    assert titles(as_(analyst).get(answer["Location"])) == ["Ambush near the bridge"]
    assert as_(analyst2).get(answer["Location"]).status_code == 404
    assert Event.objects.filter(code="reports.searched", object_id=str(kept.pk)).count() == 1


def test_pages_follow_each_other_without_gap_or_repeat(
    as_: Any, agent: Any, analyst: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports import keyset

    one_page = keyset.page
    monkeypatch.setattr(
        "watch.views.queue.keyset.page", lambda rows, order, cursor: one_page(rows, order, cursor, size=3)
    )
    for n in range(7):
        filed(agent, f"Event {n}", ago=n)
    found, url = [], QUEUE + "?after="
    while url:
        page = as_(analyst).get(url)
        found += titles(page)
        url = page.context["older"] and QUEUE + page.context["older"]
    assert found == [f"Event {n}" for n in range(7)]


def test_looking_is_recorded(as_: Any, agent: Any, analyst: Any) -> None:
    filed(agent, "Seen")
    as_(analyst).get(QUEUE)
    assert Event.objects.get(code="queue.viewed").actor_id == analyst.pk


# -- Live rows --------------------------------------------------------------------------------------------------------
def test_new_rows_come_once_and_only_they_are_recorded(as_: Any, agent: Any, outsider: Any, analyst: Any) -> None:
    watching = as_(analyst)
    filed(agent, "There before")
    mark = watching.get(QUEUE).context["mark"]
    poll = {"headers": {"X-Background": "1"}}
    nothing = watching.get("/watch/rows/", {"since": mark}, **poll).json()
    assert nothing["count"] == 0
    filed(agent, "New")
    # Committed late: stamped before the last look, seen only now.
    filed(agent, "New, but slow", ago=0.5)
    found = watching.get("/watch/rows/", {"since": nothing["mark"]}, **poll).json()
    assert found["count"] == 2
    assert "New</th>" in found["rows"]
    assert "There before" not in found["rows"]
    again = watching.get("/watch/rows/", {"since": found["mark"]}, **poll).json()
    assert again["count"] == 0
    assert Event.objects.filter(code="queue.viewed").count() == 2


def test_live_rows_obey_the_filters(as_: Any, agent: Any, outsider: Any, analyst: Any) -> None:
    mark = as_(analyst).get(f"{QUEUE}?office=ATL").context["mark"]
    filed(agent, "Ours")
    filed(outsider, "Theirs")
    found = as_(analyst).get("/watch/rows/", {"since": mark, "office": "ATL"}).json()
    assert found["count"] == 1
    assert "Theirs" in found["rows"]


@pytest.mark.parametrize("mark", ["", "forged", "a:b:c"])
def test_a_mark_that_is_not_ours_counts_as_now(as_: Any, agent: Any, analyst: Any, mark: str) -> None:
    filed(agent, "There before")
    assert as_(analyst).get("/watch/rows/", {"since": mark}).json()["count"] == 0


def test_the_statement_built_once_finds_what_the_filters_would(agent: Any, analyst: Any) -> None:
    for n in range(52):
        filed(agent, f"Event {n}", ago=n)
    filed(agent, "Known to few", flags=RESTRICTED)
    form = QueueFilter(QueryDict(), analyst)
    for _ in range(2):
        assert top(analyst) == keyset.page(waiting(analyst, form), ORDER)
    assert len(top(analyst).rows) == 50
    assert top(analyst).older
    assert "Known to few" not in {row.title for row in top(analyst).rows}


def test_a_name_on_a_restricted_report_that_ends_is_felt_by_the_statement_built_before(agent: Any) -> None:
    filed(agent, "Known to few", flags=RESTRICTED)
    assert [row.title for row in top(agent).rows] == ["Known to few"]
    ReportReader.objects.filter(user=agent).update(until=timezone.now())
    assert top(agent).rows == []


def test_rights_that_let_nothing_be_read_show_an_empty_queue(stranger: Any, agent: Any) -> None:
    filed(agent, "Event")
    assert top(stranger) == keyset.Page([])


# -- Cost -------------------------------------------------------------------------------------------------------------
def test_the_queue_costs_the_same_statements_for_one_row_and_for_fifty(as_: Any, agent: Any, analyst: Any) -> None:
    counts = []
    for more in (1, 50):
        for n in range(more):
            filed(agent, f"Event {n}", ago=n)
        watching = as_(analyst)
        watching.get(QUEUE)  # the first page after a sign-in asks for the person's rights
        with CaptureQueriesContext(connection) as asked:
            assert watching.get(QUEUE).status_code == 200
        counts.append([query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])
    assert len(counts[0]) == len(counts[1])
    # Two of them are the session and the person, which every page asks.
    assert len(counts[1]) <= 6, "\n".join(counts[1])


# -- Taking up --------------------------------------------------------------------------------------------------------
def test_taking_up_leads_to_the_report_and_the_second_is_told_who_was_faster(
    as_: Any, agent: Any, analyst: Any, analyst2: Any
) -> None:
    report = filed(agent, "Wanted by both")
    url = f"/reports/{report.number}/moves/take-up/"
    assert f'formaction="{url}"' in as_(analyst).get(QUEUE).content.decode()
    assert as_(analyst).post(url)["Location"] == f"/reports/{report.number}/"
    late = as_(analyst2).post(url)
    assert late.status_code == 409
    assert f"{analyst.name} has already taken up this report." in late.content.decode()

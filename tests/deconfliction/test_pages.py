"""The worklist, the page of one match and its settling, as each person meets them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from reports import actions, matches
from reports.models import Match
from tests.deconfliction.plans import plan, target

pytestmark = pytest.mark.django_db
LIST = "/reports/deconfliction/"


@pytest.fixture
def match(agent: Any, outsider: Any) -> Match:
    people = [target("Marquez", "Luis")]
    plan(agent, people=people)
    plan(outsider, people=[target("MARQUEZ", "Luis")])
    return Match.objects.get()


def text(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return str(response.content.decode())


def test_the_worklist_of_the_jioc_shows_why_when_and_who(match: Match, analyst: Any, as_: Any) -> None:
    found = text(as_(analyst), LIST)
    for words in (match.a.number, match.b.number, "Places 0 m apart; two targets of one name", "SAC Miami", "Open"):
        assert words in found
    assert Event.objects.filter(code="matches.listed", actor_id=analyst.pk).count() == 1


def test_the_navigation_counts_what_waits_for_those_who_settle(
    match: Match, analyst: Any, agent: Any, as_: Any
) -> None:
    assert matches.waiting(analyst) == 1
    assert matches.waiting(agent) == 0
    assert "Deconfliction" in text(as_(agent), "/reports/")
    matches.settle(match.pk, "moved", "Atlanta waits.", by=analyst)
    assert matches.waiting(analyst) == 0


@pytest.mark.parametrize(("show", "here"), [("open", True), ("mine", False), ("settled", False), ("ended", False)])
def test_each_list_shows_its_own(match: Match, analyst: Any, as_: Any, show: str, here: bool) -> None:
    assert (match.a.number in text(as_(analyst), f"{LIST}?show={show}")) is here


def test_what_was_taken_up_settled_or_ended_moves_to_its_list(
    match: Match, agent: Any, analyst: Any, supervisor: Any, as_: Any
) -> None:
    client = as_(analyst)
    matches.take_up(match.pk, by=analyst)
    assert match.a.number in text(client, f"{LIST}?show=mine")
    actions.move(
        next(side for side in (match.a, match.b) if side.author == agent).pk, "void", by=supervisor, reason="x"
    )
    assert match.a.number in text(client, f"{LIST}?show=ended")
    assert match.a.number not in text(client, LIST)
    assert "They no longer match" in text(client, f"{LIST}{match.pk}/")


def test_ones_own_operations_stand_under_mine(match: Match, agent: Any, colleague: Any, as_: Any) -> None:
    assert match.a.number in text(as_(agent), f"{LIST}?show=mine")
    assert match.a.number not in text(as_(colleague), f"{LIST}?show=mine")
    assert [sight.match for sight in matches.of_person(agent)] == [match]
    assert matches.of_person(colleague) == []


def test_an_analyst_takes_it_up_and_settles_it(match: Match, analyst: Any, as_: Any) -> None:
    client, address = as_(analyst), f"{LIST}{match.pk}/"
    assert "Take up" in text(client, address)
    client.post(f"{address}take-up/")
    assert "Taken up" in text(client, address)
    seen = match.changed_at.isoformat()
    answer = client.post(f"{address}settle/", {"outcome": "moved", "note": "Atlanta waits a day.", "seen": seen})
    assert answer.status_code == 302
    found = text(client, address)
    for words in ("Settled", "One was moved or postponed", "Atlanta waits a day."):
        assert words in found
    assert "Settle this match" not in found


def test_what_was_typed_stays_when_something_is_missing(match: Match, analyst: Any, as_: Any) -> None:
    answer = as_(analyst).post(f"{LIST}{match.pk}/settle/", {"note": "Atlanta waits a day."})
    assert answer.status_code == 422
    assert "Choose what came of it." in answer.content.decode()
    assert "Atlanta waits a day." in answer.content.decode()


def test_the_address_that_stays_after_a_mistake_can_be_opened_again(match: Match, analyst: Any, as_: Any) -> None:
    client = as_(analyst)
    assert client.post(f"{LIST}{match.pk}/settle/", {"outcome": "", "note": ""}).status_code == 422
    assert client.get(f"{LIST}{match.pk}/settle/").headers["Location"] == f"{LIST}{match.pk}/"


def test_the_slower_of_two_analysts_is_told_so(match: Match, analyst: Any, analyst2: Any, as_: Any) -> None:
    as_(analyst).post(f"{LIST}{match.pk}/take-up/")
    answer = as_(analyst2).post(f"{LIST}{match.pk}/take-up/")
    assert answer.status_code == 409
    assert "Analyst has already taken up this match." in answer.content.decode()
    said = {"outcome": "moved", "note": "Atlanta waits."}
    as_(analyst).post(f"{LIST}{match.pk}/settle/", said)
    answer = as_(analyst2).post(f"{LIST}{match.pk}/settle/", said)
    assert (answer.status_code, Event.objects.filter(code="match.settled").count()) == (409, 1)


def test_a_page_that_is_out_of_date_settles_nothing(match: Match, analyst: Any, as_: Any) -> None:
    said = {"outcome": "moved", "note": "Atlanta waits.", "seen": "2026-01-01T00:00:00+00:00"}
    answer = as_(analyst).post(f"{LIST}{match.pk}/settle/", said)
    assert answer.status_code == 409
    assert "has changed since you opened this match" in answer.content.decode()
    assert Match.objects.get().settled_at is None


@pytest.mark.parametrize("seen", ["nonsense", "2026-99-99T00:00:00", "2026-01-01T00:00:00", ""])
def test_a_mark_that_is_not_ours_never_breaks_the_page(match: Match, analyst: Any, as_: Any, seen: str) -> None:
    said = {"outcome": "moved", "note": "Atlanta waits.", "seen": seen}
    assert as_(analyst).post(f"{LIST}{match.pk}/settle/", said).status_code in (302, 409)


@pytest.mark.parametrize("username", ["agent", "sac", "auditor"])
def test_whoever_does_not_settle_is_offered_no_button(match: Match, username: str, person: Any, as_: Any) -> None:
    client = as_(person(username))
    found = text(client, f"{LIST}{match.pk}/")
    assert "Settle this match" not in found
    assert "Take up" not in found
    assert client.post(f"{LIST}{match.pk}/settle/", {"outcome": "moved", "note": "x"}).status_code == 403


def test_the_page_of_an_operation_lists_its_matches(match: Match, agent: Any, as_: Any) -> None:
    mine, other = sorted((match.a, match.b), key=lambda side: side.author != agent)
    panel = text(as_(agent), f"/reports/{mine.number}/").partition("Deconfliction</h2>")[2]
    assert other.number in panel
    assert f"{LIST}{match.pk}/" in panel


def test_the_page_of_an_operation_says_at_its_top_that_another_may_collide(
    match: Match, agent: Any, analyst: Any, as_: Any
) -> None:
    mine = next(side for side in (match.a, match.b) if side.author == agent)
    address = f"/reports/{mine.number}/"
    says, top = "Another operation may collide with this one", 'id="beside"'
    found = text(as_(agent), address).split(top)[0]
    assert says in found
    assert f'href="{LIST}{match.pk}/"' in found
    matches.settle(match.pk, "moved", "Atlanta waits.", by=analyst)
    assert says not in text(as_(agent), address)


def test_the_list_costs_the_same_statements_for_one_match_and_for_six(
    match: Match, analyst: Any, agent: Any, as_: Any
) -> None:
    client = as_(analyst)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(2):
        plan(agent)
    assert Match.objects.count() == 6
    with CaptureQueriesContext(connection) as six:
        client.get(LIST)
    assert len(six) == len(one)

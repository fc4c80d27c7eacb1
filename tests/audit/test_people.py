"""The page of everything that one person did: their acts, who they are, how busy each day was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import actions as accounts
from accounts.models import Assignment
from audit import counting, search
from audit.log import Subject, record
from audit.models import CountedDay, Event, PersonDay
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
SUBJECT = Subject("list", "", "a list")


def events_on(page: Any) -> list[Event]:
    return [line.event for line in page.context["lines"]]


def test_everything_one_person_did_and_nothing_of_others(auditor: Any, agent: Any, outsider: Any, as_: As) -> None:
    mine, other = file_sir(agent), file_sir(outsider)
    page = as_(auditor).get("/audit/people/agent/")
    text = page.content.decode()
    assert {event.actor for event in events_on(page)} == {"agent"}
    assert f'<a href="/audit/reports/{mine.number}/">{mine.number}</a>' in text
    assert other.number not in text


def test_the_head_says_who_it_is_and_what_they_held_and_hold(auditor: Any, agent: Any, as_: As) -> None:
    held = Assignment.objects.get(user=agent)
    accounts.revoke_role(held, by=None, reason="Moved")
    page = as_(auditor).get("/audit/people/AGENT/")
    assert page.context["who"] == agent
    assert [(words.split(",")[0], live) for words, live in page.context["roles"]] == [("Field agent (HSI)", False)]
    assert "SAC Miami (MIA)" in page.content.decode()


def test_looking_at_a_person_is_recorded_as_looking_at_that_person(auditor: Any, agent: Any, as_: As) -> None:
    as_(auditor).get("/audit/people/agent/?what=read")
    seen = Event.objects.get(code="audit.person_viewed")
    assert (seen.actor, seen.object_type, seen.object_id) == ("auditor", "user", str(agent.pk))
    assert '"what": "read"' in seen.payload


@pytest.mark.parametrize("path", ["/audit/people/nobody/", "/audit/people/agent/?older=x"])
def test_an_address_that_leads_nowhere_is_not_found(path: str, auditor: Any, as_: As) -> None:
    assert as_(auditor).get(path).status_code == 404


def test_the_filter_of_what_and_when(auditor: Any, agent: Any, as_: As) -> None:
    file_sir(agent)
    browser = as_(auditor)
    assert {e.code for e in events_on(browser.get("/audit/people/agent/?what=report.submitted"))} == {
        "report.submitted"
    }
    page = browser.get("/audit/people/agent/?since=2020-01-01T00:00&until=2020-01-02T00:00")
    assert "No act matches" in page.content.decode()


def test_a_wrong_time_is_said_beside_it_and_shows_nothing(auditor: Any, agent: Any, as_: As) -> None:
    page = as_(auditor).get("/audit/people/agent/?since=2026-02-02T00:00&until=2026-02-01T00:00")
    assert page.status_code == 422
    assert "Choose a later time" in page.content.decode()
    assert "lines" not in page.context


def test_its_pages_hold_every_act_once(monkeypatch: Any, auditor: Any, agent: Any, as_: As) -> None:
    monkeypatch.setattr(search, "PAGE", 3)
    for _ in range(7):
        record("audit.viewed", by=agent, on=SUBJECT)
    browser, address, found = as_(auditor), "?", []
    while address:
        page = browser.get(f"/audit/people/agent/{address}&what=audit.viewed")
        found += [event.pk for event in events_on(page)]
        address = page.context.get("older", "")
    assert found == sorted(set(found), reverse=True)
    assert len(found) == 7


# -- How busy --------------------------------------------------------------------------------------------------------
def test_days_stand_beside_the_persons_own_median(auditor: Any, agent: Any, as_: As) -> None:
    for ago, reads in ((3, 4), (2, 40), (1, 6)):
        day = counting.today() - timedelta(days=ago)
        PersonDay.objects.create(day=day, actor_id=agent.pk, reads=reads, changes=0, accesses=0, refusals=0)
        CountedDay.objects.create(day=day, hours={}, codes={}, counted_to=counting.start_of(day + counting.DAY))
    busy = as_(auditor).get("/audit/people/agent/").context["busy"]
    today = next(bar.total for bar in reversed(busy.days))
    assert [bar.total for bar in busy.days[-4:-1]] == [4, 40, 6]
    assert busy.total == 50 + today
    assert busy.picture.count("<title>") == 30
    assert 'class="level"' in busy.picture


def test_what_is_not_counted_yet_is_counted_live(auditor: Any, agent: Any, as_: As) -> None:
    counting.count_day(counting.today())
    before = counting.person_days(agent.pk, counting.today(), counting.today())[counting.today()]["read"]
    for _ in range(3):
        record("audit.viewed", by=agent, on=SUBJECT)
    after = counting.person_days(agent.pk, counting.today(), counting.today())[counting.today()]["read"]
    assert after == before + 3


def test_the_reports_opened_last_are_linked(auditor: Any, agent: Any, as_: As) -> None:
    report = file_sir(agent)
    with transaction.atomic():
        as_(agent).get(f"/reports/{report.number}/")
    assert [one["number"] for one in as_(auditor).get("/audit/people/agent/").context["opened"]] == [report.number]

"""Unusual use: each rule holds for a seeded case, just misses one short of it, and is silent over a quiet month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Assignment, User
from audit import counting, unusual
from audit.log import Subject, record
from audit.models import SearchTerms, Unusual
from reports.models import Report
from tests.audit.past import Past, write
from tests.reports.filing import file_sir

TODAY = counting.today()


def noon(days_ago: int, hour: int = 16) -> datetime:
    """By default about noon on the east coast."""
    return datetime.combine(TODAY - timedelta(days=days_ago), datetime.min.time(), UTC) + timedelta(hours=hour)


def _rename(user: Any, name: str) -> None:
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(name=name)
        record("user.changed", by=None, on=user)


def sought(user: Any, words: str) -> Subject:
    """A search for these words, kept as searches are."""
    with transaction.atomic():
        kept = SearchTerms.objects.create(user_id=user.pk, terms=words)
        record("reports.searched", by=user, on=kept)
    return Subject("search", str(kept.pk), "search")


def report_numbers(count: int) -> list[Subject]:
    return [Subject("report", str(uuid4()), f"SIR-2026-MIA-{number:06}") for number in range(count)]


def opened(user: Any, reports: list[Subject], at: datetime) -> list[Past]:
    """These reports, one each half minute."""
    return [Past(at + timedelta(seconds=30 * n), "report.viewed", user, one) for n, one in enumerate(reports)]


def usual(user: Any, on: Any, days: range, reads: int) -> list[Past]:
    """So many reads on each of these days ago, about noon."""
    return [Past(noon(ago) + timedelta(minutes=n), "report.viewed", user, on) for ago in days for n in range(reads)]


def found(day: date) -> set[tuple[str, int]]:
    counting.count_day(day)
    unusual.look(day)
    return {(hit.rule, hit.actor_id) for hit in Unusual.objects.filter(day=day)}


class Cast:
    """Who works in the month: agent and colleague of Miami, outsider of Atlanta, a reader of legacy SSNs."""

    def __init__(self) -> None:
        names = ("agent", "colleague", "outsider", "officer", "analyst", "ssn_reader", "intel")
        for name in names:
            setattr(self, name, User.objects.select_related("office").get(username=name))
        _rename(self.agent, "Ana Beltrán")
        _rename(self.colleague, "José Marquez-Ruiz")
        _rename(self.outsider, "Olga Stone")
        self.report = Report.objects.get(pk=file_sir(self.agent).pk)
        with transaction.atomic():
            for user in User.objects.all():
                record("assignment.granted", by=None, on=user)
            Assignment.objects.update(granted_at=timezone.now() - timedelta(days=100))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


# -- Each rule, one day each -----------------------------------------------------------------------------------------
def test_each_rule_finds_its_seeded_case_and_no_other(cast: Cast) -> None:
    agent, outsider = cast.agent, cast.outsider
    events = usual(agent, cast.report, range(11, 31), 10)
    events += usual(agent, cast.report, range(10, 11), 31)
    events.append(Past(noon(9), "reports.searched", agent, sought(agent, "who is JOSE marquez ruiz")))
    events.append(Past(noon(8), "reports.searched", outsider, sought(outsider, "stone")))
    events.append(Past(noon(7, hour=7), "report.viewed", outsider, cast.report))  # 2 or 3 in the morning in Atlanta
    events += [Past(noon(6), "ssn.reveal_refused", cast.analyst, cast.report, "refused") for _ in range(5)]
    events += opened(cast.intel, report_numbers(101), noon(5))
    events.append(Past(noon(4), "ssn.reveal_attempted", cast.ssn_reader, cast.report))
    events.append(Past(noon(4), "ssn.revealed", cast.ssn_reader, cast.report))
    write(events)
    hits = {ago: found(TODAY - timedelta(days=ago)) for ago in range(30, 3, -1)}
    assert {ago: one for ago, one in hits.items() if one} == {
        10: {("many_reads", agent.pk)},
        9: {("known_names", agent.pk)},
        8: {("known_names", outsider.pk)},
        7: {("outside", outsider.pk)},
        6: {("refused_reveals", cast.analyst.pk)},
        5: {("many_in_an_hour", cast.intel.pk)},
        4: {("reveals_alone", cast.ssn_reader.pk)},
    }
    said = dict(Unusual.objects.values_list("rule", "said"))
    assert said["many_reads"] == "Read 31 times; usually 10 a day"
    assert said["outside"].startswith("Opened a report of MIA at 0")
    assert said["many_in_an_hour"] == "Opened 101 reports within an hour"


def test_a_quiet_month_with_every_near_miss_finds_nothing(cast: Cast) -> None:
    agent, colleague, outsider = cast.agent, cast.colleague, cast.outsider
    events = []
    for ago in range(4, 34):
        events += usual(agent, cast.report, range(ago, ago + 1), 10 + ago % 4)
        events += usual(colleague, cast.report, range(ago, ago + 1), 5)
        # At night, but the duty of the watch; at night, but their own office's report.
        events.append(Past(noon(ago, hour=7), "report.viewed", cast.analyst, cast.report))
        events.append(Past(noon(ago, hour=7), "report.viewed", colleague, cast.report))
        # By day, but another office's.
        events.append(Past(noon(ago), "report.viewed", outsider, cast.report))
        events += [Past(noon(ago), "ssn.reveal_refused", cast.intel, cast.report, "refused") for _ in range(4)]
        events.append(Past(noon(ago), "report.viewed", cast.ssn_reader, cast.report))
        events.append(Past(noon(ago), "ssn.revealed", cast.ssn_reader, cast.report))
    # Three times as often as usual, with the searches below, is not more than that.
    # A part of a name is not the name, nor is a name of another office a colleague's.
    events += usual(agent, cast.report, range(3, 4), 28)
    for words in ("belt", "stone wall", "marquez"):
        events.append(Past(noon(3), "reports.searched", agent, sought(agent, words)))
    # A hundred reports, and then one of them again and again; of somebody who has no days yet to compare with.
    hundred = report_numbers(100)
    events += opened(cast.officer, hundred + hundred[:5], noon(3))
    write(events)
    counts = {ago: found(TODAY - timedelta(days=ago)) for ago in range(33, 2, -1)}
    assert {ago: hits for ago, hits in counts.items() if hits} == {}


# -- The fullest hour ------------------------------------------------------------------------------------------------
def test_an_hour_is_any_sixty_minutes_and_counts_a_report_once() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    minutes = [start + timedelta(minutes=n) for n in range(0, 120, 10)]
    every_ten = [(at, str(n)) for n, at in enumerate(minutes)]
    assert unusual._fullest_hour(every_ten, start)[1] == 6
    assert unusual._fullest_hour([(at, "one") for at in minutes], start)[1] == 1


def test_an_hour_that_ended_the_day_before_is_not_told_again() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    before = [(start - timedelta(minutes=30), str(n)) for n in range(5)]
    assert unusual._fullest_hour(before, start)[1] == 0
    assert unusual._fullest_hour([*before, (start + timedelta(minutes=10), "late")], start)[1] == 6


# -- The page --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_page_says_what_each_rule_means_and_leads_to_the_person_at_that_time(
    auditor: Any, agent: Any, as_: Callable[[Any], Client]
) -> None:
    at = noon(2)
    Unusual.objects.create(
        day=at.date(), rule="outside", actor_id=agent.pk, at=at, object_type="report", object_id=str(uuid4()),
        object_label="SIR-2026-MIA-000001", said="Opened a report of MIA at 03:00 by their office's clock",
    )  # fmt: skip
    page = as_(auditor).get("/audit/unusual/")
    text = page.content.decode()
    assert all(rule.exactly.split(".")[0].replace("'", "&#x27;") in text for rule in unusual.RULES)
    minute = (at - timedelta(minutes=30)).strftime("%Y-%m-%dT%H%%3A%M")
    assert f'href="/audit/people/agent/?since={minute}&amp;until=' in text
    assert 'href="/audit/reports/SIR-2026-MIA-000001/"' in text
    assert page.context["rules"][2][1] == 1
    assert as_(auditor).get("/audit/unusual/?rule=known_names").context["lines"] == []


def test_what_is_found_again_is_not_told_twice(cast: Cast) -> None:
    write([Past(noon(6), "ssn.reveal_refused", cast.analyst, cast.report, "refused") for _ in range(6)])
    day = TODAY - timedelta(days=6)
    assert found(day) == found(day)
    assert Unusual.objects.count() == 1

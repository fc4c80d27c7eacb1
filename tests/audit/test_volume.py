"""How much happens: counts of days and hours, kept and live, as a picture and as its rows; and gaps of the seals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from audit import counting, tasks
from audit.log import Subject, record
from audit.models import CountedDay, Event, PersonDay, Seal
from audit.picture import KINDS, Bar, bars

As = Callable[[Any], Client]
SUBJECT = Subject("list", "", "a list")
TODAY = counting.today


def write(by: Any, code: str = "audit.viewed", times: int = 1, **more: Any) -> None:
    for _ in range(times):
        record(code, by=by, on=SUBJECT, **more)


def in_log() -> int:
    return Event.objects.filter(at__gte=counting.start_of(TODAY())).count()


@pytest.mark.django_db
def test_counts_of_a_day_are_those_of_the_log(agent: Any) -> None:
    write(agent, times=3)
    write(None, "session.refused", times=2, outcome="refused")
    counting.count_day(TODAY())
    totals = counting.totals_of(TODAY(), TODAY())[TODAY()]
    assert totals.all == in_log()
    assert totals.codes["session.refused", "refused"] == 2
    assert sum(CountedDay.objects.get().hours["read"]) == Event.objects.filter(kind="read").count()
    assert PersonDay.objects.get(actor_id=agent.pk).reads == 3


@pytest.mark.django_db
def test_counting_again_changes_nothing(agent: Any) -> None:
    write(agent, times=3)
    for _ in range(2):
        counting.count_day(TODAY())
    assert PersonDay.objects.get(actor_id=agent.pk).reads == 3
    assert counting.totals_of(TODAY(), TODAY())[TODAY()].all == in_log()


@pytest.mark.django_db
def test_what_came_after_the_count_is_counted_live(agent: Any) -> None:
    counting.count_day(TODAY())
    write(agent, times=2)
    assert counting.totals_of(TODAY(), TODAY())[TODAY()].all == in_log()
    assert counting.acts_by_person(TODAY(), TODAY())[agent.pk] == Event.objects.filter(actor_id=agent.pk).count()


@pytest.mark.django_db
def test_the_job_counts_every_day_that_is_missing_and_again_the_last_two(agent: Any) -> None:
    write(agent)
    assert counting.uncounted()[-1] == TODAY()
    tasks.count_the_log(timestamp=0)
    assert CountedDay.objects.filter(day=TODAY()).exists()
    assert TODAY() in counting.uncounted()
    in_five_days = timezone.now() + timedelta(days=5)
    assert counting.uncounted(in_five_days)[0] == TODAY(), "a day that was counted before its end is counted again"
    CountedDay.objects.filter(day=TODAY()).update(counted_to=counting.start_of(TODAY() + counting.DAY))
    assert TODAY() not in counting.uncounted(in_five_days)


@pytest.mark.django_db
def test_the_page_shows_ninety_days_and_the_hours_of_one(auditor: Any, as_: As) -> None:
    write(auditor, times=4)
    browser = as_(auditor)
    page = browser.get(f"/audit/volume/?day={TODAY()}")
    days, hours = page.context["days"], page.context["hours"]
    assert (len(days.rows), len(hours.rows)) == (90, 24)
    assert days.total == hours.total == in_log(), "this very look was recorded before it was counted"
    assert days.rows[0][1] is None, "a day that nothing counted is not nought"
    assert Event.objects.filter(code="audit.volume_viewed", actor_id=auditor.pk).count() == 1
    assert browser.get("/audit/volume/?day=yesterday").status_code == 404


# -- Gaps of the seals -----------------------------------------------------------------------------------------------
def sealed(minutes: list[float], start: datetime) -> None:
    """Seals at these minutes, after those that there are; what they say does not matter here."""
    last = Seal.objects.aggregate(n=Max("sequence"))["n"] or 0
    empty = {"epoch": 1, "from_xid": 1, "to_xid": 1, "count": 0, "leaves": b"", "key": "k", "signature": b"s" * 64}
    hashes = dict.fromkeys(("root", "previous", "head"), b"h" * 32)
    for sequence, minute in enumerate(minutes, last + 1):
        Seal.objects.create(sequence=sequence, at=start + timedelta(minutes=minute), **empty, **hashes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "gaps"),
    [
        ([-1, 0.5, 1], [-1]),
        ([-0.5, 0.3, 1.2, 2], []),
        ([-0.5, 0.4, 3, 3.5, 10], [0.4, 3.5]),
        ([-90, -80], []),
        ([-1.5, -1, 1440, 1500], []),
    ],
    ids=["from the day before", "none", "two", "only the day before", "until the day after"],
)
def test_sealing_that_stood_still_is_told_with_the_day_on_which_it_went_on(
    minutes: list[float], gaps: list[float]
) -> None:
    start = counting.start_of(TODAY() + timedelta(days=10))
    sealed(minutes, start)
    found = [datetime.fromisoformat(at) for at, _ in counting.gaps_between(start, start + counting.DAY)]
    assert found == [start + timedelta(minutes=minute) for minute in gaps]


# -- The picture -----------------------------------------------------------------------------------------------------
def test_a_picture_says_what_it_shows_and_carries_no_style() -> None:
    shown = [Bar("Mar 1", "March 1", {"read": 1000, "refusal": 1}), Bar("Mar 2", "March 2", None)]
    drawn = bars("Events a day", shown, line=500)
    assert 'role="img" aria-label="Events a day"' in drawn
    assert "style=" not in drawn
    assert "<title>March 1: 1,001 (reading 1,000, refusals 1)</title>" in drawn
    assert "<title>March 2: not counted yet</title>" in drawn
    assert 'class="level"' in drawn


def test_the_rarest_is_still_seen() -> None:
    drawn = bars("Events", [Bar("a", "a", {"read": 1_000_000, "refusal": 1})])
    assert 'class="bar-refusal"' in drawn
    assert 'height="1.5"' in drawn


def test_names_of_people_and_days_are_escaped_in_pictures() -> None:
    assert "<b>" not in bars("<b>", [Bar("<b>", "<b>", {"read": 1})])


def test_every_kind_has_a_name_in_the_legend() -> None:
    from audit.events import Kind

    assert set(KINDS) == {kind.value for kind in Kind}


def test_a_day_begins_at_midnight_utc() -> None:
    assert counting.start_of(datetime(2026, 3, 2, tzinfo=UTC).date()) == datetime(2026, 3, 2, tzinfo=UTC)

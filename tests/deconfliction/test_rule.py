"""Which plans match, through the real filing: distances, gaps, addresses, targets, clocks, poles and datelines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from reports import deconfliction
from reports.content import read
from reports.models import DeconflictionRule, Match, PlannedPlace, PlannedTarget
from tests.deconfliction.plans import HERE, HOUR, hows, north, place, plan, target, tomorrow

pytestmark = pytest.mark.django_db


# -- Distance ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("meters", "match"), [(0, True), (999, True), (1001, False), (5000, False)])
def test_places_within_a_kilometer_match(agent: Any, outsider: Any, meters: float, match: bool) -> None:
    assert bool(hows(plan(agent), plan(outsider, places=[north(meters)]))) is match


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ((0.0, 179.9999), (0.0, -179.9999), True),
        ((0.0, 180.0), (0.0, -180.0), True),
        ((0.0, 179.99), (0.0, -179.99), False),
        ((-16.5, -179.9955), (-16.5, 179.9975), True),
        ((89.9999, 10.0), (89.9999, -170.0), True),
        ((90.0, 0.0), (89.992, 123.0), True),
        ((90.0, 0.0), (89.99, 123.0), False),
        ((-89.995, 0.0), (-89.995, 90.0), True),
        ((89.9, 0.0), (89.9, 5.13), True),
        ((89.9, 0.0), (89.9, 5.17), False),
        ((13.4443, 144.7937), (13.4443, 144.8028), True),
        ((13.4443, 144.7937), (13.4443, 144.8031), False),
    ],
    ids=str,
)
def test_the_earth_is_round(
    agent: Any, outsider: Any, one: tuple[float, float], other: tuple[float, float], match: bool
) -> None:
    assert bool(hows(plan(agent, places=[place(*one)]), plan(outsider, places=[place(*other)]))) is match


def test_any_place_of_one_with_any_of_the_other(agent: Any, outsider: Any) -> None:
    one = plan(agent, places=[place(40.0, -100.0), place(*HERE)])
    other = plan(outsider, places=[place(10.0, 10.0), north(40), north(60)])
    assert hows(one, other) == ["place", "place"]


# -- The gap between the windows ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("minutes", "match"), [(-60, True), (0, True), (11 * 60 + 59, True), (12 * 60, True), (12 * 60 + 1, False)]
)
def test_windows_up_to_twelve_hours_apart_match(agent: Any, outsider: Any, minutes: int, match: bool) -> None:
    first = plan(agent, hours=3)
    second = plan(outsider, start=tomorrow() + 3 * HOUR + timedelta(minutes=minutes))
    assert bool(hows(first, second)) is match


def test_which_of_the_two_comes_first_is_the_same(agent: Any, outsider: Any) -> None:
    late = plan(agent, start=tomorrow() + 15 * HOUR)
    assert hows(late, plan(outsider, hours=3)) == ["place"]
    assert hows(late, plan(outsider, start=tomorrow() - HOUR, hours=3)) == []


def test_a_window_that_holds_another_overlaps_it(agent: Any, outsider: Any) -> None:
    around = plan(agent, hours=400)
    assert hows(around, plan(outsider, start=tomorrow() + 200 * HOUR, hours=1)) == ["place"]


SPRING = datetime(2027, 3, 14, 1, 0)  # noqa: DTZ001 - by the clocks of New York, which then jump from 2:00 to 3:00


@pytest.mark.parametrize(("clock_hours", "match"), [(13, True), (14, False)])
def test_a_change_of_the_clocks_makes_no_gap_longer(agent: Any, outsider: Any, clock_hours: int, match: bool) -> None:
    """The clocks skip an hour in this gap: thirteen hours by the wall are twelve."""
    from zoneinfo import ZoneInfo

    eastern = ZoneInfo("America/New_York")
    end = SPRING.replace(tzinfo=eastern)
    begin = (SPRING + timedelta(hours=clock_hours)).replace(tzinfo=eastern)
    first = plan(agent, start=end.astimezone(UTC) - HOUR, hours=1)
    assert bool(hows(first, plan(outsider, start=begin.astimezone(UTC)))) is match


def test_a_footprint_is_in_moments_not_in_wall_clock(agent: Any) -> None:
    made = deconfliction.footprint(read(plan(agent)))
    assert made.start.tzinfo is UTC
    assert made.start == tomorrow()


# -- Addresses ---------------------------------------------------------------------------------------------------------
SAME = [
    ("12 Pine Street", "12 PINE ST."),
    ("12 Pine St, Apt 3-B", "12 Pine Street #3B"),
    ("100 N.E. 5th Ave", "100 Northeast Fifth Avenue"),
    ("4 Calle Núñez", "4 calle nunez"),
    ("7 St. John's Blvd", "7 Saint Johns Boulevard"),
]
APART = [
    ("12 Pine Street", "12 Pine Avenue"),
    ("12 Pine St Apt 3", "12 Pine St Apt 4"),
    ("100 NE 5th Ave", "100 NW 5th Ave"),
]


@pytest.mark.parametrize(("one", "other", "match"), [(*p, True) for p in SAME] + [(*p, False) for p in APART])
def test_one_address_written_in_many_ways(agent: Any, outsider: Any, one: str, other: str, match: bool) -> None:
    first = plan(agent, places=[place(address=one, city="Miami", state="FL")])
    second = plan(outsider, places=[place(address=other, city="MIAMI", state="Florida")])
    assert hows(first, second) == (["address"] if match else [])


@pytest.mark.parametrize(
    ("city", "state", "match"),
    [("Miami", "", True), ("Miami", "OH", False), ("Tampa", "FL", False), ("", "FL", False)],
)
def test_an_address_is_that_of_its_city(agent: Any, outsider: Any, city: str, state: str, match: bool) -> None:
    first = plan(agent, places=[place(address="12 Pine St", city="Miami", state="FL")])
    second = plan(outsider, places=[place(address="12 Pine St", city=city, state=state)])
    assert bool(hows(first, second)) is match


def test_two_addresses_without_a_city_do_not_match(agent: Any, outsider: Any) -> None:
    first, second = (plan(by, places=[place(address="12 Pine St")]) for by in (agent, outsider))
    assert hows(first, second) == []


def test_one_address_is_one_reason_though_its_places_are_near(agent: Any, outsider: Any) -> None:
    spots = [place(*HERE, address="12 Pine St", city="Miami") for _ in range(2)]
    first, second = plan(agent, places=spots[:1]), plan(outsider, places=spots[1:])
    assert hows(first, second) == ["address"]
    assert Match.objects.get().reasons[0]["meters"] == 0.0


# -- Targets -----------------------------------------------------------------------------------------------------------
FAR = [place(48.0, -122.0)]
SAME_TARGET = [
    (target("Marquez", "Luis"), target("MÁRQUEZ", "luis"), ["name"]),
    (target("O'Brien", "Ann"), target("OBrien", "Ann"), ["name"]),
    (target("Marquez", "Luis", a_number="A012345678"), target("Smith", "John", a_number="12345678"), ["a_number"]),
    (target("Marquez", a_number="A012345678"), target("Osei", a_number="A012345678"), ["a_number"]),
    (target("Marquez", "Luis", a_number="A012345678"), target("Marquez", "Luis"), ["name"]),
    (target("Marquez", "Luis", a_number="A012345678"), target("Marquez", "Luis", a_number="A087654321"), []),
    (target("Marquez"), target("Marquez"), []),
    (target("Unknown", "Unknown"), target("Unknown", "Unknown"), []),
    (target("Unknown", "Male"), target("Unknown", "Male"), []),
    (target("Marquez", "Luis"), target("Marquez", "Lucia"), []),
]


@pytest.mark.parametrize(("one", "other", "expected"), SAME_TARGET)
def test_one_target_of_two_plans(agent: Any, outsider: Any, one: Any, other: Any, expected: list[str]) -> None:
    assert hows(plan(agent, people=[one]), plan(outsider, people=[other], places=FAR)) == expected


def born(day: date | None) -> dict[str, Any]:
    person = target("Marquez", "Luis")
    if day:
        parts = [str(day.month), str(day.day), str(day.year)]
        person["data"] |= {f"date_of_birth_{position}": [part] for position, part in enumerate(parts)}
    return person


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        (date(1984, 5, 1), date(1984, 5, 1), True),
        (date(1984, 5, 1), date(1984, 5, 2), False),
        (date(1984, 5, 1), None, True),
    ],
)
def test_two_people_of_one_name_born_on_other_days_are_two(
    agent: Any, outsider: Any, one: date, other: date | None, match: bool
) -> None:
    assert bool(hows(plan(agent, people=[born(one)]), plan(outsider, people=[born(other)], places=FAR))) is match


@pytest.mark.parametrize(("minutes", "match"), [(7 * 24 * 60, True), (7 * 24 * 60 + 1, False)])
def test_a_target_is_one_within_seven_days(agent: Any, outsider: Any, minutes: int, match: bool) -> None:
    people = [target("Marquez", "Luis")]
    first = plan(agent, hours=3, people=people)
    start = tomorrow() + 3 * HOUR + timedelta(minutes=minutes)
    assert bool(hows(first, plan(outsider, start=start, people=[target("Marquez", "Luis")], places=FAR))) is match


def test_a_person_who_is_no_target_matches_nobody(agent: Any, outsider: Any) -> None:
    witness = target("Marquez", "Luis")
    witness["data"]["role"] = ["witness"]
    assert hows(plan(agent, people=[witness]), plan(outsider, people=[target("Marquez", "Luis")], places=FAR)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"name": "Harbor & Sons, Inc."}, {"name": "HARBOR SONS INC"}, ["organization"]),
        ({"name": "Harbor", "ein": "12-3456789"}, {"name": "Another", "ein": "12-3456789"}, ["ein"]),
        ({"name": "Unknown"}, {"name": "unknown"}, []),
        ({"name": "Harbor"}, {"name": "Harbour"}, []),
    ],
)
def test_one_organization_of_two_plans(agent: Any, outsider: Any, one: Any, other: Any, expected: list[str]) -> None:
    from tests.reports.filing import row

    first = plan(agent, organizations=[row(**one)])
    assert hows(first, plan(outsider, organizations=[row(**other)], places=FAR)) == expected


# -- What counts and what is set ---------------------------------------------------------------------------------------
def test_an_administrator_sets_the_limits(agent: Any, outsider: Any, administrator: Any) -> None:
    from accounts import actions

    rule = DeconflictionRule.objects.get()
    rule.gap_hours, rule.distance_m = 1, 100
    actions.save_reference(rule, by=administrator)
    first = plan(agent)
    assert hows(first, plan(outsider, places=[north(101)])) == []
    assert hows(first, plan(outsider, places=[north(99)])) == ["place"]
    assert hows(first, plan(outsider, start=tomorrow() + 4 * HOUR + timedelta(minutes=1))) == []


def test_a_draft_matches_nothing(agent: Any, outsider: Any) -> None:
    from tests.reports.filing import make_draft, spear_answers

    make_draft(agent, spear_answers(agent), "spear")
    plan(outsider)
    assert Match.objects.count() == 0


def many(cursor: Any, model: Any, other: str) -> None:
    """Two thousand rows like the one there is, elsewhere: in a small table any plan costs the same."""
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    elsewhere = {other: "'other ' || n", "latitude": "n % 180 - 90", "longitude": "n % 360 - 180"}
    values = [elsewhere.get(column, f'"{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({names}) "  # noqa: S608 - names of our own columns
        f"SELECT {', '.join(values)} FROM {model._meta.db_table}, generate_series(1, 2000) n"
    )


def test_the_search_looks_into_the_indexes(agent: Any, outsider: Any) -> None:
    made = deconfliction.footprint(read(plan(agent, people=[target("Marquez", "Luis")])))
    rule = deconfliction.the_rule()
    said = ""
    with connection.cursor() as cursor:
        for table, other in ((PlannedPlace, "address_key"), (PlannedTarget, "key")):
            many(cursor, table, other)
        # The order in which the statement joins is what is asked about.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL join_collapse_limit = 1")
        for statement, values in (
            (deconfliction.PLACES, deconfliction.place_values(made, rule)),
            (deconfliction.TARGETS, deconfliction.target_values(made, rule)),
        ):
            cursor.execute(f"EXPLAIN {statement}", values)
            said += "\n".join(line for (line,) in cursor.fetchall())
    for index in ("planned_place_near", "planned_target_key"):
        assert index in said
    assert "point(longitude, latitude) <@" in said.replace("p.", "")

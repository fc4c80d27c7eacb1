"""Reports are found by words, near names and identifiers; few and many hits give the same pages and counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from reports import keyset
from reports.finding import queries, results
from reports.finding.asking import understand
from reports.models import Report
from tests.finding.made import sir, titles
from tests.finding.test_asking import HOSTILE
from tests.reports.filing import row

VAN = "A white van was stopped near the fishing harbor."
BOAT = "The boats were fished out; call (305) 555-0142. The van is white."


@pytest.fixture
def filed(agent: Any) -> None:
    """Three reports of one agent."""
    jose = {"last_name": "González Prewitt", "first_name": "José", "a_number": "A012345678"}
    marisol = {"last_name": "de la Cruz", "first_name": "Marisol", "aliases": "La Güera\nMari Delacruz"}
    khalid = {"last_name": "Rashid", "first_name": "Khalid"}
    plate, place = row(type="plate", value="ABC-1234"), {"place_address": ["12 Pine Street"]}
    sir(agent, "Van", narrative=VAN, people=[jose])
    sir(agent, "Boat", narrative=BOAT, people=[marisol])
    sir(agent, "Truck", narrative="A truck.", people=[khalid], identifiers=[plate], where=place)


FINDS = [
    ("fishing", ["Boat", "Van"]),
    ("FISHED boat", ["Boat"]),
    ('"white van"', ["Van"]),
    ("white -fishing", []),
    ("white -harbor", ["Boat"]),
    ('white -"white van"', ["Boat"]),
    ("gonz*", ["Van"]),
    ("harb* van", ["Van"]),
    ("gonzalez", ["Van"]),
    ("Gonsalez", ["Van"]),
    ("-gonzalez", []),
    ("Gonsalez harbor", ["Van"]),
    ("Gonsalez truck", []),
    ("pepe gonzales", ["Van"]),
    ("prewit jose", ["Van"]),
    ("jose marinez gonzalez", ["Van"]),
    ('gonsalez -"white van"', []),
    ("delacruz", ["Boat"]),
    ("guera", ["Boat"]),
    ("khaled al-rashid", ["Truck"]),
    ("A 012-345-678", ["Van"]),
    ("12345678", ["Van"]),
    ("305.555.0142", ["Boat"]),
    ("abc1234", ["Truck"]),
    ("plate abc 1234", ["Truck"]),
    ("12 Pine St., Miami", ["Truck"]),
    ("12 pine street miami", ["Truck"]),
    ("truck OR harbor", ["Truck", "Van"]),
    ("truck OR gonsalez OR marisol", ["Truck", "Boat", "Van"]),
    ('"white van" OR truck -harbor', ["Truck"]),
    ("truck OR abc1234 harbor", []),
    ("305.555.0142 OR 12345678", ["Boat", "Van"]),
    ("OR truck OR", ["Truck"]),
    ("truck or harbor", []),
    ("quillfeather", []),
    ("••••••••", []),
]


@pytest.mark.usefixtures("filed")
def test_what_is_typed_finds(agent: Any) -> None:
    newest = {typed: titles(agent, typed) for typed, _ in FINDS}
    assert newest == dict(FINDS)
    best = {typed: sorted(titles(agent, typed, order=results.BEST)) for typed, _ in FINDS}
    assert best == {typed: sorted(found) for typed, found in FINDS}
    narrowed = {
        typed: list(
            Report.objects.filter(queries.matching(understand(typed))).newest_first().values_list("title", flat=True)
        )
        for typed, _ in FINDS
    }
    assert narrowed == dict(FINDS)


def test_no_text_makes_a_search_fail(agent: Any) -> None:
    for typed, _ in HOSTILE.values():
        for order in (results.NEWEST, results.BEST):
            results.found(Report.objects.visible_to(agent), understand(typed), order=order)


@pytest.mark.usefixtures("filed")
def test_a_number_finds_its_report_and_the_reports_that_name_it(agent: Any) -> None:
    number = Report.objects.get(title="Van").number
    sir(agent, "Later", related=[row(number=number, why="The same van")])
    assert titles(agent, number.lower()) == ["Later", "Van"]


def test_the_closest_name_comes_first_where_the_best_are_asked_for(agent: Any) -> None:
    for title, last, first in (
        ("exact", "Villalpando", "Octavio"),
        ("near", "Vilalpando", "Octavio"),
        ("far", "Villareal", "Octavio"),
    ):
        sir(agent, title, people=[{"last_name": last, "first_name": first}])
    sir(agent, "scattered", narrative="Octavio left.", people=[{"last_name": "Villalpando", "first_name": "Ruud"}])
    assert titles(agent, "octavio villalpando", order=results.BEST)[:2] == ["exact", "near"]
    assert titles(agent, "octavio villalpando")[0] == "scattered"


def test_what_changed_is_found_and_what_went_is_not(agent: Any, supervisor: Any) -> None:
    from reports.finding import documents

    report = sir(agent, "Once", people=[{"last_name": "Montiel", "phones": "305-555-0142"}])
    Report.objects.filter(pk=report.pk).update(synopsis="Now a zeppelin.")
    person = report.person_rows.get()
    person.last_name, person.phones = "Urrutia", ["305-555-0143"]
    type(person).objects.bulk_update([person], ["last_name", "phones"])
    documents.reindex(Report.objects.filter(pk=report.pk))
    for typed in ("zeppelin", "urutia", "305 555 0143"):
        assert titles(agent, typed) == ["Once"]
    for typed in ("montiel", "305 555 0142"):
        assert titles(agent, typed) == []


def test_nobody_finds_what_they_may_not_see_nor_its_count(agent: Any, outsider: Any) -> None:
    sir(agent, "Hidden", people=[{"last_name": "Montiel", "first_name": "Efraín", "a_number": "A012345678"}])
    for typed in ("montiel", "efrain montial", "A012345678", "hidden"):
        for order in (results.NEWEST, results.BEST):
            found = results.found(Report.objects.visible_to(outsider), understand(typed), order=order)
            assert (found.rows, found.count, found.is_capped) == ([], 0, False)


# -- Few and many ------------------------------------------------------------------------------------------------------
@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hits are already too many to fetch, as hundred thousands are in use."""
    monkeypatch.setattr(results, "few_hits", lambda: 3)


def pages(by: Any, typed: str, order: str) -> list[list[str]]:
    """Every page from the first to the last, and back again; both ways show the same."""
    asked, cursor, found = understand(typed), "", []
    reports = Report.objects.visible_to(by)
    while True:
        page = results.found(reports, asked, order=order, cursor=cursor)
        found.append([line.title for line in page.rows])
        if not page.older:
            break
        cursor = page.older
    back = [found[-1]]
    while page.newer:
        page = results.found(reports, asked, order=order, cursor=page.newer)
        back.append([line.title for line in page.rows])
    assert back[::-1] == found
    return found


@pytest.mark.parametrize("order", [results.NEWEST, results.BEST])
def test_few_and_many_hits_show_the_same_pages(
    agent: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, order: str
) -> None:
    monkeypatch.setattr(keyset, "SIZE", 2)
    monkeypatch.setattr(keyset.page, "__defaults__", ("", 2))
    monkeypatch.setattr(keyset.of_rows, "__defaults__", (2,))
    for number in range(5):
        sir(agent, f"Boat {number}")
    few = pages(agent, "boat", order)
    assert few == [["Boat 4", "Boat 3"], ["Boat 2", "Boat 1"], ["Boat 0"]]
    request.getfixturevalue("many")
    assert pages(agent, "boat", order) == few


@pytest.mark.usefixtures("many")
def test_a_count_is_exact_up_to_its_cap_and_says_when_it_is_not(
    agent: Any, outsider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        sir(agent, f"Boat {number}")
    sir(outsider, "Boat elsewhere")
    asked = understand("boat")
    for order in (results.NEWEST, results.BEST):
        counts = [results.found(Report.objects.visible_to(by), asked, order=order) for by in (agent, outsider)]
        assert [(found.count, found.is_capped) for found in counts] == [(5, False), (1, False)]
    monkeypatch.setattr(results, "COUNTED", 4)
    found = results.found(Report.objects.visible_to(agent), asked)
    assert (len(found.rows), found.count, found.is_capped) == (5, 4, True)


def test_a_search_takes_few_statements(agent: Any) -> None:
    sir(agent, "Boat", people=[{"last_name": "Montiel", "first_name": "Efraín"}])
    reports = Report.objects.visible_to(agent)
    results.few_hits()
    for typed, order, most in (("boat", results.NEWEST, 7), ("efrain montiel", results.BEST, 9)):
        with CaptureQueriesContext(connection) as seen:
            assert results.found(reports, understand(typed), order=order).count == 1
        assert len(seen) <= most, [one["sql"][:80] for one in seen]


def test_a_search_that_takes_too_long_is_stopped_and_says_so(agent: Any, settings: Any) -> None:
    sir(agent, "Boat")
    settings.SEARCH_MS = 50
    slow = Report.objects.visible_to(agent).extra(where=["pg_sleep(2) IS NOT NULL"])
    assert results.found(slow, understand("boat")).problem == results.TOO_SLOW
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() != ("50ms",)


def test_another_failure_of_the_database_is_none_of_a_search(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*args: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(results, "_newest", lost)
    with pytest.raises(OperationalError):
        results.found(Report.objects.visible_to(agent), understand("boat"))

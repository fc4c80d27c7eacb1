"""The list and the page of historical reports: who reads them, how they are found, and that nothing changes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from audit.models import Event, SearchTerms
from reports import historical
from reports.models.historical import HistoricalReport
from tests.imports import importing, old, rows

LIST = "/reports/historical/"
READERS = {"historian", "auditor", "privacy"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def imported(tmp_path: Path) -> Path:
    """Eighty rows, of which twenty are SPOT."""
    file = rows.write(tmp_path / "old.csv", 80)
    importing.run(file)
    return file


def one(type_: str = "leara") -> HistoricalReport:
    found = HistoricalReport.objects.filter(type=type_).order_by("number").first()
    assert found
    return found


def test_only_those_granted_read_them(person: Any, as_: Any) -> None:
    from tests.cast import CAST

    address = f"{LIST}{one().pk}/"
    answered = {name for name in CAST if as_(person(name)).get(LIST).status_code == 200}
    opened = {name for name in CAST if as_(person(name)).get(address).status_code == 200}
    assert answered == opened == READERS


def test_the_list_shows_the_newest_first_and_turns_its_pages(historian: Any, as_: Any) -> None:
    browser = as_(historian)
    first = browser.get(LIST)
    shown = list(first.context["rows"])
    assert [row.period_from for row in shown] == sorted((row.period_from for row in shown), reverse=True)
    second = browser.get(LIST + first.context["older"])
    assert {row.pk for row in shown} | {row.pk for row in second.context["rows"]} == set(
        HistoricalReport.objects.values_list("pk", flat=True)
    )
    assert b"60 reports" in first.content


def test_the_list_is_narrowed_by_type_office_and_days(historian: Any, as_: Any) -> None:
    browser = as_(historian)
    answer = browser.get(LIST, {"type": "amo", "office": "MIA", "since": "2004-01-01", "until": "2009-12-31"})
    found = answer.context["rows"]
    assert found
    assert {(row.type, row.office_code) for row in found} == {("amo", "MIA")}
    assert all(2004 <= row.period_from.year <= 2009 for row in found)
    assert len(answer.context["form"].tags) == 4


def test_a_filter_that_makes_no_sense_says_so_and_is_left_out(historian: Any, as_: Any) -> None:
    answer = as_(historian).get(LIST, {"type": "spot", "since": "2010-01-01", "until": "2009-01-01"})
    assert b"Choose one of the list." in answer.content
    assert b"before the first" in answer.content
    assert answer.context["rows"]


def test_a_report_is_found_by_its_words_and_the_address_holds_none_of_them(historian: Any, as_: Any) -> None:
    browser, wanted = as_(historian), one()
    answer = browser.post(f"{LIST}search/", {"q": f"{wanted.title.split()[0]} sheriff"}, follow=True)
    address = answer.redirect_chain[-1][0]
    assert wanted.title.split()[0] not in address
    assert wanted.pk in {row.pk for row in answer.context["rows"]}
    assert SearchTerms.objects.get().user_id == historian.pk


def test_the_search_of_somebody_else_is_not_found(historian: Any, auditor: Any, as_: Any) -> None:
    address = as_(historian).post(f"{LIST}search/", {"q": "pier"})["Location"]
    assert as_(auditor).get(address).status_code == 404


def test_a_number_in_full_leads_to_its_report(historian: Any, as_: Any) -> None:
    answer = as_(historian).post(f"{LIST}search/", {"q": one().number})
    assert answer["Location"] == f"{LIST}{one().pk}/"


def test_a_number_is_found_for_those_granted_alone(historian: Any, agent: Any) -> None:
    number = one().number
    assert historical.by_number(number, historian) == one()
    assert historical.by_number(number, agent) is None
    assert historical.by_number("SPOT-0000004", historian) is None


def test_the_page_shows_everything_that_was_read(historian: Any, as_: Any) -> None:
    report = one()
    page = as_(historian).get(f"{LIST}{report.pk}/").content.decode()
    assert "Historical: read only" in page
    for said in ("number", "title", "summary", "requesting_agency", "assistance", "remarks"):
        assert report.payload[said] in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0]


def test_a_report_that_does_not_exist_is_not_found(historian: Any, as_: Any) -> None:
    assert as_(historian).get(f"{LIST}{uuid4()}/").status_code == 404


def test_reading_and_listing_are_recorded(historian: Any, as_: Any) -> None:
    browser = as_(historian)
    browser.get(LIST)
    browser.get(f"{LIST}{one().pk}/")
    by = Event.objects.filter(actor_id=historian.pk)
    assert by.filter(code="historical.viewed", object_id=str(one().pk)).count() == 1
    assert by.filter(code="historical.listed").count() == 1


def test_the_number_of_a_former_system_leads_those_granted_to_it(historian: Any, agent: Any, as_: Any) -> None:
    old.bring_old()
    found = as_(historian).get(f"/reports/{old.SEEN[0]}/")
    assert (found.status_code, found.headers["Location"]) == (302, f"/reports/historical/{old.old_report().pk}/")
    assert as_(agent).get(f"/reports/{old.SEEN[0]}/").status_code == 404
    assert as_(historian).get(f"/reports/{old.UNSEEN[0]}/").status_code == 404

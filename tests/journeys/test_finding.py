"""Half a name heard over the radio: a man is found, his reports linked, the next one told of; a manager prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from reports.models import Relation, Report
from tests.journeys.test_story import Desk, desk
from tests.printing.structure import Paper
from tests.reports.filing import file_sir, sir_answers
from tests.watch.mailroom import Mailroom, mailroom, work

__all__ = ["desk", "mailroom"]
pytestmark = pytest.mark.django_db(transaction=True)
Sit = Callable[..., Desk]
HEARD = "Gonsales Heriberto"


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_a_misspelt_man_is_found_linked_watched_for_and_printed(desk: Sit, mailroom: Mailroom, width: int) -> None:
    numbers = [named("González", "Heriberto"), named("Gonzalez", "Heriberto"), named("Gonzales", "Eriberto")]
    other = named("Thackeray", "Winifred")
    analyst = desk("analyst", width)
    finds_him(analyst, numbers, other)
    opens_and_links(analyst, numbers)
    saves_the_search(analyst)
    fourth = named("Gonzalez", "Heriberto")
    work()
    is_told(analyst, mailroom, fourth)
    prints(desk("sac", width), numbers[0])


def named(last: str, first: str) -> str:
    """A SIR of Miami that names this man, by one A-Number."""
    agent = User.objects.get(username="agent")
    answers = sir_answers(agent)
    answers["people"][0]["data"] |= {"last_name": [last], "first_name": [first], "a_number": [""], "phones": [""]}
    if last != "Thackeray":
        answers["people"][0]["data"] |= {"a_number": ["A087654321"]}
    return file_sir(agent, answers).number


def search(analyst: Desk) -> None:
    analyst.page.goto("/reports/")
    box = analyst.page.get_by_role("searchbox", name="Search these reports")
    box.fill(HEARD)
    box.press("Enter")
    expect(analyst.page).to_have_url(re.compile(r"\?q=[0-9a-f-]{36}"))


def finds_him(analyst: Desk, numbers: list[str], other: str) -> None:
    page = analyst.page
    search(analyst)
    rows = page.locator(".report-rows")
    for number in numbers:
        expect(rows.get_by_text(number)).to_be_visible()
    expect(rows.get_by_text(other)).to_have_count(0)
    assert "onsales" not in page.url
    analyst.look("find-01-found")


def opens_and_links(analyst: Desk, numbers: list[str]) -> None:
    page = analyst.page
    for number in numbers[1:]:
        page.goto(f"/reports/{number}/")
        expect(page.get_by_text("A087654321").first).to_be_visible()
    page.goto(f"/reports/{numbers[0]}/")
    analyst.look("find-02-report")
    page.get_by_role("link", name="See why, and link them").click()
    analyst.look("find-03-alike")
    for number in numbers[1:]:
        page.get_by_role("button", name=f"Link {number}").first.click()
        page.wait_for_load_state()
    of = Relation.objects.filter(unmade_at=None).values_list("of__number", "to__number")
    assert {*(number for pair in of for number in pair)} == {*numbers}
    analyst.look("find-04-linked")


def saves_the_search(analyst: Desk) -> None:
    page = analyst.page
    search(analyst)
    analyst.follow("Save this search")
    page.get_by_label("Name").fill("The man of the radio")
    page.get_by_text("Tell me of new reports").click()
    analyst.look("find-05-save")
    analyst.press("Save the search")
    analyst.look("find-06-saved")


def is_told(analyst: Desk, mailroom: Mailroom, number: str) -> None:
    letters = [mail for mail in mailroom.taken if mail["Subject"] == "A saved search found a report"]
    assert [letter["To"] for letter in letters] == ["analyst@example.gov"]
    said = letters[0].as_string()
    assert number in said
    assert not any(word in said for word in ("onzal", "eriberto", "radio"))
    analyst.page.goto("/reports/saved/")
    expect(analyst.page.get_by_role("link", name=number)).to_be_visible()
    analyst.look("find-07-told")


def prints(manager: Desk, number: str) -> None:
    manager.page.goto(f"/reports/{number}/")
    with manager.page.expect_download() as coming:
        manager.page.get_by_role("link", name="Print (PDF)").click()
    taken: Any = coming.value
    assert taken.suggested_filename == f"{number}.pdf"
    paper = Paper(Path(taken.path()).read_bytes())
    assert paper.title.startswith(f"{number}: {Report.objects.get(number=number).title}")
    assert all("by Sac, Special Agent in Charge, SAC Miami" in page for page in paper.pages)

"""What the eye needs: on a phone the rows come before the filters, and parts of a page stand apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db(transaction=True)
Opened = Callable[..., Page]


@pytest.mark.parametrize("address", ["/watch/", "/reports/"])
def test_on_a_phone_the_filters_are_folded_until_they_are_asked_for(
    opened: Opened, agent: Any, analyst: Any, address: str
) -> None:
    file_sir(agent)
    page = opened(analyst, scripts=False)
    page.goto(address)
    apply = page.get_by_role("button", name="Apply")
    expect(apply).to_be_hidden()
    assert top(page.locator("tbody tr").first) < 440
    page.get_by_text("Filters", exact=True).click()
    expect(apply).to_be_visible()
    page.get_by_text("Urgent", exact=True).click()
    apply.click()
    expect(page.get_by_text("1 in force")).to_be_visible()
    expect(apply).to_be_hidden()
    page.goto(address + "?since=tomorrow")
    expect(page.get_by_text("Enter a valid date.").last).to_be_visible()


def test_at_a_desk_the_filters_are_in_sight(opened: Opened, analyst: Any) -> None:
    page = opened(analyst, width=1280)
    page.goto("/watch/")
    expect(page.get_by_role("button", name="Apply")).to_be_visible()
    expect(page.get_by_text("Filters", exact=True)).to_be_hidden()


def test_facts_a_form_and_a_section_stand_apart(opened: Opened, agent: Any, sco: Any) -> None:
    page = opened(sco)
    page.goto(f"/people/{agent.pk}/")
    facts, form, history = page.locator("dl.facts"), page.locator("main form"), page.locator("section.part")
    assert top(form) - bottom(facts) >= 16
    assert top(history) - bottom(form) >= 24


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"]


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]

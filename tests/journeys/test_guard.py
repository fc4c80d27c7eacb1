"""An SSN typed by an agent in a real browser: bullets while typing, blocked at the save, explained, and then filed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from audit.models import Event
from privacy.mask import BULLETS
from reports.models import Draft, Report
from tests import axe
from tests.journeys.conftest import Opened
from tests.privacy.made import LOOK_ALIKES, ssn
from tests.reports.filing import make_draft

pytestmark = pytest.mark.django_db(transaction=True)

SAID = f"He gave {ssn()} as his number, and {LOOK_ALIKES} besides."


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_number_is_blocked_explained_and_filed(opened: Opened, agent: Any, width: int) -> None:
    draft = make_draft(agent)
    page = opened(agent, width=width)
    page.goto(f"/reports/drafts/{draft.pk}/narrative/")
    page.get_by_label("Narrative").fill(SAID)
    save(page)
    expect(page.locator("mark")).to_have_text(ssn())
    expect(page.get_by_label("Narrative")).to_have_value(SAID)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe.faults(page) == []
    assert BULLETS in Draft.objects.get(pk=draft.pk).answers["narrative"]["narrative"][0]
    page.get_by_label("This is not an SSN, because").fill("It is the number of a crate")
    save(page)
    page.goto(f"/reports/drafts/{draft.pk}/check/")
    page.get_by_text("This is accurate").click()
    page.get_by_role("button", name="File this SIR").click()
    page.wait_for_url("**/reports/SIR-*/")
    assert Report.objects.get(pk=draft.pk).narrative == SAID
    codes = Event.objects.filter(code__startswith="guard.").order_by("id").values_list("code", flat=True)
    assert {"guard.blocked", "guard.overridden"} == set(codes)


def test_what_is_kept_while_typing_holds_bullets_and_the_page_says_so(opened: Opened, agent: Any) -> None:
    draft = make_draft(agent)
    page = opened(agent)
    page.goto(f"/reports/drafts/{draft.pk}/narrative/")
    page.get_by_label("Narrative").fill(SAID)
    expect(page.locator("[data-saved]").first).to_contain_text("eight bullets stand in its place", timeout=10_000)
    expect(page.get_by_label("Narrative")).to_have_value(SAID)
    kept = Draft.objects.get(pk=draft.pk).answers["narrative"]["narrative"][0]
    assert kept == SAID.replace(ssn(), BULLETS)


def test_a_number_typed_into_the_search_can_be_mended_by_everybody(opened: Opened, agent: Any) -> None:
    page = opened(agent)
    page.goto("/reports/")
    page.get_by_role("searchbox").first.fill(f"Ferro {ssn()}")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text(ssn())
    assert axe.faults(page) == []
    page.get_by_role("textbox", name="Search", exact=True).fill("Ferro")
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/reports/?q=*")

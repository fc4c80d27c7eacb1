"""Recertification in the browser: a supervisor drops a role, and the next click of its holder is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Assignment, Campaign
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_role_is_dropped_by_a_supervisor_while_its_holder_is_at_work(desk: Callable[..., Desk]) -> None:
    manager, agent, supervisor = desk("acm", 1280, False), desk("agent", 390), desk("supervisor", 390)
    opens_a_campaign(manager)
    agent.page.goto("/reports/new/")
    expect(agent.page.get_by_role("heading", level=1)).to_contain_text("File")
    drops(supervisor, "Agent")
    assert not Assignment.objects.live().filter(user__username="agent").exists()
    agent.page.reload()
    expect(agent.page.get_by_text("Your roles do not let you file")).to_be_visible()
    sees_progress(desk)


def opens_a_campaign(manager: Desk) -> None:
    """Without scripts, so through the plain controls."""
    page, day = manager.page, timezone.localdate() + timedelta(days=9)
    page.goto("/accounts/campaigns/")
    manager.follow("Open a campaign")
    page.get_by_label("Name").fill("Miami, fall")
    page.get_by_label("Office").select_option(label="SAC Miami (MIA)")
    for part, value in (("Month", day.month), ("Day", day.day), ("Year", day.year)):
        control = page.get_by_label(part, exact=True)
        tag = control.evaluate("one => one.tagName")
        control.select_option(str(value)) if tag == "SELECT" else control.fill(str(value))
    manager.press("Open the campaign")
    expect(page.get_by_text("The campaign is open.")).to_be_visible()


def drops(supervisor: Desk, name: str) -> None:
    page = supervisor.page
    page.goto("/")
    supervisor.look("campaign-1-first-page")
    supervisor.follow("Confirm or drop them")
    supervisor.look("campaign-2-list")
    supervisor.follow("Miami, fall")
    supervisor.look("campaign-3-asked")
    box = page.get_by_role("checkbox", name=re.compile(f"^{name}"))
    expect(box).not_to_be_checked()
    page.locator("label").filter(has_text=re.compile(f"^{name}")).click()
    supervisor.press("Drop those ticked")
    expect(page.get_by_text("Say why the access is dropped.").first).to_be_visible()
    expect(box).to_be_checked()
    supervisor.look("campaign-4-no-reason")
    page.get_by_label("Reason").fill("Moved to the academy")
    supervisor.press("Drop those ticked")
    expect(page.get_by_text("1 assignment is dropped.")).to_be_visible()


def sees_progress(desk: Callable[..., Desk]) -> None:
    auditor, campaign = desk("auditor", 390), Campaign.objects.get()
    auditor.page.goto("/accounts/campaigns/")
    auditor.look("campaign-5-progress-list")
    auditor.follow("Miami, fall")
    expect(auditor.page.get_by_text("1 of 5 answered or ended: 1 dropped, 4 waiting.").last).to_be_visible()
    auditor.look("campaign-6-progress")
    auditor.page.goto(f"/accounts/campaigns/{campaign.pk}/items/{campaign.items.earliest('pk').pk}/")
    auditor.look("campaign-7-item")

"""The way in and the way out of one role, in the browser: asked for, endorsed, granted, used, recertified, dropped.

Each step is a function of its own, so that other journeys go on from where one ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import AccessRequest, Assignment, Campaign
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
Desks = Callable[..., Desk]
REASON = "Joins the airport team on the first of the month."


def ask(own: Desk, *, role: str = "Field agent (HSI)", office: str = "SAC Miami (MIA)") -> None:
    """Somebody asks for a role; what they still lack stands on the first page and on the checklist."""
    own.page.goto("/")
    own.follow("Ask for the role")
    own.look("ask")
    choose(own, "Role", role)
    choose(own, "Office", office)
    own.page.get_by_label("Why you need it").fill(REASON)
    own.press("Send the request")
    expect(own.page.get_by_text("Your request is on its way.")).to_be_visible()
    expect(own.page.get_by_text("Awaiting endorsement")).to_be_visible()
    own.look("asked")


def choose(own: Desk, label: str, value: str) -> None:
    """Choose in a list, with the type-ahead that scripts make of it or without."""
    field = own.page.get_by_role("combobox", name=label, exact=True)
    if not own.scripts:
        field.select_option(label=value)
        return
    field.fill(value)
    own.page.get_by_role("option", name=value, exact=True).click()


def endorse(boss: Desk, name: str) -> None:
    """A supervisor finds the request on the list and vouches for it."""
    boss.page.goto("/accounts/requests/")
    boss.look("requests")
    boss.follow(name)
    boss.look("request-to-endorse")
    boss.page.get_by_label("What you can vouch for").fill("On my team since October.")
    boss.press("Endorse the request")
    expect(boss.page.get_by_text("Endorsed. An Access Control Manager is told by mail.")).to_be_visible()


def grant(manager: Desk, name: str) -> None:
    """A manager opens the oldest request from the first page and grants it as it was asked for."""
    manager.page.goto("/")
    manager.follow("Open the oldest request")
    expect(manager.page.get_by_text(name).first).to_be_visible()
    expect(manager.page.get_by_role("link", name="See what it would open")).to_be_visible()
    manager.look("request-to-grant")
    manager.press("Grant the role")
    expect(manager.page.get_by_text("Granted. It opens at the person's next request.")).to_be_visible()


def use(own: Desk) -> None:
    """What was granted opens in the session that was open all the while."""
    own.page.goto("/accounts/before-you-start/")
    expect(own.page.get_by_text("You hold: Field agent (HSI).")).to_be_visible()
    own.look("checklist")
    own.follow("Go on")
    own.page.goto("/reports/new/")
    expect(own.page.get_by_role("heading", name="File a report")).to_be_visible()


def next_click_is_refused(own: Desk) -> None:
    """In the page that was open all the while: it says why, and how to ask again."""
    own.page.get_by_role("main").get_by_role("link", name="Significant Incident").first.click()
    own.look("dropped")
    expect(own.page.get_by_text("Your roles do not let you file")).to_be_visible()


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
    expect(auditor.page.get_by_text("1 of 6 answered or ended: 1 dropped, 5 waiting.").last).to_be_visible()
    auditor.look("campaign-6-progress")
    auditor.page.goto(f"/accounts/campaigns/{campaign.pk}/items/{campaign.items.earliest('pk').pk}/")
    auditor.look("campaign-7-item")


def test_from_asking_to_use_to_being_dropped_at_work(desk: Desks) -> None:
    """One person and one role all the way, each in one session of their own; the manager works without scripts."""
    own, supervisor, manager = desk("stranger", 390), desk("supervisor", 390), desk("acm", 390, False)
    ask(own)
    endorse(supervisor, "Stranger")
    grant(manager, "Stranger")
    use(own)
    granted = Assignment.objects.live().get(user__username="stranger")
    assert AccessRequest.objects.get().status == "granted"
    opens_a_campaign(manager)
    drops(supervisor, "Stranger")
    granted.refresh_from_db()
    assert granted.revoked_reason == "Moved to the academy"
    next_click_is_refused(own)
    sees_progress(desk)


def test_a_manager_records_trainings_and_confirms_a_list(desk: Desks, tmp_path: Any) -> None:
    from tests.accounts.test_import_users import HEADING, line

    users = tmp_path / "users.csv"
    users.write_text("\n".join((HEADING, line(), line("new.two", "N2", name="New Two"))))
    _bring(users)
    manager = desk("acm", 1280, True)
    manager.page.goto("/accounts/training/")
    manager.look("training")
    done = "username,completed_on,evidence\nagent,2026-02-03,C1\nnobody,2026-02-03,C2\n"
    manager.page.get_by_label("CSV file").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": done.encode()}
    )
    manager.press("Upload the list")
    expect(manager.page.get_by_text("1 recorded, 0 recorded before, 1 rejected.")).to_be_visible()
    manager.look("training-rejected")
    manager.page.goto("/accounts/requests/")
    manager.page.get_by_role("link", name="List ").first.click()
    manager.look("list")
    manager.page.locator(".usa-checkbox__label", has_text="to New Two").click()
    manager.press("Confirm these lines")
    expect(manager.page.get_by_text("1 granted, 1 left out.")).to_be_visible()


def _bring(file: Any) -> None:
    from io import StringIO

    from django.core.management import call_command

    call_command("import_users", str(file), stdout=StringIO())

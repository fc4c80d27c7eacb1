"""What an HQ User, a System Control Officer and an Access Control Manager find on a phone, and try in vain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.models import User
from audit.log import record
from tests.journeys.test_single_sign_on import check
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_hq_user_reads_and_finds_nothing_to_change(opened: Callable[..., Page], hq: User, agent: User) -> None:
    report = file_sir(agent)
    page = opened(hq)
    page.goto(f"/reports/{report.number}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for words in ("Amend", "Void", "Take up", "Close report", "File a report", "Name a reader"):
        assert page.locator("main").get_by_role("button", name=words).count() == 0, words
        assert page.locator("main").get_by_role("link", name=words).count() == 0, words
    answer = page.goto("/reports/new/sir/")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_text("Your roles do not let you")).to_be_visible()


def test_a_control_officer_mends_a_profile_and_reads_no_report(
    opened: Callable[..., Page], sco: User, agent: User
) -> None:
    report = file_sir(agent)
    page = opened(sco)
    page.goto("/people/")
    check(page)
    page.get_by_role("link", name="Agent", exact=True).click()
    page.get_by_label("Phone").fill("305-555-0177")
    page.get_by_role("button", name="Save the profile").click()
    expect(page.get_by_text("The profile is saved.")).to_be_visible()
    expect(page.get_by_text("305-555-0177").first).to_be_visible()
    for address in (f"/reports/{report.number}/", "/access/grant/"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status in {403, 404}
        assert report.title not in page.content()


def test_a_manager_opens_an_account_again_revokes_a_role_and_ends_the_rest(
    opened: Callable[..., Page], acm: User, agent: User
) -> None:
    with transaction.atomic():
        User.objects.filter(pk=agent.pk).update(status="suspended", status_note="Unused for 45 days.")
        record("user.disabled_unused", by=None, on=agent)
    page = opened(acm)
    page.goto(f"/people/{agent.pk}/")
    page.get_by_role("link", name="Open this account again").click()
    page.get_by_label("Reason").fill("Back from leave")
    check(page)
    page.get_by_role("button", name="Open the account again").click()
    expect(page.get_by_text("The account of Agent is open again.")).to_be_visible()
    assert page.get_by_role("link", name="Open this account again").count() == 0
    check(page)
    page.get_by_role("link", name="Revoke").first.click()
    page.get_by_label("Reason").fill("Moved to another office")
    check(page)
    page.get_by_role("button", name="Revoke Field agent").click()
    expect(page.get_by_text("is no longer Field agent (HSI)")).to_be_visible()
    page.goto(f"/people/{agent.pk}/")
    expect(page.get_by_text("No role is in force.")).to_be_visible()
    expect(page.get_by_text("revoked")).to_be_visible()
    page.get_by_role("link", name="End everything they have").click()
    check(page)
    page.get_by_label("Reason").fill("Has left the agency")
    page.get_by_role("button", name="End everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agent has left")
    check(page)


def test_an_administrator_finds_the_reference_data_in_order(opened: Callable[..., Page], administrator: User) -> None:
    page = opened(administrator)
    for address in ("/reference/", "/reference/offices/", "/reference/event-types/add/"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        check(page)

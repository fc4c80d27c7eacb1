"""Signing in with the agency's account in the browser: linked once with a second factor, then used, and refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings as real
from django.contrib.sessions.backends.base import SessionBase
from playwright.sync_api import Browser, Page, expect

from accounts import sessions
from accounts.models import Identity, User
from accounts.session_store import SessionStore
from tests import axe
from tests.cast import PASSWORD
from tests.provider.running import Running, provider, running

__all__ = ["provider", "running"]
pytestmark = pytest.mark.django_db(transaction=True)


def at_the_provider(page: Page, name: str) -> None:
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button").first.click()
    page.wait_for_load_state()


def check(page: Page) -> None:
    """No sideways scrolling at 390 px, and nothing that axe finds."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe.faults(page) == []


def prove(page: Page) -> None:
    """As after a second factor."""
    key = next(c["value"] for c in page.context.cookies() if c["name"] == real.SESSION_COOKIE_NAME)
    session: SessionBase = SessionStore(key)
    session[sessions.PROVED] = int(time.time())
    session.save()


def test_an_account_is_linked_used_and_a_strange_one_refused(
    live_server: Any, browser: Browser, provider: Running, settings: Any, opened: Callable[..., Page], agent: User
) -> None:
    settings.CONTENT_SECURITY_POLICY = deepcopy(settings.CONTENT_SECURITY_POLICY)
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", provider.url]
    provider.tell(return_url=f"{live_server.url}/accounts/single-sign-on/return/")
    page = opened(agent)
    page.goto("/")
    prove(page)
    page.goto("/accounts/sessions/")
    page.get_by_role("link", name="Your agency account").click()
    page.get_by_role("button", name="Link my agency account").click()
    at_the_provider(page, "agent.agency")
    expect(page.get_by_text("Linked since")).to_be_visible()
    assert Identity.objects.get(user=agent).subject == "2"

    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live_server.url)
    fresh = context.new_page()
    fresh.goto("/sign-in/?next=/reports/")
    fresh.get_by_role("button", name="Sign in with your agency account").click()
    at_the_provider(fresh, "agent.agency")
    expect(fresh).to_have_url(f"{live_server.url}/reports/")
    context.close()

    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live_server.url)
    stranger = context.new_page()
    stranger.goto("/sign-in/")
    stranger.get_by_role("button", name="Sign in with your agency account").click()
    at_the_provider(stranger, "nobody.agency")
    expect(stranger.get_by_text("not linked with an active account")).to_be_visible()
    check(stranger)
    stranger.goto("/reports/")
    expect(stranger.get_by_label("Username")).to_be_visible()
    check(stranger)
    context.close()
    check(page)
    confirms_in_a_new_window(page)


def confirms_in_a_new_window(page: Page) -> None:
    """An hour later: the page that asks stays open, and its button works once the other window says so."""
    key = next(c["value"] for c in page.context.cookies() if c["name"] == real.SESSION_COOKIE_NAME)
    session: SessionBase = SessionStore(key)
    session[sessions.STARTED] -= 3600
    session.save()
    page.get_by_role("button", name="Remove the link").click()
    check(page)
    with page.context.expect_page() as opened_by_it:
        page.get_by_role("button", name="Sign in anew").click()
    window = opened_by_it.value
    window.locator("input[name=password]").fill(PASSWORD)
    window.get_by_role("button").first.click()
    expect(window.get_by_role("heading", name="You are confirmed")).to_be_visible()
    check(window)
    window.close()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The link is removed.")).to_be_visible()

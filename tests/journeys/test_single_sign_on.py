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
    page.goto("/accounts/single-sign-on/")
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

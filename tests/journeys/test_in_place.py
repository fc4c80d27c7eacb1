"""Filters and pages of a list exchange the main part alone; the way back and what asks for itself still hold."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.journeys.conftest import Opened
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_filter_exchanges_the_queue_in_place(opened: Opened, agent: Any, analyst: Any) -> None:
    report = file_sir(agent)
    page = opened(analyst, width=1280)
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: _note(request, asked))
    page.goto("/watch/")
    number = page.get_by_role("link", name=report.number).first
    expect(number).to_be_visible()
    page.evaluate("window.stayed = true")
    page.locator("label[for=id_urgent]").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Nothing in the queue matches these filters")).to_be_visible()
    assert "urgent=on" in page.url
    expect(page.locator("#main")).to_be_focused()
    assert page.evaluate("window.stayed")
    expect(page.get_by_role("combobox", name="Office")).to_have_count(1)
    asked.clear()
    page.clock.run_for(5500)
    page.wait_for_timeout(300)
    assert len(asked) == 1
    assert "urgent=on" in asked[0]
    page.go_back()
    expect(number).to_be_visible()
    assert "urgent" not in page.url


def _note(request: Request, asked: list[str]) -> None:
    if "x-background" in request.headers:
        asked.append(request.url)


def test_a_failure_is_shown_as_a_whole_page(opened: Opened, agent: Any, analyst: Any) -> None:
    file_sir(agent)
    page = opened(analyst, width=1280)
    page.goto("/reports/?urgent=on")
    page.evaluate("window.stayed = true")
    page.route(
        "**/reports/", lambda route: route.fulfill(status=503, body="<h1>Not now</h1>", content_type="text/html")
    )
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.get_by_role("heading", name="Not now")).to_be_visible()
    assert page.evaluate("window.stayed === undefined")

"""Reading outside one's offices, in the browser: found as a stub, opened for a reason, seen by its office, reviewed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from reports.models import OutsideReading, Report
from tests.journeys.test_story import Desk, desk
from tests.reports.filing import file_sir

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The same man was seen in Atlanta last night."


def test_a_stub_is_opened_for_a_reason_seen_by_its_office_and_reviewed(desk: Callable[..., Desk], agent: Any) -> None:
    report = file_sir(agent)
    opens_it(desk("outsider", 390), report)
    sees_who_did(desk("supervisor", 390), report)
    reviews_it(desk("acm", 390), report)
    assert OutsideReading.objects.get().finding == "justified"


def opens_it(outsider: Desk, report: Report) -> None:
    page = outsider.page
    page.goto("/reports/")
    outsider.follow("Look in all offices")
    outsider.look("outside-01-all-offices")
    expect(page.get_by_text(report.title)).to_have_count(0)
    outsider.follow(report.number)
    outsider.look("outside-02-stub")
    expect(page.get_by_text(report.title)).to_have_count(0)
    outsider.press(f"Open {report.number}")
    outsider.look("outside-03-no-reason")
    page.get_by_label("Why you need to read it").fill(WHY)
    outsider.press(f"Open {report.number}")
    expect(page.get_by_role("heading", name=report.title)).to_be_visible()
    expect(page.get_by_text("You read this outside your offices")).to_be_visible()
    outsider.look("outside-04-report")


def sees_who_did(supervisor: Desk, report: Report) -> None:
    page = supervisor.page
    page.goto("/")
    supervisor.follow("See who, and why")
    expect(page.get_by_text(WHY)).to_be_visible()
    supervisor.look("outside-05-readings")
    supervisor.follow(report.number)
    expect(page.get_by_text(f"Opened from outside the office: {WHY}")).to_be_visible()


def reviews_it(acm: Desk, report: Report) -> None:
    page = acm.page
    page.goto("/reports/outside/")
    acm.look("outside-06-waiting")
    page.get_by_role("link", name="Review the reading of").click()
    expect(page.get_by_text(report.title)).to_have_count(0)
    page.get_by_text("The reason is borne out").click()
    acm.look("outside-07-review")
    acm.press("Sign off this review")
    expect(page.get_by_text(f"The reading of {report.number} is reviewed.")).to_be_visible()

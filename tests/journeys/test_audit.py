"""An auditor in a real browser: finds who opened a report and who searched for a name, and signs the week.

`SEN_SHOTS=folder` saves a picture of every step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import User
from audit import counting, review, tasks
from audit.models import Review, Unusual
from reports.models import Report
from reports.terms import keep_terms
from tests.audit.past import Past, write
from tests.journeys.test_story import Desk, desk
from tests.reports.filing import file_sir

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
LAST_WEEK = review.monday_of(counting.today()) - review.WEEK


@pytest.fixture
def number(transactional_db: None) -> str:
    """A report that colleagues opened last week, one of them at night from another office, and a search for a name."""
    agent, sac, outsider = (User.objects.get(username=name) for name in ("agent", "sac", "outsider"))
    report = Report.objects.get(pk=file_sir(agent).pk)
    keep_terms("María Beltrán", by=agent)
    noon, night = (counting.start_of(LAST_WEEK + timedelta(days=2)) + timedelta(hours=hour) for hour in (16, 7))
    write(
        [Past(noon + timedelta(minutes=n), "report.viewed", sac, report) for n in range(3)]
        + [Past(night, "report.viewed", outsider, report)]
        + [Past(noon, "session.refused", outcome="refused")]
    )
    tasks.count_the_log(timestamp=0)
    assert Unusual.objects.filter(rule="outside").exists()
    return report.number


@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (1280, True), (1280, False)], ids=["phone", "desk", "desk without scripts"]
)
def test_an_auditor_finds_who_looked_and_who_searched_and_signs_the_week(
    desk: Callable[..., Desk], number: str, width: int, scripts: bool
) -> None:
    auditor = desk("auditor", width, scripts)
    sees_what_waits(auditor)
    finds_who_opened(auditor, number)
    finds_what_was_unusual(auditor)
    finds_who_searched(auditor)
    looks_at_how_much_and_how_far(auditor)
    signs_the_week(auditor)


def sees_what_waits(auditor: Desk) -> None:
    page = auditor.page
    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()
    expect(page.get_by_role("link", name="Open the review").first).to_be_visible()
    expect(page.get_by_text(f"Week {review.Week(LAST_WEEK).name}", exact=True)).to_be_visible()
    auditor.look("audit-01-home")


def finds_who_opened(auditor: Desk, number: str) -> None:
    page = auditor.page
    page.goto(f"/audit/reports/{number}/")
    row = page.locator("tbody tr").filter(has=page.get_by_role("link", name="sac", exact=True)).first
    expect(row).to_contain_text("Opened it 3 times")
    # The cast was given its roles today, so last week the SAC held none: just what an auditor must see.
    expect(row).to_contain_text("No role then")
    auditor.look("audit-02-report")
    row.get_by_role("link", name="sac").click()
    expect(page.get_by_role("heading", name="Everything sac did")).to_be_visible()
    page.get_by_label("What happened").select_option("report.viewed")
    auditor.press("Apply")
    expect(page.get_by_role("link", name=number).first).to_be_visible()
    auditor.look("audit-03-person")


def finds_what_was_unusual(auditor: Desk) -> None:
    page = auditor.page
    page.goto("/audit/unusual/")
    auditor.look("audit-04-unusual")
    page.get_by_role("link", name="Acts of that time").first.click()
    expect(page.get_by_role("heading", name="Everything outsider did")).to_be_visible()
    expect(page.locator("tbody").last).to_contain_text("opened")


def finds_who_searched(auditor: Desk) -> None:
    page = auditor.page
    page.goto("/audit/searches/")
    page.get_by_label("Name or words").fill("BELTRAN")
    auditor.press("Find the searches")
    expect(page.get_by_text("María Beltrán").first).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("agent searched")
    assert "beltran" not in page.url.lower()
    auditor.look("audit-05-searches")


def looks_at_how_much_and_how_far(auditor: Desk) -> None:
    page = auditor.page
    page.goto("/audit/volume/")
    page.get_by_text("In figures").click()
    page.get_by_role("link", name=LAST_WEEK.isoformat()).click()
    expect(page.get_by_role("heading", name="The hours of")).to_be_visible()
    auditor.look("audit-06-volume")
    page.goto("/audit/checkpoints/")
    expect(page.get_by_role("heading", name="How to verify")).to_be_visible()
    auditor.look("audit-07-checkpoints")


def signs_the_week(auditor: Desk) -> None:
    page, week = auditor.page, review.Week(LAST_WEEK).name
    page.goto("/audit/review/")
    auditor.look("audit-08-weeks")
    page.get_by_role("link", name="Open the oldest due").click()
    expect(page.locator("tbody tr").filter(has_text="Failed sign-ins")).to_contain_text("1")
    auditor.look("audit-09-week")
    auditor.press(f"Sign the review of week {week}")
    expect(page.get_by_text("This answer is needed.").first).to_be_visible()
    page.get_by_label("Findings").fill("One failed sign-in, explained. The reading at night was asked for.")
    auditor.press(f"Sign the review of week {week}")
    expect(page.get_by_text(f"You signed the review of week {week}.")).to_be_visible()
    auditor.look("audit-10-signed")
    assert Review.objects.get(week=week).signer == "auditor"
    page.goto("/")
    expect(page.get_by_text("No week waits for a signature.")).to_be_visible()

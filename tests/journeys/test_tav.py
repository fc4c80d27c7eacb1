"""A TAV from its request to the iLead that came of it, on a phone and at a desk, and those it is not for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from reports.models import Relation, Report
from tests.journeys.test_filing import choose, go_on
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
EASTERN = ZoneInfo("America/New_York")
Sit = Callable[..., Desk]
WHY = "The request is in order and the detainee agrees."
CAME = "He named the house where the burglars meet."


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_a_visit_is_asked_for_decided_held_closed_and_followed_by_an_ilead(desk: Sit, width: int) -> None:
    officer = desk("officer", width)
    number = files_the_request(officer)
    nobody_else_sees_it(desk, number, width)
    fod = desk("fod", width)
    decides(fod, number)
    records_the_outcome(officer, number)
    closes(fod, number)
    starts_the_ilead(officer, number)


def say_when(page: Page, question: str, at: datetime) -> None:
    group = page.get_by_role("group", name=question)
    group.get_by_label("Month").select_option(str(at.month))
    group.get_by_label("Day").fill(str(at.day))
    group.get_by_label("Year").fill(str(at.year))
    group.get_by_label("Time", exact=True).fill(f"{at:%H:%M}")


def files_the_request(officer: Desk) -> str:
    page, start = officer.page, datetime.now(EASTERN) + timedelta(days=1)
    officer.follow("File a report")
    officer.follow("Agency visit (TAV)")
    officer.look("tav-01-list")
    officer.follow("Begin")
    page.get_by_label("Title").fill("County detectives ask to interview a detainee")
    page.get_by_label("Requesting agency").fill("Monroe County Sheriff's Office")
    choose(page, "Level of that agency", "Local")
    page.get_by_label("Purpose of the interview").fill("To ask about a burglary in May.")
    page.get_by_label("Their case reference").fill("MC-2026-0417")
    page.get_by_label("Synopsis").fill("Two detectives work a burglary.")
    officer.look("tav-02-request")
    go_on(page)
    say_when(page, "Asked for from", start)
    say_when(page, "Asked for until", start - timedelta(hours=1))
    page.get_by_label("Detention facility").fill("Krome Service Processing Center")
    go_on(page)
    expect(page.get_by_text("This is not after the beginning.").first).to_be_visible()
    officer.look("tav-03-wrong-window")
    say_when(page, "Asked for until", start + timedelta(hours=1))
    go_on(page)
    enters_the_people(officer)
    go_on(page)  # consent, counsel and consulate: nothing known yet
    page.get_by_label("Account of the request").fill("The detectives telephoned and sent a letter.")
    go_on(page)
    go_on(page)
    expect(page.get_by_text("Miami Field Office: Field Office Director")).to_be_visible()
    officer.look("tav-06-check")
    page.get_by_text("This is accurate").click()
    officer.press("File this TAV")
    officer.look("tav-07-filed")
    expect(page.get_by_text("No decision yet")).to_be_visible()
    return Report.objects.get(kind="tav").number


def enters_the_people(officer: Desk) -> None:
    """The detainee's A-Number has a digit too few at first: it is said beside the field, and nothing typed is lost."""
    page = officer.page
    page.get_by_label("Last name").fill("Osei")
    page.get_by_label("A-Number").fill("123456")
    go_on(page)
    expect(page.get_by_text("An A-Number is seven to nine digits").first).to_be_visible()
    expect(page.get_by_label("Last name")).to_have_value("Osei")
    officer.look("tav-04-six-digits")
    page.get_by_label("A-Number").fill("098765432")
    go_on(page)
    page.get_by_label("Name", exact=True).fill("Dana Whitfield")
    page.get_by_label("Title or rank").fill("Detective")
    choose(page, "Identity verified", "Yes")
    officer.look("tav-05-visitor")
    go_on(page)


def nobody_else_sees_it(desk: Sit, number: str, width: int) -> None:
    """The other programme has no TAVs: not on the page, not in the list."""
    for username in ("agent", "supervisor"):
        page = desk(username, width).page
        for below in ("", "moves/decide/", "versions/", "relations/"):
            answer = page.goto(f"/reports/{number}/{below}")
            assert answer is not None
            assert answer.status == 404, below
        page.goto("/reports/")
        expect(page.get_by_text(number)).to_have_count(0)


def decides(fod: Desk, number: str) -> None:
    page = fod.page
    page.goto("/")
    expect(page.get_by_role("link", name=f"Review {number}")).to_be_visible()
    page.get_by_role("link", name=f"Review {number}").click()
    fod.follow("Decide")
    expect(page.get_by_text("None that you may read lies within a day of the visit.")).to_be_visible()
    choose(page, "Decision", "Approved")
    choose(page, "Conflict with operations", "Possible")
    page.get_by_label("Reason of the decision").fill(WHY)
    fod.press("Decide")
    expect(page.get_by_text("Say which operation it may conflict with, and how.").first).to_be_visible()
    expect(page.get_by_label("Reason of the decision")).to_have_value(WHY)
    fod.look("tav-08-decide")
    page.get_by_label("What the conflict is").fill("A team of SAC Miami works near Krome in the morning.")
    fod.press("Decide")
    expect(page.get_by_text(WHY)).to_be_visible()
    fod.look("tav-09-decided")
    expect(page.get_by_text("This TAV has no outcome yet.")).to_be_visible()


def records_the_outcome(officer: Desk, number: str) -> None:
    page = officer.page
    page.goto(f"/reports/{number}/")
    expect(page.get_by_text(WHY)).to_be_visible()
    officer.follow("Record the outcome")
    say_when(page, "Visit began", datetime.now(EASTERN) - timedelta(minutes=50))
    say_when(page, "Visit ended", datetime.now(EASTERN) - timedelta(minutes=10))
    page.get_by_label("Outcome", exact=True).fill(CAME)
    officer.look("tav-10-outcome")
    officer.press("Record the outcome")
    expect(page.get_by_text(CAME)).to_be_visible()
    expect(page.get_by_text("(40 min)").first).to_be_visible()


def closes(fod: Desk, number: str) -> None:
    fod.page.goto(f"/reports/{number}/")
    fod.follow("Close")
    fod.press(f"Close {number}")
    expect(fod.page.get_by_text("Closed").first).to_be_visible()
    assert Report.objects.get(number=number).status == "closed"


def starts_the_ilead(officer: Desk, number: str) -> None:
    """The detainee is its subject already; what is filed is linked with the visit."""
    page = officer.page
    page.goto(f"/reports/{number}/")
    officer.press("Start an iLead")
    expect(page.get_by_text("OSEI")).to_be_visible()
    officer.look("tav-11-ilead")
    draft = page.url.rstrip("/")
    page.goto(f"{draft}/what/")
    choose(page, "What it is about", "Other")
    page.get_by_label("Synopsis").fill(CAME)
    choose(page, "How it was obtained", "Interview of the subject")
    go_on(page)
    say_when(page, "When the information was obtained", datetime.now(EASTERN) - timedelta(minutes=30))
    choose(page, "Custody of the subject", "In ICE custody")
    go_on(page)
    page.goto(f"{draft}/basis/")
    page.get_by_label("Basis of suspicion").fill("He described the house in detail.")
    choose(page, "Protected speech", "None is mentioned")
    choose(page, "Threat assessment", "Non-violent")
    go_on(page)
    page.goto(f"{draft}/narrative/")
    page.get_by_role("textbox", name="The information").fill(CAME)
    officer.press("Save and go to the list")
    page.get_by_role("link", name="Check and submit").first.click()
    page.get_by_text("This is accurate").click()
    officer.press("File this iLead")
    lead = Report.objects.get(kind="ilead").number
    assert Relation.objects.get().type == Relation.Type.LED_TO
    page.goto(f"/reports/{number}/")
    expect(page.get_by_role("link", name=lead).first).to_be_visible()
    officer.look("tav-12-linked")

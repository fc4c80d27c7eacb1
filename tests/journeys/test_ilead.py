"""An iLead in a real browser: filed with a gang claim, approved, passed on, read, amended and closed.

Told at a phone and at a desk, as the people it is for and as those it is not for. `SEN_SHOTS=folder` saves a picture
of every step.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from reports.models import Report
from tests.ileads.test_validation import day, due_in
from tests.journeys.test_filing import choose, go_on, say_now
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
Sit = Callable[..., Desk]
PROVIDER, WARNING = "Ines Calloway", "Do not enter Social Security numbers anywhere in an iLead"


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_an_ilead_is_filed_approved_passed_on_read_amended_and_closed(desk: Sit, width: int) -> None:
    officer, fod = desk("officer", width), desk("fod", width)
    number = files_an_ilead(officer)
    agent, colleague = desk("agent", width), desk("colleague", width)
    cannot_see(agent, number)
    approves(fod, number)
    passes_on(fod, number)
    reads_what_was_passed_on(agent, number)
    cannot_see(colleague, number)
    cannot_see(desk("sco", width), number, status=403)
    amends(officer, number)
    looks_at_the_provider(desk("intel", width), number)
    closes(desk("analyst", width), number)
    takes_back(fod, number)
    cannot_see(agent, number)
    validates(fod, number)


def files_an_ilead(officer: Desk) -> str:
    page = officer.page
    page.goto("/reports/new/ilead/")
    expect(page.get_by_text(WARNING)).to_be_visible()
    officer.look("ilead-01-draft")
    officer.follow("Begin")
    choose(page, "What it is about", "Gang")
    page.get_by_label("Title").fill("Detainee speaks of a gang's meeting place")
    page.get_by_label("Synopsis").fill("A detainee named where the gang meets.")
    choose(page, "How it was obtained", "Interview of the subject")
    officer.look("ilead-02-what")
    go_on(page)
    say_now(page, officer.scripts)
    choose(page, "Custody of the subject", "In ICE custody")
    go_on(page)
    pick(page, "Role in this report", "Subject")
    page.get_by_label("Last name").fill("Ferro")
    go_on(page)
    gives_the_basis(officer)
    claims_a_gang(officer)
    page.get_by_role("link", name="None to add").click()  # no outstanding warrant
    page.get_by_role("textbox", name="The information").fill("He spoke freely for ten minutes.")
    go_on(page)
    page.goto(f"{page.url.rsplit('/', 2)[0]}/provider/")
    page.get_by_role("textbox", name="Who gave the information").fill(PROVIDER)
    officer.look("ilead-05-provider")
    officer.press("Save and go to the list")
    page.get_by_role("link", name="Check and submit").first.click()
    officer.look("ilead-06-check")
    page.get_by_text("This is accurate").click()
    officer.press("File this iLead")
    expect(page.get_by_text("A supervisor approves it next.")).to_be_visible()
    expect(page.get_by_text(PROVIDER)).to_be_visible()
    return Report.objects.get(kind="ilead").number


def pick(page: Page, question: str, answer: str) -> None:
    """Choose from a type-ahead."""
    box = page.get_by_role("combobox", name=question)
    box.fill(answer)
    page.keyboard.press("Enter")


def gives_the_basis(officer: Desk) -> None:
    page = officer.page
    page.get_by_label("Basis of suspicion").fill("He described three robberies that match police reports.")
    choose(page, "Protected speech", "None is mentioned")
    choose(page, "Threat assessment", "Gang affiliate")
    officer.look("ilead-03-basis")
    go_on(page)


def claims_a_gang(officer: Desk) -> None:
    """Without evidence it is refused, and nothing typed is lost."""
    page = officer.page
    choose(page, "Who", "FERRO")
    page.get_by_label("Gang", exact=True).fill("Harbor Nine")
    choose(page, "Member or associate", "Member")
    pick(page, "Criterion claimed", "Admits it")
    go_on(page)
    expect(page.get_by_text("Give the evidence for this criterion, or remove the claim.").first).to_be_visible()
    expect(page.get_by_label("Gang", exact=True)).to_have_value("Harbor Nine")
    officer.look("ilead-04-no-evidence")
    page.get_by_label("Evidence for this criterion").fill("He said so during the interview on intake.")
    go_on(page)


def approves(fod: Desk, number: str) -> None:
    fod.page.goto(f"/reports/{number}/")
    expect(fod.page.get_by_text(PROVIDER)).to_have_count(0)
    fod.look("ilead-07-to-approve")
    fod.follow("Approve")
    fod.press(f"Approve {number}")
    expect(fod.page.get_by_text(f"You have approved {number}.")).to_be_visible()


def passes_on(fod: Desk, number: str) -> None:
    page = fod.page
    fod.follow("Pass on")
    fod.look("ilead-08-pass-on")
    pick(page, "Recipient", "Agent, SAC Miami")
    page.get_by_label("Why this person needs to know").fill("Works the case of the robberies")
    fod.press("Pass on")
    expect(page.get_by_text(f"Agent can now read {number}, and is told by mail.")).to_be_visible()
    fod.look("ilead-09-passed-on")
    page.goto(f"/reports/{number}/")
    expect(page.get_by_text("Passed on to Agent")).to_be_visible()
    fod.look("ilead-10-page")


def reads_what_was_passed_on(agent: Desk, number: str) -> None:
    page = agent.page
    page.goto("/")
    expect(page.get_by_role("heading", name="Passed on to you")).to_be_visible()
    agent.look("ilead-11-home")
    agent.follow("Detainee speaks of a gang's meeting place")
    expect(page.get_by_text("He said so during the interview on intake.")).to_be_visible()
    expect(page.get_by_text("Only the author and their supervisor")).to_be_visible()
    expect(page.get_by_text(PROVIDER)).to_have_count(0)
    expect(page.get_by_role("button", name="Amend")).to_have_count(0)
    agent.look("ilead-12-recipient")
    page.goto("/reports/?kind=ilead")
    expect(page.get_by_text(number)).to_be_visible()


def cannot_see(somebody: Desk, number: str, status: int = 404) -> None:
    answer = somebody.page.goto(f"/reports/{number}/")
    assert answer is not None
    assert answer.status == status
    assert "meeting place" not in somebody.page.content()


def amends(officer: Desk, number: str) -> None:
    page = officer.page
    page.goto(f"/reports/{number}/")
    officer.press("Amend")
    page.goto(f"{page.url.split('?')[0].rstrip('/')}/narrative/")
    page.get_by_role("textbox", name="The information").fill("He spoke freely for twenty minutes.")
    officer.press("Save and go to the list")
    page.get_by_role("link", name="Check and submit").first.click()
    page.get_by_label("Why you amend").fill("He came back and said more.")
    page.get_by_text("This is accurate").click()
    officer.press("File version 2")
    page.goto(f"/reports/{number}/versions/compare/?old=1&new=2")
    expect(page.locator("ins", has_text="twenty")).to_be_visible()


def looks_at_the_provider(intel: Desk, number: str) -> None:
    page = intel.page
    page.goto(f"/reports/{number}/")
    expect(page.get_by_text(PROVIDER)).to_have_count(0)
    intel.follow("Show who gave this")
    intel.look("ilead-13-ask")
    page.get_by_label("Why you need to know who gave this").fill("To ask the source again")
    intel.press("Show who gave this")
    expect(page.get_by_text(PROVIDER)).to_be_visible()
    intel.look("ilead-14-shown")
    page.goto(f"/reports/{number}/")
    expect(page.get_by_text(PROVIDER)).to_have_count(0)


def closes(analyst: Desk, number: str) -> None:
    page = analyst.page
    page.goto(f"/reports/{number}/")
    analyst.press("Take up")
    page.goto(f"/reports/{number}/")
    analyst.follow("Close")
    analyst.press(f"Close {number}")
    expect(page.get_by_text(f"You have closed {number}.")).to_be_visible()
    assert Report.objects.get(number=number).status == "closed"


def takes_back(fod: Desk, number: str) -> None:
    page = fod.page
    page.goto(f"/reports/{number}/")
    page.get_by_role("link", name="Take back from Agent").click()
    fod.look("ilead-15-take-back")
    page.get_by_label("Reason").fill("The case is closed")
    fod.press("Take back")
    expect(page.get_by_text(f"Agent can no longer read {number}.")).to_be_visible()


def validates(fod: Desk, number: str) -> None:
    """Five years later, as it were."""
    page, report = fod.page, Report.objects.get(number=number)
    with transaction.atomic():
        due_in(-3, report, report.author)
    page.goto("/")
    page.get_by_role("link", name="See which").click()
    expect(page.get_by_text("Overdue").first).to_be_visible()
    fod.look("ilead-16-worklist")
    fod.follow("Detainee speaks of a gang's meeting place")
    fod.follow("Validate")
    page.get_by_label("What was checked").fill("The gang unit says that it still holds")
    page.get_by_label("Year").fill(str(day(365).year + 1))
    fod.look("ilead-17-validate")
    fod.press("Validate")
    expect(page.get_by_text(f"You have validated {number}.")).to_be_visible()
    page.goto("/ileads/validation/")
    expect(page.get_by_text("Nothing is due for validation here.")).to_be_visible()

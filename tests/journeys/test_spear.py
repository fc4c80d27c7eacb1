"""A SPEAR from its plan to the SIR that tells what happened, on a phone and at a desk, and those it is not for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from audit.log import record
from reports.models import SPEAR, Relation, Report
from tests.journeys.test_filing import choose, go_on, say_now
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
EASTERN = ZoneInfo("America/New_York")
REASON = "Say at which door the second team waits."
Sit = Callable[..., Desk]


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_a_plan_is_filed_returned_approved_carried_out_and_told(desk: Sit, width: int) -> None:
    agent = desk("agent", width)
    number = files_a_plan(agent)
    supervisor = desk("supervisor", width)
    returns_it(supervisor, number)
    mends_it(agent, number)
    approves_it(supervisor, number)
    analyst = desk("analyst", width)
    sees_it_coming(analyst, number)
    nobody_else_does(desk, number, width)
    let_the_window_pass(number)
    says_how_it_ended(agent, number)
    begins_the_sir(agent, number)
    closes_it(analyst, number)


def say_when(page: Page, question: str, at: datetime) -> None:
    group = page.get_by_role("group", name=question)
    group.get_by_label("Month").select_option(str(at.month))
    group.get_by_label("Day").fill(str(at.day))
    group.get_by_label("Year").fill(str(at.year))
    group.get_by_label("Time", exact=True).fill(f"{at:%H:%M}")


def files_a_plan(agent: Desk) -> str:
    page, start = agent.page, datetime.now(EASTERN) + timedelta(days=1)
    agent.follow("File a report")
    agent.look("spear-01-choose")
    agent.follow("Planned operation (SPEAR)")
    agent.look("spear-02-list")
    agent.follow("Begin")
    choose(page, "What kind of activity", "Arrest")
    page.get_by_label("Title").fill("Arrest of a courier at the depot")
    page.get_by_label("Synopsis").fill("A team will arrest one man when he comes to work.")
    page.get_by_label("Objective").fill("Arrest him without harm to anybody.")
    agent.look("spear-03-what")
    go_on(page)
    say_when(page, "Planned start", start)
    say_when(page, "Planned end", start - timedelta(hours=1))
    page.get_by_label("Contact's phone").fill("305-555-0142")
    go_on(page)
    expect(page.get_by_text("The planned end is not after the start.").first).to_be_visible()
    agent.look("spear-04-wrong-window")
    say_when(page, "Planned end", start + timedelta(hours=2))
    go_on(page)
    page.get_by_label("Street address").fill("4 Harbor Road")
    page.get_by_label("City").fill("Miami")
    page.get_by_label("State or province").fill("FL")
    agent.look("spear-05-place")
    go_on(page)
    page.get_by_role("combobox", name="Role in this report").fill("Target")
    page.keyboard.press("Enter")
    page.get_by_label("Last name").fill("Okafor")
    page.get_by_label("Caution").fill("Armed")
    go_on(page)
    agent.follow("None to add")
    page.get_by_label("Plan", exact=True).fill("Two cars, one at each end of the road.")
    go_on(page)
    go_on(page)
    expect(page.get_by_text("A supervisor approves it before it counts.")).to_be_visible()
    agent.look("spear-06-check")
    page.get_by_text("This is accurate").click()
    agent.press("File this SPEAR")
    expect(page.get_by_role("status").first).to_contain_text("A supervisor approves it next.")
    return str(Report.objects.get().number)


def returns_it(supervisor: Desk, number: str) -> None:
    page = supervisor.page
    page.goto("/")
    supervisor.look("spear-07-supervisor-home")
    supervisor.follow("Review what waits longest")
    supervisor.look("spear-08-waits")
    supervisor.follow("Return")
    page.get_by_label("Reason").fill(REASON)
    supervisor.look("spear-09-return")
    supervisor.press(f"Return {number}")
    expect(page.get_by_role("status").first).to_contain_text(f"You have returned {number}.")


def mends_it(agent: Desk, number: str) -> None:
    page = agent.page
    page.goto("/")
    expect(page.get_by_text(REASON)).to_be_visible()
    agent.look("spear-10-returned")
    agent.press(f"Amend {number}")
    agent.follow("The plan")
    page.get_by_label("Plan", exact=True).fill("Two cars, one at each end; the second team waits at the north door.")
    agent.press("Save and go to the list")
    agent.follow("Check and submit")
    page.get_by_label("Why you amend").fill("The door is named.")
    page.get_by_text("This is accurate").click()
    agent.press("File version 2")
    expect(page.get_by_role("status").first).to_contain_text("A supervisor approves it next.")


def approves_it(supervisor: Desk, number: str) -> None:
    supervisor.page.goto(f"/reports/{number}/")
    supervisor.follow("Approve")
    supervisor.look("spear-11-approve")
    supervisor.press(f"Approve {number}")
    assert Report.objects.get(number=number).status == "submitted"


def sees_it_coming(analyst: Desk, number: str) -> None:
    page = analyst.page
    page.goto("/reports/board/")
    expect(page.get_by_text("Arrest of a courier at the depot")).to_be_visible()
    expect(page.get_by_text("Caution: Armed")).to_be_visible()
    analyst.look("spear-12-board")
    analyst.follow("As a calendar")
    analyst.look("spear-13-calendar")
    page.goto("/watch/")
    page.get_by_role("row").filter(has_text=number).get_by_role("button", name="Take up").click()
    page.wait_for_load_state()


def nobody_else_does(desk: Sit, number: str, width: int) -> None:
    """An agent of another office learns that it is there and no more; who keeps the system has no such page at all."""
    outsider, sco = desk("outsider", width), desk("sco", width)
    assert status(outsider.page, f"/reports/{number}/") == 403
    outsider.look("spear-14-outside")
    assert status(outsider.page, "/reports/board/") == 200
    expect(outsider.page.get_by_text("Arrest of a courier")).to_have_count(0)
    for address in ("/reports/board/", f"/reports/{number}/", "/reports/new/spear/"):
        assert status(sco.page, address) == 403
    sco.look("spear-15-refused")


def status(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer
    return answer.status


def let_the_window_pass(number: str) -> None:
    """More than a day goes by, as far as this plan is concerned."""
    report = Report.objects.get(number=number)
    with transaction.atomic():
        ago = timedelta(hours=30)
        plan = SPEAR.objects.get(pk=report.pk)
        plan.event_at, plan.planned_end = plan.event_at - ago, plan.planned_end - ago
        plan.save()
        record("report.amended", by=None, on=report)  # no filed report changes without an event


def says_how_it_ended(agent: Desk, number: str) -> None:
    page = agent.page
    page.goto("/")
    agent.look("spear-16-overdue")
    agent.follow(f"Record the outcome of {number}")
    agent.press("Record the outcome")
    expect(page.get_by_text("This answer is needed.").first).to_be_visible()
    agent.look("spear-17-outcome-wrong")
    choose(page, "Outcome", "Executed")
    say_now(page, agent.scripts)
    page.get_by_label("What came of it").fill("He was arrested without incident.")
    agent.press("Record the outcome")
    agent.look("spear-18-executed")


def begins_the_sir(agent: Desk, number: str) -> None:
    page = agent.page
    agent.press("Report what happened")
    expect(page.get_by_role("heading", level=1)).to_have_text("New SIR")
    agent.look("spear-19-sir")
    agent.follow("What happened")
    expect(page.get_by_label("Title")).to_have_value("Arrest of a courier at the depot")
    page.get_by_label("Synopsis").fill("One man was arrested.")
    page.get_by_label("Why it is significant").fill("He was wanted.")
    for _ in range(2):
        go_on(page)
    agent.follow("Continue")
    choose(page, "Who was arrested", "OKAFOR")
    choose(page, "Kind of arrest", "Criminal")
    page.get_by_label("Charge").fill("18 USC 111")
    go_on(page)
    page.get_by_label("Narrative").fill("He came to work at six and was arrested.")
    go_on(page)
    go_on(page)
    page.get_by_text("This is accurate").click()
    agent.press("File this SIR")
    link = Relation.objects.select_related("of", "to").get()
    assert (link.of.number, link.to.kind) == (number, "sir")


def closes_it(analyst: Desk, number: str) -> None:
    page = analyst.page
    page.goto(f"/reports/{number}/")
    expect(page.get_by_text("Executed").first).to_be_visible()
    analyst.look("spear-20-told")
    analyst.follow("Close")
    analyst.press(f"Close {number}")
    assert Report.objects.get(number=number).status == "closed"
    analyst.look("spear-21-closed")

"""The whole story: an agent files, the watch takes up, sums up and releases, the SAC acknowledges, the agent amends.

`SEN_SHOTS=folder` saves a picture of every step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from accounts import sessions
from accounts.models import User
from audit.models import Event
from reports.models import Reading, Report
from tests import axe
from tests.cast import PASSWORD, signed_in
from tests.fake import FAKE
from tests.journeys.test_filing import fill_arrest, fill_what, go_on, say_now, say_role
from tests.watch.mailroom import Mailroom, mailroom, work

__all__ = ["mailroom"]
pytestmark = pytest.mark.django_db(transaction=True)
CHECKED: set[tuple[str, bool, int]] = set()
SHOTS = os.environ.get("SEN_SHOTS", "")
SUMMARY = "A fugitive wanted for a violent offense is in custody. No injuries. No action needed by other offices."


class Desk:
    """One person at one screen, signed in."""

    def __init__(self, browser: Browser, url: str, username: str, width: int, scripts: bool, session: str) -> None:
        self.username, self.width, self.scripts = username, width, scripts
        self.context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 800}, java_script_enabled=scripts, base_url=url
        )
        self.page: Page = self.context.new_page()
        if session:
            self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
            self.page.goto("/")
        else:
            self._sign_in(url)

    def _sign_in(self, url: str) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).not_to_have_url(f"{url}/sign-in/")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def look(self, step: str) -> None:
        """Every step is checked for sideways scrolling and pictured when asked for; each page, as it first stands at
        this width, for accessibility."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{self.width}-{step}.png", full_page=True)
        if self.scripts:
            assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, step
        if self.scripts and self._is_new():
            assert [f"{step} {one}" for one in axe.faults(self.page)] == []

    def _is_new(self) -> bool:
        """Whether no journey has checked this page yet: known by its title without figures, its state and the width."""
        state = self.page.locator(".usa-error-message, .usa-alert").count() > 0
        page = (re.sub(r"[0-9]+", "*", self.page.title()), state, self.width)
        return page not in CHECKED and not CHECKED.add(page)  # type: ignore[func-returns-value]


def begun(username: str) -> str:
    """The key of a session as after a real sign-in."""
    client = signed_in(User.objects.get(username=username))
    session = client.session
    sessions.begin(session)
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def desk(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Desk]]:
    settings.SITE_URL = live_server.url
    settings.SIGN_INS_PER_MINUTE = 1000
    opened: list[Desk] = []

    def sit_down(username: str, width: int, scripts: bool = True, *, by_page: bool = False) -> Desk:
        """The first of a journey signs in through the page; the others have, a moment ago."""
        session = begun(username) if opened and not by_page else ""
        opened.append(Desk(browser, live_server.url, username, width, scripts, session))
        return opened[-1]

    yield sit_down
    for one in opened:
        one.context.close()


@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (1280, True), (1280, False)], ids=["phone", "desk", "desk without scripts"]
)
def test_a_report_is_filed_seen_summed_up_acknowledged_and_amended(
    desk: Callable[..., Desk], mailroom: Mailroom, width: int, scripts: bool
) -> None:
    agent = desk("agent", width, scripts)
    number = files_a_report(agent)
    analyst = desk("analyst", width, scripts)
    takes_up_and_releases(analyst, number)
    work()
    letter = next(mail for mail in mailroom.taken if mail["To"] == "sac@example.gov" and "ummary" in mail["Subject"])
    assert "fugitive" not in letter.as_string().lower()
    sac = desk("sac", width, scripts)
    acknowledges(sac, str(letter.get_payload()))
    analyst.page.goto(f"/reports/{number}/")
    expect(analyst.page.get_by_text("Everyone told has acknowledged.")).to_be_visible()
    analyst.look("07-who-knows")
    amends(agent, number)
    sees_what_changed(analyst, number)
    auditor = desk("auditor", width, scripts)
    sees_every_step(auditor, number)


def files_a_report(agent: Desk) -> str:
    agent.look("01-home")
    agent.follow("File a report")
    agent.page.goto("/reports/new/sir/")
    agent.look("02-draft")
    agent.follow("Begin")
    fill_what(agent.page)
    agent.look("03-what")
    go_on(agent.page)
    say_now(agent.page, agent.scripts)
    go_on(agent.page)
    say_role(agent.page, agent.scripts)
    agent.page.get_by_label("Last name").fill(FAKE.last_name)
    go_on(agent.page)
    fill_arrest(agent.page)
    go_on(agent.page)
    agent.page.get_by_label("Narrative").fill("Agents found him on the pier and arrested him.")
    go_on(agent.page)
    go_on(agent.page)
    agent.look("04-check")
    agent.page.get_by_text("This is accurate").click()
    agent.press("File this SIR")
    return Report.objects.latest("submitted_at").number


def takes_up_and_releases(analyst: Desk, number: str) -> None:
    page = analyst.page
    page.goto("/watch/")
    analyst.look("05-queue")
    row = page.get_by_role("row").filter(has_text=number)
    row.get_by_role("button", name="Take up").click()
    page.wait_for_load_state()
    page.goto(f"/reports/{number}/")
    analyst.follow("Write the summary")
    page.get_by_label("What the offices must know").fill(SUMMARY)
    analyst.look("06-summary")
    analyst.press("Save and choose who is told")
    analyst.look("06-release")
    page.get_by_role("button", name=f"Release the summary of {number}").click()
    page.wait_for_load_state()


def acknowledges(sac: Desk, letter: str) -> None:
    sac.page.goto("/")
    sac.look("08-sac-home")
    address = next(word for word in letter.split() if word.startswith("http"))
    sac.page.goto(address)
    expect(sac.page.get_by_text("in custody")).to_be_visible()
    sac.look("08-sac-summary")
    sac.page.get_by_role("button", name="Acknowledge for SAC Miami").click()
    sac.page.wait_for_load_state()


def amends(agent: Desk, number: str) -> None:
    page = agent.page
    page.goto(f"/reports/{number}/")
    agent.look("09-report")
    agent.press("Amend")
    page.goto(f"{page.url.split('?')[0].rstrip('/')}/narrative/")
    page.get_by_label("Narrative").fill("Agents found him on the second pier and arrested him.")
    agent.press("Save and go to the list")
    page.get_by_role("link", name="Check and submit").first.click()
    page.wait_for_load_state()
    page.get_by_label("Why you amend").fill("The place was wrong.")
    page.get_by_text("This is accurate").click()
    page.get_by_role("button", name="File version 2").click()
    expect(page).to_have_url(f"{page.url.split('/reports/')[0]}/reports/{number}/")
    assert Report.objects.get(number=number).version == 2


def sees_what_changed(analyst: Desk, number: str) -> None:
    assert Reading.objects.filter(reader__username="analyst", report__number=number, version=1).exists()
    analyst.page.goto(f"/reports/{number}/")
    analyst.look("10-amended")
    analyst.page.goto(f"/reports/{number}/versions/compare/?old=1&new=2")
    expect(analyst.page.locator("ins", has_text="second")).to_be_visible()
    analyst.look("11-compare")


def sees_every_step(auditor: Desk, number: str) -> None:
    page = auditor.page
    page.goto("/audit/")
    page.get_by_label("Record").fill(number)
    auditor.press("Apply")
    auditor.look("12-audit")
    said = page.locator("tbody").inner_text()
    steps = ("filed", "took up", "opened", "amended")
    summary = [f"{step} the summary of {number}" for step in ("wrote", "released")]
    for words in (*(f"{step} {number}" for step in steps), *summary, f"acknowledged summary of {number}"):
        assert words in said, said
    codes = set(Event.objects.values_list("code", flat=True))
    assert {"summary.drafted", "summary.released", "notice.acknowledged", "notice.mailed", "session.signed_in"} <= codes

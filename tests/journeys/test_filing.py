"""An agent files a report on a phone: with and without scripts, with a dying battery, on a thin connection."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Response, expect

from reports import drafts
from reports.models import Draft, Report
from tests import axe
from tests.fake import FAKE
from tests.reports.filing import amend_sir, file_sir, make_draft

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_LOAD = 250_000  # bytes over the wire, compressed, fonts included
Open = Callable[..., Page]


@pytest.fixture
def phone(live_server: Any, browser: Browser, as_: Any, agent: Any) -> Any:
    """A phone in the hand of the agent, signed in: `phone(width=390, scripts=True)`."""
    session = as_(agent).cookies[settings.SESSION_COOKIE_NAME].value
    opened = []

    def pick_up(*, width: int = 390, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=scripts, base_url=live_server.url
        )
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        opened.append(context)
        return context.new_page()

    yield pick_up
    for context in opened:
        context.close()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_load_state()


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_text(answer, exact=True).click()


def say_now(page: Page, scripts: bool) -> None:
    if scripts:
        return page.get_by_role("button", name="Now").click()
    now = datetime.now(ZoneInfo("America/New_York"))
    page.get_by_label("Month").select_option(str(now.month))
    for label, value in {"Day": now.day, "Year": now.year}.items():
        page.get_by_label(label, exact=True).fill(str(value))
    return page.get_by_label("Time", exact=True).fill(f"{now:%H:%M}")


def say_role(page: Page, scripts: bool) -> None:
    role = page.get_by_role("combobox", name="Role in this report")
    if not scripts:
        role.select_option("Arrestee")
        return
    role.fill("Arrestee")
    page.keyboard.press("Enter")


def fill_what(page: Page) -> None:
    choose(page, "What kind of event", "Significant arrest")
    page.get_by_label("Title").fill("Arrest of a fugitive at the marina")
    page.get_by_label("Synopsis").fill("One man was arrested without incident.")
    page.get_by_label("Why it is significant").fill("He was wanted for a violent offense.")


def fill_person(page: Page, scripts: bool) -> None:
    say_role(page, scripts)
    page.get_by_label("Last name").fill(FAKE.last_name)


def fill_arrest(page: Page) -> None:
    choose(page, "Who was arrested", FAKE.last_name.upper())
    choose(page, "Kind of arrest", "Criminal")
    page.get_by_label("Charge").fill("18 USC 111")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_quickest_true_report_takes_seven_screens(phone: Open, agent: Any, scripts: bool) -> None:
    page = phone(scripts=scripts)
    seen: list[str] = []
    steps: list[Callable[[], None]] = [
        lambda: fill_what(page),
        lambda: say_now(page, scripts),
        lambda: fill_person(page, scripts),
        lambda: fill_arrest(page),
        lambda: page.get_by_label("Narrative").fill("Agents found him on the pier and arrested him."),
        lambda: None,
    ]
    page.goto("/reports/new/sir/")
    page.get_by_role("link", name="Begin").click()
    for step in steps:
        seen.append(page.get_by_role("heading", level=1).inner_text())
        step()
        go_on(page)
    seen.append(page.get_by_role("heading", level=1).inner_text())
    assert seen == [
        "What happened",
        "When and where",
        "Add a person",
        "Add an arrest",
        "Narrative",
        "Flags and marking",
        "Check and submit",
    ]
    page.get_by_text("This is accurate").click()
    page.get_by_role("button", name="File this SIR").click()
    expect(page.get_by_role("status").first).to_contain_text("filed. 2 offices were told.")
    report = Report.objects.get(author=agent)
    assert urlsplit(page.url).path == f"/reports/{report.number}/"
    assert not Draft.objects.exists()


def test_what_was_typed_survives_a_dead_battery(phone: Open, agent: Any) -> None:
    draft = make_draft(agent)
    page = phone()
    page.goto(f"/reports/drafts/{draft.pk}/narrative/")
    page.get_by_label("Narrative").fill("He ran along the pier")
    expect(page.locator("[name=version]").first).not_to_have_value("1")
    page.context.close()
    again = phone()
    again.goto(f"/reports/drafts/{draft.pk}/narrative/")
    expect(again.get_by_label("Narrative")).to_have_value("He ran along the pier")


def test_a_new_person_saved_while_typing_and_then_by_hand_is_one(phone: Open, agent: Any) -> None:
    draft = make_draft(agent)
    page = phone()
    page.goto(f"/reports/drafts/{draft.pk}/people/add/")
    say_role(page, scripts=True)
    page.get_by_label("Last name").fill("Reyes")
    expect(page.locator("[name=version]").first).not_to_have_value("1")
    page.get_by_role("button", name="Save and go to the list").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("New SIR")
    draft.refresh_from_db()
    assert len(draft.answers["people"]) == 2


def test_the_first_load_of_the_form_is_light(phone: Open, agent: Any) -> None:
    draft = make_draft(agent)
    page = phone()
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(f"/reports/drafts/{draft.pk}/where/", wait_until="networkidle")
    weights = {urlsplit(answer.url).path: wire(answer) for answer in answers}
    assert any(path.endswith(".woff2") for path in weights)
    assert sum(weights.values()) <= FIRST_LOAD, weights


def wire(answer: Response) -> int:
    """Bytes over the wire: the proxy and the server compress all but fonts, which are compressed already."""
    body = answer.body()
    return len(body) if answer.url.endswith(".woff2") else len(gzip.compress(body, 6))


# -- Every screen -----------------------------------------------------------------------------------------------------
def screens(agent: Any) -> list[str]:
    """Every screen of filing, empty, filled, wrong and outdated."""
    new, wrong = make_draft(agent), Draft(author=agent, kind="sir", version=1, answers={"what": {"title": [""]}})
    wrong.answers["where"] = {"place_latitude": ["91"]}
    wrong.save()
    amendment = drafts.open_amendment(file_sir(agent), by=agent)
    amendment.answers["narrative"] = {"narrative": ["Mine"]}
    amendment.save()
    amend_sir_elsewhere(amendment)
    parts = ["what", "where", "people", "arrests", "narrative", "flags", "case", "notifications", "seizures/add"]
    row = new.answers["people"][0]["key"]
    own = [f"/reports/drafts/{new.pk}/{part}/" for part in [*parts, f"people/{row}", "people/add", "check", "discard"]]
    bad = [f"/reports/drafts/{wrong.pk}/{part}" for part in ["", "what/?check=1", "where/?check=1", "check/"]]
    return ["/reports/new/", f"/reports/drafts/{new.pk}/", *own, *bad, f"/reports/drafts/{amendment.pk}/newest/"]


def amend_sir_elsewhere(amendment: Draft) -> None:
    from accounts.models import User

    report = Report.objects.get(amendments=amendment)
    amend_sir(report, User.objects.get(username="supervisor"), narrative={"narrative": ["Theirs"]})


def test_no_screen_scrolls_sideways_or_fails_the_accessibility_check(phone: Open, agent: Any) -> None:
    page, faults = phone(width=320), []
    for address in screens(agent):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            faults.append(f"{address} scrolls sideways")
        faults += [f"{address} {one}" for one in axe.faults(page)]
    assert faults == [], "\n".join(faults)

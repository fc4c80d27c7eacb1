"""What goes wrong around a person at work: an idle hour, a second editor, a second click, a database that is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections
from playwright.sync_api import Page, expect
from psycopg import sql

from audit.models import Event
from reports import drafts
from reports.models import Draft, Report, Revision
from sen import embedded
from tests.cast import PASSWORD
from tests.cluster import HOME
from tests.reports.filing import file_sir, make_draft

pytestmark = pytest.mark.django_db(transaction=True)
Opened = Callable[..., Page]


# -- Idle -------------------------------------------------------------------------------------------------------------
def test_the_idle_warning_keeps_the_session_or_ends_it_without_a_loss(
    opened: Opened, agent: Any, settings: Any
) -> None:
    settings.IDLE_SECONDS = 125  # the warning comes two minutes before the end
    draft, page = make_draft(agent), opened(agent)
    address = f"/reports/drafts/{draft.pk}/narrative/"
    page.clock.install()
    page.goto(address)
    page.get_by_label("Narrative").fill("He ran along the pier")
    page.clock.run_for(3000)
    expect(page.locator("[name=version]").first).not_to_have_value("1")
    warning = page.get_by_role("dialog", name="You will be signed out at")
    page.clock.run_for(11_000)
    expect(warning).to_be_visible()
    with page.expect_response("**/session/extend/") as extended:
        warning.get_by_role("button", name="Stay signed in").click()
    assert extended.value.status == 204
    expect(warning).to_be_hidden()
    assert Event.objects.filter(code="session.extended", actor="agent").count() == 1
    page.clock.run_for(11_000)
    expect(warning).to_be_visible()
    settings.IDLE_SECONDS = 1
    time.sleep(2)  # the session's own clock, which no browser can turn
    page.clock.fast_forward(130_000)
    page.clock.run_for(6000)
    page.wait_for_url("**/sign-in/?*")
    settings.IDLE_SECONDS = 900
    page.get_by_label("Username").fill("agent")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Narrative")).to_have_value("He ran along the pier")
    assert urlsplit(page.url).path == address


# -- Two at once ------------------------------------------------------------------------------------------------------
def test_two_who_amend_one_report_lose_nothing(opened: Opened, agent: Any, supervisor: Any) -> None:
    report = file_sir(agent)
    mine, theirs = opened(agent, width=1280), opened(supervisor, width=1280)
    for page, person, words in ((mine, agent, "He ran north."), (theirs, supervisor, "He ran south.")):
        draft = drafts.open_amendment(report, by=person)
        page.goto(f"/reports/drafts/{draft.pk}/narrative/")
        page.get_by_label("Narrative").fill(words)
        page.get_by_role("button", name="Save and go to the list").click()
        page.goto(f"/reports/drafts/{draft.pk}/check/")
    file_version(theirs, 2)
    expect(theirs.get_by_role("status").first).to_contain_text("version 2 is filed")
    file_version(mine, 2)
    expect(mine.get_by_role("heading", level=1)).to_contain_text("has a newer version")
    for words in ("He ran north.", "He ran south."):
        expect(mine.locator(".three-way")).to_contain_text(words)
    mine.get_by_text("Keep mine").click()
    mine.get_by_role("button", name="Continue with these").click()
    file_version(mine, 3)
    expect(mine.get_by_role("status").first).to_contain_text("version 3 is filed")
    kept = Revision.objects.filter(report=report).order_by("version")
    told = [one.content["fields"]["narrative"] for one in kept]
    assert told[1:] == ["He ran south.", "He ran north."]


def file_version(page: Page, number: int) -> None:
    page.get_by_label("Why you amend this report").fill("More is known")
    page.get_by_text("This is accurate").click()
    page.get_by_role("button", name=f"File version {number}").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_second_click_and_the_way_back_file_nothing_again(opened: Opened, agent: Any, scripts: bool) -> None:
    draft, page = make_draft(agent), opened(agent, scripts=scripts)
    page.goto(f"/reports/drafts/{draft.pk}/check/")
    page.get_by_text("This is accurate").click()
    page.get_by_role("button", name="File this SIR").dblclick()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    report = Report.objects.get()
    page.go_back()
    assert urlsplit(page.url).path == f"/reports/{report.number}/"
    assert Report.objects.count() == 1


# -- The database -----------------------------------------------------------------------------------------------------
@contextmanager
def database_gone() -> Iterator[None]:
    """Nobody can reach the database, and whoever had is cut off."""
    name = connections.settings["default"]["NAME"]
    connections.close_all()
    server = str(embedded.socket_dir(HOME))
    with psycopg.connect(host=server, user="postgres", dbname="postgres", autocommit=True) as master:
        let = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        master.execute(let.format(sql.Identifier(name), sql.SQL("false")))
        try:
            master.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            master.execute(let.format(sql.Identifier(name), sql.SQL("true")))


def test_typing_goes_on_while_the_database_is_gone(opened: Opened, agent: Any) -> None:
    draft, page = make_draft(agent), opened(agent)
    page.goto(f"/reports/drafts/{draft.pk}/narrative/")
    with database_gone():
        page.get_by_label("Narrative").fill("He ran along the pier")
        expect(page.get_by_text("Your typing is kept here; saving resumes by itself.").last).to_be_visible()
    expect(page.locator(".offline")).to_be_hidden(timeout=15_000)
    assert Draft.objects.get(pk=draft.pk).answers["narrative"]["narrative"] == ["He ran along the pier"]


def test_a_form_that_was_sent_while_the_database_was_gone_is_sent_again(opened: Opened, agent: Any) -> None:
    draft, page = make_draft(agent), opened(agent, scripts=False)
    page.goto(f"/reports/drafts/{draft.pk}/narrative/")
    page.get_by_label("Narrative").fill("He ran along the pier")
    with database_gone():
        page.get_by_role("button", name="Save and go to the list").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The system cannot answer just now")
        page.get_by_text("What you typed", exact=True).click()
        expect(page.get_by_text("He ran along the pier")).to_be_visible()
    page.get_by_role("button", name="Send what I typed again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New SIR")
    assert Draft.objects.get(pk=draft.pk).answers["narrative"]["narrative"] == ["He ran along the pier"]

"""A phone uploads photos over a connection that is cut; without scripts a plain form does; what is refused says why.

`SEN_SHOTS=folder` saves pictures.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

from audit.models import Event
from reports.models.attachments import Attachment
from tests.attachments.scanner import clamd, running_clamd
from tests.journeys.conftest import opened
from tests.reports.filing import file_sir, make_draft
from tests.watch.mailroom import work

__all__ = ["clamd", "opened", "running_clamd"]
pytestmark = pytest.mark.django_db(transaction=True)
AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"
SHOTS = os.environ.get("SEN_SHOTS", "")
Opened = Callable[..., Page]


@pytest.fixture(autouse=True)
def no_connection_outlives_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of the worker end with it."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


def photo(color: str) -> FilePayload:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), color).save(made, "JPEG")
    return {"name": f"{color}.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def look(page: Page, name: str) -> None:
    """Nothing wrong with it for a screen reader, and nothing sideways."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{page.viewport_size['width']}-{name}.png", full_page=True)  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] == []


def cut_the_second(page: Page, url: str) -> list[str]:
    """The network goes away when the server has the second photo, and before it could say so."""
    sent: list[str] = []

    def pass_or_cut(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        sent.append("cut" if len(sent) == 1 else "sent")
        if sent[-1] == "sent":
            return route.continue_()
        route.fetch()
        return route.abort("connectionreset")

    page.route(f"**{url}", pass_or_cut)
    return sent


def warns(page: Page) -> bool:
    return not page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_a_phone_uploads_three_photos_with_the_network_cut_once(agent: Any, opened: Opened, clamd: str) -> None:
    report = file_sir(agent)
    url = f"/reports/{report.number}/attachments/"
    page = opened(agent)
    page.goto(f"/reports/{report.number}/")
    page.get_by_role("link", name="Add photos or documents").click()
    sent = cut_the_second(page, url)
    page.get_by_label("Choose files").set_input_files([photo(color) for color in ("navy", "teal", "olive")])
    expect(page.locator(".upload-said", has_text="The connection was cut.")).to_be_visible()
    assert warns(page)
    expect(page.locator(".attachment")).to_have_count(3)
    assert not warns(page)
    assert sent == ["sent", "cut", "sent", "sent"]
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["navy.jpg", "olive.jpg", "teal.jpg"]
    work()
    for name in ("navy", "teal", "olive"):
        expect(page.get_by_role("img", name=f"Photo, {name}.jpg")).to_be_visible()
    expect(page.get_by_text("Waiting for the virus scanner")).to_have_count(0)
    page.locator(".attachment summary").first.click()
    page.get_by_label("What it shows").first.fill("The pier from the east")
    page.get_by_role("button", name="Save").first.click()
    shown = page.get_by_role("img", name="The pier from the east")
    shown.scroll_into_view_if_needed()
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    look(page, "released")
    assert Event.objects.filter(code="attachment.glanced").exists()
    page.goto(f"/reports/{report.number}/")
    expect(page.get_by_role("link", name="All 3 attachments, or add more")).to_be_visible()


def test_a_web_page_that_calls_itself_a_photo_is_refused_beside_the_field(agent: Any, opened: Opened) -> None:
    draft = make_draft(agent)
    page = opened(agent)
    page.goto(f"/reports/drafts/{draft.pk}/")
    page.get_by_role("link", name="Photos and documents").click()
    bad: FilePayload = {
        "name": "house.jpg",
        "mimeType": "image/jpeg",
        "buffer": b"<!doctype html><script>alert(1)</script>",
    }
    page.get_by_label("Choose files").set_input_files([bad, photo("teal")])
    expect(page.locator(".attachment")).to_have_count(1)
    refused = page.locator(".upload-refused")
    expect(refused).to_contain_text("house.jpg")
    assert len(refused.locator(".upload-said").inner_text()) > 20
    look(page, "refused")
    refused.get_by_role("button", name="Leave it out").click()
    expect(refused).to_have_count(0)
    assert [one.name for one in draft.attachments.all()] == ["teal.jpg"]


def test_without_scripts_a_plain_form_sends_a_file_and_says_beside_the_field_what_is_refused(
    agent: Any, opened: Opened
) -> None:
    report = file_sir(agent)
    page = opened(agent, scripts=False)
    page.goto(f"/reports/{report.number}/attachments/")
    bad: FilePayload = {"name": "house.jpg", "mimeType": "image/jpeg", "buffer": b"<!doctype html><p>No photo</p>"}
    page.get_by_label("Choose files").set_input_files([photo("teal"), bad])
    page.get_by_role("button", name="Send the files").click()
    expect(page.locator(".attachment")).to_have_count(1)
    expect(page.locator("#id_chosen_group .usa-error-message")).to_contain_text("house.jpg")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/390-plain-form.png", full_page=True)

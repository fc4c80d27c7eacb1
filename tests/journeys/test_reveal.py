"""A legacy SSN in a real browser: shown for half a minute, refused, out of the daily limit, and with auditing broken.

`SEN_SHOTS=folder` saves a picture of every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from ileads.models import LegacySSN, Reveal
from ileads.views import ssn as view
from privacy.mask import BULLETS
from reports.models import Report
from tests.cast import PASSWORD
from tests.database import owner_connection
from tests.ileads.leads import filed
from tests.ileads.ssns import ASKED, add_ssn, address, digits, let_reveal
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
Sit = Callable[..., Desk]
NUMBER = digits("journey")
CLEAR = f"{NUMBER[:3]}-{NUMBER[3:5]}-{NUMBER[5:]}"
SHOW = "Show for 30 seconds"


@pytest.fixture
def ssn(officer: Any, fod: Any, intel: Any) -> LegacySSN:
    """On an iLead that the intelligence analyst reads, who may see it besides."""
    let_reveal(intel)
    return add_ssn(filed(officer, fod), NUMBER)


def page_of(ssn: LegacySSN) -> str:
    return f"/reports/{Report.objects.get(pk=ssn.report_id).number}/"


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_a_legacy_ssn_is_asked_for_shown_masked_again_and_listed(
    desk: Sit, ssn: LegacySSN, width: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "SECONDS", 5)
    intel = desk("intel", width)
    intel.page.route("**/ssn/*/", stays)
    asks_without_a_reason(intel, ssn)
    settings.CONFIRM_AFTER_SECONDS = -1
    gives_the_password(intel)
    is_shown_for_a_short_time(intel)
    the_way_back_shows_nothing(intel)
    settings.CONFIRM_AFTER_SECONDS, settings.REVEALS_A_DAY = 600, 1
    is_out_of_the_daily_limit(intel, ssn)
    settings.REVEALS_A_DAY = 10
    is_told_that_nothing_can_be_recorded(intel, ssn)
    forges_the_request(desk("hq", width), ssn)
    is_listed(desk("privacy", width))


def asks_without_a_reason(intel: Desk, ssn: LegacySSN) -> None:
    page = intel.page
    page.goto(page_of(ssn))
    expect(page.get_by_text(BULLETS)).to_be_visible()
    expect(page.get_by_role("button", name=SHOW)).to_be_hidden()
    intel.look("ssn-01-masked")
    page.get_by_text("View SSN").click()
    expect(page.get_by_text("This can expose a source.")).to_be_visible()
    intel.look("ssn-02-ask")
    page.get_by_label("What you need it for").select_option(ASKED["purpose"])
    intel.press(SHOW)
    expect(page.get_by_text("Say why you need to see this number.").last).to_be_visible()
    expect(page.get_by_label("What you need it for")).to_have_value(ASKED["purpose"])
    intel.look("ssn-03-no-reason")


def gives_the_password(intel: Desk) -> None:
    page = intel.page
    page.get_by_role("textbox", name="Why you need this one").fill(ASKED["reason"])
    intel.press(SHOW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your password to go on")
    intel.look("ssn-04-password")
    page.get_by_label("Your password").fill("something else")
    intel.press(SHOW)
    expect(page.get_by_text("This is not the password of your account.").last).to_be_visible()
    intel.look("ssn-05-wrong-password")
    page.get_by_label("Your password").fill(PASSWORD)
    intel.press(SHOW)


def is_shown_for_a_short_time(intel: Desk) -> None:
    page = intel.page
    shown = page.locator("[data-remask]")
    expect(shown).to_have_text(CLEAR)
    page.emulate_media(media="print")
    expect(shown).to_be_hidden()
    expect(page.locator(".on-paper")).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.get_by_text(f"Event {Reveal.objects.get(outcome='granted').decision:,}")).to_be_visible()
    assert CLEAR not in page.title() + page.url
    intel.look("ssn-06-shown")
    expect(shown).to_have_text(BULLETS, timeout=20_000)
    assert CLEAR not in page.content()
    intel.look("ssn-07-masked-again")


def stays(route: Route) -> None:
    """As in a browser that does not follow the `Refresh` of the answer: there the script alone masks the number."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: said for name, said in answer.headers.items() if name != "refresh"})


def the_way_back_shows_nothing(intel: Desk) -> None:
    """Nothing is kept of the answer: a browser has to ask whether to send the form again, which is a new attempt."""
    page = intel.page
    page.unroute_all()
    intel.follow("Back to the iLead")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    page.wait_for_url("chrome-error://**")
    expect(page.get_by_text(CLEAR)).to_have_count(0)
    assert Reveal.objects.filter(outcome="granted").count() == 1


def asks(page: Page, ssn: LegacySSN) -> None:
    page.goto(page_of(ssn))
    page.get_by_text("View SSN").click()
    page.get_by_label("What you need it for").select_option(ASKED["purpose"])
    page.get_by_role("textbox", name="Why you need this one").fill(ASKED["reason"])
    page.get_by_role("button", name=SHOW).click()
    page.wait_for_load_state()


def is_out_of_the_daily_limit(intel: Desk, ssn: LegacySSN) -> None:
    asks(intel.page, ssn)
    expect(intel.page.get_by_text("You have seen 1 legacy SSN today")).to_be_visible()
    assert CLEAR not in intel.page.content()
    intel.look("ssn-08-daily-limit")


@contextmanager
def nothing_can_be_recorded() -> Iterator[None]:
    with owner_connection() as owner:
        owner.execute("REVOKE INSERT ON audit_event FROM sen_app")
    try:
        yield
    finally:
        with owner_connection() as owner:
            owner.execute("GRANT INSERT ON audit_event TO sen_app")


def is_told_that_nothing_can_be_recorded(intel: Desk, ssn: LegacySSN) -> None:
    page = intel.page
    page.goto(page_of(ssn))
    page.get_by_text("View SSN").click()
    page.get_by_label("What you need it for").select_option(ASKED["purpose"])
    page.get_by_role("textbox", name="Why you need this one").fill(ASKED["reason"])
    with nothing_can_be_recorded():
        intel.press(SHOW)
        expect(page.get_by_role("heading", level=1)).to_have_text("The system cannot answer just now")
    assert CLEAR not in page.content()
    intel.look("ssn-09-auditing-broken")
    intel.press("Send what I typed again")
    expect(page.locator("[data-remask]")).to_have_text(CLEAR)


FORGED = """
([address, typed]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: address });
  for (const [name, value] of Object.entries({ ...typed, csrfmiddlewaretoken: document.body.dataset.csrf }))
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
}
"""


def forges_the_request(hq: Desk, ssn: LegacySSN) -> None:
    page = hq.page
    page.goto(page_of(ssn))
    expect(page.get_by_text(BULLETS)).to_be_visible()
    expect(page.get_by_text("View SSN")).to_have_count(0)
    with page.expect_navigation() as forged:
        page.evaluate(FORGED, [address(ssn), ASKED])
    assert forged.value.status == 403
    assert CLEAR not in page.content()
    expect(page.get_by_text("Your roles do not let you reveal a legacy SSN")).to_be_visible()
    hq.look("ssn-10-refused")


def is_listed(privacy: Desk) -> None:
    page = privacy.page
    page.goto("/")
    expect(page.get_by_text("2 shown, 5 refused.")).to_be_visible()
    privacy.follow("See who and why")
    expect(page.get_by_text("2 shown, 5 refused.")).to_be_visible()
    for outcome in ("daily limit reached", "password to be given again", "holds no role that reveals"):
        expect(page.get_by_text(f"Refused: {outcome}").first).to_be_visible()
    assert CLEAR not in page.content()
    privacy.look("ssn-11-listed")


def test_without_scripts_the_page_leaves_by_itself(desk: Sit, ssn: LegacySSN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "SECONDS", 2)
    intel = desk("intel", 1280, scripts=False)
    asks(intel.page, ssn)
    expect(intel.page.get_by_text(CLEAR)).to_be_visible()
    intel.page.wait_for_url(f"**{page_of(ssn)}")
    expect(intel.page.get_by_text(BULLETS)).to_be_visible()
    assert CLEAR not in intel.page.content()

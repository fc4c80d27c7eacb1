"""The second factor in a real browser: an app set up, used, lost and replaced on a phone; a passkey made and given."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.factors import code, real
from tests.cast import PASSWORD
from tests.journeys.test_story import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def leave_and_return(one: Desk) -> None:
    """Sign out, and give the password again."""
    one.page.goto("/sign-out/")
    one.press("Sign out")
    one.page.get_by_label("Username").fill(one.username)
    one.page.get_by_label("Password").fill(PASSWORD)
    one.press("Sign in")
    expect(one.page.get_by_role("heading", name="Your second factor")).to_be_visible()


def is_inside(page: Page) -> None:
    expect(page.get_by_role("banner").get_by_role("link", name="Inbox")).to_be_visible()


def key_shown(page: Page) -> bytes:
    """The key as somebody reads it who types it into the app."""
    page.get_by_text("I cannot read the code with a camera").click()
    return base64.b32decode(page.locator("details code").inner_text().replace(" ", ""))


def set_up(one: Desk, step: str) -> bytes:
    secret = key_shown(one.page)
    expect(one.page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    one.look(step)
    one.page.get_by_label("Code that the app shows now").fill(code(secret))
    one.press("Set up this app")
    return secret


def test_an_app_is_set_up_on_a_phone_used_lost_and_replaced(desk: Callable[..., Desk], tmp_path: Path) -> None:
    real("keyholder")
    one = desk("keyholder", 390)
    page = one.page
    expect(page.get_by_text("Until you have one, no other page opens")).to_be_visible()
    one.look("01-needed")
    one.follow("Set up an app")
    secret = set_up(one, "02-app")
    one.look("03-codes")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a text file").click()
    saved.value.save_as(tmp_path / "codes.txt")
    codes = re.findall(r"[a-z]{5}-[a-z]{5}", (tmp_path / "codes.txt").read_text())
    assert [page.locator(".codes code").nth(at).inner_text() for at in range(10)] == codes
    one.follow("I have kept them: go on")
    is_inside(page)

    leave_and_return(one)
    one.look("04-asked")
    page.get_by_label("Code from your app").fill("000000")
    one.press("Go on")
    expect(page.locator(".usa-error-message")).to_contain_text("This code is not right")
    one.look("05-wrong")
    page.get_by_label("Code from your app").fill(code(secret, 1))
    one.press("Go on")
    is_inside(page)

    leave_and_return(one)
    page.get_by_text("I do not have my second factor with me").click()
    page.get_by_label("Recovery code", exact=True).fill(codes[3].upper())
    one.press("Use this recovery code")
    page.goto("/accounts/second-factors/")
    expect(page.get_by_text("9 of 10 are left")).to_be_visible()
    one.look("06-mine")
    one.follow("Replace the app")
    new = set_up(one, "07-replace")
    leave_and_return(one)
    page.get_by_label("Code from your app").fill(code(new, 1))
    one.press("Go on")
    is_inside(page)


def test_a_passkey_is_made_and_opens_the_next_sign_in(desk: Callable[..., Desk]) -> None:
    keyholder = real("keyholder")
    one = desk("keyholder", 390)
    devices: Any = one.context.new_cdp_session(one.page)
    devices.send("WebAuthn.enable")
    one.follow("Set up a passkey")
    one.press("Set up the passkey")
    expect(one.page.locator("[data-passkey-failed]")).to_be_hidden()
    one.page.get_by_label("Name of this passkey").fill("work phone")
    one.look("11-passkey")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    one.press("Set up the passkey")
    expect(one.page.locator(".codes code")).to_have_count(10)
    leave_and_return(one)
    one.look("12-passkey-asked")
    one.page.get_by_role("button", name="Use your passkey").click()
    is_inside(one.page)
    one.page.goto("/accounts/second-factors/")
    one.look("13-mine")
    one.page.get_by_role("link", name="Remove work phone").click()
    expect(one.page.get_by_role("button", name="Remove work phone")).to_be_visible()
    one.look("14-remove")
    one.page.goto("/accounts/second-factors/recovery-codes/")
    one.look("15-codes-left")
    one.page.goto(f"/accounts/people/{keyholder.pk}/second-factors/")
    one.look("16-of-somebody")
    one.press("Remove the second factors")
    expect(one.page.get_by_text("Make sure who they are first").first).to_be_visible()


def test_without_scripts_the_pages_say_what_to_do_instead_of_a_passkey(desk: Callable[..., Desk]) -> None:
    real("keyholder")
    one = desk("keyholder", 390, scripts=False)
    one.follow("Set up a passkey")
    expect(one.page.get_by_text("A passkey needs a browser that knows passkeys")).to_be_visible()
    expect(one.page.get_by_role("button", name="Set up the passkey")).to_be_hidden()
    one.page.get_by_role("main").get_by_role("link", name="Set up an app").click()
    set_up(one, "21-app")
    expect(one.page.locator(".codes code")).to_have_count(10)

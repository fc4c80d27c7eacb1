"""Sessions and passwords in the browser: one left open is ended from elsewhere, a forgotten password is set by mail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.test_story import Desk, desk, mailroom
from tests.watch.mailroom import Mailroom, work

__all__ = ["desk", "mailroom"]
pytestmark = pytest.mark.django_db(transaction=True)
NEW = "seven grey herons at noon"


def test_a_session_left_open_is_ended_and_a_forgotten_password_is_set_through_the_mail(
    desk: Callable[..., Desk], mailroom: Mailroom
) -> None:
    phone, left_open = desk("agent", 390), desk("agent", 390, by_page=True)
    ends_the_other(phone)
    left_open.page.goto("/reports/")
    expect(left_open.page.get_by_text("ended from the list of your sessions")).to_be_visible()
    sets_a_new_password(left_open, mailroom)
    phone.page.goto("/accounts/sessions/")
    expect(phone.page.get_by_text("the password of your account was changed")).to_be_visible()


def ends_the_other(phone: Desk) -> None:
    phone.page.goto("/accounts/sessions/")
    expect(phone.page.get_by_text("This one", exact=True)).to_have_count(1)
    phone.look("sessions")
    phone.press("End all other sessions")
    expect(phone.page.get_by_text("1 other session ended")).to_be_visible()
    phone.page.goto("/accounts/password/")
    phone.look("change-password")


def sets_a_new_password(desk: Desk, mailroom: Mailroom) -> None:
    desk.follow("Set a new password")
    desk.look("ask-link")
    desk.page.get_by_label("Username").fill("agent")
    desk.press("Send the link")
    desk.look("link-asked")
    work()
    body = str(mailroom.taken[-1].get_payload(decode=True).decode())  # type: ignore[union-attr]
    (link,) = re.findall(r"https?://\S+/accounts/password/reset/\S+", body)
    desk.page.goto(link)
    types(desk, "too short")
    desk.look("link-wrong")
    types(desk, NEW)
    expect(desk.page.get_by_text("Your password is set.")).to_be_visible()
    desk.page.get_by_label("Username").fill("agent")
    desk.page.get_by_label("Password").fill(NEW)
    desk.press("Sign in")
    expect(desk.page).not_to_have_url(re.compile("/sign-in/"))
    desk.page.goto(link)
    desk.look("link-void")


def types(desk: Desk, password: str) -> None:
    desk.page.get_by_label("New password", exact=True).fill(password)
    desk.page.get_by_label("New password again").fill(password)
    desk.press("Set the password")

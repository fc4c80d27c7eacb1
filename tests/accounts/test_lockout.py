"""Strangers can neither guess without bound nor lock out an owner who sits at a browser known for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import known_browsers, sign_in
from accounts.models import SignInAttempt, User
from accounts.session_store import SessionStore
from audit.models import Event
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]


def attempt(client: Client | None = None, password: str = PASSWORD, username: str = "agent", **more: Any) -> int:
    answer = (client or Client()).post("/sign-in/", {"username": username, "password": password}, **more)
    return int(answer.status_code)


@pytest.fixture
def owner() -> Client:
    """A browser in which the agent has signed in before, and has signed out."""
    client = Client()
    assert attempt(client) == 302
    client.post("/sign-out/")
    return client


@pytest.fixture
def spent(settings: Any) -> Callable[[str], None]:
    """`spent(name)`: strangers have tried this name from as many addresses as are looked at in a day."""
    settings.FAILURES_A_DAY = 4

    def spend(username: str) -> None:
        for number in range(4):
            attempt(None, "wrong", username, REMOTE_ADDR=f"203.0.113.{number}")

    return spend


def whys() -> list[str]:
    refused = Event.objects.filter(code="session.refused").order_by("id")
    return [json.loads(payload)["why"] for payload in refused.values_list("payload", flat=True)]


def test_a_thousand_tries_from_a_thousand_addresses_are_looked_at_thirty_times_and_the_owner_signs_in(
    owner: Client,
) -> None:
    before, looked, session = SignInAttempt.objects.count(), 0, SessionStore()
    with patch("accounts.sign_in.check_password", return_value=False) as real:
        for number in range(1000):
            request = RequestFactory().post("/sign-in/", REMOTE_ADDR=f"203.0.{number // 250}.{number % 250}")
            request.session = session
            assert sign_in.sign_in(request, "agent", f"guess {number}") is None
        looked = real.call_count
    assert SignInAttempt.objects.count() - before == 1000
    assert looked == 30
    assert attempt() == 200
    assert attempt(owner) == 302


def test_what_strangers_may_try_in_a_day_is_back_a_day_later(spent: Callable[[str], None]) -> None:
    spent("agent")
    assert attempt(REMOTE_ADDR="198.51.100.9") == 200
    for one in SignInAttempt.objects.all():
        SignInAttempt.objects.filter(pk=one.pk).update(at=one.at - timedelta(hours=25))
    assert attempt(REMOTE_ADDR="198.51.100.9") == 302


def test_trying_on_does_not_put_off_the_day_on_which_strangers_may_try_again(spent: Callable[[str], None]) -> None:
    spent("agent")
    counted = SignInAttempt.objects.exclude(username_hash="").count()
    attempt(REMOTE_ADDR="198.51.100.9")
    assert whys()[-1] == "locked"
    assert SignInAttempt.objects.exclude(username_hash="").count() == counted


@pytest.mark.parametrize("username", ["agent", "nobody"])
def test_the_answer_and_its_cost_stay_the_same_once_strangers_have_spent_their_tries(
    spent: Callable[[str], None], username: str
) -> None:
    first = Client(REMOTE_ADDR="198.51.100.1").post("/sign-in/", {"username": username, "password": "wrong"})
    spent(username)
    with (
        patch("accounts.sign_in.make_password", wraps=make_password) as dummy,
        patch("accounts.sign_in.check_password", wraps=check_password) as real,
    ):
        later = Client(REMOTE_ADDR="198.51.100.2").post("/sign-in/", {"username": username, "password": "wrong"})
    assert (dummy.call_count, real.call_count) == (1, 0)
    assert first.status_code == later.status_code == 200
    assert first.context["form"].errors == later.context["form"].errors


def test_tries_at_one_address_neither_lock_nor_slow_a_browser_that_is_known_there(owner: Client, settings: Any) -> None:
    settings.SIGN_INS_PER_MINUTE = 5
    for _ in range(6):
        attempt(None, "wrong")
    assert attempt() == 429
    assert attempt(owner) == 302


def test_a_known_browser_is_locked_by_its_own_three_wrong_tries_and_nobody_else_is(owner: Client) -> None:
    for _ in range(3):
        attempt(owner, "wrong")
    assert attempt(owner) == 200
    assert attempt() == 302


def test_a_browser_is_known_for_its_owner_alone(owner: Client, spent: Callable[[str], None]) -> None:
    spent("colleague")
    assert attempt(owner, username="colleague") == 200


def test_a_desk_that_two_share_is_known_for_both(owner: Client, spent: Callable[[str], None]) -> None:
    assert attempt(owner, username="colleague") == 302
    spent("agent")
    spent("colleague")
    assert attempt(owner) == 302
    assert attempt(owner, username="colleague") == 302


@pytest.mark.parametrize(
    "forge",
    [lambda value: "x" + value, lambda value: value[:-1] + "~", lambda value: ""],
    ids=["before", "behind", "none"],
)
def test_a_forged_mark_makes_no_browser_known(
    owner: Client, spent: Callable[[str], None], forge: Callable[[str], str]
) -> None:
    value = owner.cookies[known_browsers.COOKIE].value
    spent("agent")
    stranger = Client()
    stranger.cookies = SimpleCookie({known_browsers.COOKIE: forge(value)})
    assert attempt(stranger) == 200
    stranger.cookies = SimpleCookie({known_browsers.COOKIE: value})
    assert attempt(stranger) == 302


def test_the_mark_is_kept_from_scripts_and_tells_of_nobody(owner: Client, agent: User) -> None:
    cookie = owner.cookies[known_browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert int(cookie["max-age"]) >= 365 * 24 * 3600
    request = RequestFactory().get("/")
    request.COOKIES[known_browsers.COOKIE] = cookie.value
    ((mark, browser),) = known_browsers._entries(request)
    assert (len(mark), len(browser)) == (32, 32)
    assert agent.username not in cookie.value


def test_a_wrong_try_makes_no_browser_known() -> None:
    client = Client()
    attempt(client, "wrong")
    assert known_browsers.COOKIE not in client.cookies


def test_with_another_password_a_browser_must_be_made_known_anew(owner: Client, agent: User) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[known_browsers.COOKIE] = owner.cookies[known_browsers.COOKIE].value
    assert known_browsers.known(request, agent)
    agent.password = "another"
    assert known_browsers.known(request, agent) == ""


def test_tries_noted_before_the_clock_was_put_back_lock_nobody_until_it_has_caught_up() -> None:
    for _ in range(3):
        attempt(None, "wrong")
    assert attempt() == 200
    SignInAttempt.objects.update(at=timezone.now() + timedelta(days=2))
    assert attempt() == 302

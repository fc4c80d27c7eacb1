"""The password is asked once more before an act, when it was last checked too long ago."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts import sessions
from accounts.confirming import FIELD, is_fresh
from accounts.models import User
from audit.models import Event
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
TYPED = {"reason": 'He said "now" & went'}
Left = Callable[[int], Client]


@pytest.fixture
def left() -> Left:
    """`left(seconds)`: the browser of an agent who signed in so many seconds ago and has been busy since."""

    def sign_in(seconds: int) -> Client:
        client = Client()
        assert client.post("/sign-in/", {"username": "agent", "password": PASSWORD}).status_code == 302
        session = client.session
        session[sessions.STARTED] = int(time.time()) - seconds
        session.save()
        return client

    return sign_in


def opened(answer: Any) -> bool:
    return "opened" in answer.content.decode()


@pytest.mark.parametrize(("seconds", "asked"), [(5, False), (595, False), (605, True), (3600, True)])
def test_it_is_asked_when_the_last_check_is_over_ten_minutes_old(left: Left, seconds: int, asked: bool) -> None:
    answer = left(seconds).post("/safe/", TYPED)
    assert (answer.status_code, opened(answer)) == ((401, False) if asked else (200, True))


def test_a_session_that_does_not_say_when_it_was_checked_is_not_fresh() -> None:
    assert not is_fresh(Client().session)


def test_what_was_typed_goes_along_and_the_act_is_done_with_the_password(left: Left) -> None:
    client = left(3600)
    page = client.post("/safe/", TYPED).content.decode()
    assert 'name="reason" value="He said &quot;now&quot; &amp; went"' in page
    assert "Open the safe" in page
    key = client.session.session_key
    answer = client.post("/safe/", {**TYPED, FIELD: PASSWORD})
    assert answer.content.decode() == f"opened {TYPED['reason']}"
    assert client.session.session_key != key
    event = Event.objects.get(code="session.confirmed")
    assert (event.actor, event.outcome) == ("agent", "done")
    assert opened(client.post("/safe/", TYPED))


def test_a_wrong_password_does_nothing_and_stands_on_record_like_a_failed_sign_in(left: Left, agent: User) -> None:
    client = left(3600)
    answer = client.post("/safe/", {**TYPED, FIELD: "not my password"})
    page = answer.content.decode()
    assert (answer.status_code, opened(answer)) == (422, False)
    assert "This is not the password of your account." in page
    assert 'value="He said' in page
    assert "not my password" not in page
    refused = Event.objects.get(code="session.refused")
    assert (refused.object_id, json.loads(refused.payload)["why"]) == (str(agent.pk), "wrong")


@pytest.mark.parametrize("password", ["", "x" * 1001, "x\x00y"])
def test_what_cannot_be_a_password_is_refused(left: Left, password: str) -> None:
    answer = left(3600).post("/safe/", {**TYPED, FIELD: password})
    assert (answer.status_code, opened(answer)) == (422, False)


def test_three_wrong_tries_lock_it_as_they_lock_the_sign_in(left: Left) -> None:
    client = left(3600)
    for _ in range(settings.LOCKOUT_FAILURES):
        client.post("/safe/", {FIELD: "wrong"})
    assert not opened(client.post("/safe/", {FIELD: PASSWORD}))
    right = {"username": "agent", "password": PASSWORD}
    assert client.post("/sign-in/", right).status_code == 200
    assert Client().post("/sign-in/", right).status_code == 302  # another browser is locked by tries of its own alone


def test_too_many_tries_from_one_browser_are_not_looked_at(left: Left, settings: Any) -> None:
    client = left(3600)
    settings.SIGN_INS_PER_MINUTE = 1
    client.post("/safe/", {**TYPED, FIELD: "wrong"})
    answer = client.post("/safe/", {**TYPED, FIELD: PASSWORD})
    assert (answer.status_code, opened(answer)) == (429, False)
    assert 0 < int(answer["Retry-After"]) <= 61
    assert 'value="He said' in answer.content.decode()


def test_a_password_that_nobody_asked_for_is_neither_checked_nor_counted(left: Left) -> None:
    assert opened(left(5).post("/safe/", {FIELD: "wrong"}))
    assert not Event.objects.filter(code="session.refused").exists()

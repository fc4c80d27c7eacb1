"""The sessions somebody has open: at most three, each in the list, each endable, and each told why it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import devices, open_sessions, sessions
from accounts.confirming import is_fresh
from accounts.models import OpenSession, SecondFactor, User
from accounts.origin import session_mark
from audit.log import record
from audit.models import Event
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
RIGHT = {"username": "agent", "password": PASSWORD}


def sign_in(username: str = "agent", **more: str) -> Client:
    client = Client(**more)  # type: ignore[arg-type]
    assert client.post("/sign-in/", {**RIGHT, "username": username}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def mark_of(client: Client) -> str:
    return session_mark(client.session.session_key)


def events(code: str) -> Any:
    return Event.objects.filter(code=code)


# -- At most three ----------------------------------------------------------------------------------------------------
def test_a_fourth_sign_in_ends_the_oldest_and_its_browser_is_told_why_once() -> None:
    first, *others = (sign_in() for _ in range(4))
    answer = first.get("/desk/?a=1")
    assert answer["Location"] == "/sign-in/?next=%2Fdesk%2F%3Fa%3D1&why=crowded-out"
    assert b"you signed in on a fourth device" in first.get(answer["Location"]).content
    assert [is_in(client) for client in others] == [True, True, True]
    assert events("session.crowded_out").count() == 1
    assert first.get("/desk/")["Location"] == "/sign-in/?next=%2Fdesk%2F"


def test_a_form_sent_from_a_session_that_was_crowded_out_is_kept_for_its_owner() -> None:
    first = sign_in()
    for _ in range(3):
        sign_in()
    page = first.post("/desk/", {"narrative": "typed for an hour"})
    assert page.status_code == 401
    assert b"you signed in on a fourth device" in page.content
    assert b'name="kept"' in page.content


def test_how_many_may_be_open_is_a_setting(settings: Any) -> None:
    settings.SESSIONS_A_PERSON = 1
    first, second = sign_in(), sign_in()
    assert b"on a second device" in first.get("/desk/", follow=True).content
    assert is_in(second)


def of_one_person(one: User, other: User) -> None:
    with transaction.atomic():
        other.person_key = one.person_key
        other.save(update_fields=["person_key"])
        record("user.changed", by=None, on=other)


def test_two_accounts_of_one_person_share_the_limit(agent: User, colleague: User, settings: Any) -> None:
    settings.SESSIONS_A_PERSON = 1
    of_one_person(agent, colleague)
    first, second = sign_in(), sign_in("colleague")
    assert (is_in(first), is_in(second)) == (False, True)


def test_signing_in_again_in_the_same_browser_takes_no_further_place() -> None:
    client = sign_in()
    for _ in range(4):
        client.post("/sign-in/", RIGHT)
    assert OpenSession.objects.filter(ended="").count() == Session.objects.count() == 1
    assert not events("session.crowded_out").exists()


def test_what_is_over_by_the_clock_takes_no_place() -> None:
    first, *others = (sign_in() for _ in range(3))
    row = OpenSession.objects.get(key=first.session.session_key)
    OpenSession.objects.filter(pk=row.pk).update(seen_at=row.seen_at.fromtimestamp(0, row.seen_at.tzinfo))
    sign_in()
    assert [is_in(client) for client in others] == [True, True]


def test_open_is_what_was_not_ended_and_is_neither_idle_nor_too_old_in_any_account_of_the_person(
    agent: User, colleague: User, outsider: User
) -> None:
    of_one_person(agent, colleague)
    now, hour = timezone.now(), timedelta(hours=1)
    idle, old = timedelta(seconds=settings.IDLE_SECONDS + 1), timedelta(seconds=settings.ABSOLUTE_SECONDS + 1)

    def begun(key: str, user: User, *, ago: timedelta = hour, quiet: timedelta = timedelta(), ended: str = "") -> None:
        OpenSession.objects.create(key=key, user=user, started_at=now - ago, seen_at=now - quiet, ended=ended)

    begun("this one", agent)
    begun("other account", colleague)
    begun("somebody else", outsider)
    begun("ended", agent, ended=open_sessions.ENDED)
    begun("idle", agent, quiet=idle)
    begun("too old", agent, ago=old)
    assert {row.key for row in open_sessions.live(agent)} == {"this one", "other account"}


def test_a_sign_in_that_waits_for_its_second_factor_ends_nobodys_session(agent: User) -> None:
    """Or whoever has found out the password alone could keep its owner out."""
    owners = [sign_in() for _ in range(3)]
    SecondFactor.objects.create(user=agent, kind="totp", name="phone", stored=b"x", added_at=agent.created_at)
    record("second_factor.added", by=agent, on=agent)
    half_open = sign_in()
    assert [is_in(client) for client in owners] == [True, True, True]
    session = half_open.session
    sessions.second_factor_given(session)
    session.save()
    assert [is_in(client) for client in owners] == [False, True, True]


@pytest.mark.django_db(transaction=True)
def test_of_sign_ins_at_the_same_time_no_more_than_three_stay(agent: User, colleague: User) -> None:
    """With two accounts of one person, which no row of theirs makes wait for each other."""
    of_one_person(agent, colleague)

    def one(number: int) -> None:
        try:
            sign_in(("agent", "colleague")[number % 2], REMOTE_ADDR=f"198.51.100.{number}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Session.objects.count() == OpenSession.objects.filter(ended="").count() == 3
    assert events("session.crowded_out").count() == 3


# -- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_place_device_and_which_one_this_is_and_no_key() -> None:
    client = sign_in(HTTP_USER_AGENT=FIREFOX)
    other = sign_in(REMOTE_ADDR="198.51.100.7")
    sign_in("colleague", REMOTE_ADDR="198.51.100.8")
    page = client.get("/accounts/sessions/").content.decode()
    assert page.count("Firefox on Linux") == page.count("This one") == 1
    assert "198.51.100.7" in page
    assert "198.51.100.8" not in page
    assert not [one for one in (client, other) if str(one.session.session_key) in page]
    assert events("sessions.listed").count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile", "Chrome on Android"),
        ("curl/8.0", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
        ("", "Unknown device"),
    ],
    ids=["firefox", "chrome", "edge", "iphone", "android", "curl", "script", "silent"],
)
def test_a_device_is_named_in_words_of_ours(said: str, words: str) -> None:
    assert devices.in_words(said) == words


def test_one_session_is_ended_from_another_and_told_so() -> None:
    here, there = sign_in(), sign_in()
    answer = here.post(f"/accounts/sessions/{mark_of(there)}/end/", follow=True)
    assert b"The session is ended" in answer.content
    assert b"ended from the list of your sessions" in there.get("/desk/", follow=True).content
    assert is_in(here)
    assert events("session.ended").get().actor == "agent"
    again = here.post(f"/accounts/sessions/{'0' * 16}/end/", follow=True)
    assert b"over already" in again.content


def test_a_second_click_changes_nothing_twice() -> None:
    here, there = sign_in(), sign_in()
    mark = mark_of(there)
    for _ in range(2):
        here.post(f"/accounts/sessions/{mark}/end/")
    assert events("session.ended").count() == 1


def test_nobody_ends_a_session_of_somebody_else() -> None:
    here, theirs = sign_in(), sign_in("colleague")
    here.post(f"/accounts/sessions/{mark_of(theirs)}/end/")
    assert is_in(theirs)
    assert not events("session.ended").exists()


def test_all_other_sessions_end_at_once() -> None:
    here, *others = (sign_in() for _ in range(3))
    assert b"2 other sessions ended" in here.post("/accounts/sessions/", follow=True).content
    assert [is_in(client) for client in (here, *others)] == [True, False, False]


def test_this_very_session_is_ended_by_signing_out() -> None:
    client = sign_in()
    assert client.post(f"/accounts/sessions/{mark_of(client)}/end/")["Location"] == "/sign-out/"
    assert is_in(client)


# -- The list follows the session -------------------------------------------------------------------------------------
def test_the_list_follows_a_session_that_goes_on_under_a_new_key() -> None:
    client = sign_in()
    before = client.session.session_key
    session = client.session
    sessions.confirmed(session)
    session.save()
    assert session.session_key != before
    assert list(OpenSession.objects.values_list("key", flat=True)) == [session.session_key]


@pytest.mark.parametrize("how", ["sign out", "idle"])
def test_a_session_that_ends_leaves_the_list(how: str) -> None:
    client = sign_in()
    if how == "sign out":
        client.post("/sign-out/")
    else:
        session = client.session
        session[sessions.SEEN] -= settings.IDLE_SECONDS + 1
        session.save()
        client.get("/desk/")
    assert not OpenSession.objects.exists()


def test_when_it_was_last_seen_is_written_with_the_session_and_no_more_often() -> None:
    client = sign_in()
    client.get("/desk/")
    with CaptureQueriesContext(connection) as at_once:
        client.get("/desk/")
    session = client.session
    session[sessions.SEEN] -= 31
    session.save()
    before = OpenSession.objects.get().seen_at
    client.get("/desk/")
    assert OpenSession.objects.get().seen_at > before
    assert not [query for query in at_once if "opensession" in query["sql"]]


def test_a_session_ended_while_its_request_runs_does_not_come_back_under_a_new_key(agent: User) -> None:
    client = sign_in()
    session = client.session
    session.get("x")  # what the request has read
    open_sessions.end_all(agent, by=None)
    with pytest.raises(Exception, match="ended while this request ran"):
        session.cycle_key()
    assert not Session.objects.exists()


def test_every_session_of_an_account_ends_with_the_act_that_asks_for_it(agent: User) -> None:
    clients = [sign_in() for _ in range(2)]
    assert open_sessions.end_all(agent, by=None) == 2
    assert b"your sessions were ended" in clients[0].get("/desk/", follow=True).content
    assert not is_in(clients[1])


# -- Clocks that change -----------------------------------------------------------------------------------------------
Moved = Callable[[float], Any]


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Moved:
    """`moved(seconds)`: the clock of the server stands so much later, or earlier, from now on."""
    real = time.time

    def move(seconds: float) -> None:
        monkeypatch.setattr("accounts.sessions.time.time", lambda: real() + seconds)

    return move


@pytest.mark.parametrize(
    ("seconds", "lives"),
    [(-24 * 3600, False), (-3600, False), (-30, True), (30, True), (20 * 60, False), (13 * 3600, False)],
)
def test_a_clock_that_is_moved_ends_a_session_and_never_lengthens_it(moved: Moved, seconds: int, lives: bool) -> None:
    client = sign_in()
    moved(seconds)
    assert is_in(client) is lives


def test_a_clock_put_back_does_not_keep_the_last_password_check_fresh(moved: Moved) -> None:
    client = sign_in()
    assert is_fresh(client.session)
    with patch("accounts.confirming.time.time", return_value=time.time() - 3600):
        assert not is_fresh(client.session)


# -- Ended while a request is answered --------------------------------------------------------------------------------
def _ends_as_it_is_saved(monkeypatch: pytest.MonkeyPatch, end: Callable[..., Any]) -> None:
    def touch(session: Any) -> None:
        end()
        session["seen_at"] = 1

    monkeypatch.setattr(sessions, "touch", touch)


def _ends_as_it_goes_on(monkeypatch: pytest.MonkeyPatch, end: Callable[..., Any]) -> None:
    def touch(session: Any) -> None:
        end()
        session.cycle_key()

    monkeypatch.setattr(sessions, "touch", touch)


@pytest.fixture(params=[_ends_as_it_is_saved, _ends_as_it_goes_on], ids=["as it is saved", "as it goes on"])
def interrupted(request: Any, monkeypatch: pytest.MonkeyPatch, agent: User) -> Client:
    """A browser whose password is changed elsewhere while its next request is answered."""
    client = sign_in()
    request.param(monkeypatch, lambda: open_sessions.end_all(agent, by=None, why=open_sessions.PASSWORD))
    return client


def test_a_reader_whose_session_ends_meanwhile_is_led_to_sign_in_and_told_why(interrupted: Client) -> None:
    answer = interrupted.get("/desk/?a=1")
    assert answer["Location"] == "/sign-in/?next=%2Fdesk%2F%3Fa%3D1&why=password"
    page = interrupted.get(answer["Location"]).content
    assert b"the password of your account was changed" in page
    assert b"see whether that was done" not in page


def test_whoever_sent_a_form_is_told_to_see_first_whether_it_was_taken(interrupted: Client) -> None:
    answer = interrupted.post("/desk/", {"narrative": "typed"}, HTTP_REFERER="http://testserver/desk/?a=1")
    assert answer["Location"] == "/sign-in/?next=%2Fdesk%2F%3Fa%3D1&why=password-underway"
    page = interrupted.get(answer["Location"]).content
    assert b"the password of your account was changed. It happened while something was being sent: see whether" in page


def test_a_script_is_told_in_its_own_words(interrupted: Client) -> None:
    answer = interrupted.post("/desk/", headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()["sign_in"]) == (401, "/sign-in/?next=%2F&why=password-underway")


def test_a_part_of_a_page_takes_the_whole_page_to_sign_in(interrupted: Client) -> None:
    answer = interrupted.get("/desk/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=%2Fdesk%2F&why=password")


def test_whoever_signed_out_in_another_tab_is_told_that(monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in()
    _ends_as_it_is_saved(monkeypatch, client.session.delete)
    assert b"You are signed out." in client.get("/desk/", follow=True).content

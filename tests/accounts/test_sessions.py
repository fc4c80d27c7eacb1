"""How a session ends by itself, and that nothing typed is lost when it does."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts import sessions
from accounts.models import User
from audit.models import Event
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
As = Callable[[Any], Client]
TYPED = {"narrative": 'He said "no" <script>', "csrfmiddlewaretoken": "x", "password": "hunter", "tag": ["a", "b"]}


@pytest.fixture
def desk(as_: As, agent: User) -> Client:
    """A client of the agent that has opened a page."""
    client = as_(agent)
    client.get("/desk/")
    return client


def age(client: Client, *, seen: int = 0, started: int = 0) -> None:
    """Make the session look older by so many seconds."""
    session = client.session
    session[sessions.SEEN] -= seen
    session[sessions.STARTED] -= started
    session.save()


def test_fifteen_minutes_idle_sign_out_with_a_sentence(desk: Client) -> None:
    age(desk, seen=settings.IDLE_SECONDS + 1)
    response = desk.get("/desk/", follow=True)
    assert response.redirect_chain == [("/sign-in/?next=%2Fdesk%2F&why=idle", 302)]
    assert b"signed out after 15 minutes without activity" in response.content
    assert Event.objects.filter(code="session.timed_out", actor="agent").count() == 1
    assert desk.get("/desk/").status_code == 302


def test_just_under_fifteen_minutes_is_still_signed_in(desk: Client) -> None:
    age(desk, seen=settings.IDLE_SECONDS - 5)
    assert desk.get("/desk/").status_code == 200


def test_twelve_hours_end_even_a_busy_session(desk: Client) -> None:
    age(desk, started=settings.ABSOLUTE_SECONDS + 1)
    assert desk.get("/desk/")["Location"].endswith("why=absolute")


@pytest.mark.parametrize(
    ("headers", "extends"), [({}, True), ({"X-Autosave": "1"}, True), ({"X-Background": "1"}, False)]
)
def test_typing_extends_a_session_and_timers_do_not(desk: Client, headers: dict[str, str], extends: bool) -> None:
    age(desk, seen=600)
    before = desk.session[sessions.SEEN]
    desk.post("/desk/", headers=headers)
    assert (desk.session[sessions.SEEN] > before) is extends


def test_the_mark_is_written_at_most_every_thirty_seconds(desk: Client) -> None:
    age(desk, seen=20)
    before = desk.session[sessions.SEEN]
    desk.get("/desk/")
    assert desk.session[sessions.SEEN] == before


def test_the_way_to_the_sign_in_page_by_a_timer_extends_nothing(desk: Client) -> None:
    age(desk, seen=600)
    before = desk.session[sessions.SEEN]
    assert b"You are signed in as" in desk.get("/sign-in/?next=/desk/").content
    assert desk.session[sessions.SEEN] == before


def test_staying_signed_in_is_recorded(desk: Client) -> None:
    age(desk, seen=10)
    before = desk.session[sessions.SEEN]
    assert desk.post("/session/extend/").status_code == 204
    assert desk.session[sessions.SEEN] > before
    assert Event.objects.filter(code="session.extended", actor="agent").exists()


def test_a_form_that_comes_too_late_is_sent_after_signing_in(desk: Client) -> None:
    age(desk, seen=settings.IDLE_SECONDS + 1)
    page = desk.post("/desk/?from=list", TYPED)
    assert page.status_code == 401
    assert b"hunter" not in page.content
    again = desk.post("/sign-in/", {"username": "agent", "password": PASSWORD, "kept": kept_in(page)})
    assert again.context["path"] == "/desk/?from=list"
    assert again.context["typed"] == [("narrative", TYPED["narrative"]), ("tag", "a"), ("tag", "b")]
    assert b"<script>" not in again.content
    assert b"Send what you typed" in again.content
    sent = desk.post(again.context["path"], dict(again.context["typed"]))
    assert sent.content.decode() == f"took {TYPED['narrative']}"


def kept_in(response: Any) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def test_a_kept_form_survives_a_wrong_password(desk: Client) -> None:
    age(desk, seen=settings.IDLE_SECONDS + 1)
    page = desk.post("/desk/", TYPED)
    wrong = desk.post("/sign-in/", {"username": "agent", "password": "wrong", "kept": kept_in(page)})
    assert kept_in(wrong) == kept_in(page)


def test_a_kept_form_is_not_given_to_another_person(desk: Client) -> None:
    age(desk, seen=settings.IDLE_SECONDS + 1)
    kept = kept_in(desk.post("/desk/", TYPED))
    response = desk.post("/sign-in/", {"username": "colleague", "password": PASSWORD, "kept": kept})
    assert response.status_code == 302


def test_a_form_of_somebody_signed_out_is_kept_for_whoever_signs_in() -> None:
    client = Client()
    page = client.post("/desk/", TYPED)
    again = client.post("/sign-in/", {"username": "colleague", "password": PASSWORD, "kept": kept_in(page)})
    assert ("tag", "a") in again.context["typed"]


def test_a_changed_mark_is_worth_nothing() -> None:
    client = Client()
    kept = kept_in(client.post("/desk/", TYPED))
    forged = ("A" if kept[0] != "A" else "B") + kept[1:]
    response = client.post("/sign-in/", {"username": "agent", "password": PASSWORD, "kept": forged})
    assert response.status_code == 302


def test_a_form_from_a_strange_site_is_not_kept_for_sending() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/desk/", {"narrative": "planted"}, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert b"planted" not in response.content


def test_a_form_of_our_own_with_a_stale_token_is_kept() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/desk/", {"narrative": "mine"}, headers={"Origin": "http://testserver"})
    assert response.status_code == 403
    assert b"mine" in response.content
    assert b"Reload" in response.content


def test_a_page_that_does_not_exist_names_nobody_after_the_time_out(desk: Client, agent: User) -> None:
    assert agent.name in desk.get("/nowhere/").content.decode()
    age(desk, seen=settings.IDLE_SECONDS + 1)
    response = desk.get("/nowhere/")
    assert response.status_code == 404
    assert agent.name not in response.content.decode()


def test_signing_out_asks_first_and_is_recorded(desk: Client) -> None:
    assert b"Sign out" in desk.get("/sign-out/").content
    response = desk.post("/sign-out/", follow=True)
    assert b"You are signed out." in response.content
    assert Event.objects.filter(code="session.signed_out", actor="agent").exists()
    assert desk.get("/desk/").status_code == 302

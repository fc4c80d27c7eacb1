"""Signing in: one answer for every no, limits before any hash, and each try on record."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from accounts import sessions
from accounts.models import SignInAttempt, User
from audit.log import record
from audit.models import Event
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]


def attempt(username: str = "agent", password: str = PASSWORD, client: Client | None = None, **more: str) -> Any:
    return (client or Client()).post("/sign-in/", {"username": username, "password": password, **more})


def test_the_page_shows_the_system_use_banner_and_labels() -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "United States Government system" in page
    assert "monitored" in page
    assert "no reasonable expectation of privacy" in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_a_right_password_signs_in_under_a_new_key_and_is_recorded(agent: User) -> None:
    client = Client()
    client.session.save()
    client.cookies["sessionid"] = before = client.session.session_key or "none"
    response = attempt(client=client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session.session_key != before
    event = Event.objects.get(code="session.signed_in")
    assert (event.actor, event.kind, event.outcome, event.object_id) == ("agent", "access", "done", str(agent.pk))
    assert event.session
    assert User.objects.get(pk=agent.pk).last_login is not None


def test_the_clocks_of_a_session_start_at_sign_in_whatever_the_session_held_before() -> None:
    client = Client()
    before = client.session
    before[sessions.STARTED] = before[sessions.SEEN] = 1
    before.save()
    attempt(client=client)
    assert client.session[sessions.STARTED] > 1_000_000_000
    assert client.get("/desk/").status_code == 200


def test_capitals_of_a_username_do_not_matter() -> None:
    assert attempt("AGENT").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_time_of_sign_in_commits_with_its_event(agent: User) -> None:
    """Without the event the deferred trigger refuses the change of `last_login`."""
    assert attempt().status_code == 302
    with patch("accounts.sign_in.record"):
        client = Client(raise_request_exception=False)
        assert attempt(client=client).status_code == 500
        assert client.get("/desk/").status_code == 302


@pytest.fixture
def noes(colleague: User) -> dict[str, Any]:
    """The answer to an unknown name, a wrong password, an inactive account and a locked one."""
    colleague.status = User.Status.SUSPENDED
    colleague.save(update_fields=["status"])
    record("user.changed", by=None, on=colleague)
    answers = {"unknown": attempt("nobody"), "wrong": attempt(password="wrong"), "inactive": attempt("colleague")}
    for _ in range(3):
        attempt("outsider", "wrong")
    return {**answers, "locked": attempt("outsider")}


def test_every_no_is_the_same_no(noes: dict[str, Any]) -> None:
    pages = {name: _without_what_differs(response) for name, response in noes.items()}
    assert len(set(pages.values())) == 1
    assert {response.status_code for response in noes.values()} == {200}


def _without_what_differs(response: Any) -> str:
    page: str = response.content.decode()
    for token in {str(response.context["csrf_token"]), response.context["form"]["username"].value()}:
        page = page.replace(token, "")
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


@pytest.mark.parametrize("who", ["nobody", "agent", "suspended", "locked"])
def test_every_no_costs_one_hash(who: str, colleague: User) -> None:
    if who == "suspended":
        colleague.status = User.Status.SUSPENDED
        colleague.save(update_fields=["status"])
        record("user.changed", by=None, on=colleague)
    for _ in range(3 if who == "locked" else 0):
        attempt("outsider", "wrong")
    name = {"suspended": "colleague", "locked": "outsider"}.get(who, who)
    with (
        patch("accounts.sign_in.make_password", wraps=make_password) as dummy,
        patch("accounts.sign_in.check_password", wraps=check_password) as real,
    ):
        attempt(name, "wrong")
    assert dummy.call_count + real.call_count == 1


def test_three_wrong_tries_lock_the_name_at_this_address_for_twenty_minutes() -> None:
    for _ in range(3):
        attempt(password="wrong")
    assert attempt().status_code == 200
    assert Client(REMOTE_ADDR="198.51.100.7").post("/sign-in/", _right()).status_code == 302
    _pass_time(minutes=19)
    assert attempt().status_code == 200
    _pass_time(minutes=2)
    assert attempt().status_code == 302


def _right() -> dict[str, str]:
    return {"username": "agent", "password": PASSWORD}


def _pass_time(**by: int) -> None:
    for one in SignInAttempt.objects.all():
        SignInAttempt.objects.filter(pk=one.pk).update(at=one.at - timedelta(**by))


def test_trying_while_locked_does_not_lengthen_the_lock() -> None:
    for _ in range(3):
        attempt(password="wrong")
    _pass_time(minutes=19)
    attempt(password="wrong")
    _pass_time(minutes=2)
    assert attempt().status_code == 302


def test_wrong_tries_far_apart_lock_nothing() -> None:
    for _ in range(2):
        attempt(password="wrong")
    _pass_time(minutes=25)
    attempt(password="wrong")
    assert attempt().status_code == 302


def test_two_wrong_tries_lock_nothing_and_a_right_one_forgives_them() -> None:
    for _ in range(2):
        attempt(password="wrong")
    assert attempt().status_code == 302
    attempt(password="wrong")
    assert attempt().status_code == 302


def test_too_many_tries_from_one_address_are_refused_before_any_hash(settings: Any) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    attempt("nobody")
    attempt("noone")
    with patch("accounts.sign_in.make_password") as hashed, patch("accounts.sign_in.check_password", hashed):
        response = attempt()
    assert response.status_code == 429
    assert not hashed.called
    assert 0 < int(response["Retry-After"]) <= 61
    assert f"Try again in {response['Retry-After']} seconds" in response.content.decode()


def test_too_many_is_over_a_minute_later(settings: Any) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    for _ in range(4):
        attempt("nobody")
    _pass_time(seconds=61)
    assert attempt().status_code == 302


def test_right_tries_count_for_the_address_too(settings: Any) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    assert [attempt().status_code for _ in range(3)] == [302, 302, 429]


def test_a_refused_try_names_a_known_person_by_number_and_an_unknown_name_not_at_all(agent: User) -> None:
    attempt(password="wrong")
    attempt("marquez.daniel", "wrong")
    known, unknown = Event.objects.filter(code="session.refused").order_by("id")
    assert (known.object_id, known.outcome) == (str(agent.pk), "refused")
    assert unknown.object_id == ""
    assert "marquez" not in unknown.payload + unknown.object_label + unknown.actor
    assert not SignInAttempt.objects.filter(username_hash__contains="marquez").exists()


def test_a_refused_try_excuses_no_change(agent: User) -> None:
    """The trigger accepts events of outcome "done" only."""
    about_agent = Event.objects.filter(object_type="user", object_id=str(agent.pk))
    before = about_agent.filter(outcome="done").count()
    attempt(password="wrong")
    assert about_agent.filter(outcome="done").count() == before
    assert about_agent.filter(outcome="refused").count() == 1


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/desk/?a=1", "/desk/?a=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-out/", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_only_to_pages_of_this_site(asked: str, sent: str) -> None:
    assert attempt(next=asked)["Location"] == sent


@pytest.mark.parametrize("username", ["", "x" * 61, "nul\0"])
def test_what_cannot_be_a_username_is_told_beside_the_field_and_costs_no_hash(username: str) -> None:
    with patch("accounts.sign_in.make_password") as hashed:
        response = attempt(username)
    assert response.status_code == 200
    assert response.context["form"].errors["username"]
    assert not hashed.called


def test_the_password_is_never_sent_back() -> None:
    assert b"tr0ub4dor" not in attempt(password="tr0ub4dor").content


def test_in_demonstration_mode_the_sign_ins_are_offered(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from types import SimpleNamespace

    one = {"role": "Auditor", "office": "HQ", "username": "a.demo", "password": "shown"}
    monkeypatch.setitem(sys.modules, "sen.demo", SimpleNamespace(sign_ins=lambda: [one]))
    assert b"a.demo" not in Client().get("/sign-in/").content
    settings.MODE = "demonstration"
    assert b"a.demo" in Client().get("/sign-in/").content

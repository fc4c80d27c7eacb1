"""The gate before every view: what declares nothing is refused, and who may not is told why and recorded."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from accounts import origin, sessions
from accounts.access import Declared
from accounts.middleware import declared
from accounts.models import User
from audit.models import Event
from tests.accounts.addresses import GrantsOnly, grants_only

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
As = Callable[[Any], Client]


def test_a_view_that_declares_nothing_is_refused_and_named_in_the_log(
    as_: As, acm: User, caplog: pytest.LogCaptureFixture
) -> None:
    response = as_(acm).get("/undeclared/")
    assert response.status_code == 500
    assert b"never" not in response.content
    assert "undeclared" in caplog.text


def test_a_reader_who_is_signed_out_is_sent_to_sign_in_and_back() -> None:
    response = Client().get("/desk/?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Fdesk%2F%3Fpage%3D2"


@pytest.mark.parametrize("header", ["X-Autosave", "X-Background"])
def test_a_script_that_is_signed_out_is_told_in_json(header: str) -> None:
    response = Client().post("/desk/", headers={header: "1"})
    assert response.status_code == 401
    assert "Sign in again" in response.json()["message"]


def test_htmx_that_is_signed_out_is_told_where_to_go() -> None:
    response = Client().get("/desk/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?a=1"})
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/sign-in/?next=%2Fdesk%2F%3Fa%3D1"


def test_htmx_that_sends_a_form_signed_out_gets_the_sign_in_page_in_place() -> None:
    response = Client().post("/desk/", {"narrative": "seen"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Retarget"] == "body"
    assert b'name="kept"' in response.content


def test_without_the_rules_accepted_every_page_leads_to_the_rules(as_: As, agent: User) -> None:
    _forget_rules(agent)
    response = as_(agent).get("/desk/")
    assert response["Location"] == "/rules/?next=%2Fdesk%2F"


def test_what_is_sent_before_the_rules_are_accepted_is_kept_and_sent_after(as_: As, agent: User) -> None:
    _forget_rules(agent)
    client = as_(agent)
    page = client.post("/desk/", {"narrative": "two arrests"})
    kept = page.context["kept"]
    after = client.post("/rules/", {"accept": "yes", "kept": kept})
    assert ("narrative", "two arrests") in after.context["typed"]
    assert User.objects.get(pk=agent.pk).rules_version


def test_the_rules_are_accepted_by_the_button_alone(as_: As, agent: User) -> None:
    _forget_rules(agent)
    client = as_(agent)
    assert b"I accept the rules" in client.post("/rules/", {"next": "/desk/"}).content
    assert client.get("/desk/").status_code == 302
    assert client.post("/rules/", {"accept": "yes", "next": "/desk/"})["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_what_a_lack_leaves_open_is_opened_and_nothing_else(as_: As, agent: User) -> None:
    _forget_rules(agent)
    client = as_(agent)
    for address, status in (("/rules/", 200), ("/accounts/sessions/", 200), ("/accounts/request/", 302)):
        assert client.get(address).status_code == status, address


def test_while_the_second_factor_is_awaited_the_page_that_asks_for_it_is_opened_and_nothing_else(
    as_: As, agent: User
) -> None:
    client = as_(agent)
    session = client.session
    session[sessions.PENDING] = True
    session.save()
    page = reverse("accounts:prove")
    assert client.get(page).status_code == 200
    for address in ("/desk/", "/rules/", "/accounts/sessions/"):
        assert client.get(address)["Location"].partition("?")[0] == page, address


def _forget_rules(user: User) -> None:
    from audit.log import record

    user.rules_version, user.rules_accepted_at = "", None
    user.save(update_fields=["rules_version", "rules_accepted_at"])
    record("user.changed", by=None, on=user)


@pytest.mark.parametrize("address", ["/grants/", "/grants-class/"])
def test_a_missing_permission_is_refused_with_the_reason_and_recorded(as_: As, agent: User, address: str) -> None:
    send = as_(agent).post if address == "/grants/" else as_(agent).get
    response = send(address)
    assert response.status_code == 403
    assert b"Your roles do not let you grant and revoke roles" in response.content
    event = Event.objects.get(code="access.refused")
    assert (event.actor, event.outcome, event.object_id) == ("agent", "refused", address.strip("/").replace("-", "_"))


def test_what_a_view_declares_is_found_through_whatever_is_around_it() -> None:
    def around(request: Any) -> Any:
        return grants_only(request)

    assert declared(around) is None
    around.__wrapped__ = grants_only  # type: ignore[attr-defined]
    for view in (grants_only, around, partial(grants_only), partial(around), GrantsOnly.as_view()):
        assert declared(view) == Declared(permissions=("grant_roles",))


@pytest.mark.parametrize("address", ["/grants/", "/grants-class/"])
def test_a_held_permission_is_let_through(as_: As, acm: User, address: str) -> None:
    send = as_(acm).post if address == "/grants/" else as_(acm).get
    assert send(address).content == b"granted"


def test_an_action_that_refuses_is_a_403_with_its_reason_and_recorded(as_: As, agent: User) -> None:
    response = as_(agent).get("/refuses/")
    assert response.status_code == 403
    assert b"It is closed. Reopen it first." in response.content
    assert Event.objects.filter(code="access.refused", object_id="refuses").exists()


def test_a_revoked_role_bites_at_the_next_request_of_an_open_session(as_: As, acm: User) -> None:
    from accounts import actions
    from accounts.models import Assignment

    client = as_(acm)
    assert client.post("/grants/").status_code == 200
    actions.revoke_role(Assignment.objects.get(user=acm), by=None)
    assert client.post("/grants/").status_code == 403


def test_a_suspended_person_is_signed_out_at_the_next_request(as_: As, agent: User) -> None:
    from audit.log import record

    client = as_(agent)
    agent.status = User.Status.SUSPENDED
    agent.save(update_fields=["status"])
    record("user.changed", by=None, on=agent)
    assert client.get("/desk/")["Location"].startswith("/sign-in/")


def test_nothing_is_kept_by_the_browser_and_every_answer_has_a_number(as_: As, agent: User) -> None:
    client = as_(agent)
    first, second = client.get("/desk/"), client.get("/desk/")
    assert "no-store" in first["Cache-Control"]
    assert len(first["X-Request-Id"]) == 32
    assert first["X-Request-Id"] != second["X-Request-Id"]


def test_an_event_says_where_the_request_came_from(as_: As, agent: User) -> None:
    client = as_(agent)
    response = client.get("/refuses/", headers={"X-Forwarded-For": "198.51.100.9"})
    event = Event.objects.get(code="access.refused")
    assert event.address == "127.0.0.1"
    assert event.request == response["X-Request-Id"]
    assert event.session == origin.session_mark(client.session.session_key)
    assert client.session.session_key not in (event.session, event.payload)


@pytest.mark.parametrize(
    ("claimed", "address"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("10.9.9.9, 198.51.100.9", "198.51.100.9"),
        ("203.0.113.5, 198.51.100.9, 192.0.2.7", "198.51.100.9"),
        ("198.51.100.9, rubbish", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
@override_settings(TRUSTED_PROXIES=["127.0.0.1", "192.0.2.0/24"])
def test_a_trusted_proxy_is_believed_for_the_rightmost_address_only(claimed: str, address: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": claimed})
    assert origin.address_of(request) == address


def test_a_refusal_gives_its_advice_once(as_: As, agent: User) -> None:
    page = as_(agent).get("/access/").content.decode()
    assert page.count("Access Control Manager. If your duties require it, ask your supervisor") == 1
    assert "If your work needs it" not in page

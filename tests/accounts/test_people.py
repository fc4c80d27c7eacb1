"""The pages about people and access: each reading recorded, each change by whoever may, and no field too many."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.forms import ProfileForm
from accounts.marks import fields_of, mark_of
from accounts.models import Assignment, Office, User
from audit.models import Event, SearchTerms

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]
As = Callable[[Any], Client]


@pytest.mark.parametrize("address", ["/people/", "/access/", "/access/grant/", "/reference/", "/reference/offices/"])
def test_none_of_these_pages_is_for_an_agent(as_: As, agent: User, address: str) -> None:
    assert as_(agent).get(address).status_code == 403


def test_the_list_of_people_is_recorded(as_: As, sco: User) -> None:
    page = as_(sco).get("/people/").content.decode()
    assert "Colleague" in page
    assert Event.objects.filter(code="users.listed", actor="sco").count() == 1


def test_a_search_finds_by_name_and_keeps_its_terms_apart_from_the_event(as_: As, sco: User) -> None:
    response = as_(sco).post("/people/", {"q": "collea"})
    assert [one.username for one in response.context["people"]] == ["colleague"]
    event, terms = Event.objects.get(code="users.listed"), SearchTerms.objects.get()
    assert (event.object_type, event.object_id) == ("search", str(terms.pk))
    assert terms.terms == "collea"
    assert "collea" not in event.payload


def profile(user: User, **changed: object) -> dict[str, object]:
    return {
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "programme": user.programme,
        "office": user.office_id or "",
        "supervisor": user.supervisor_id or "",
        "status": user.status,
        "mark": mark_of(user, fields_of(ProfileForm)),
        **changed,
    }


def test_a_control_officer_changes_a_profile_and_its_history_shows_it(
    as_: As, sco: User, agent: User, supervisor: User
) -> None:
    client = as_(sco)
    sent = profile(agent, phone="305-555-0123", supervisor=supervisor.pk)
    response = client.post(f"/people/{agent.pk}/", sent, follow=True)
    assert response.redirect_chain
    changed = User.objects.get(pk=agent.pk)
    assert (changed.phone, changed.supervisor) == ("305-555-0123", supervisor)
    assert Event.objects.filter(code="user.changed", actor="sco", object_id=str(agent.pk)).exists()
    assert Event.objects.filter(code="user.viewed", actor="sco", object_id=str(agent.pk)).exists()
    assert "305-555-0123" in response.content.decode().split("History")[1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("username", "other"), ("person_key", "X1"), ("is_superuser", "on"), ("password", "x"), ("rules_version", "9")],
)
def test_no_other_field_of_a_profile_can_be_sent(as_: As, sco: User, agent: User, name: str, value: str) -> None:
    before = getattr(agent, name)
    as_(sco).post(f"/people/{agent.pk}/", profile(agent, **{name: value}))
    assert getattr(User.objects.get(pk=agent.pk), name) == before


def test_of_two_who_change_a_profile_the_second_sees_what_the_first_saved(as_: As, sco: User, agent: User) -> None:
    client, opened = as_(sco), profile(agent)
    client.post(f"/people/{agent.pk}/", {**opened, "phone": "305-555-0123"})
    answer = client.post(f"/people/{agent.pk}/", {**opened, "phone": "305-555-0199"})
    assert answer.status_code == 409
    assert answer.context["clash"] == [("Phone", "305-555-0123", "305-555-0199")]
    assert User.objects.get(pk=agent.pk).phone == "305-555-0123"
    again = {**opened, "phone": "305-555-0199", "mark": answer.context["mark"]}
    assert client.post(f"/people/{agent.pk}/", again).status_code == 302
    assert User.objects.get(pk=agent.pk).phone == "305-555-0199"


def test_a_wrong_answer_does_not_hide_that_somebody_else_saved(as_: As, sco: User, agent: User) -> None:
    client, opened = as_(sco), profile(agent)
    client.post(f"/people/{agent.pk}/", {**opened, "phone": "305-555-0123"})
    wrong = client.post(f"/people/{agent.pk}/", {**opened, "name": ""})
    assert f'name="mark" value="{opened["mark"]}"' in wrong.content.decode()


def test_a_wrong_profile_keeps_what_was_typed_and_names_the_person_as_stored(as_: As, sco: User, agent: User) -> None:
    response = as_(sco).post(f"/people/{agent.pk}/", profile(agent, name="Renamed", email="no address"))
    page = response.content.decode()
    assert "no address" in page
    assert "<h1>Agent</h1>" in page
    assert User.objects.get(pk=agent.pk).name == "Agent"


def test_roles_that_end_soon_stand_first_and_are_marked(as_: As, acm: User, agent: User) -> None:
    soon = Assignment.objects.filter(user=agent)
    _end(soon, timezone.now() + timedelta(days=10))
    response = as_(acm).get("/access/")
    row, is_soon = response.context["rows"][0]
    assert (row.user, is_soon) == (agent, True)
    assert not response.context["rows"][1][1]
    assert Event.objects.filter(code="assignments.listed", actor="acm").exists()


def _end(assignments: Any, until: Any) -> None:
    from audit.log import record

    assignments.update(until=until)
    record("assignment.granted", by=None, on=assignments.get().user)


def grant(user: User, role: str, office: str, days: int = 30) -> dict[str, object]:
    last = timezone.localdate() + timedelta(days=days)
    at = Office.objects.get(code=office).pk
    day = {"until_0": last.month, "until_1": last.day, "until_2": last.year}
    return {"user": user.pk, "role": role, "office": at, **day}


def test_a_manager_grants_a_role_to_the_end_of_a_day_at_the_office(as_: As, acm: User, stranger: User) -> None:
    assert as_(acm).post("/access/grant/", grant(stranger, "fig", "GUM")).status_code == 302
    given = Assignment.objects.get(user=stranger)
    until = given.until.astimezone(ZoneInfo("Pacific/Guam"))
    assert (given.role, given.granted_by, until.hour, until.minute) == ("fig", acm, 23, 59)
    assert Event.objects.filter(code="assignment.granted", actor="acm", object_id=str(stranger.pk)).exists()


@pytest.mark.parametrize(
    ("username", "role", "says"),
    [("acm", "sac", "cannot grant a role to yourself"), ("sco", "acm", "may not be held by one person")],
)
def test_a_grant_that_must_not_be_is_refused_in_the_form(
    as_: As, acm: User, person: Callable[[str], User], username: str, role: str, says: str
) -> None:
    response = as_(acm).post("/access/grant/", grant(person(username), role, "HQ"))
    assert response.status_code == 200
    assert says in response.content.decode()
    assert Assignment.objects.filter(user=person(username)).count() == 1


def test_the_same_role_at_another_office_is_another_role(as_: As, acm: User, stranger: User) -> None:
    for office in ("GUM", "MIA", "MIA"):
        as_(acm).post("/access/grant/", grant(stranger, "fig", office))
    assert sorted(Assignment.objects.filter(user=stranger).values_list("office__code", flat=True)) == ["GUM", "MIA"]


def test_a_grant_cannot_end_in_the_past(as_: As, acm: User, stranger: User) -> None:
    response = as_(acm).post("/access/grant/", grant(stranger, "fig", "MIA", days=-2))
    assert "This day has passed" in response.content.decode()
    assert not Assignment.objects.filter(user=stranger).exists()


def test_the_form_offers_a_year(as_: As, acm: User) -> None:
    page = as_(acm).get("/access/grant/").content.decode()
    assert f'value="{(timezone.localdate() + timedelta(days=365)).year}"' in page


def test_a_role_is_revoked_with_a_reason_only(as_: As, acm: User, agent: User) -> None:
    client, held = as_(acm), Assignment.objects.get(user=agent)
    assert "Say why" in client.post(f"/access/{held.pk}/revoke/", {"reason": " "}).content.decode()
    assert Assignment.objects.live().filter(pk=held.pk).exists()
    assert client.post(f"/access/{held.pk}/revoke/", {"reason": "Moved to another office"}).status_code == 302
    assert not Assignment.objects.live().filter(pk=held.pk).exists()
    assert "Moved" in Event.objects.get(code="assignment.revoked").payload


def test_a_reason_too_long_for_the_record_is_said_and_kept(as_: As, acm: User, agent: User) -> None:
    held, long = Assignment.objects.get(user=agent), "a" * 501
    page = as_(acm).post(f"/access/{held.pk}/revoke/", {"reason": long}).content.decode()
    assert "500 characters or fewer" in page
    assert long in page
    assert Assignment.objects.live().filter(pk=held.pk).exists()


def test_a_message_that_names_a_person_travels_in_no_cookie(as_: As, acm: User, stranger: User) -> None:
    client = as_(acm)
    answer = client.post("/access/grant/", grant(stranger, "fig", "MIA"))
    assert "messages" not in client.cookies
    said = f"{stranger.name} is now"
    assert said in client.get(answer["Location"]).content.decode()
    assert said not in client.get(answer["Location"]).content.decode()


def test_pages_for_the_signed_out_make_no_session(client: Client) -> None:
    assert client.get("/sign-in/").status_code == 200
    assert "sen_session" not in client.cookies
    assert "sessionid" not in client.cookies


def test_revoking_ones_own_role_is_refused_with_the_reason(as_: As, acm: User) -> None:
    response = as_(acm).post(f"/access/{Assignment.objects.get(user=acm).pk}/revoke/", {"reason": "no more"})
    assert response.status_code == 403
    assert "You cannot change your own roles" in response.content.decode()

"""From asking to the grant: who may move a request, by whom never, and what everybody is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts import actions, requests, sessions
from accounts.access import Refused
from accounts.access_mail import endorsers_of, granters_of, send_request_mail
from accounts.confirming import FIELD
from accounts.models import AccessRequest, Assignment, Office, User
from accounts.roles import Role
from audit.models import Event
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
Status = AccessRequest.Status


def later(days: int = 90) -> date:
    return timezone.localdate() + timedelta(days=days)


def asked(by: User, role: Role = Role.FIG, office: str = "MIA", **given: Any) -> AccessRequest:
    said = {"reason": "Joins the intelligence group", "until": later(), **given}
    return requests.ask(by=by, role=role, office=Office.objects.get(code=office), **said)


def endorsed(by: User, supervisor: User, **given: Any) -> AccessRequest:
    return requests.endorse(asked(by, **given), by=supervisor, version=1)


def typed(**changed: Any) -> dict[str, Any]:
    day = later()
    office = Office.objects.get(code="MIA").pk
    parts = {"until_0": day.month, "until_1": day.day, "until_2": day.year}
    return {"role": "fig", "office": office, "reason": "Joins the intelligence group", **parts, **changed}


def second_account(of: User, **values: Any) -> User:
    return actions.add_user(
        by=None,
        username="second",
        person_key=of.person_key,
        name="Second",
        email="second@example.gov",
        programme=of.programme,
        office=of.office,
        status=User.Status.ACTIVE,
        is_demonstration=True,
        **values,
    )


def give(user: User, role: Role, office: str) -> None:
    until = timezone.now() + timedelta(days=30)
    actions.grant_role(user=user, role=role, office=Office.objects.get(code=office), until=until, by=None)


# -- The way through the pages -----------------------------------------------------------------------------------------
def test_who_asks_is_endorsed_granted_and_may_act_at_the_next_request(
    as_: As, stranger: User, supervisor: User, acm: User
) -> None:
    applicant = as_(stranger)
    assert applicant.get("/reports/").status_code == 403
    assert applicant.post("/accounts/request/", typed(role="field_hsi")).status_code == 302
    row = AccessRequest.objects.get()
    boss = as_(supervisor)
    assert boss.get(f"/accounts/requests/{row.pk}/").status_code == 200
    done = boss.post(f"/accounts/requests/{row.pk}/endorse/", {"version": "1", "note": "On my team"})
    assert done["Location"] == "/accounts/requests/"
    day = later(30)
    until = {"until_0": day.month, "until_1": day.day, "until_2": day.year}
    assert as_(acm).post(f"/accounts/requests/{row.pk}/grant/", {"version": "2", **until}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.endorsement, row.decided_by, row.version) == (Status.GRANTED, "On my team", acm, 3)
    assert row.assignment
    assert row.assignment.until == requests.end_of(day, row.office)
    assert applicant.get("/reports/").status_code == 200
    codes = Event.objects.filter(object_type="user", object_id=str(stranger.pk)).values_list("code", flat=True)
    assert {"access.requested", "access.request_viewed", "access.endorsed", "assignment.granted"} <= set(codes)


def test_somebody_without_training_may_ask(as_: As, stranger: User) -> None:
    _untrain(stranger)
    client = as_(stranger)
    assert client.get("/accounts/request/").status_code == 200
    assert client.post("/accounts/request/", typed()).status_code == 302
    row = AccessRequest.objects.get()
    assert client.post(f"/accounts/requests/{row.pk}/withdraw/", {"version": "1"}).status_code == 302
    assert AccessRequest.objects.get().status == Status.WITHDRAWN
    assert client.get("/accounts/requests/").status_code == 302


def _untrain(user: User) -> None:
    from accounts import training

    training.withdraw_training(user.trainings.get(), by=None, reason="Somebody else's certificate")


WRONG = {
    "a day that has passed": {"until_2": "2020"},
    "no such day": {"until_0": "2", "until_1": "31"},
    "a role that does not exist": {"role": "emperor"},
    "an office that does not exist": {"office": "999999"},
    "no reason": {"reason": " "},
    "a reason without end": {"reason": "x" * 1001},
    "a number of the SSA": {"reason": "-".join(("219", "09", "9999"))},
    "a last day that never comes": {"until_2": "9999"},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG.keys())
def test_what_is_asked_wrongly_is_said_beside_the_answer(as_: As, agent: User, changed: dict[str, str]) -> None:
    answer = as_(agent).post("/accounts/request/", typed(**changed))
    assert answer.status_code == 422
    assert "usa-error-message" in answer.content.decode() or "usa-alert" in answer.content.decode()
    assert not AccessRequest.objects.exists()


def test_roles_that_must_be_apart_are_refused_when_they_are_asked_for(as_: As, sco: User) -> None:
    answer = as_(sco).post("/accounts/request/", typed(role="acm"))
    assert "may not be held by one person" in answer.content.decode()
    assert (answer.status_code, AccessRequest.objects.count()) == (422, 0)


def test_roles_that_came_to_be_apart_meanwhile_are_refused_at_the_grant(
    as_: As, stranger: User, supervisor: User, acm: User
) -> None:
    row = requests.endorse(asked(stranger, Role.ACM, "MIA"), by=supervisor, version=1)
    give(stranger, Role.SCO, "HQ")
    page = as_(acm).get(f"/accounts/requests/{row.pk}/").content.decode()
    assert "These roles may not be held by one person" in page
    with pytest.raises(Refused, match="may not be held by one person"):
        requests.grant(row, by=acm, version=2, until=row.until)
    assert AccessRequest.objects.get().status == Status.ENDORSED


# -- By another, whatever the account ----------------------------------------------------------------------------------
def test_nobody_endorses_their_own_request_by_a_second_account(supervisor: User) -> None:
    other = second_account(supervisor)
    row = asked(other)
    with pytest.raises(Refused, match="cannot endorse what you ask for yourself"):
        requests.endorse(row, by=supervisor, version=1)
    assert not requests.waiting_for(supervisor).exists()


def test_nobody_grants_their_own_request_by_a_second_account(acm: User, supervisor: User) -> None:
    row = endorsed(second_account(acm), supervisor)
    with pytest.raises(Refused, match="Ask another Access Control Manager"):
        requests.grant(row, by=acm, version=2, until=row.until)
    with pytest.raises(Refused, match="Withdraw it"):
        requests.refuse(row, by=acm, version=2, reason="No")
    assert not requests.waiting_for(acm).exists()


def test_who_endorsed_a_request_does_not_grant_it_by_any_account(stranger: User, supervisor: User) -> None:
    row, other = endorsed(stranger, supervisor), second_account(supervisor)
    give(other, Role.ACM, "HQ")
    with pytest.raises(Refused, match="somebody else grants it"):
        requests.grant(row, by=other, version=2, until=row.until)
    assert not requests.waiting_for(other).exists()


def test_the_supervisor_on_record_endorses_wherever_it_is(outsider: User, stranger: User, agent: User) -> None:
    actions.change_profile(stranger, by=_sco(), supervisor=outsider)
    row = asked(stranger)
    assert list(requests.waiting_for(outsider)) == [row]
    with pytest.raises(Refused, match="do not let you endorse"):
        requests.endorse(row, by=agent, version=1)
    assert requests.endorse(row, by=outsider, version=1).endorsed_by == outsider


def _sco() -> User:
    return User.objects.get(username="sco")


def test_a_supervisor_endorses_for_their_own_offices_alone(stranger: User, supervisor: User, as_: As) -> None:
    below, other = asked(stranger, office="KEY"), asked(stranger, office="ATL")
    assert list(requests.waiting_for(supervisor)) == [below]
    client = as_(supervisor)
    assert client.get(f"/accounts/requests/{other.pk}/").status_code == 404
    assert client.post(f"/accounts/requests/{other.pk}/endorse/", {"version": "1"}).status_code == 404
    with pytest.raises(Refused):
        requests.endorse(other, by=supervisor, version=1)


def test_only_who_grants_roles_grants(as_: As, stranger: User, supervisor: User) -> None:
    row = endorsed(stranger, supervisor)
    assert as_(supervisor).post(f"/accounts/requests/{row.pk}/grant/", {"version": "2"}).status_code == 403
    with pytest.raises(Refused):
        requests.grant(row, by=supervisor, version=2, until=row.until)


def test_a_stranger_finds_no_request_of_another(as_: As, stranger: User, agent: User) -> None:
    row = asked(agent)
    client = as_(stranger)
    for address in ("", "endorse/", "refuse/", "withdraw/"):
        method = client.post if address else client.get
        assert method(f"/accounts/requests/{row.pk}/{address}", {"version": "1"}).status_code == 404
    assert "Fig" not in client.get("/accounts/requests/").content.decode()


def test_a_supervisor_refuses_until_it_is_endorsed_and_a_manager_as_long_as_it_is_open(
    stranger: User, supervisor: User, outsider: User, acm: User
) -> None:
    row = AccessRequest(person=stranger, office=Office.objects.get(code="MIA"), role=Role.FIG)
    assert [bool(requests.may_refuse(one, row)) for one in (supervisor, outsider, acm)] == [True, False, True]
    row.status, row.endorsed_by = Status.ENDORSED, supervisor
    assert [bool(requests.may_refuse(one, row)) for one in (supervisor, outsider, acm)] == [False, False, True]


def test_what_a_list_carried_over_was_endorsed_by_nobody_and_a_manager_grants_it(stranger: User, acm: User) -> None:
    row = AccessRequest(person=stranger, office=Office.objects.get(code="MIA"), role=Role.FIG, status=Status.ENDORSED)
    assert requests.may_grant(acm, row)


# -- The dates ---------------------------------------------------------------------------------------------------------
def test_the_last_day_may_be_shortened_and_never_put_off(stranger: User, supervisor: User, acm: User) -> None:
    row = endorsed(stranger, supervisor)
    for day, why in ((later(91), "that day or an earlier one"), (later(-1), "has passed")):
        with pytest.raises(Refused, match=why):
            requests.grant(row, by=acm, version=2, until=day)
    assert not Assignment.objects.filter(user=stranger).exists()


def test_what_is_held_until_that_day_need_not_be_asked_for(agent: User) -> None:
    with pytest.raises(Refused, match="already"):
        asked(agent, Role.FIELD_HSI)
    assert asked(agent, Role.FIELD_HSI, until=later(400)).pk


def test_the_same_is_asked_for_once(agent: User) -> None:
    asked(agent)
    with pytest.raises(Refused, match="already"):
        asked(agent)
    assert AccessRequest.objects.count() == 1


def test_a_closed_office_gives_no_roles(agent: User, stranger: User, supervisor: User, acm: User) -> None:
    row = endorsed(stranger, supervisor, office="KEY")
    actions.change_office(row.office, by=None, active=False)
    with pytest.raises(Refused, match="closed"):
        asked(agent, office="KEY")
    with pytest.raises(Refused, match="closed"):
        requests.grant(row, by=acm, version=2, until=row.until)


# -- What changed meanwhile --------------------------------------------------------------------------------------------
def test_a_page_opened_before_the_withdrawal_grants_nothing(
    as_: As, stranger: User, supervisor: User, acm: User
) -> None:
    row = endorsed(stranger, supervisor)
    requests.withdraw(row, by=stranger, version=2)
    day = row.until
    sent = {"version": "2", "until_0": day.month, "until_1": day.day, "until_2": day.year}
    answer = as_(acm).post(f"/accounts/requests/{row.pk}/grant/", sent)
    assert answer.status_code == 409
    assert "is now: withdrawn. Nothing was done again." in answer.content.decode()
    assert not Assignment.objects.filter(user=stranger).exists()


def test_every_move_of_a_decided_request_is_refused(as_: As, stranger: User, supervisor: User, acm: User) -> None:
    row = endorsed(stranger, supervisor)
    requests.refuse(row, by=acm, version=2, reason="No need to know")
    for move in (
        lambda: requests.endorse(row, by=supervisor, version=3),
        lambda: requests.grant(row, by=acm, version=3, until=row.until),
        lambda: requests.refuse(row, by=acm, version=3, reason="Again"),
        lambda: requests.withdraw(row, by=stranger, version=3),
    ):
        with pytest.raises(requests.Changed, match="refused"):
            move()
    assert as_(stranger).post(f"/accounts/requests/{row.pk}/withdraw/", {"version": "2"}).status_code == 409
    assert "No need to know" in as_(stranger).get("/accounts/request/").content.decode()


@pytest.mark.parametrize("version", ["", "x", "-2", "9" * 40, "٢"])
def test_a_forged_version_is_a_changed_request(as_: As, stranger: User, supervisor: User, version: str) -> None:
    row = asked(stranger)
    answer = as_(supervisor).post(f"/accounts/requests/{row.pk}/endorse/", {"version": version})
    assert (answer.status_code, AccessRequest.objects.get().status) == (409, Status.REQUESTED)


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_one_grants(stranger: User, supervisor: User, acm: User, administrator: User) -> None:
    give(administrator, Role.ACM, "HQ")
    row, said = endorsed(stranger, supervisor), []
    start = threading.Barrier(2)

    def press(by: User) -> None:
        start.wait()
        try:
            requests.grant(row, by=by, version=2, until=row.until)
            said.append("granted")
        except requests.Changed:
            said.append("changed")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[by]) for by in (acm, administrator)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["changed", "granted"]
    assert Assignment.objects.filter(user=stranger).count() == 1


# -- The password, the account, the mail -------------------------------------------------------------------------------
def test_a_grant_asks_for_the_password_when_it_was_given_long_ago(stranger: User, supervisor: User, acm: User) -> None:
    row, client = endorsed(stranger, supervisor), Client()
    client.post("/sign-in/", {"username": "acm", "password": PASSWORD})
    session = client.session
    session[sessions.STARTED] = int(time.time()) - 3600
    session.save()
    day = row.until
    sent = {"version": "2", "until_0": day.month, "until_1": day.day, "until_2": day.year}
    answer = client.post(f"/accounts/requests/{row.pk}/grant/", sent)
    assert (answer.status_code, AccessRequest.objects.get().status) == (401, Status.ENDORSED)
    assert client.post(f"/accounts/requests/{row.pk}/grant/", {**sent, FIELD: "wrong"}).status_code == 422
    assert client.post(f"/accounts/requests/{row.pk}/grant/", {**sent, FIELD: PASSWORD}).status_code == 302
    assert AccessRequest.objects.get().status == Status.GRANTED


def test_an_account_that_is_not_active_gets_no_role(stranger: User, supervisor: User, acm: User) -> None:
    row = endorsed(stranger, supervisor)
    actions.change_profile(stranger, by=_sco(), status=User.Status.SUSPENDED)
    with pytest.raises(Refused, match="not active"):
        requests.grant(row, by=acm, version=2, until=row.until)


def test_each_step_tells_the_next_person_by_mail_and_no_mail_tells_of_anybody(
    stranger: User, supervisor: User, sac: User, acm: User
) -> None:
    row = asked(stranger)
    send_request_mail(row.pk, 1)
    assert sorted(one.to[0] for one in mail.outbox) == ["sac@example.gov", "supervisor@example.gov"]
    row = requests.endorse(row, by=supervisor, version=1)
    assert send_request_mail(row.pk, 1) == []  # it has moved on
    send_request_mail(row.pk, 2)
    row = requests.grant(row, by=acm, version=2, until=row.until)
    send_request_mail(row.pk, 3)
    assert [one.to[0] for one in mail.outbox[2:]] == ["acm@example.gov", "stranger@example.gov"]
    for one in mail.outbox:
        text = f"{one.subject} {one.body}"
        assert "Stranger" not in text
        assert "Field Intelligence" not in text
        assert row.reason not in text
    assert Event.objects.filter(code="notice.mailed").count() == 3


def test_the_supervisor_on_record_alone_is_asked_by_mail(stranger: User, supervisor: User) -> None:
    actions.change_profile(stranger, by=_sco(), supervisor=supervisor)
    send_request_mail(asked(stranger).pk, 1)
    assert [one.to for one in mail.outbox] == [["supervisor@example.gov"]]


def test_nobody_is_told_to_decide_on_what_they_asked_for_by_another_account(
    stranger: User, supervisor: User, sac: User, acm: User
) -> None:
    def of(person: User, boss: User | None = None) -> AccessRequest:
        same = User(person_key=person.person_key, supervisor=boss)
        return AccessRequest(person=same, office=Office.objects.get(code="MIA"), role=Role.FIG)

    assert (granters_of(of(stranger)), granters_of(of(acm))) == ([acm], [])
    assert (endorsers_of(of(stranger, supervisor)), endorsers_of(of(supervisor, supervisor))) == ([supervisor], [sac])
    supervisor.status = User.Status.SUSPENDED
    assert sac in endorsers_of(of(stranger, supervisor))


def test_who_endorsed_it_by_any_account_is_not_told_to_grant_it(stranger: User, supervisor: User, acm: User) -> None:
    def by(endorser: User) -> AccessRequest:
        other = User(person_key=endorser.person_key)
        return AccessRequest(person=stranger, endorsed_by=other, office=Office.objects.get(code="MIA"), role=Role.FIG)

    assert (granters_of(by(supervisor)), granters_of(by(acm))) == ([acm], [])


def test_each_move_queues_one_mail_with_the_act(stranger: User, supervisor: User) -> None:
    from tests.watch.mailroom import jobs

    endorsed(stranger, supervisor)
    assert jobs("accounts.access_tasks.mail_request") == [("todo", 0)] * 2


def test_the_first_page_of_a_manager_leads_to_the_oldest_request(
    as_: As, stranger: User, agent: User, supervisor: User, acm: User
) -> None:
    first = endorsed(stranger, supervisor)
    endorsed(agent, supervisor)
    home = as_(acm).get("/").content.decode()
    assert "Open the oldest request" in home
    assert "2 requests wait for you" in home
    assert as_(acm).get("/accounts/requests/?oldest=1")["Location"] == f"/accounts/requests/{first.pk}/"


def test_the_list_of_requests_is_recorded(as_: As, supervisor: User, stranger: User) -> None:
    asked(stranger)
    assert "Stranger" in as_(supervisor).get("/accounts/requests/").content.decode()
    assert Event.objects.filter(code="access.requests_listed", actor="supervisor").count() == 1

"""Recertification: whoever is asked confirms or drops, nobody for themselves; what has no answer ends, and once."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions, campaign_reach, campaign_tasks, campaigns, leaving
from accounts.access import AT_ONCE, Refused, hold
from accounts.campaign_words import opens
from accounts.models import Assignment, Campaign, CampaignItem, Office, OfficePermission, User
from accounts.roles import Role
from audit.log import record
from audit.models import Event
from tests.cast import PASSWORD
from tests.watch.mailroom import Mailroom, mailroom, work

__all__ = ["mailroom"]
pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]
GONE = "Ended before it was answered"
CONFIRMED, DROPPED = CampaignItem.Decision.CONFIRMED, CampaignItem.Decision.DROPPED


def opened(by: User, office: str = "MIA", role: str = "", days: int = 20) -> Campaign:
    return campaigns.open_campaign(
        by=by,
        name="Fall",
        office=Office.objects.get(code=office),
        role=role,
        last_day=timezone.localdate() + timedelta(days=days),
    )


def item_of(campaign: Campaign, username: str) -> CampaignItem:
    return campaign.items.get(assignment__user__username=username)


def answered(campaign: Campaign, username: str, by: User, decision: Any = CONFIRMED, reason: str = "Moved on") -> Any:
    items = [item_of(campaign, username).pk]
    return campaigns.answer(campaign, items, by=by, decision=decision, reason=reason)


@transaction.atomic
def led_by(user: User, supervisor: User) -> None:
    User.objects.filter(pk=user.pk).update(supervisor=supervisor)
    record("user.changed", by=None, on=user)


@transaction.atomic
def moved(campaign: Campaign, **times: Any) -> None:
    """The campaign as if it had been opened, reminded of or due at another time."""
    Campaign.objects.filter(pk=campaign.pk).update(**times)
    record("campaign.reminded", by=None, on=campaign)
    campaign.refresh_from_db()


def overdue(campaign: Campaign) -> None:
    now = timezone.now()
    moved(campaign, opened_at=now - timedelta(days=9), deadline=now - timedelta(seconds=1))


def another(like: User, role: str, office: str, *, same_person: bool = False, username: str = "second") -> User:
    """A further account that holds this role: of another person, or of the same."""
    user = actions.add_user(
        by=None,
        password_hash=like.password,
        username=username,
        person_key=like.person_key if same_person else f"X-{username}",
        name=username.title(),
        email=f"{username}@example.gov",
        programme=like.programme,
        office=like.office,
        status=User.Status.ACTIVE,
        is_demonstration=True,
    )
    at, until = Office.objects.get(code=office), timezone.now() + timedelta(days=365)
    actions.grant_role(user=user, role=Role(role), office=at, until=until, by=None)
    return user


def asked_about(user: User, campaign: Campaign) -> set[str]:
    items = campaign_reach.asked(user).filter(campaign=campaign)
    return set(items.values_list("assignment__user__username", flat=True))


# -- Opening -----------------------------------------------------------------------------------------------------------
def test_a_campaign_takes_up_what_is_in_force_in_the_office_and_below(acm: User, agent: User, outsider: User) -> None:
    another(agent, "field_hsi", "KEY", username="key")
    ended = another(agent, "field_hsi", "MIA", username="ended")
    actions.revoke_role(ended.assignments.get(), by=None)
    found = {item.assignment.user.username for item in opened(acm).items.all()}
    assert {"agent", "colleague", "supervisor", "sac", "fig", "key"} == found
    event = Event.objects.get(code="campaign.opened")
    assert (event.actor, '"items": 6' in event.payload) == ("acm", True)


def test_one_of_a_single_role_takes_up_no_other(acm: User) -> None:
    assert set(opened(acm, "HQ", "sac").items.values_list("assignment__role", flat=True)) == {"sac"}


@pytest.mark.parametrize(("days", "role"), [(0, ""), (-3, ""), (20, "jioc")], ids=["today", "past", "nobody holds it"])
def test_a_campaign_that_makes_no_sense_is_not_opened(acm: User, days: int, role: str) -> None:
    with pytest.raises(Refused):
        opened(acm, role=role, days=days)
    assert not Campaign.objects.exists()


def test_a_second_press_opens_no_second_campaign(acm: User) -> None:
    opened(acm)
    with pytest.raises(Refused, match="running already"):
        opened(acm)
    assert Campaign.objects.count() == 1


def test_only_a_manager_opens_one(as_: As, supervisor: User, auditor: User, acm: User) -> None:
    typed = _typed()
    for user in (supervisor, auditor):
        assert as_(user).post("/accounts/campaigns/open/", typed).status_code == 403
        with pytest.raises(Refused):
            opened(user)
    answer = as_(acm).post("/accounts/campaigns/open/", typed)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/campaigns/{Campaign.objects.get().pk}/"


def _typed() -> dict[str, object]:
    day = timezone.localdate() + timedelta(days=9)
    at = Office.objects.get(code="MIA").pk
    return {
        "name": "Fall", "office": at, "role": "", "last_day_0": day.month, "last_day_1": day.day, "last_day_2": day.year
    }  # fmt: skip


# -- Who is asked ------------------------------------------------------------------------------------------------------
def test_the_supervisor_on_record_is_asked_else_who_endorses_at_the_office(
    acm: User, agent: User, supervisor: User, sac: User
) -> None:
    led_by(agent, supervisor)
    campaign = opened(acm)
    assert asked_about(supervisor, campaign) == {"agent", "colleague", "sac", "fig"}
    assert asked_about(sac, campaign) == {"colleague", "supervisor", "fig"}
    assert asked_about(acm, campaign) == set()
    # The SAC may answer for a supervisor who is away.
    assert answered(campaign, "agent", sac).done == 1


def test_what_nobody_else_can_answer_falls_to_another_manager(acm: User, analyst: User) -> None:
    other = another(acm, "acm", "HQ", username="other")
    campaign = opened(acm, "HQ", "acm")
    assert (asked_about(acm, campaign), asked_about(other, campaign)) == ({"other"}, {"acm"})
    assert asked_about(acm, opened(acm, "JIOC", "jioc")) == {"analyst", "analyst2"}
    # The only one who endorses at the office does not do so for themselves.
    assert asked_about(acm, opened(acm, "MIF", "fod")) == {"fod"}


def test_the_only_manager_s_own_role_is_left_out(acm: User) -> None:
    another(acm, "acm", "HQ", same_person=True)
    with pytest.raises(Refused, match="Nobody else"):
        opened(acm, "HQ", "acm")


def test_nobody_answers_for_themselves_not_even_by_a_second_account(acm: User, sac: User, supervisor: User) -> None:
    twin = another(sac, "sac", "MIA", same_person=True, username="twin")
    led_by(sac, twin)
    campaign = opened(acm)
    assert item_of(campaign, "sac").reviewer is None
    for user in (sac, twin):
        with pytest.raises(Refused, match="not asked"):
            answered(campaign, "sac", user)
    assert answered(campaign, "sac", supervisor).done == 1


def test_one_who_may_not_endorse_there_is_asked_nothing(as_: As, acm: User, outsider: User, fod: User) -> None:
    campaign = opened(acm)
    for user in (outsider, fod):
        assert as_(user).get(f"/accounts/campaigns/{campaign.pk}/").status_code == 404
        with pytest.raises(Refused, match="not asked"):
            answered(campaign, "agent", user)


def test_an_office_moved_in_the_tree_keeps_its_items(acm: User, supervisor: User) -> None:
    key = another(supervisor, "field_hsi", "KEY", username="key")
    campaign = opened(acm)
    assert "key" in asked_about(supervisor, campaign)
    actions.change_office(Office.objects.get(code="KEY"), by=None, parent=Office.objects.get(code="ATL"))
    assert item_of(campaign, "key").decision == ""
    assert "key" not in asked_about(User.objects.get(pk=supervisor.pk), campaign)
    assert asked_about(acm, campaign) == {"key"}
    assert answered(campaign, "key", acm, DROPPED).done == 1
    assert not key.assignments.live().exists()


# -- Answering ---------------------------------------------------------------------------------------------------------
def test_a_dropped_role_is_gone_at_the_next_request_of_an_open_session(
    as_: As, acm: User, agent: User, supervisor: User
) -> None:
    session = as_(agent)
    assert session.get("/reports/new/").status_code == 200
    campaign = opened(acm)
    answered(campaign, "colleague", supervisor)
    assert session.get("/reports/new/").status_code == 200
    answered(campaign, "agent", supervisor, DROPPED)
    assert session.get("/reports/new/").status_code == 403
    held = Assignment.objects.get(user=agent)
    assert (held.revoked_by, held.revoked_reason) == (supervisor, "Moved on")
    assert Event.objects.filter(code="assignment.revoked", actor="supervisor", object_id=str(agent.pk)).exists()
    assert Event.objects.filter(code="campaign.answered", actor="supervisor").count() == 2


def test_to_drop_asks_for_a_reason(acm: User, supervisor: User) -> None:
    campaign = opened(acm)
    with pytest.raises(Refused, match="Say why"):
        answered(campaign, "agent", supervisor, DROPPED, " ")
    assert item_of(campaign, "agent").decision == ""


def test_of_two_who_answer_one_wins_and_the_other_is_told_by_whom(acm: User, supervisor: User, sac: User) -> None:
    campaign = opened(acm)
    answered(campaign, "agent", supervisor)
    with pytest.raises(Refused, match="answered meanwhile by Supervisor"):
        answered(campaign, "agent", sac, DROPPED)
    with pytest.raises(Refused, match="answered already by you"):
        answered(campaign, "agent", supervisor)
    assert item_of(campaign, "agent").decision == CONFIRMED
    assert Assignment.objects.live().filter(user__username="agent").exists()


def test_where_one_of_many_was_answered_meanwhile_nothing_changes(acm: User, supervisor: User, sac: User) -> None:
    campaign = opened(acm)
    answered(campaign, "agent", sac)
    both, own = [item_of(campaign, name).pk for name in ("agent", "colleague")], item_of(campaign, "supervisor").pk
    with pytest.raises(Refused, match="not asked about all"):
        campaigns.answer(campaign, [both[1], own], by=supervisor, decision=DROPPED, reason="Left")
    with pytest.raises(Refused, match="Nothing was changed"):
        campaigns.answer(campaign, both, by=supervisor, decision=DROPPED, reason="Left")
    assert item_of(campaign, "colleague").decision == ""


def test_what_was_revoked_meanwhile_is_said_to_be_gone(acm: User, agent: User, supervisor: User) -> None:
    campaign = opened(acm)
    actions.revoke_role(agent.assignments.get(), by=acm)
    assert "agent" not in campaign_reach.waiting(campaign_reach.asked(supervisor)).values_list(
        "assignment__user__username", flat=True
    )
    assert answered(campaign, "agent", supervisor).gone == 1
    found = item_of(campaign, "agent")
    assert (found.decision, found.decided_by) == (CampaignItem.Decision.GONE, None)


def test_the_last_answer_ends_the_campaign(acm: User, agent: User, supervisor: User) -> None:
    campaign = opened(acm, role="field_hsi")
    answered(campaign, "agent", supervisor)
    actions.revoke_role(Assignment.objects.get(user__username="colleague"), by=acm)
    assert Campaign.objects.get().ended_at is None
    other = another(agent, "field_hsi", "MIA", username="late")  # granted later: no part of it
    with pytest.raises(Refused, match="not asked"):
        campaigns.answer(campaign, [0], by=supervisor, decision=CONFIRMED)
    answered(campaign, "colleague", supervisor)
    assert Campaign.objects.get().ended_at is not None
    assert other.assignments.live().exists()
    assert Event.objects.get(code="campaign.ended").actor == "supervisor"


# -- The pages ---------------------------------------------------------------------------------------------------------
def test_the_page_asks_with_nothing_chosen_and_says_what_is_opened_and_when_last_used(
    as_: As, acm: User, agent: User, supervisor: User
) -> None:
    as_(agent)
    campaign = opened(acm)
    page = as_(supervisor).get(f"/accounts/campaigns/{campaign.pk}/").content.decode()
    assert page.count('name="item"') == 4
    assert not re.search(r'name="item"[^>]* checked', page)
    assert "file a SIR, file a SPEAR, read SIRs and read SPEARs." in page
    assert f"{timezone.localdate():%b} {timezone.localdate().day}, {timezone.localdate().year}" in page
    assert "Never" in page


def test_many_are_answered_at_once_and_a_wrong_form_keeps_what_was_ticked(as_: As, acm: User, supervisor: User) -> None:
    campaign, client = opened(acm), as_(supervisor)
    address = f"/accounts/campaigns/{campaign.pk}/"
    both = [item_of(campaign, name).pk for name in ("agent", "colleague")]
    wrong = client.post(address, {"item": both, "answer": "drop", "reason": ""})
    assert (wrong.status_code, wrong.content.decode().count(" checked")) == (422, 2)
    assert "Say why the access is dropped." in wrong.content.decode()
    assert client.post(address, {"answer": "confirm"}).status_code == 422
    assert client.post(address, {"item": both, "answer": "other"}).status_code == 422
    said = client.post(address, {"item": both, "answer": "drop", "reason": "Left"}, follow=True)
    assert "2 assignments are dropped." in said.content.decode()
    assert Assignment.objects.live().filter(user__username__in=["agent", "colleague"]).count() == 0


def test_one_is_answered_on_a_page_of_its_own(as_: As, acm: User, supervisor: User, agent: User) -> None:
    campaign, client = opened(acm), as_(supervisor)
    address = f"/accounts/campaigns/{campaign.pk}/items/{item_of(campaign, 'agent').pk}/"
    assert "What it opens" in client.get(address).content.decode()
    assert Event.objects.filter(code="user.viewed", actor="supervisor", object_id=str(agent.pk)).exists()
    other = item_of(campaign, "colleague")
    # Another item named in the form is not the one of the page.
    client.post(address, {"answer": "confirm", "item": other.pk})
    assert (item_of(campaign, "agent").decision, item_of(campaign, "colleague").decision) == (CONFIRMED, "")
    again = client.post(address, {"answer": "drop", "reason": "Late"})
    assert (again.status_code, "answered already by you" in again.content.decode()) == (422, True)
    own = item_of(campaign, "supervisor")
    assert client.get(f"/accounts/campaigns/{campaign.pk}/items/{own.pk}/").status_code == 404


def test_an_auditor_sees_progress_and_record_and_changes_nothing(as_: As, acm: User, auditor: User, sac: User) -> None:
    campaign = opened(acm)
    answered(campaign, "agent", sac)
    answered(campaign, "fig", sac, DROPPED, "Gone to Guam")
    client, address = as_(auditor), f"/accounts/campaigns/{campaign.pk}/"
    page = client.get(address).content.decode()
    assert "2 of 5 answered or ended: 1 confirmed, 1 dropped, 3 waiting." in page
    assert page.count('<svg class="share"') == 1
    assert "Gone to Guam" in page
    waiting = item_of(campaign, "colleague")
    assert client.post(address, {"item": waiting.pk, "answer": "confirm"}).status_code == 422
    assert client.post(f"{address}items/{waiting.pk}/", {"answer": "confirm"}).status_code == 422
    assert item_of(campaign, "colleague").decision == ""
    assert "1 confirmed" in client.get("/accounts/campaigns/").content.decode()


def test_a_supervisor_sees_neither_progress_nor_the_items_of_others(as_: As, acm: User, agent: User, sac: User) -> None:
    led_by(agent, sac)
    client, campaign = as_(User.objects.get(username="supervisor")), opened(acm)
    page = client.get(f"/accounts/campaigns/{campaign.pk}/").content.decode()
    assert ("Progress" in page, ">Agent<" in page, "1 asked of colleagues" in page) == (False, False, True)
    assert client.post(f"/accounts/campaigns/{campaign.pk}/export/").status_code == 403


def test_the_export_holds_every_answer_asks_for_the_password_and_runs_no_formula(
    as_: As, acm: User, auditor: User, sac: User, settings: Any
) -> None:
    campaign = opened(acm)
    answered(campaign, "agent", sac, DROPPED, "=1+1")
    client, address = as_(auditor), f"/accounts/campaigns/{campaign.pk}/export/"
    settings.CONFIRM_AFTER_SECONDS = -1
    assert client.post(address).status_code == 401
    assert not Event.objects.filter(code="campaign.exported").exists()
    assert client.post(address, {"confirm_password": "wrong"}).status_code == 422
    settings.CONFIRM_AFTER_SECONDS = 600
    answer = client.post(address, {"confirm_password": PASSWORD})
    lines = {line["username"]: line for line in csv.DictReader(StringIO(answer.content.decode()))}
    assert len(lines) == 5
    assert (lines["agent"]["answer"], lines["agent"]["reason"]) == ("Dropped", "'=1+1")
    assert (lines["agent"]["answered by"], lines["fig"]["answer"]) == ("Sac", "Waiting")
    assert Event.objects.get(code="campaign.exported").actor == "auditor"


def test_the_statements_of_a_page_do_not_grow_with_its_items(as_: As, acm: User, agent: User, supervisor: User) -> None:
    clients, campaign = [as_(acm), as_(supervisor)], opened(acm, role="fig")
    one = [_statements(client, campaign) for client in clients]
    for number in range(10):
        another(agent, "field_hsi", "MIA", username=f"many{number}")
    more = opened(acm, role="field_hsi")
    assert more.items.count() == 12
    assert [_statements(client, more) for client in clients] == one


def _statements(client: Client, campaign: Campaign) -> int:
    client.get(f"/accounts/campaigns/{campaign.pk}/")
    with CaptureQueriesContext(connection) as found:
        client.get(f"/accounts/campaigns/{campaign.pk}/")
        client.get("/accounts/campaigns/")
    return len(found)


def test_the_first_page_says_how_many_wait_and_until_when(as_: As, acm: User, supervisor: User) -> None:
    client = as_(supervisor)
    assert "Confirm or drop them" not in client.get("/").content.decode()
    opened(acm)
    page = " ".join(client.get("/").content.decode().split())
    assert "4 roles of others wait for your answer" in page
    page = " ".join(as_(acm).get("/").content.decode().split())
    assert "0 of 5 answered or ended: 5 waiting." in page


def test_what_a_role_opens_is_said_by_reach_and_without_what_belongs_to_another_programme() -> None:
    at = {office.code: office for office in Office.objects.filter(code__in=["MIA", "MIF", "HQ"])}
    there = dict(opens(Role.SUPERVISOR, at["MIF"]))["At Miami Field Office and the offices below it"]
    assert "decide a TAV" in there
    assert "TAV" not in str(opens(Role.SUPERVISOR, at["MIA"]))
    own = dict(opens(Role.FIELD_HSI, at["MIA"]))["In what the person wrote"]
    assert own == "amend a SIR, amend a SPEAR and name who may read a restricted report"
    assert opens(Role.ADMINISTRATOR, at["HQ"]) == [
        ("At every office", "edit offices, event types, thresholds and routing")
    ]


# -- Reminders and the end ---------------------------------------------------------------------------------------------
def test_reminders_come_weekly_and_two_days_before_the_end_each_once(acm: User) -> None:
    campaign, now = opened(acm), timezone.now()
    day = timedelta(days=1)
    # Opened, last reminded of and due so many days from now; whether a reminder is due.
    for since, reminded, due, expected in (
        (3, None, 17, False),
        (8, None, 12, True),
        (8, 1, 12, False),
        (16, 8, 4, True),
        (18, 0.05, 1.9, False),
        (18, 3, 1.9, True),
        (1, None, 0.5, False),
        (3, None, 1.9, True),
        (30, 9, -1, False),
    ):
        moved(
            campaign,
            opened_at=now - since * day,
            reminded_at=now - reminded * day if reminded else None,
            deadline=now + due * day,
        )
        found = [campaigns.remind(one, by=None) for one in campaigns.to_remind(now)]
        assert (True in found) is expected, (since, reminded, due)
        # At once again, it is not due.
        assert True not in [campaigns.remind(one, by=None) for one in campaigns.to_remind(now)]


def test_those_are_told_who_endorse_there_now_and_for_somebody_else(acm: User, supervisor: User) -> None:
    def told(campaign: Campaign) -> set[str]:
        return {user.username for user in campaign_reach.people_asked(campaign)}

    everybody, supervisors = opened(acm), opened(acm, role="supervisor")
    assert told(everybody) == {"supervisor", "sac"}
    assert told(supervisors) == {"sac"}
    OfficePermission.objects.filter(user=supervisor).update(until=timezone.now())
    record("user.rights_recomputed", by=None, on=supervisor)
    assert told(everybody) == {"sac", "acm"}  # what is about the other who endorses is left to a manager


@pytest.mark.django_db(transaction=True)
def test_each_who_is_asked_gets_one_mail_that_names_nobody(mailroom: Mailroom, acm: User, agent: User) -> None:
    led_by(agent, User.objects.get(username="supervisor"))
    campaign = opened(acm)
    work()
    told = {str(mail["To"]): mail for mail in mailroom.taken}
    assert set(told) == {"supervisor@example.gov", "sac@example.gov"}
    letter = told["supervisor@example.gov"]
    assert str(letter["Subject"]).startswith("4 assignments wait for your answer until ")
    assert f"/accounts/campaigns/{campaign.pk}/" in str(letter.get_payload())
    assert "agent" not in letter.as_string().lower()
    campaigns.answer(
        campaign, [item_of(campaign, name).pk for name in ("agent", "colleague", "sac", "fig")],
        by=User.objects.get(username="supervisor"), decision=CONFIRMED,
    )  # fmt: skip
    moved(campaign, opened_at=timezone.now() - timedelta(days=8))
    campaign_tasks.remind_campaigns(0)
    campaign_tasks.remind_campaigns(0)
    work()
    assert [str(mail["To"]) for mail in mailroom.taken[2:]] == ["sac@example.gov"]


def test_what_nobody_answered_ends_at_the_deadline_and_the_record_remains(
    as_: As, acm: User, agent: User, sac: User
) -> None:
    session, campaign = as_(agent), opened(acm)
    answered(campaign, "colleague", sac)
    actions.revoke_role(Assignment.objects.get(user__username="fig"), by=acm)
    assert (item_of(campaign, "fig").standing, item_of(campaign, "agent").standing) == (GONE, "Waiting")
    assert campaigns.end_due() == 0
    overdue(campaign)
    with pytest.raises(Refused, match="has ended"):
        answered(campaign, "agent", sac)
    assert session.get("/reports/new/").status_code == 200
    campaign_tasks.end_campaigns(0)
    assert session.get("/reports/new/").status_code == 403
    decisions = dict(campaign.items.values_list("assignment__user__username", "decision"))
    assert decisions == {
        "agent": "lapsed", "supervisor": "lapsed", "sac": "lapsed", "colleague": "confirmed", "fig": "gone"
    }  # fmt: skip
    held = Assignment.objects.get(user=agent)
    assert (held.revoked_by, held.revoked_reason) == (None, campaigns.UNANSWERED)
    assert Assignment.objects.live().filter(user__username="colleague").exists()
    late = as_(acm).get(f"/accounts/campaigns/{campaign.pk}/").content.decode()
    assert "It ended on" in late
    assert "1 confirmed, 3 ended unanswered, 1 ended before it was answered." in late


def test_many_end_in_several_steps(acm: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "SLICE", 2)
    overdue(opened(acm))
    assert campaigns.end_due() == 1
    assert Event.objects.filter(code="campaign.lapsed").count() == 3
    assert Event.objects.filter(code="campaign.ended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_end_a_campaign_once() -> None:
    campaign = opened(User.objects.get(username="acm"))
    overdue(campaign)
    _together(*[campaigns.end_due] * 4)
    campaigns.end_due()
    assert Event.objects.filter(code="assignment.revoked").count() == 5
    assert Event.objects.filter(code="campaign.ended").count() == 1
    assert set(campaign.items.values_list("decision", flat=True)) == {"lapsed"}


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_the_same_moment_give_one_answer() -> None:
    campaign = opened(User.objects.get(username="acm"))

    def by(username: str, decision: Any) -> Callable[[], str]:
        def act() -> str:
            try:
                answered(campaign, "agent", User.objects.get(username=username), decision)
            except Refused as no:
                return no.reason
            return "done"

        return act

    said = _together(by("supervisor", CONFIRMED), by("sac", DROPPED))
    assert said.count("done") == 1
    assert any("answered meanwhile by" in one for one in said)
    decision = item_of(campaign, "agent").decision
    assert Assignment.objects.live().filter(user__username="agent").exists() is (decision == CONFIRMED)


@pytest.mark.django_db(transaction=True)
def test_two_who_drop_each_other_at_the_same_moment_are_both_told() -> None:
    """Each holds their own role and waits for the other's: the database ends one, who reads why."""
    acm, sac, supervisor = (User.objects.get(username=name) for name in ("acm", "sac", "supervisor"))
    campaign, both = opened(acm), Barrier(2)

    def by(user: User, about: str) -> Callable[[], str]:
        def act() -> str:
            item = item_of(campaign, about).pk
            with transaction.atomic():
                hold(user)
                both.wait()
                try:
                    campaigns.answer(campaign, [item], by=user, decision=DROPPED, reason="Left")
                except Refused as no:
                    transaction.set_rollback(True)
                    return no.reason
            return "done"

        return act

    said = _together(by(sac, "supervisor"), by(supervisor, "sac"))
    assert sorted(said) == [AT_ONCE, "done"]
    assert Assignment.objects.live().filter(user__in=[sac, supervisor]).count() == 1


def test_one_who_has_left_answers_nothing_and_their_staff_is_asked_of_others(
    acm: User, agent: User, supervisor: User, sac: User
) -> None:
    boss = another(sac, "fig", "ATL", username="boss")
    led_by(agent, boss)
    campaign = opened(acm)
    assert (asked_about(boss, campaign), "agent" in asked_about(sac, campaign)) == ({"agent"}, False)
    with transaction.atomic():
        User.objects.filter(pk=boss.pk).update(status=User.Status.SUSPENDED)
        record("user.changed", by=None, on=boss)
    with pytest.raises(Refused, match="not asked"):
        answered(campaign, "agent", boss)
    assert "agent" in asked_about(sac, campaign)


@pytest.mark.django_db(transaction=True)
def test_what_somebody_who_leaves_was_asked_is_handed_to_their_office_and_the_office_is_told(
    mailroom: Mailroom, acm: User, agent: User, supervisor: User, sac: User
) -> None:
    led_by(agent, another(sac, "fig", "ATL", username="boss"))
    boss = User.objects.get(username="boss")
    campaign = opened(acm)
    work()
    told = len(mailroom.taken)
    assert ("Answers to a recertification", 1) in [(one.title, one.count) for one in leaving.before([boss])]
    ended = leaving.offboard(boss, by=acm, reason="Left the agency")
    assert ended["Answers to a recertification"] == 1
    assert item_of(campaign, "agent").reviewer is None
    assert "agent" in asked_about(sac, campaign) & asked_about(supervisor, campaign)
    event = Event.objects.get(code="campaign.handed_on", object_id=str(campaign.pk))
    assert (event.actor, json.loads(event.payload)["items"]) == ("acm", [item_of(campaign, "agent").pk])
    work()
    assert {str(mail["To"]) for mail in mailroom.taken[told:]} == {"sac@example.gov", "supervisor@example.gov"}


@pytest.mark.django_db(transaction=True)
def test_what_only_the_leaver_could_answer_falls_to_the_managers(
    mailroom: Mailroom, acm: User, agent: User, supervisor: User, sac: User
) -> None:
    led_by(agent, supervisor)
    leaving.offboard(sac, by=acm, reason="Left the agency")
    campaign = opened(acm)
    work()
    told = len(mailroom.taken)
    leaving.offboard(supervisor, by=acm, reason="Left the agency")
    assert "agent" in asked_about(acm, campaign)
    work()
    assert {str(mail["To"]) for mail in mailroom.taken[told:]} == {"acm@example.gov"}


def _together(*acts: Callable[[], Any]) -> list[Any]:
    def closing(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(closing, acts))

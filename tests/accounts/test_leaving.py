"""Whoever leaves is out by the next click, with everything that they had, and nothing of their work is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import actions as people
from accounts import leaving
from accounts.access import Refused
from accounts.models import (
    AccessRequest,
    Assignment,
    Identity,
    Office,
    OfficePermission,
    OpenSession,
    RecoveryCode,
    SecondFactor,
    User,
)
from accounts.roles import Role
from audit.log import record
from audit.models import Event
from ileads import actions as ileads
from ileads.models import Dissemination
from reports import actions, drafts
from reports.models import Draft, Report, ReportReader, StatusChange
from tests.cast import PASSWORD
from tests.reports.filing import approved, file_ilead, file_sir, make_draft, sir_answers
from tests.reports.test_readers import RESTRICTED

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


def address(user: Any) -> str:
    return f"/accounts/people/{user.pk}/offboard/"


def keep(user: Any) -> None:
    """What signing in, a request and the agency's sign-in leave behind."""
    now = timezone.now()
    SecondFactor.objects.create(user=user, kind="totp", name="Phone", stored=b"x", added_at=now)
    RecoveryCode.objects.create(user=user, code_hash="1" * 64)
    Identity.objects.create(user=user, issuer="https://login.example.gov", subject="s-1", linked_at=now)
    AccessRequest.objects.create(
        person=user, role=Role.FIG, office=user.office, reason="Duty", until=date(2027, 1, 1), asked_at=now
    )
    record("user.changed", by=None, on=user)


def second_account(user: User) -> User:
    values = {name: getattr(user, name) for name in ("person_key", "name", "programme", "office")}
    again = people.add_user(by=None, password="x", username="again", email="a@example.gov", status="active", **values)
    until = timezone.now() + timedelta(days=9)
    people.grant_role(user=again, role=Role.FIG, office=Office.objects.get(code="MIA"), until=until, by=None)
    return again


def test_one_act_ends_all_and_what_was_taken_up_is_back_in_the_queue(
    agent: Any, analyst: Any, acm: Any, as_: SignedIn
) -> None:
    browser, report = as_(analyst), file_sir(agent)
    actions.move(report.pk, "take-up", by=analyst)
    keep(analyst)
    key = browser.session.session_key
    started = {"started_at": timezone.now(), "seen_at": timezone.now()}
    assert key
    place = {"address": "192.0.2.1", "device": "Firefox"}
    OpenSession.objects.get_or_create(key=key, defaults={"user": analyst, **place, **started})
    assert browser.get("/watch/").status_code == 200
    ended = leaving.offboard(analyst, by=acm, reason="Moved to another agency")
    assert ended == {
        "Roles": 1,
        "Requests for access": 1,
        "Open sessions": 1,
        "Second factors": 1,
        "Links with the agency's sign-in": 1,
        "Reports taken up": 1,
    }
    assert browser.get("/watch/").status_code == 302
    report = Report.objects.get(pk=report.pk)
    assert (report.status, report.held_by) == ("submitted", None)
    assert StatusChange.objects.filter(report=report, move="release", by=acm).exists()
    assert OpenSession.objects.get(pk=key).ended == "access"
    for table in (SecondFactor, RecoveryCode, Identity, OfficePermission):
        assert not table.objects.filter(user=analyst).exists()
    assert not Session.objects.filter(session_key=key).exists()
    assert AccessRequest.objects.get(person=analyst).status == "withdrawn"
    assert Assignment.objects.get(user=analyst).revoked_reason == "Moved to another agency"
    analyst.refresh_from_db()
    assert (analyst.status, analyst.has_usable_password()) == ("left", False)
    events = Event.objects.order_by("-pk").values_list("code", flat=True)[:5]
    told = {"report.released", "session.ended", "access.withdrawn", "assignment.revoked"}
    assert set(events) == {"user.offboarded", *told}


def test_should_the_account_be_opened_again_no_old_session_and_no_old_password_opens_it(
    analyst: Any, acm: Any, sco: Any, as_: SignedIn
) -> None:
    browser = as_(analyst)
    leaving.offboard(analyst, by=acm, reason="Moved")
    people.change_profile(analyst, by=sco, status=User.Status.ACTIVE)
    assert browser.get("/").status_code == 302
    Client().post("/sign-in/", {"username": "analyst", "password": PASSWORD})
    assert Event.objects.filter(code="session.refused", object_id=analyst.audit_id).exists()


def test_every_account_of_the_person_ends(agent: Any, acm: Any, as_: SignedIn) -> None:
    again = second_account(agent)
    ended = leaving.offboard(agent, by=acm, reason="Moved")
    assert ended["Roles"] == 2
    assert set(User.objects.filter(person_key=agent.person_key).values_list("status", flat=True)) == {"left"}
    assert Event.objects.filter(code="user.offboarded", object_id=again.audit_id).count() == 1


def test_nobody_offboards_themselves_under_another_account_either(acm: Any, agent: Any) -> None:
    second = people.add_user(
        by=None, password="x", username="two", person_key=acm.person_key, name="Two", email="t@example.gov",
        programme="HSI", status="active",
    )  # fmt: skip
    for user in (acm, second):
        with pytest.raises(Refused, match="your own"):
            leaving.offboard(user, by=acm, reason="x")
    with pytest.raises(Refused, match="roles do not let you"):
        leaving.offboard(second, by=agent, reason="x")
    assert User.objects.get(pk=second.pk).status == "active"


# -- Drafts ------------------------------------------------------------------------------------------------------------
def test_drafts_go_to_the_supervisor_on_record_who_could_have_begun_them(agent: Any, supervisor: Any, acm: Any) -> None:
    User.objects.filter(pk=agent.pk).update(supervisor=supervisor)
    record("user.changed", by=None, on=agent)
    draft, amendment = make_draft(agent), drafts.open_amendment(file_sir(agent), by=agent)
    ended = leaving.offboard(agent, by=acm, reason="Moved")
    assert ended["Drafts handed over"] == 2
    assert {one.pk for one in Draft.objects.filter(author=supervisor)} == {draft.pk, amendment.pk}


def test_what_the_supervisor_may_not_read_is_handed_to_nobody(agent: Any, supervisor: Any, acm: Any) -> None:
    restricted = file_sir(agent, sir_answers(agent, **RESTRICTED))
    ReportReader.objects.filter(content_object=restricted, user=supervisor).delete()
    record("report.reader_removed", by=None, on=restricted)
    drafts.open_amendment(restricted, by=agent)
    make_draft(agent, sir_answers(agent, **RESTRICTED))
    report = file_sir(agent)
    drafts.open_amendment(report, by=agent)
    drafts.open_amendment(report, by=supervisor)  # one amendment each, so the other stays where it is
    ended = leaving.offboard(agent, by=acm, reason="Moved", drafts_to=supervisor)
    assert "Drafts handed over" not in ended
    assert (ended["Drafts that stay closed"], Draft.objects.filter(author=agent).count()) == (3, 3)


def test_only_a_supervisor_takes_drafts_over(agent: Any, colleague: Any, acm: Any) -> None:
    make_draft(agent)
    with pytest.raises(Refused, match="active supervisor"):
        leaving.offboard(agent, by=acm, reason="Moved", drafts_to=colleague)
    assert User.objects.get(pk=agent.pk).status == "active"
    assert leaving.offboard(agent, by=acm, reason="Moved")["Drafts that stay closed"] == 1


def test_who_may_take_over_leads_or_is_on_record_is_active_and_is_somebody_else(
    agent: Any, colleague: Any, supervisor: Any
) -> None:
    def may(user: Any) -> set[str]:
        return set(User.objects.filter(leaving.heirs(user)).values_list("username", flat=True))

    assert may(agent) == {"supervisor", "sac", "fod"}
    agent.supervisor = colleague
    assert may(agent) == {"supervisor", "sac", "fod", "colleague"}
    assert may(second_account(supervisor)) == may(supervisor) == {"sac", "fod"}
    User.objects.filter(pk=supervisor.pk).update(status=User.Status.SUSPENDED)
    record("user.changed", by=None, on=supervisor)
    assert may(agent) == {"sac", "fod", "colleague"}


# -- What single reports opened ----------------------------------------------------------------------------------------
def test_a_restricted_report_that_nobody_else_reads_goes_to_the_supervisor(
    agent: Any, supervisor: Any, acm: Any
) -> None:
    alone = file_sir(agent, sir_answers(agent, **RESTRICTED))
    ReportReader.objects.filter(content_object=alone).exclude(user=agent).delete()
    record("report.reader_removed", by=None, on=alone)
    assert not Report.objects.visible_to(supervisor).filter(pk=alone.pk).exists()
    ended = leaving.offboard(agent, by=acm, reason="Moved", drafts_to=supervisor)
    assert ended["Restricted reports that the supervisor reads now"] == 1
    assert Report.objects.visible_to(User.objects.get(pk=supervisor.pk)).filter(pk=alone.pk).exists()


def test_where_nobody_takes_over_it_is_said_that_nobody_can_read_it(agent: Any, acm: Any) -> None:
    alone = file_sir(agent, sir_answers(agent, **RESTRICTED))
    ReportReader.objects.filter(content_object=alone).exclude(user=agent).delete()
    record("report.reader_removed", by=None, on=alone)
    assert leaving.offboard(agent, by=acm, reason="Moved")["Restricted reports that nobody can read now"] == 1


def test_an_ilead_passed_on_to_the_person_is_taken_back(officer: Any, fod: Any, agent: Any, acm: Any) -> None:
    lead = approved(file_ilead(officer), fod)
    until = timezone.now() + timedelta(days=30)
    made = ileads.pass_on(lead.pk, agent, by=officer, need_to_know="Works the same gang", until=until)
    ended = leaving.offboard(agent, by=acm, reason="Moved")
    assert (ended["iLeads passed on to them"], ended["Reports named for reading"]) == (1, 1)
    assert not Dissemination.objects.get(pk=made.pk).is_live
    assert not ReportReader.objects.filter(user=agent).exists()


# -- The page ----------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_will_end_and_then_what_ended_and_twice_changes_nothing(
    agent: Any, supervisor: Any, acm: Any, as_: SignedIn, settings: Any
) -> None:
    settings.CONFIRM_AFTER_SECONDS = -1
    browser = as_(acm)
    make_draft(agent)
    before = browser.get(address(agent)).content.decode()
    assert [word in before for word in ("What will end", "1: end now", "What ended")] == [True, True, False]
    typed = {"reason": "Moved away", "drafts_to": supervisor.pk}
    asked = browser.post(address(agent), typed)
    assert (asked.status_code, User.objects.get(pk=agent.pk).status) == (401, "active")
    done = browser.post(address(agent), typed | {"confirm_password": PASSWORD}, follow=True)
    after = done.content.decode()
    assert [word in after for word in ("What ended", "Drafts handed over", "Moved away")] == [True] * 3
    assert "End everything" not in after
    again = browser.post(address(agent), typed | {"confirm_password": PASSWORD}).content.decode()
    assert "has left already" in again
    assert Event.objects.filter(code="user.offboarded").count() == 1


def test_without_a_reason_nothing_ends(agent: Any, acm: Any, as_: SignedIn) -> None:
    assert "Say why this person leaves." in as_(acm).post(address(agent), {"reason": " "}).content.decode()
    assert User.objects.get(pk=agent.pk).status == "active"

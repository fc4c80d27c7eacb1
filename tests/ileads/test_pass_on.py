"""Passing an iLead on: who may, to whom, what the recipient can then read, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import Refused
from audit.models import Event
from ileads import actions
from ileads.models import Dissemination
from reports import actions as report_actions
from reports.models import Report, ReportReader
from tests.ileads.leads import PROVIDER, WHY, address, filed, passed_on
from tests.reports.filing import amend_report, approved, file_ilead, file_sir, ilead_answers
from tests.reports.test_readers import RESTRICTED

pytestmark = pytest.mark.django_db


def lists(client: Any, report: Report) -> bool:
    return report.number in client.get("/reports/?kind=ilead").content.decode()


def finds(client: Any, report: Report, words: str) -> bool:
    answer = client.post("/reports/search/", {"q": words}, follow=True)
    return report.number in answer.content.decode()


def can_read(user: Any, report: Report) -> bool:
    return Report.objects.visible_to(user).filter(pk=report.pk).exists()


def form(recipient: Any, **changes: str) -> dict[str, str]:
    day = timezone.now() + timedelta(days=30)
    typed = {"recipient": recipient.username, "need_to_know": WHY}
    return typed | {f"until_{n}": str(part) for n, part in enumerate((day.month, day.day, day.year))} | changes


# -- What it opens --------------------------------------------------------------------------------------------------
def test_an_hsi_agent_reads_the_one_ilead_that_was_passed_on(officer: Any, fod: Any, agent: Any, as_: Any) -> None:
    report, other = filed(officer, fod), filed(officer, fod)
    client = as_(agent)
    assert client.get(address(report)).status_code == 404
    passed_on(report, agent, by=officer)
    page = client.get(address(report))
    assert page.status_code == 200
    assert "robberies that match" in page.content.decode()
    assert lists(client, report)
    assert finds(client, report, "Harbor Nine")
    assert not lists(client, other)
    assert client.get(address(other)).status_code == 404


def test_a_colleague_to_whom_it_was_not_passed_on_sees_nothing(
    officer: Any, fod: Any, agent: Any, colleague: Any, as_: Any
) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    client = as_(colleague)
    assert client.get(address(report)).status_code == 404
    assert not lists(client, report)
    assert not finds(client, report, "Harbor Nine")


def test_the_recipient_sees_no_protected_provider_and_changes_nothing(
    officer: Any, fod: Any, agent: Any, as_: Any
) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    client = as_(agent)
    page = client.get(address(report)).content.decode()
    assert PROVIDER not in page
    assert "Only the author and their supervisor" in page
    assert "Show who gave this" not in page
    assert client.post(f"{address(report)}amend/").status_code == 403
    assert client.post(f"{address(report)}moves/void/").status_code == 403
    assert client.get(address(report, "pass-on")).status_code == 403


def test_it_is_closed_again_after_the_last_day(officer: Any, fod: Any, agent: Any) -> None:
    report, then = filed(officer, fod), timezone.now() - timedelta(days=20)
    made = passed_on(report, agent, by=officer, now=then, until=then + timedelta(days=20, seconds=2))
    assert can_read(agent, report)
    with transaction.atomic():
        ends(made, timezone.now() - timedelta(seconds=1), by=officer)
    assert not can_read(agent, report)
    assert not Dissemination.objects.live().exists()


def ends(made: Dissemination, at: Any, *, by: Any) -> None:
    """As if time had passed: the day of the dissemination and of the right it gave."""
    from audit.log import record

    record("ilead.disseminated", by=by, on=made.report)
    ReportReader.objects.filter(user_id=made.recipient_id, content_object=made.report).update(until=at)
    Dissemination.objects.filter(pk=made.pk).update(until=at)


def test_it_can_be_passed_on_again_when_it_has_ended(officer: Any, fod: Any, agent: Any) -> None:
    report, then = filed(officer, fod), timezone.now() - timedelta(days=20)
    made = passed_on(report, agent, by=officer, now=then, until=then + timedelta(days=1))
    assert not can_read(agent, report)
    passed_on(report, agent, by=fod)
    assert can_read(agent, report)
    made.refresh_from_db()
    assert not made.was_taken_back


def test_taking_it_back_closes_it_at_once(officer: Any, fod: Any, agent: Any, as_: Any) -> None:
    report = filed(officer, fod)
    made = passed_on(report, agent, by=officer)
    client = as_(agent)
    answer = as_(fod).post(f"{address(report, 'pass-on')}{made.pk}/take-back/", {"reason": "Left the case"})
    assert answer.status_code == 302
    assert client.get(address(report)).status_code == 404
    assert not lists(client, report)
    event = Event.objects.get(code="ilead.taken_back")
    assert (str(agent.pk) in event.payload, "Left the case" in event.payload) == (True, True)
    made.refresh_from_db()
    assert (made.was_taken_back, made.revoked_reason) == (True, "Left the case")
    assert "Left the case" in as_(fod).get(address(report, "pass-on")).content.decode()


def test_taking_back_needs_a_reason_and_keeps_what_was_typed(officer: Any, fod: Any, agent: Any, as_: Any) -> None:
    report = filed(officer, fod)
    made = passed_on(report, agent, by=officer)
    answer = as_(officer).post(f"{address(report, 'pass-on')}{made.pk}/take-back/", {"reason": " "})
    assert answer.status_code == 422
    assert "Say why Agent no longer needs to know." in answer.content.decode()
    assert can_read(agent, report)


def test_taking_it_back_twice_is_once(officer: Any, fod: Any, agent: Any) -> None:
    made = passed_on(filed(officer, fod), agent, by=officer)
    actions.take_back(made.pk, by=officer, reason="Left the case")
    actions.take_back(made.pk, by=fod, reason="Another reason")
    made.refresh_from_db()
    assert made.revoked_reason == "Left the case"


def test_a_restriction_closes_it_while_it_stands(officer: Any, fod: Any, agent: Any, as_: Any) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    amend_report(report, fod, flags=RESTRICTED["flags"])
    assert not can_read(agent, report)
    assert as_(agent).get("/").status_code == 200
    lifted = {"restricted": [], "restricted_reason": [""]}
    amend_report(Report.objects.get(pk=report.pk), fod, flags=lifted)
    assert can_read(agent, report)


def test_somebody_without_any_reading_role_left_can_read_nothing(officer: Any, fod: Any, agent: Any, acm: Any) -> None:
    from accounts import actions as accounts
    from accounts.models import Assignment, User

    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    accounts.revoke_role(Assignment.objects.get(user=agent), by=acm, reason="Left")
    assert not can_read(User.objects.get(pk=agent.pk), report)


# -- Who may, and to whom -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["officer", "fod", "analyst", "intel"])
def test_author_office_and_analysts_pass_on(who: str, officer: Any, fod: Any, agent: Any, person: Any) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=person(who))
    assert can_read(agent, report)


@pytest.mark.parametrize("who", ["hq", "duty", "auditor"])
def test_who_only_reads_passes_nothing_on(who: str, officer: Any, fod: Any, agent: Any, person: Any, as_: Any) -> None:
    report = filed(officer, fod)
    client = as_(person(who))
    page = client.get(address(report)).content.decode()
    assert "Pass on" not in page
    assert client.get(address(report, "pass-on")).status_code == 403
    assert client.post(address(report, "pass-on"), form(agent)).status_code == 403
    with pytest.raises(Refused, match="do not let you pass an iLead on"):
        passed_on(report, agent, by=person(who))


def refusal(report: Report, to: Any, *, by: Any, **values: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        passed_on(report, to, by=by, **values)
    return refused.value.message_dict


def test_it_is_passed_on_to_nobody_who_has_it_anyway(
    officer: Any, fod: Any, agent: Any, intel: Any, sco: Any, stranger: Any
) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    assert "This is you" in refusal(report, officer, by=officer)["recipient"][0]
    assert "can read this iLead already, by their role" in refusal(report, intel, by=officer)["recipient"][0]
    assert "has this iLead already, until" in refusal(report, agent, by=fod)["recipient"][0]
    for nobody in (sco, stranger):
        assert "holds no role that reads reports" in refusal(report, nobody, by=officer)["recipient"][0]


def test_a_need_to_know_and_a_day_within_a_year_are_needed(officer: Any, fod: Any, agent: Any) -> None:
    report = filed(officer, fod)
    assert "Say why" in refusal(report, agent, by=officer, need_to_know="  ")["need_to_know"][0]
    past = timezone.now() - timedelta(hours=1)
    assert "has passed" in refusal(report, agent, by=officer, until=past)["until"][0]
    late = timezone.now() + timedelta(days=367)
    assert "at most a year" in refusal(report, agent, by=officer, until=late)["until"][0]


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(
    officer: Any, fod: Any, intel: Any, stranger: Any, as_: Any
) -> None:
    report = filed(officer, fod)
    client = as_(officer)
    answer = client.post(address(report, "pass-on"), form(intel))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "can read this iLead already" in page
    assert WHY in page
    page = client.post(address(report, "pass-on"), form(stranger, until_2="1999")).content.decode()
    assert "holds a role that reads reports. Choose somebody" in page
    assert WHY in page
    assert not Dissemination.objects.exists()


@pytest.mark.parametrize("state", ["awaiting", "returned", "voided", "restricted"])
def test_what_is_not_approved_voided_or_restricted_is_not_passed_on(
    state: str, officer: Any, fod: Any, agent: Any, as_: Any
) -> None:
    report = file_ilead(officer)
    if state == "returned":
        report_actions.move(report.pk, "return", by=fod, reason="Say more")
    elif state != "awaiting":
        approved(report, fod)
    if state == "voided":
        report_actions.move(report.pk, "void", by=fod, reason="Wrong person")
    if state == "restricted":
        amend_report(Report.objects.get(pk=report.pk), officer, flags=RESTRICTED["flags"])
    with pytest.raises(Refused):
        passed_on(report, agent, by=officer)
    page = as_(officer).get(address(report, "pass-on")).content.decode()
    assert "It cannot be passed on now" in page
    assert "need_to_know" not in page


def test_another_kind_of_report_has_no_such_page(officer: Any, as_: Any) -> None:
    report = file_sir(officer)
    for page in ("pass-on", "provider"):
        assert as_(officer).get(f"/ileads/{report.number}/{page}/").status_code == 404


# -- What is kept and told ------------------------------------------------------------------------------------------
def test_passing_on_by_the_page_is_recorded_and_shown_to_all_who_read_it(
    officer: Any, fod: Any, agent: Any, hq: Any, as_: Any
) -> None:
    report = filed(officer, fod)
    answer = as_(officer).post(address(report, "pass-on"), form(agent))
    assert answer.status_code == 302
    event = Event.objects.get(code="ilead.disseminated")
    assert (event.object_id, WHY in event.payload) == (str(report.pk), True)
    made = Dissemination.objects.get()
    assert made.until.astimezone(tz=None) > timezone.now() + timedelta(days=29)
    for reader in (officer, hq):
        page = as_(reader).get(address(report)).content.decode()
        assert f"Passed on to {agent.name}" in page
        assert WHY in page
    assert "Take back" not in as_(hq).get(address(report)).content.decode()


def test_a_recipient_is_told_of_their_own_alone(officer: Any, fod: Any, agent: Any, outsider: Any, as_: Any) -> None:
    report = filed(officer, fod)
    passed_on(report, agent, by=officer)
    passed_on(report, outsider, by=officer, need_to_know="Quite another case")
    page = as_(agent).get(address(report)).content.decode()
    assert WHY in page
    assert "Quite another case" not in page


def test_the_home_page_says_what_was_passed_on(officer: Any, fod: Any, agent: Any, colleague: Any, as_: Any) -> None:
    report = filed(officer, fod)
    made = passed_on(report, agent, by=officer)
    assert report.number in as_(agent).get("/").content.decode()
    assert "Passed on to you" not in as_(colleague).get("/").content.decode()
    actions.take_back(made.pk, by=officer, reason="Left the case")
    assert report.number not in as_(agent).get("/").content.decode()


def test_the_database_holds_one_open_dissemination_a_person(officer: Any, fod: Any, agent: Any) -> None:
    made = passed_on(filed(officer, fod), agent, by=officer)
    made.pk = None
    with pytest.raises(IntegrityError, match="dissemination_once"), transaction.atomic():
        Dissemination.objects.bulk_create([made])


def test_ilead_answers_are_those_of_a_true_ilead(officer: Any) -> None:
    assert ilead_answers(officer)["provider"]["provider_name"] == [PROVIDER]

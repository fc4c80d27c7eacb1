"""What stays closed, and what nobody decides about themselves or unseen, over the whole life of a report."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.access import Refused
from audit.log import record
from ileads.actions import pass_on
from reports import actions, decisions, drafts
from reports.answers import Answers
from reports.mail import send_waiting
from reports.models import Report
from tests.reports.filing import (
    amend_report,
    approved,
    file_ilead,
    file_spear,
    file_tav,
    ilead_answers,
    make_draft,
    moment,
    spear_answers,
    tav_answers,
)
from tests.reports.test_readers import RESTRICTED
from tests.reports.test_spear import past

PROVIDER = "Ines Calloway"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def again(report: Report) -> Report:
    return Report.objects.get(pk=report.pk)


def window(start: datetime) -> dict[str, list[str]]:
    return moment("event_at", start) | moment("planned_end", start + 2 * HOUR)


def in_days(days: int) -> dict[str, list[str]]:
    return window(timezone.now().replace(second=0, microsecond=0) + days * DAY)


def text(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


# -- Nobody approves their own ----------------------------------------------------------------------------------------
def test_whoever_changed_the_plan_does_not_approve_it(agent: Any, supervisor: Any, sac: Any) -> None:
    report = approved(file_spear(agent), supervisor)
    assert amend_report(report, supervisor, when=in_days(5)).status == "awaiting"
    for name in ("approve", "return"):
        with pytest.raises(Refused, match="You wrote a part of what waits"):
            actions.move(report.pk, name, by=supervisor, reason="Mine")
    assert not decisions.waiting(supervisor).exists()
    assert decisions.waiting(sac).get().pk == report.pk
    assert approved(report, sac).status == "submitted"


def test_who_mended_what_was_returned_does_not_approve_it(agent: Any, supervisor: Any, sac: Any) -> None:
    report = file_spear(agent)
    actions.move(report.pk, "return", by=sac, reason="Add the second door.")
    amend_report(again(report), supervisor, narrative={"narrative": ["By both doors."]})
    with pytest.raises(Refused, match="You wrote a part of what waits"):
        approved(report, supervisor)


def test_a_supervisor_approves_the_plan_of_another_whatever_they_wrote_before(agent: Any, supervisor: Any) -> None:
    report = approved(file_spear(agent), supervisor)
    amend_report(again(report), supervisor, narrative={"narrative": ["The team meets at six."]})
    actions.move(
        report.pk,
        "outcome",
        by=supervisor,
        answers={"outcome": "postponed", **moment("outcome_at", timezone.now() - HOUR)},
    )
    assert amend_report(again(report), agent, when=in_days(6)).status == "awaiting"
    assert decisions.waiting(supervisor).exists()
    assert approved(report, supervisor).status == "submitted"


def test_who_may_not_approve_it_is_not_asked_to(agent: Any, supervisor: Any) -> None:
    report = approved(file_spear(agent, spear_answers(agent, case={"supervisor": [str(supervisor.pk)]})), supervisor)
    changed = amend_report(again(report), supervisor, when=in_days(5))
    send_waiting(str(report.pk), changed.version)
    assert mail.outbox == []


def test_a_restricted_plan_waits_for_somebody_else_than_its_author(supervisor: Any, sac: Any) -> None:
    draft = make_draft(
        supervisor, spear_answers(supervisor, **RESTRICTED, case={"supervisor": [str(supervisor.pk)]}), "spear"
    )
    (problem,) = Answers(draft, supervisor).problems()
    assert "Name a supervisor who may approve" in problem.message
    draft.answers["case"] = {"supervisor": [str(sac.pk)]}
    assert Answers(draft, supervisor).problems() == []


# -- Nobody decides unseen --------------------------------------------------------------------------------------------
def test_what_changed_while_the_page_was_open_is_not_approved(agent: Any, supervisor: Any, as_: Any) -> None:
    report, client = file_spear(agent), as_(supervisor)
    address = f"/reports/{report.number}/moves/approve/"
    client.get(f"/reports/{report.number}/")
    assert 'name="seen" value="1"' in text(client, address)
    amend_report(report, agent, when=in_days(5))
    stale = client.post(address, {"seen": "1"})
    assert stale.status_code == 409
    assert "A newer version" in stale.content.decode()
    assert again(report).status == "awaiting"
    now = text(client, address)
    assert "You have read version 1; version 2 was filed since." in now
    assert client.post(address, {"seen": "2"}).status_code == 302
    assert again(report).status == "submitted"


def test_the_second_who_decides_a_visit_from_an_old_page_is_told(officer: Any, fod: Any, as_: Any) -> None:
    visit, client = file_tav(officer), as_(fod)
    post = {"decision": "approved", "conflict": "none", "decision_reason": "It fits.", "seen": "1"}
    address = f"/reports/{visit.number}/moves/decide/"
    assert client.post(address, post).status_code == 302
    assert client.post(address, post | {"decision": "denied"}).status_code == 409
    assert again(visit).typed.decision == "approved"


# -- A plan that is revived -------------------------------------------------------------------------------------------
def test_a_cancelled_plan_that_gets_a_new_window_is_planned_and_approved_again(agent: Any, supervisor: Any) -> None:
    report = approved(file_spear(agent), supervisor)
    cancelled = {"outcome": "cancelled", **moment("outcome_at", timezone.now() - HOUR)}
    actions.move(report.pk, "outcome", by=agent, answers=cancelled)
    revived = amend_report(again(report), agent, when=in_days(5))
    assert (revived.status, revived.typed.outcome) == ("awaiting", "")


def test_a_plan_that_was_carried_out_is_not_moved_unapproved(agent: Any, supervisor: Any) -> None:
    report = approved(file_spear(agent), supervisor)
    later = again(report).event_at + HOUR
    done = {"outcome": "executed", **moment("outcome_at", later)}
    actions.move(report.pk, "outcome", by=agent, answers=done, now=later + HOUR)
    assert amend_report(again(report), agent, when=in_days(9)).status == "awaiting"


def test_a_year_that_cannot_be_meant_is_said_beside_the_outcome(
    agent: Any, officer: Any, supervisor: Any, fod: Any
) -> None:
    long_ago = timezone.now().replace(year=1901)
    report = approved(file_spear(agent), supervisor)
    with pytest.raises(ValidationError, match="Check the year"):
        actions.move(report.pk, "outcome", by=agent, answers={"outcome": "cancelled", **moment("outcome_at", long_ago)})
    visit = file_tav(officer)
    decision = {"decision": "approved", "conflict": "none", "decision_reason": "It fits."}
    actions.move(visit.pk, "decide", by=fod, answers=decision)
    with pytest.raises(ValidationError, match="Check the year"):
        actions.move(visit.pk, "outcome", by=officer, answers={"outcome": "Done", **moment("actual_start", long_ago)})


# -- What is begun from another report --------------------------------------------------------------------------------
def test_what_is_told_of_a_restricted_operation_is_restricted(agent: Any, supervisor: Any, as_: Any) -> None:
    closed: dict[str, Any] = RESTRICTED | {"case": {"supervisor": [str(supervisor.pk)]}}
    report = past(agent, supervisor, **closed)
    answer = as_(agent).post(f"/reports/{report.number}/start/what-happened/")
    page = text(as_(agent), f"{answer['Location']}flags/")
    assert "An employee is involved." in page
    draft = agent.drafts.get()
    assert draft.answers["flags"]["restricted"] == ["on"]


def test_what_came_of_a_restricted_visit_is_restricted(officer: Any, as_: Any) -> None:
    visit = file_tav(officer, tav_answers(officer, **RESTRICTED))
    as_(officer).post(f"/reports/{visit.number}/start/lead/")
    assert officer.drafts.get().answers["flags"]["restricted_reason"] == ["An employee is involved."]


def test_nothing_is_begun_from_what_does_not_count(officer: Any, fod: Any, as_: Any) -> None:
    voided, old = file_tav(officer), file_tav(officer)
    actions.move(voided.pk, "void", by=fod, reason="Filed twice")
    with transaction.atomic():
        record("report.amended", by=officer, on=old)
        Report.objects.filter(pk=old.pk).update(legacy=True)
    for report, why in ((voided, "This report is voided"), (old, "brought from an older system")):
        refused = as_(officer).post(f"/reports/{report.number}/start/lead/")
        assert refused.status_code == 403
        assert why in refused.content.decode()
    assert not officer.drafts.exists()


# -- Who gave the information -----------------------------------------------------------------------------------------
def test_what_is_protected_today_is_closed_in_every_older_version(officer: Any, fod: Any, as_: Any) -> None:
    said = {"provider_name": [PROVIDER], "provider_protected": []}
    report = approved(file_ilead(officer, ilead_answers(officer, provider=said)), fod)
    assert PROVIDER in text(as_(fod), f"/reports/{report.number}/versions/1/")
    amend_report(report, officer, provider={"provider_relation": ["A cousin"]})
    assert "A cousin" in text(as_(fod), f"/reports/{report.number}/versions/compare/?old=1&new=2")
    amend_report(again(report), officer, provider={"provider_protected": ["on"]})
    for page in ("", "versions/1/", "versions/2/", "versions/compare/?old=1&new=2", "versions/compare/?old=1&new=3"):
        closed = text(as_(fod), f"/reports/{report.number}/{page}")
        assert PROVIDER not in closed, page
        assert "A cousin" not in closed, page
    assert PROVIDER in text(as_(officer), f"/reports/{report.number}/versions/1/")


def test_a_draft_has_no_page_of_what_its_author_may_not_enter(officer: Any, fod: Any, agent: Any, as_: Any) -> None:
    draft = drafts.open_amendment(approved(file_ilead(officer), fod), by=fod)
    address = f"/reports/drafts/{draft.pk}/provider/"
    assert as_(fod).get(address).status_code == 404
    assert as_(fod).post(address, {"provider_name": "Somebody else"}).status_code == 404
    plan = make_draft(agent, kind="spear")
    assert as_(agent).post(f"/reports/drafts/{plan.pk}/outcome/", {"outcome": "executed"}).status_code == 404


def test_to_whom_it_was_passed_on_does_not_learn_who_else_has_it(
    officer: Any, fod: Any, agent: Any, colleague: Any, as_: Any
) -> None:
    report = approved(file_ilead(officer), fod)
    for reader in (agent, colleague):
        pass_on(report.pk, reader, by=fod, need_to_know="Works the case", until=timezone.now() + DAY)
        text(as_(reader), f"/reports/{report.number}/")
    mine = text(as_(agent), f"/reports/{report.number}/versions/")
    assert "<li>Agent " in mine
    assert "<li>Colleague " not in mine
    assert "<li>Colleague " in text(as_(fod), f"/reports/{report.number}/versions/")


# -- Restricted while somebody else acts ------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["approve", "amend"])
def test_what_is_restricted_while_somebody_acts_on_it_is_not_found(
    agent: Any, supervisor: Any, sac: Any, as_: Any, act: str
) -> None:
    report, client, said = file_spear(agent), as_(sac), []
    address = f"/reports/{report.number}/moves/approve/"
    if act == "amend":
        draft = drafts.open_amendment(report, by=sac)
        draft.answers["narrative"] = {"narrative": ["By both doors."]}
        draft.save()
        address = f"/reports/drafts/{draft.pk}/submit/"

    def late() -> None:
        post = {"key": str(uuid4()), "attested": "on", "reason": "More is known"}
        said.append(client.post(address, post).status_code)
        connections.close_all()

    thread = threading.Thread(target=late)
    with transaction.atomic():
        amend_report(report, agent, flags=RESTRICTED["flags"], case={"supervisor": [str(supervisor.pk)]})
        thread.start()
        wait_for_a_lock()
    thread.join(20)
    assert said == [404]
    assert (again(report).version, again(report).status) == (2, "awaiting")


def wait_for_a_lock() -> None:
    """Until somebody waits for a row that this transaction has changed."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        sleep(0.05)
    raise AssertionError("nobody waits")

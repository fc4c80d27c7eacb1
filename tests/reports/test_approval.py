"""Approval: what waits for whom, what a supervisor decides, what comes back, and when it has to be approved anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.access import Refused
from accounts.actions import save_reference
from audit.models import Event
from reports import actions, decisions
from reports.answers import Answers
from reports.mail import send_waiting
from reports.models import ApprovalRule, Report, StatusChange
from tests.reports.filing import (
    amend_report,
    approved,
    file_ilead,
    file_sir,
    file_spear,
    file_tav,
    make_draft,
    moment,
    row,
    spear_answers,
)
from tests.reports.test_readers import RESTRICTED

REASON = "The second address is missing."


def status(report: Report) -> str:
    return Report.objects.get(pk=report.pk).status


def returned(report: Report, by: Any) -> Report:
    return actions.move(report.pk, "return", by=by, reason=REASON)


def block(client: Any, title: str) -> Any:
    """What a block of the first page lists; nothing where the page has no such block."""
    found = [one for one in client.get("/").context["blocks"] if one.title == title]
    return found[0].context["reports"] if found else None


def waiting(client: Any) -> list[str]:
    return [one.number for one in block(client, "Waiting for my decision")]


# -- At submission -----------------------------------------------------------------------------------------------------
def test_a_plan_waits_for_approval_and_is_seen_at_once_by_its_office_and_the_watch(
    agent: Any, sac: Any, analyst: Any, as_: Any
) -> None:
    report = file_spear(agent)
    assert report.status == "awaiting"
    told = {(notice.office.code, notice.role) for notice in report.notices.select_related("office")}
    assert told == {("MIA", "sac"), ("JIOC", "jioc")}
    assert report.number in as_(sac).get("/inbox/").content.decode()
    queue = as_(analyst).get("/watch/").content.decode()
    assert report.number in queue
    assert "Awaiting approval" in queue
    assert 'form="take-up"' not in queue


def test_the_watch_cannot_take_up_what_waits_for_approval(agent: Any, analyst: Any, as_: Any) -> None:
    report = file_spear(agent)
    refused = as_(analyst).post(f"/reports/{report.number}/moves/take-up/")
    assert refused.status_code == 409
    assert "This report waits for a supervisor&#x27;s approval." in refused.content.decode()
    assert status(report) == "awaiting"


def test_a_sir_waits_for_nobody_and_an_ilead_does(agent: Any, officer: Any) -> None:
    assert (file_sir(agent).status, file_ilead(officer).status, file_tav(officer).status) == (
        "submitted",
        "awaiting",
        "submitted",
    )


def test_an_administrator_says_whether_a_kind_waits(agent: Any, as_: Any) -> None:
    save_reference(ApprovalRule(kind="spear", needed=False), by=None)
    assert file_spear(agent).status == "submitted"
    save_reference(ApprovalRule(kind="sir", needed=True), by=None)
    assert file_sir(agent).status == "awaiting"


# -- The decision ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("username", ["supervisor", "sac"])
def test_who_leads_the_office_approves(agent: Any, analyst: Any, person: Any, as_: Any, username: str) -> None:
    report = file_spear(agent)
    by = person(username)
    page = as_(by).post(f"/reports/{report.number}/moves/approve/", follow=True).content.decode()
    assert f"You have approved {report.number}." in page
    assert status(report) == "submitted"
    assert Event.objects.filter(code="report.approved", actor_id=by.pk, object_id=str(report.pk)).exists()
    actions.move(report.pk, "take-up", by=analyst)
    assert status(report) == "under_review"


@pytest.mark.parametrize("username", ["agent", "colleague", "analyst", "hq", "fig"])
def test_nobody_else_approves(agent: Any, person: Any, as_: Any, username: str) -> None:
    report = file_spear(agent)
    assert as_(person(username)).post(f"/reports/{report.number}/moves/approve/").status_code == 403
    assert status(report) == "awaiting"


@pytest.mark.parametrize("username", ["fod", "outsider"])
def test_who_leads_another_office_does_not_even_find_it(agent: Any, person: Any, as_: Any, username: str) -> None:
    report = file_spear(agent)
    assert as_(person(username)).post(f"/reports/{report.number}/moves/approve/").status_code == 404


def test_a_supervisor_does_not_approve_what_they_wrote_under_any_account(
    supervisor: Any, sac: Any, person: Any, as_: Any
) -> None:
    report = file_spear(supervisor)
    refused = as_(supervisor).post(f"/reports/{report.number}/moves/approve/")
    assert (refused.status_code, "somebody else must approve it" in refused.content.decode()) == (403, True)
    assert waiting(as_(supervisor)) == []
    assert waiting(as_(sac)) == [report.number]
    from accounts.models import User

    User.objects.filter(pk=sac.pk).update(person_key=supervisor.person_key)
    assert decisions.waiting(person("sac")).count() == 0


def test_of_two_who_decide_the_second_is_told_what_the_first_decided(
    agent: Any, supervisor: Any, sac: Any, as_: Any
) -> None:
    report = approved(file_spear(agent), supervisor)
    answer = as_(sac).post(f"/reports/{report.number}/moves/return/", {"reason": "Too late"})
    assert answer.status_code == 409
    assert "This report is submitted" in answer.content.decode()
    assert status(report) == "submitted"


# -- Returned ----------------------------------------------------------------------------------------------------------
def test_a_plan_is_returned_with_a_reason_that_its_author_reads_first(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_spear(agent)
    without = as_(supervisor).post(f"/reports/{report.number}/moves/return/", {"reason": " "})
    assert without.status_code == 422
    assert "Say why you return this report." in without.content.decode()
    returned(report, supervisor)
    assert status(report) == "returned"
    (line,) = block(as_(agent), "Returned to me")
    assert (line.number, line.reason, line.returned_by) == (report.number, REASON, supervisor.name)
    assert block(as_(supervisor), "Returned to me") is None
    assert REASON in as_(agent).get(f"/reports/{report.number}/").content.decode()


def test_the_reason_of_the_last_return_is_the_one_that_is_shown(agent: Any, supervisor: Any, as_: Any) -> None:
    report = returned(file_spear(agent), supervisor)
    report = amend_report(report, agent, narrative={"narrative": ["By the back door."]})
    actions.move(report.pk, "return", by=supervisor, reason="Still not")
    assert [one.reason for one in block(as_(agent), "Returned to me")] == ["Still not"]


def test_what_was_returned_is_amended_filed_again_and_approved(agent: Any, supervisor: Any, as_: Any) -> None:
    report = returned(file_spear(agent), supervisor)
    again = amend_report(report, agent, narrative={"narrative": ["The second address is 14 Pine Street."]})
    assert (again.status, again.version) == ("awaiting", 2)
    assert block(as_(agent), "Returned to me") is None
    assert waiting(as_(supervisor)) == [report.number]
    assert approved(again, supervisor).status == "submitted"
    moves = StatusChange.objects.filter(report=report).values_list("move", "from_status", "to_status")
    assert list(moves) == [
        ("file", "", "awaiting"),
        ("return", "awaiting", "returned"),
        ("file-again", "returned", "awaiting"),
        ("approve", "awaiting", "submitted"),
    ]


# -- Anew --------------------------------------------------------------------------------------------------------------
START = timezone.now() + timedelta(days=5)
CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"narrative": {"narrative": ["By the back door."]}}, "under_review"),
    ({"what": {"title": ["Arrest of a man at his house"]}}, "under_review"),
    ({"when": moment("planned_end", START)}, "awaiting"),
    ({"when": moment("event_at", START) | moment("planned_end", START + timedelta(hours=2))}, "awaiting"),
    ({"locations": [row(address="14 Pine Street", city="Miami", state="FL")]}, "awaiting"),
    ({"people": [row(role="target", population="public", last_name="Quill")]}, "awaiting"),
]


@pytest.mark.parametrize(("changes", "then"), CHANGES, ids=["account", "title", "end", "window", "place", "target"])
def test_only_another_window_place_or_target_is_approved_again(
    agent: Any, supervisor: Any, analyst: Any, changes: dict[str, Any], then: str
) -> None:
    from reports import drafts

    report = approved(file_spear(agent), supervisor)
    report = actions.move(report.pk, "take-up", by=analyst)
    draft = drafts.open_amendment(report, by=agent)
    for part, raw in changes.items():
        draft.answers[part] = raw if isinstance(raw, list) else draft.answers[part] | raw
    draft.reason = "It has changed"
    draft.save()
    again = actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True).report
    assert again.status == then
    assert (again.held_by is None) == (then == "awaiting")


# -- What waits --------------------------------------------------------------------------------------------------------
def test_what_waits_stands_oldest_first_and_review_opens_it(
    agent: Any, colleague: Any, outsider: Any, supervisor: Any, as_: Any
) -> None:
    now = timezone.now()
    second = file_spear(agent, now=now - timedelta(hours=1))
    first = file_spear(colleague, now=now - timedelta(hours=2))
    file_spear(outsider)
    client = as_(supervisor)
    assert waiting(client) == [first.number, second.number]
    assert client.get("/").context["action"].url == "/reports/review/"
    assert client.get("/reports/review/").headers["Location"] == f"/reports/{first.number}/"
    for report in (first, second):
        approved(report, supervisor)
    assert waiting(client) == []
    assert client.get("/").context["action"].label == "File a report"
    answer = client.get("/reports/review/", follow=True).content.decode()
    assert "Nothing waits for your decision." in answer


def test_a_field_office_decides_on_ileads_and_visits_of_its_own(officer: Any, fod: Any, sac: Any, as_: Any) -> None:
    lead, visit = file_ilead(officer), file_tav(officer)
    assert waiting(as_(fod)) == [lead.number, visit.number]
    assert waiting(as_(sac)) == []
    answers = {"decision": ["denied"], "conflict": ["none"], "decision_reason": ["No room that day."]}
    actions.move(visit.pk, "decide", by=fod, answers=answers)
    assert waiting(as_(fod)) == [lead.number]


def test_a_restricted_plan_waits_only_where_its_supervisor_is_named(
    agent: Any, supervisor: Any, sac: Any, as_: Any
) -> None:
    case = {"supervisor": [str(supervisor.pk)], "place_country": ["US"]}
    report = file_spear(agent, spear_answers(agent, flags=RESTRICTED["flags"], case=case))
    assert waiting(as_(supervisor)) == [report.number]
    assert waiting(as_(sac)) == []


def test_what_a_home_lists_is_recorded(agent: Any, supervisor: Any, as_: Any) -> None:
    file_spear(agent)
    returned(file_spear(agent), supervisor)
    as_(supervisor).get("/")
    as_(agent).get("/")
    labels = set(Event.objects.filter(code="reports.listed").values_list("actor_id", "object_label"))
    assert (supervisor.pk, "waiting for my decision") in labels
    assert {(agent.pk, "returned to me"), (agent.pk, "my operations of the next 72 hours")} <= labels


def test_operations_of_the_next_72_hours_are_those_one_answers_for(agent: Any, colleague: Any, as_: Any) -> None:
    def planned(hours: int, **when: Any) -> None:
        start = timezone.now() + timedelta(hours=hours)
        answers = spear_answers(agent)
        answers["what"] |= {"title": [f"In {hours} hours"]}
        answers["when"] |= moment("event_at", start) | moment("planned_end", start + timedelta(hours=1)) | when
        file_spear(agent, answers)

    planned(70)
    planned(10, contact=[str(colleague.pk)])
    planned(80)

    def shown(user: Any) -> list[str]:
        return [line.title for line in block(as_(user), "My operations of the next 72 hours") or []]

    assert shown(agent) == ["In 10 hours", "In 70 hours"]
    assert shown(colleague) == ["In 10 hours"]


# -- Mail --------------------------------------------------------------------------------------------------------------
def test_the_supervisor_who_is_named_is_told_by_mail_that_it_waits(agent: Any, supervisor: Any) -> None:
    case = {"supervisor": [str(supervisor.pk)], "place_country": ["US"]}
    report = file_spear(agent, spear_answers(agent, case=case))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'reports.tasks.mail_waiting'")
        assert cursor.fetchone() == (1,)
    send_waiting(str(report.pk), 1)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([supervisor.email], f"{report.number} waits for your approval")
    assert report.title not in letter.body
    mail.outbox.clear()
    send_waiting(str(report.pk), 2)
    approved(report, supervisor)
    send_waiting(str(report.pk), 1)
    assert mail.outbox == []


def test_a_named_supervisor_who_may_not_approve_it_gets_no_mail(agent: Any, fod: Any) -> None:
    case = {"supervisor": [str(fod.pk)], "place_country": ["US"]}
    report = file_spear(agent, spear_answers(agent, case=case))
    send_waiting(str(report.pk), 1)
    assert mail.outbox == []
    with pytest.raises(Report.DoesNotExist):
        approved(report, fod)
    with pytest.raises(Refused):
        approved(report, agent)


def test_a_restricted_plan_that_nobody_could_approve_is_not_filed(agent: Any, supervisor: Any, fod: Any) -> None:
    flags = RESTRICTED["flags"]
    for nobody in ("", str(fod.pk)):
        draft = make_draft(agent, spear_answers(agent, flags=flags), "spear")
        draft.answers["case"] = {"supervisor": [nobody]}
        (problem,) = Answers(draft, agent).problems()
        assert (problem.field, "Name a supervisor who may approve for SAC Miami" in problem.message) == (
            "supervisor",
            True,
        )
    report = file_spear(agent, spear_answers(agent, flags=flags, case={"supervisor": [str(supervisor.pk)]}))
    assert approved(report, supervisor).status == "submitted"


def test_whoever_mends_a_returned_report_reads_why_on_its_list(agent: Any, supervisor: Any, as_: Any) -> None:
    report = returned(file_spear(agent), supervisor)
    reason = StatusChange.objects.get(report=report, move="return").reason
    page = as_(agent).post(f"/reports/{report.number}/amend/", follow=True).content.decode()
    assert reason in page

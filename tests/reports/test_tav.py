"""The TAV: who is told, who decides and by what, what its outcome asks, and what may come of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.access import Refused
from accounts.models import User
from audit.models import Event
from reports import actions, drafts
from reports.condensed import from_until
from reports.models import Relation, Report, ReportNotice
from reports.workflow import may_move, move_of
from tests.reports.filing import (
    file_spear,
    file_tav,
    ilead_answers,
    make_draft,
    moment,
    row,
    spear_answers,
    tav_answers,
)
from tests.reports.test_readers import RESTRICTED

APPROVED = {"decision": "approved", "conflict": "none", "decision_reason": "The request is in order."}
DENIED = APPROVED | {"decision": "denied"}
CAME = {"outcome": "He said nothing about the burglary."}


def page(client: Any, report: Report, below: str = "") -> str:
    response = client.get(f"/reports/{report.number}/{below}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def now_is(report: Report) -> Any:
    return Report.objects.get(pk=report.pk).typed


def decided(tav: Report, by: Any, answers: dict[str, str] | None = None) -> Any:
    actions.move(tav.pk, "decide", by=by, answers=answers or APPROVED)
    return now_is(tav)


# -- Filing -----------------------------------------------------------------------------------------------------------
def test_its_field_office_and_the_jioc_are_told_at_once(officer: Any) -> None:
    tav = file_tav(officer)
    told = set(ReportNotice.objects.filter(report=tav).values_list("office__code", "role"))
    assert (tav.status, told) == ("submitted", {("MIF", "fod"), ("JIOC", "jioc")})


@pytest.mark.parametrize(
    ("changes", "part", "says"),
    [
        ({"visitors": []}, "Visitors", "Add at least one visitor."),
        ({"people": []}, "The detainee and other people", "Add at least one person."),
        (
            {"people": [row(role="witness", population="public", last_name="Osei")]},
            "The detainee and other people",
            "in the role of detainee.",
        ),
        (
            {"people": [row(role="detainee", population="public", last_name="Osei")]},
            "A-Number",
            "Give the detainee's A-Number.",
        ),
        (
            {"people": [row(role="detainee", population="public", last_name="Osei", a_number="123456")]},
            "A-Number",
            "An A-Number is seven to nine digits",
        ),
    ],
    ids=["no visitor", "nobody", "no detainee", "no A-Number", "six digits"],
)
def test_what_is_missing_stands_on_the_check_page(officer: Any, as_: Any, changes: Any, part: str, says: str) -> None:
    draft = make_draft(officer, tav_answers(officer, **changes), "tav")
    text = unescape(as_(officer).get(f"/reports/drafts/{draft.pk}/check/").content.decode())
    assert f"{part}: {says}" in text or (part in text and says in text)
    with pytest.raises(actions.NotComplete) as found:
        actions.submit(draft.pk, by=officer, key=uuid4(), body_hash="x", attested=True)
    (problem,) = found.value.problems
    assert says in problem.message


def test_an_a_number_of_six_digits_is_refused_beside_its_field_and_stays_typed(officer: Any, as_: Any) -> None:
    draft = make_draft(officer, kind="tav")
    key = draft.answers["people"][0]["key"]
    typed = {"role": "detainee", "population": "public", "last_name": "Osei", "a_number": "123456"}
    response = as_(officer).post(f"/reports/drafts/{draft.pk}/people/{key}/", typed | {"version": "1", "then": "next"})
    text = unescape(response.content.decode())
    assert response.status_code == 422
    assert "An A-Number is seven to nine digits" in text
    assert "Give the detainee" not in text
    assert 'value="123456"' in text


@pytest.mark.parametrize(("start", "end"), [("event_at", "requested_end"), ("planned_start", "planned_end")])
def test_an_end_before_the_start_is_refused_beside_its_field_and_stays_typed(
    officer: Any, as_: Any, start: str, end: str
) -> None:
    draft = make_draft(officer, kind="tav")
    at = timezone.now() + timedelta(days=1)
    when = draft.answers["when"] | moment(start, at) | moment(end, at - timedelta(hours=2))
    typed = {name: values[0] for name, values in when.items()} | {"version": "1", "then": "next"}
    response = as_(officer).post(f"/reports/drafts/{draft.pk}/when/", typed)
    text = unescape(response.content.decode())
    assert response.status_code == 422
    assert "This is not after the beginning." in text
    assert f'value="{typed[f"{end}_3"]}"' in text


def test_the_first_person_is_offered_as_the_detainee(officer: Any, as_: Any) -> None:
    empty = make_draft(officer, tav_answers(officer, people=[]), "tav")
    assert (
        '<option value="detainee" selected'
        in as_(officer).get(f"/reports/drafts/{empty.pk}/people/add/").content.decode()
    )
    more = make_draft(officer, kind="tav")
    assert (
        'value="detainee" selected' not in as_(officer).get(f"/reports/drafts/{more.pk}/people/add/").content.decode()
    )


# -- Deciding ---------------------------------------------------------------------------------------------------------
def test_a_decision_is_kept_with_who_and_why_as_the_next_version(officer: Any, fod: Any, as_: Any) -> None:
    tav = file_tav(officer)
    response = as_(fod).post(f"/reports/{tav.number}/moves/decide/", APPROVED)
    assert response.status_code == 302
    found = now_is(tav)
    assert (found.decision, found.decided_by, found.version, found.status) == ("approved", fod, 2, "submitted")
    assert Event.objects.filter(code="tav.decided", object_id=str(tav.pk), actor_id=fod.pk).count() == 1
    text = page(as_(officer), tav)
    assert text.index("Reason of the decision") < text.index("Purpose of the interview")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"decision": ""}, "This answer is needed."),
        ({"decision": "pending"}, "pending is not one of the available choices"),
        ({"conflict": ""}, "This answer is needed."),
        ({"decision_reason": ""}, "This answer is needed."),
        ({"conflict": "possible"}, "Say which operation it may conflict with, and how."),
        ({"conflict": "yes", "conflict_note": "  "}, "Say which operation it may conflict with, and how."),
    ],
)
def test_a_decision_that_is_not_whole_is_refused_and_stays_typed(
    officer: Any, fod: Any, as_: Any, wrong: dict[str, str], says: str
) -> None:
    tav = file_tav(officer)
    response = as_(fod).post(f"/reports/{tav.number}/moves/decide/", APPROVED | wrong)
    text = unescape(response.content.decode())
    assert response.status_code == 422
    assert says in text
    assert "decision_reason" in wrong or "The request is in order." in text
    assert now_is(tav).decision == "pending"


def test_nobody_decides_about_what_they_filed_under_any_account(fod: Any) -> None:
    tav = file_tav(fod)
    verdict = may_move(tav, move_of(tav, "decide"), fod)
    assert verdict.reason == "You filed this report, so somebody else must decide it."
    with pytest.raises(Refused, match="somebody else must decide"):
        decided(tav, fod)
    other = User.objects.get(username="officer")
    other.person_key = fod.person_key
    tav.author = other
    assert not may_move(tav, move_of(tav, "decide"), fod)


def test_only_who_is_entitled_decides(officer: Any, analyst: Any, supervisor: Any, as_: Any) -> None:
    tav = file_tav(officer)
    for person in (officer, analyst):
        assert as_(person).get(f"/reports/{tav.number}/moves/decide/").status_code == 403
        with pytest.raises(Refused):
            decided(tav, person)
    assert as_(supervisor).get(f"/reports/{tav.number}/moves/decide/").status_code == 404


def test_it_is_not_for_the_other_programme(officer: Any, agent: Any, supervisor: Any, sco: Any, as_: Any) -> None:
    tav = file_tav(officer)
    for person in (agent, supervisor):
        assert as_(person).get(f"/reports/{tav.number}/").status_code == 404
        assert tav.number not in as_(person).get("/reports/").content.decode()
    assert as_(sco).get(f"/reports/{tav.number}/").status_code == 403


# -- Operations near it -----------------------------------------------------------------------------------------------
def plan(by: Any, days: float, **changes: Any) -> Report:
    """An operation that begins so many days from now and lasts three hours; the visit is in one day."""
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)
    answers = spear_answers(by)
    answers["when"] |= moment("event_at", start) | moment("planned_end", start + timedelta(hours=3))
    return file_spear(by, answers | changes)


def test_the_decider_sees_the_operations_planned_near_the_visit(officer: Any, fod: Any, as_: Any) -> None:
    meets, near, far = plan(officer, 1), plan(officer, 1.9), plan(officer, 2.3)
    secret = plan(officer, 1, **RESTRICTED)
    tav = file_tav(officer)
    listed = page(as_(fod), tav, "moves/decide/")
    assert meets.number in listed
    assert near.number in listed
    assert far.number not in listed
    assert secret.number not in listed
    assert listed.count("At the same time") == 1
    event = Event.objects.get(code="reports.listed", actor_id=fod.pk, object_label="operations near a visit")
    assert json.loads(event.payload)["count"] == 2


def test_an_operation_that_was_put_off_is_not_in_the_way(officer: Any, fod: Any, as_: Any) -> None:
    spear = plan(officer, 1)
    actions.move(spear.pk, "approve", by=fod)
    answers = {"outcome": "postponed", **{k: v[0] for k, v in moment("outcome_at", timezone.now()).items()}}
    actions.move(spear.pk, "outcome", by=officer, answers=answers)
    tav = file_tav(officer)
    assert spear.number not in page(as_(fod), tav, "moves/decide/")


def test_an_operation_of_another_office_is_near_where_it_is_in_the_same_city(
    officer: Any, agent: Any, analyst: Any
) -> None:
    from reports.visits import near

    spear = plan(agent, 1)
    elsewhere, answers = file_tav(officer), tav_answers(officer)
    answers["when"] |= {"place_city": ["miami "]}
    in_town = file_tav(officer, answers)
    assert list(near(elsewhere.typed, analyst)) == []
    assert [one.number for one in near(in_town.typed, analyst)] == [spear.number]


# -- The outcome and the end ------------------------------------------------------------------------------------------
def test_it_has_no_outcome_before_a_decision(officer: Any, as_: Any) -> None:
    tav = file_tav(officer)
    with pytest.raises(Refused, match="Nobody has decided about the visit yet"):
        actions.move(tav.pk, "outcome", by=officer, answers=CAME)
    assert "Nobody has decided about the visit yet." in page(as_(officer), tav)


@pytest.mark.parametrize(
    ("began", "ended", "field"),
    [(+1, None, "actual_start"), (None, -1, "actual_start"), (-1, -2, "actual_end"), (-1, +1, "actual_end")],
)
def test_the_times_of_a_visit_that_cannot_be_are_refused(
    officer: Any, fod: Any, began: int | None, ended: int | None, field: str
) -> None:
    tav = decided(file_tav(officer), fod)
    answers: dict[str, Any] = dict(CAME)
    for name, hours in (("actual_start", began), ("actual_end", ended)):
        answers |= moment(name, timezone.now() + timedelta(hours=hours)) if hours else {}
    with pytest.raises(ValidationError) as found:
        actions.move(tav.pk, "outcome", by=officer, answers=answers)
    assert list(found.value.message_dict) == [field]


def test_a_visit_that_was_denied_cannot_have_begun(officer: Any, fod: Any) -> None:
    tav = decided(file_tav(officer), fod, DENIED)
    answers = CAME | moment("actual_start", timezone.now() - timedelta(hours=1))
    with pytest.raises(ValidationError, match="was not approved"):
        actions.move(tav.pk, "outcome", by=officer, answers=answers)


def test_an_approval_cannot_be_taken_back_after_the_visit(officer: Any, fod: Any) -> None:
    tav = decided(file_tav(officer), fod)
    answers = CAME | moment("actual_start", timezone.now() - timedelta(hours=1))
    actions.move(tav.pk, "outcome", by=officer, answers=answers)
    with pytest.raises(ValidationError, match="has taken place"):
        decided(tav, fod, DENIED)
    assert now_is(tav).decision == "approved"


@pytest.mark.parametrize("closer", ["fod", "analyst"])
def test_it_closes_only_with_a_decision_and_an_outcome(
    closer: str, officer: Any, fod: Any, person: Any, as_: Any
) -> None:
    by, tav = person(closer), file_tav(officer)
    with pytest.raises(Refused, match="no decision yet"):
        actions.move(tav.pk, "close", by=by)
    decided(tav, fod)
    with pytest.raises(Refused, match="no outcome yet"):
        actions.move(tav.pk, "close", by=by)
    assert "This TAV has no outcome yet." in page(as_(by), tav)
    actions.move(tav.pk, "outcome", by=officer, answers=CAME)
    assert actions.move(tav.pk, "close", by=by).status == "closed"
    assert actions.move(tav.pk, "reopen", by=by, reason="The agency came back").status == "submitted"


def test_the_page_says_what_it_waits_for(officer: Any, fod: Any, as_: Any) -> None:
    tav = file_tav(officer)
    assert "No decision yet" in page(as_(officer), tav)
    decided(tav, fod, DENIED)
    assert "No outcome yet" in page(as_(officer), tav)
    actions.move(tav.pk, "outcome", by=officer, answers=CAME)
    assert "No outcome yet" not in page(as_(officer), tav)


# -- What comes of it -------------------------------------------------------------------------------------------------
def test_what_the_ilead_does_not_know_yet_is_missing_not_wrong(officer: Any, as_: Any) -> None:
    browser = as_(officer)
    address = browser.post(f"/reports/{file_tav(officer).number}/start/lead/").headers["Location"]
    assert "3 answers missing" in browser.get(address).content.decode()
    assert "not one of the available choices" not in browser.get(f"{address}what/").content.decode()


def test_it_starts_an_ilead_that_knows_its_subject_and_is_linked(officer: Any, as_: Any) -> None:
    tav = file_tav(officer)
    address = as_(officer).post(f"/reports/{tav.number}/start/lead/").headers["Location"]
    assert as_(officer).post(f"/reports/{tav.number}/start/lead/").headers["Location"] == address
    draft = drafts.begin_from(tav, tav.declaration.starts[0], by=officer)
    (person,) = draft.answers["people"]
    assert (person["data"]["role"], person["data"]["a_number"]) == (["subject"], ["A098765432"])
    draft.answers |= {k: v for k, v in ilead_answers(officer).items() if k not in ("people", "gang_claims")}
    draft.save()
    lead = actions.submit(draft.pk, by=officer, key=uuid4(), body_hash="x", attested=True).report
    assert Relation.objects.get().type == Relation.Type.LED_TO
    assert f"{tav.number} led to {lead.number}" in page(as_(officer), lead)
    assert f"Led to {lead.number}" in page(as_(officer), tav).partition('id="timeline"')[2]


def test_a_list_and_the_queue_call_it_an_agency_visit(officer: Any, analyst: Any, as_: Any) -> None:
    file_tav(officer)
    for address in ("/reports/", "/watch/"):
        assert "Agency visit" in as_(analyst).get(address).content.decode()


# -- Times in one line ------------------------------------------------------------------------------------------------
def test_a_window_is_one_line_on_the_page(officer: Any, as_: Any) -> None:
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    text = page(as_(officer), file_tav(officer))
    assert from_until(start, start + timedelta(hours=1), ZoneInfo("America/New_York")) in text
    assert "Asked for until" not in text


@pytest.mark.parametrize(
    ("start", "hours", "says"),
    [
        ((2027, 3, 3, 6), 3, "Mar 3, 2027, 06:00–09:00 EST (3 hours)"),
        ((2027, 3, 3, 22), 4, "Mar 3, 2027, 22:00 – Mar 4, 2027, 02:00 EST (4 hours)"),
        ((2027, 3, 14, 1), 3, "Mar 14, 2027, 01:00 EST–05:00 EDT (3 hours)"),
        ((2027, 11, 7, 0), 3, "Nov 7, 2027, 00:00 EDT–02:00 EST (3 hours)"),
    ],
)
def test_a_window_names_day_and_zone_once_unless_they_change(start: Any, hours: int, says: str) -> None:
    eastern = ZoneInfo("America/New_York")
    begins = datetime(*start).replace(tzinfo=eastern)  # noqa: DTZ001
    ends = datetime.fromtimestamp(begins.timestamp() + hours * 3600, eastern)
    assert from_until(begins, ends, eastern) == says

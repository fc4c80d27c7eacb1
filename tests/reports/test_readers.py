"""Named readers of a restricted report: who may name, who may be named, and what each may then see."""

import json
from typing import Any

from audit.log import record
from audit.models import Event
from reports import actions
from reports.models import Report, ReportNotice, ReportReader
from tests.reports.filing import ANSWERS, amend_sir, file_report, file_sir, make_draft, sir_answers

RESTRICTED = {
    "flags": {
        "restricted": ["on"],
        "restricted_reason": ["An employee is involved."],
        "marking": ["Law enforcement sensitive"],
    }
}


def restricted(agent: Any) -> Report:
    return file_sir(agent, sir_answers(agent, **RESTRICTED))


def test_the_author_names_a_reader_who_can_then_read(agent: Any, outsider: Any, as_: Any) -> None:
    report = restricted(agent)
    address = f"/reports/{report.number}/"
    assert as_(outsider).get(address).status_code == 404
    response = as_(agent).post(address + "readers/", {"person": "outsider", "reason": "Works the same case"})
    assert response.status_code == 302
    assert as_(outsider).get(address).status_code == 200
    assert "Outsider" in as_(agent).get(address + "readers/").content.decode()
    event = Event.objects.get(code="report.reader_named")
    assert str(outsider.pk) in event.payload


def test_a_reader_is_taken_off_with_a_reason(agent: Any, outsider: Any, as_: Any) -> None:
    report = restricted(agent)
    address = f"/reports/{report.number}/"
    as_(agent).post(address + "readers/", {"person": "outsider", "reason": "Works the same case"})
    removal = f"{address}readers/{outsider.pk}/remove/"
    assert "can then no longer read" in as_(agent).get(removal).content.decode()
    refused = as_(agent).post(removal, {"reason": ""})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    assert as_(outsider).get(address).status_code == 200
    as_(agent).post(removal, {"reason": "Left the case"})
    assert as_(outsider).get(address).status_code == 404
    assert as_(agent).get(removal).status_code == 404


def test_an_author_who_is_not_named_reads_a_restricted_report_no_more_than_others(agent: Any, as_: Any) -> None:
    report = restricted(agent)
    assert Report.objects.visible_to(agent).filter(pk=report.pk).exists()
    ReportReader.objects.filter(content_object=report, user=agent).delete()
    record("report.reader_removed", by=None, on=report)
    assert not Report.objects.visible_to(agent).filter(pk=report.pk).exists()


def test_who_reads_a_kind_in_every_office_reads_no_restricted_one(officer: Any, intel: Any) -> None:
    """Of one who reads all kinds the predicate is another."""
    lead = file_report("ilead", officer, ANSWERS["ilead"](officer) | RESTRICTED)
    assert not Report.objects.visible_to(intel).filter(pk=lead.pk).exists()


def test_only_people_who_read_the_kind_can_be_named(agent: Any, as_: Any) -> None:
    report = restricted(agent)
    response = as_(agent).post(f"/reports/{report.number}/readers/", {"person": "acm", "reason": "Curious"})
    assert response.status_code == 422
    assert not Event.objects.filter(code="report.reader_named").exists()


def test_a_reason_is_needed_and_what_was_typed_is_kept(agent: Any, as_: Any) -> None:
    report = restricted(agent)
    response = as_(agent).post(f"/reports/{report.number}/readers/", {"person": "outsider", "reason": ""})
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="outsider" selected' in text
    assert "This answer is needed." in text


def test_a_named_reader_may_not_name_others(agent: Any, outsider: Any, as_: Any) -> None:
    report = restricted(agent)
    as_(agent).post(f"/reports/{report.number}/readers/", {"person": "outsider", "reason": "Works the same case"})
    assert as_(outsider).get(f"/reports/{report.number}/readers/").status_code == 403


def test_an_open_report_needs_no_named_readers(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    address = f"/reports/{report.number}/readers/"
    assert "This report is not restricted." in as_(agent).get(address).content.decode()
    refused = as_(agent).post(address, {"person": "outsider", "reason": "Works the same case"})
    assert refused.status_code == 422


def test_a_restricted_report_tells_nobody_by_rule(agent: Any, as_: Any) -> None:
    urgent = {**RESTRICTED, "what": {**sir_answers(agent)["what"], "event_types": ["firearm-discharge"]}}
    draft = make_draft(agent, sir_answers(agent, **urgent))
    page = as_(agent).get(f"/reports/drafts/{draft.pk}/check/").content.decode()
    assert "Restricted: nobody is told by rule; name the people who must know on the report" in page
    assert "Special Agent in Charge" not in page.partition('id="told"')[2]
    assert "headquarters is told" not in page
    report = restricted(agent)
    assert not ReportNotice.objects.filter(report=report).exists()
    page = as_(agent).get(f"/reports/{report.number}/").content.decode()
    assert "Name the people who must know" in page.partition("Who was told")[2]


def test_lifting_the_restriction_tells_whom_the_rules_name(agent: Any) -> None:
    report = restricted(agent)
    amend_sir(report, agent, flags={"restricted": [], "restricted_reason": [""]})
    assert set(ReportNotice.objects.filter(report=report).values_list("role", "version")) >= {("sac", 2), ("jioc", 2)}


def test_those_told_before_a_restriction_are_not_waited_for(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    amend_sir(report, agent, flags=RESTRICTED["flags"])
    page = as_(agent).get(f"/reports/{report.number}/").content.decode()
    assert "Restricted since, so open only to those named" in page
    assert "Not acknowledged yet" not in page


def names(report: Report) -> set[str]:
    return set(ReportReader.objects.filter(content_object=report).values_list("user__username", flat=True))


def test_the_last_who_can_read_a_restricted_report_stays_named(agent: Any, stranger: Any, as_: Any) -> None:
    report = restricted(agent)
    actions.name_reader(report, stranger, by=agent, reason="Knows the place")  # no role lets a stranger read
    removal = f"/reports/{report.number}/readers/{agent.pk}/remove/"
    refused = as_(agent).post(removal, {"reason": "Left the case"})
    assert refused.status_code == 422
    assert "Name another reader first" in refused.content.decode()
    assert "Left the case" in refused.content.decode()
    assert names(report) == {"agent", "stranger"}


def test_lifting_the_restriction_takes_everybody_off(agent: Any, outsider: Any) -> None:
    report = restricted(agent)
    actions.name_reader(report, outsider, by=agent, reason="Works the same case")
    report = amend_sir(report, agent, flags={"restricted": [], "restricted_reason": [""]})
    assert names(report) == set()
    removed = Event.objects.filter(code="report.reader_removed", object_id=str(report.pk))
    assert [json.loads(one.payload)["reader"] for one in removed.order_by("id")] == sorted([agent.pk, outsider.pk])
    amend_sir(report, agent, flags=RESTRICTED["flags"])
    assert names(report) == {"agent"}


def test_whoever_reviews_a_report_that_becomes_restricted_is_named(agent: Any, analyst: Any) -> None:
    report = file_sir(agent)
    actions.move(report.pk, "take-up", by=analyst)
    amend_sir(report, agent, flags=RESTRICTED["flags"])
    assert names(report) == {"agent", "analyst"}
    assert Report.objects.visible_to(analyst).filter(pk=report.pk).exists()

"""Filing: one report for one key, whole, numbered, announced and recorded."""

import re
from typing import Any
from uuid import uuid4

import pytest

from audit.models import Event
from reports import actions
from reports.content import read, shown, to_content
from reports.models import Arrest, Draft, Person, Related, Report, ReportNotice, Revision
from tests.fake import FAKE
from tests.reports.filing import amend_sir, file_sir, make_draft, sir_answers


def test_a_filed_sir_is_numbered_kept_and_recorded(agent: Any) -> None:
    report = file_sir(agent)
    assert report.number.startswith("SIR-2026-MIA-")
    assert Arrest.objects.get(report_id=report.pk).person.last_name == FAKE.last_name
    assert Revision.objects.get(report=report).content["fields"]["title"].startswith("Arrest of a fugitive")
    assert Event.objects.filter(code="report.submitted", object_id=str(report.pk), actor_id=agent.pk).count() == 1
    assert not Draft.objects.exists()
    assert {(n.office.code, n.role) for n in ReportNotice.objects.all()} == {
        ("MIA", "sac"),
        ("MIA", "fig"),
        ("JIOC", "jioc"),
    }


def test_the_same_key_gives_the_same_report(agent: Any) -> None:
    draft, key = make_draft(agent), uuid4()
    first = actions.submit(draft.pk, by=agent, key=key, body_hash="a", attested=True)
    again = actions.submit(draft.pk, by=agent, key=key, body_hash="a", attested=True)
    assert again.repeated
    assert again.report.pk == first.report.pk
    with pytest.raises(actions.KeyReused):
        actions.submit(draft.pk, by=agent, key=key, body_hash="b", attested=True)


def test_only_what_was_checked_is_filed(agent: Any, as_: Any) -> None:
    draft, browser = make_draft(agent), as_(agent)
    there = f"/reports/drafts/{draft.pk}/"
    sent = fields_of(browser.get(f"{there}check/")) | {"attested": "on"}
    browser.post(f"{there}narrative/", {"narrative": "Changed in another window.", "version": "9", "mark": "other"})
    refused = browser.post(f"{there}submit/", sent)
    assert (refused.status_code, Report.objects.count()) == (409, 0)
    assert "changed in another window since you checked it. Check it again." in refused.content.decode()
    assert "Confirm this before" not in refused.content.decode()
    browser.post(f"{there}submit/", fields_of(refused) | {"attested": "on"})
    assert Report.objects.get().narrative == "Changed in another window."


def fields_of(page: Any) -> dict[str, str]:
    return dict(re.findall(r'name="(checked_version|key)" value="([^"]*)"', page.content.decode()))


def test_an_incomplete_draft_is_not_filed(agent: Any) -> None:
    draft = make_draft(agent, sir_answers(agent, narrative={"narrative": [""]}, arrests=[]))
    with pytest.raises(actions.NotComplete) as caught:
        actions.submit(draft.pk, by=agent, key=uuid4(), body_hash="a", attested=True)
    assert {(p.part.name, p.field) for p in caught.value.problems} == {("narrative", "narrative"), ("arrests", "")}


def test_an_amendment_is_a_new_version_and_keeps_the_rows(agent: Any) -> None:
    report = file_sir(agent)
    before = to_content(read(report))
    arrest = Arrest.objects.get(report_id=report.pk)
    amended = amend_sir(report, agent, narrative={"narrative": ["He was found on the second pier."]})
    assert (amended.version, Arrest.objects.get(report_id=report.pk).pk) == (2, arrest.pk)
    after = to_content(read(Report.objects.get(pk=report.pk)))
    before["fields"]["narrative"] = after["fields"]["narrative"]
    assert after == before
    assert [part.part.name for part in shown(read(report))] == [
        "what",
        "where",
        "people",
        "arrests",
        "narrative",
        "flags",
    ]


def test_codes_are_taken_in_any_case_and_kept_in_capitals(agent: Any) -> None:
    answers = sir_answers(agent)
    answers["where"]["place_country"] = ["mx"]
    answers["people"][0]["data"] |= {"citizenship": [" gt"], "a_number": ["a 012-345-678"]}
    number = {"number": [f"sir-2026-mia-{7:06}"]}
    answers["related"] = [{"key": str(uuid4()), "data": number}]
    report = file_sir(agent, answers)
    person = Person.objects.get(report=report)
    assert report.place_country == "MX"
    assert (person.citizenship, person.a_number) == ("GT", "A012345678")
    assert Related.objects.get(report=report).number == "SIR-2026-MIA-000007"

"""Who gave the information: closed to all but the author and their supervisor, and each other look recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from accounts.access import may
from accounts.actions import grant_role
from accounts.models import Assignment, User
from accounts.roles import Role
from audit.models import Event
from reports import actions, drafts
from reports.content import read
from reports.finding.documents import words_of
from reports.models import Draft, Report
from reports.newest import three_way
from tests.ileads.leads import PROVIDER, address, filed, passed_on
from tests.reports.filing import amend_report, approved, file_ilead, ilead_answers

pytestmark = pytest.mark.django_db
OPEN = {"provider": {"provider_name": [PROVIDER], "provider_protected": []}}
READERS = ["fod", "hq", "duty", "analyst", "intel", "auditor", "privacy"]


@pytest.fixture
def boss(officer: Any, supervisor: Any) -> Any:
    """The supervisor also at the office of the officer."""
    until = Assignment.objects.get(user=supervisor).until
    grant_role(user=supervisor, role=Role.SUPERVISOR, office=officer.office, until=until, by=None)
    return User.objects.get(pk=supervisor.pk)


def page(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


# -- Closed ---------------------------------------------------------------------------------------------------------
def test_the_author_and_their_supervisor_read_it(officer: Any, fod: Any, boss: Any, as_: Any) -> None:
    report = filed(officer, fod)
    for reader in (officer, boss):
        assert PROVIDER in page(as_(reader), address(report))


def test_a_supervisor_of_another_office_does_not(officer: Any, fod: Any, supervisor: Any) -> None:
    report = filed(officer, fod)
    assert not may(supervisor, "see_provider", report.office, report.author_id)


def test_a_director_reads_it_of_their_own_ileads_alone(officer: Any, fod: Any, as_: Any) -> None:
    theirs, own = filed(officer, fod), file_ilead(fod)
    assert PROVIDER not in page(as_(fod), address(theirs))
    assert PROVIDER in page(as_(fod), address(own))


@pytest.mark.parametrize("who", READERS)
def test_no_page_tells_anybody_else(who: str, officer: Any, fod: Any, person: Any, as_: Any) -> None:
    report = amend_report(filed(officer, fod), officer, narrative={"narrative": ["He said more."]})
    client = as_(person(who))
    pages = ["", "versions/", "versions/1/", "versions/2/", "versions/compare/"]
    said = [page(client, address(report) + path) for path in pages]
    assert [path for path, text in zip(pages, said, strict=True) if PROVIDER in text] == []
    assert "Only the author and their supervisor see who gave this information." in said[0]
    assert report.number not in client.post("/reports/search/", {"q": PROVIDER}, follow=True).content.decode()


def test_the_watch_sums_it_up_without_it(officer: Any, fod: Any, analyst: Any, as_: Any) -> None:
    report = filed(officer, fod)
    text = page(as_(analyst), f"/watch/{report.number}/summary/")
    assert "Nico" in text
    assert PROVIDER not in text


def test_what_is_not_protected_is_open_and_found(officer: Any, fod: Any, hq: Any, as_: Any) -> None:
    report = filed(officer, fod, **OPEN)
    assert PROVIDER in page(as_(hq), address(report))
    assert PROVIDER in words_of(read(Report.objects.get(pk=report.pk)))


def test_no_search_document_holds_it(officer: Any, fod: Any) -> None:
    report = amend_report(filed(officer, fod), officer, narrative={"narrative": ["He said more."]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT words::text FROM reports_searchdocument WHERE report_id = %s", [report.pk])
        (words,) = cursor.fetchone()
    assert ("ferro" in words, "calloway" in words) == (True, False)


def test_protecting_it_later_takes_it_out_of_the_comparison(officer: Any, fod: Any, hq: Any, as_: Any) -> None:
    report = amend_report(filed(officer, fod, **OPEN), officer, provider={"provider_protected": ["on"]})
    assert PROVIDER not in page(as_(hq), f"{address(report)}versions/compare/")
    assert PROVIDER not in page(as_(hq), address(report))


# -- Amended by somebody else ---------------------------------------------------------------------------------------
def test_another_who_amends_never_has_it_in_their_draft_and_it_stays(officer: Any, fod: Any, as_: Any) -> None:
    report = filed(officer, fod)
    draft = drafts.open_amendment(report, by=fod)
    assert PROVIDER not in json.dumps(draft.answers)
    client = as_(fod)
    for part in ("", "check/"):
        assert PROVIDER not in page(client, f"/reports/drafts/{draft.pk}/{part}")
    client.post(f"/reports/drafts/{draft.pk}/provider/", {"provider_name": "Nobody", "then": "list"})
    draft.delete()
    amend_report(report, fod, narrative={"narrative": ["He said more."]})
    typed = Report.objects.get(pk=report.pk).typed
    assert (typed.provider_name, typed.provider_protected, typed.version) == (PROVIDER, True, 2)


def test_a_part_that_is_not_theirs_cannot_be_slipped_into_an_amendment(officer: Any, fod: Any) -> None:
    report = filed(officer, fod)
    amend_with = drafts.open_amendment(report, by=fod)
    amend_with.answers["provider"] = {"provider_name": ["Somebody Else"], "provider_protected": []}
    amend_with.answers["narrative"] = {"narrative": ["He said more."]}
    amend_with.reason = "More is known"
    amend_with.save()
    from uuid import uuid4

    actions.submit(amend_with.pk, by=fod, key=uuid4(), body_hash="x", attested=True)
    assert Report.objects.get(pk=report.pk).typed.provider_name == PROVIDER


def test_the_page_of_three_versions_is_silent(officer: Any, fod: Any, as_: Any) -> None:
    report = filed(officer, fod)
    draft = drafts.open_amendment(report, by=fod)
    draft.answers["narrative"] = {"narrative": ["Mine."]}
    draft.save()
    amend_report(report, officer, provider={"provider_name": ["Paula Reyes"]}, narrative={"narrative": ["Theirs."]})
    text = page(as_(fod), f"/reports/drafts/{draft.pk}/newest/")
    assert "Theirs." in text
    assert (PROVIDER in text, "Paula Reyes" in text) == (False, False)
    three = three_way(Draft.objects.get(pk=draft.pk), Report.objects.get(pk=report.pk), fod)
    assert "provider" not in {one.slot.partition("/")[0] for one in three.differences()}


# -- Revealed -------------------------------------------------------------------------------------------------------
def reveals() -> list[tuple[str, str, str]]:
    found = Event.objects.filter(code="ilead.provider_revealed").order_by("pk")
    return [(event.actor, event.outcome, json.loads(event.payload)["reason"]) for event in found]


def test_an_intelligence_analyst_looks_with_a_reason_and_the_look_is_recorded(
    officer: Any, fod: Any, intel: Any, as_: Any
) -> None:
    report, client = filed(officer, fod), as_(intel)
    assert f'href="{address(report, "provider")}"' in page(client, address(report))
    assert PROVIDER not in page(client, address(report, "provider"))
    assert reveals() == []
    answer = client.post(address(report, "provider"), {"reason": "To ask the source again"})
    assert PROVIDER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert reveals() == [("intel", "done", "To ask the source again")]
    assert PROVIDER not in page(client, address(report))
    assert PROVIDER not in page(client, address(report, "provider"))


def test_without_a_reason_nothing_is_shown(officer: Any, fod: Any, intel: Any, as_: Any) -> None:
    report = filed(officer, fod)
    answer = as_(intel).post(address(report, "provider"), {"reason": "  "})
    assert (answer.status_code, PROVIDER in answer.content.decode()) == (422, False)
    assert "Say why you need to know who gave this." in answer.content.decode()
    assert reveals() == []


@pytest.mark.parametrize("who", ["fod", "hq", "analyst", "auditor"])
def test_an_attempt_of_anybody_else_is_refused_and_recorded(
    who: str, officer: Any, fod: Any, person: Any, as_: Any
) -> None:
    report = filed(officer, fod)
    answer = as_(person(who)).post(address(report, "provider"), {"reason": "Curious"})
    assert (answer.status_code, PROVIDER in answer.content.decode()) == (403, False)
    assert reveals() == [(who, "refused", "Curious")]


def test_to_whom_the_ilead_does_not_exist_neither_does_its_provider(
    officer: Any, fod: Any, agent: Any, as_: Any
) -> None:
    report = filed(officer, fod)
    assert as_(agent).post(address(report, "provider"), {"reason": "Curious"}).status_code == 404
    passed_on(report, agent, by=officer)
    assert as_(agent).post(address(report, "provider"), {"reason": "Curious"}).status_code == 403
    assert reveals() == [("agent", "refused", "Curious")]


def test_what_cannot_be_recorded_is_not_shown(
    officer: Any, fod: Any, intel: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, client = filed(officer, fod), as_(intel)
    client.raise_request_exception = False
    monkeypatch.setattr("audit.log.INSERT", "INSERT INTO no_such_table VALUES (1) -- ")
    answer = client.post(address(report, "provider"), {"reason": "To ask the source again"})
    assert (answer.status_code, PROVIDER in answer.content.decode()) == (503, False)


def test_the_author_is_led_back_to_the_ilead(officer: Any, fod: Any, as_: Any) -> None:
    report = filed(officer, fod)
    answer = as_(officer).get(address(report, "provider"))
    assert (answer.status_code, answer["Location"]) == (302, address(report))


def test_no_event_and_no_history_holds_it(officer: Any, fod: Any, intel: Any, agent: Any, as_: Any) -> None:
    from auditlog.models import LogEntry

    report = approved(file_ilead(officer, ilead_answers(officer)), fod)
    passed_on(report, agent, by=officer)
    amend_report(report, officer, provider={"provider_name": ["Paula Reyes"]})
    as_(intel).post(address(report, "provider"), {"reason": "To ask the source again"})
    kept = [event.payload for event in Event.objects.all()] + [str(entry.changes) for entry in LogEntry.objects.all()]
    assert [text for text in kept if "Calloway" in text or "Paula" in text] == []

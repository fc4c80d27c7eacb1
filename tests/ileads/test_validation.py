"""The worklist of what is due for validation: who sees what, in which order, and what takes it off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.log import record
from ileads.models import GangClaim, ILead
from reports import actions
from reports.models import Report
from tests.ileads.leads import filed
from tests.reports.filing import file_ilead, ilead_answers

pytestmark = pytest.mark.django_db
HERE = "/ileads/validation/"


def day(days: int) -> date:
    """By the clocks of the office, as the page counts."""
    return timezone.localdate(timezone=ZoneInfo("America/New_York")) + timedelta(days=days)


def due_in(days: int, report: Report, by: Any) -> Report:
    """As if it had been filed when this day was far ahead."""
    ileads: Any = ILead.objects  # its types know the fields of every report alone
    ileads.filter(pk=report.pk).update(validation_due=day(days))
    record("ilead.validated", by=by, on=report)
    return report


def claim_due_in(days: int, report: Report, by: Any) -> Report:
    GangClaim.objects.filter(report_id=report.pk).update(validate_by=day(days))
    record("ilead.validated", by=by, on=report)
    return report


def numbers(client: Any, query: str = "") -> list[str]:
    answer = client.get(HERE + query)
    assert answer.status_code == 200
    return [line.ilead.number for line in answer.context["lines"]]


def test_what_is_overdue_or_due_within_sixty_days_is_listed_first_due_first(officer: Any, fod: Any, as_: Any) -> None:
    late, soon, far = (filed(officer, fod) for _ in range(3))
    for days, report in ((-3, late), (60, soon), (61, far)):
        due_in(days, report, officer)
    client = as_(fod)
    assert numbers(client) == [late.number, soon.number]
    assert numbers(client, "?when=overdue") == [late.number]
    assert "Overdue" in client.get(HERE).content.decode()


def test_a_gang_claim_with_a_day_of_its_own_is_listed(officer: Any, fod: Any, as_: Any) -> None:
    report = claim_due_in(10, filed(officer, fod), officer)
    client = as_(fod)
    assert numbers(client) == [report.number]
    assert "gang claim on FERRO, Nico: Harbor Nine" in client.get(HERE).content.decode()
    claim_due_in(61, report, officer)
    assert numbers(client) == []


def test_an_officer_sees_their_own_and_may_look_at_all_of_the_office(officer: Any, fod: Any, as_: Any) -> None:
    own, other = due_in(5, filed(officer, fod), officer), due_in(6, file_by_director(fod), fod)
    assert numbers(as_(officer)) == [own.number]
    assert numbers(as_(officer), "?of=all") == [own.number, other.number]
    assert numbers(as_(fod)) == [own.number, other.number]


def file_by_director(fod: Any) -> Report:
    report = file_ilead(fod, ilead_answers(fod))
    Report.objects.filter(pk=report.pk).update(status="submitted")
    record("report.approved", by=None, on=report)
    return report


def test_analysts_see_all_of_it(officer: Any, fod: Any, analyst: Any, intel: Any, as_: Any) -> None:
    report = due_in(5, filed(officer, fod), officer)
    for reader in (analyst, intel):
        assert numbers(as_(reader)) == [report.number]
        assert numbers(as_(reader), "?office=MIF") == [report.number]
        assert "iLeads to validate" in as_(reader).get(HERE).content.decode()


@pytest.mark.parametrize("who", ["agent", "supervisor", "sac", "hq", "sco", "auditor"])
def test_it_is_no_list_of_others(who: str, person: Any, as_: Any) -> None:
    assert as_(person(who)).get(HERE).status_code == 403


def test_a_filter_that_makes_no_sense_is_left_out(officer: Any, fod: Any, as_: Any) -> None:
    report = due_in(5, filed(officer, fod), officer)
    for query in ("?office=XXX", "?when=never", "?of=mine", "?page=99", "?page=x", "?page=-1"):
        assert numbers(as_(fod), query) == [report.number], query


def test_what_waits_for_approval_is_voided_or_legacy_is_not_to_be_validated(officer: Any, fod: Any, as_: Any) -> None:
    due_in(5, file_ilead(officer), officer)
    voided = due_in(5, filed(officer, fod), officer)
    actions.move(voided.pk, "void", by=fod, reason="Wrong person")
    legacy = due_in(5, filed(officer, fod), officer)
    Report.objects.filter(pk=legacy.pk).update(legacy=True)
    assert numbers(as_(fod)) == []


def test_validating_takes_it_off(officer: Any, fod: Any, as_: Any) -> None:
    report = due_in(-3, filed(officer, fod), officer)
    client = as_(fod)
    assert "Overdue" in client.get("/").content.decode()
    later = day(365)
    typed = {"validation_note": "Asked the gang unit again"}
    typed |= {f"validation_due_{n}": str(part) for n, part in enumerate((later.month, later.day, later.year))}
    answer = client.post(f"/reports/{report.number}/moves/validate/", typed)
    assert answer.status_code == 302
    assert numbers(client) == []
    assert "to validate within 60 days" not in client.get("/").content.decode()
    text = client.get(f"/reports/{report.number}/").content.decode()
    assert "Asked the gang unit again" in text


def test_the_navigation_leads_there(officer: Any, agent: Any, as_: Any) -> None:
    assert f'href="{HERE}"' in as_(officer).get("/").content.decode()
    assert f'href="{HERE}"' not in as_(agent).get("/").content.decode()


def test_the_list_of_ileads_is_that_of_reports(officer: Any, as_: Any) -> None:
    assert as_(officer).get("/ileads/")["Location"] == "/reports/?kind=ilead"


def test_the_worklist_takes_the_same_statements_for_one_ilead_and_for_four(officer: Any, fod: Any, as_: Any) -> None:
    client = as_(officer)
    due_in(10, filed(officer, fod), fod)
    numbers(client)
    with CaptureQueriesContext(connection) as one:
        assert len(numbers(client)) == 1
    for days in (11, 12, 13):
        claim_due_in(days, due_in(days, filed(officer, fod), fod), fod)
    with CaptureQueriesContext(connection) as four:
        assert len(set(numbers(client))) == 4
    assert len(four) == len(one)

"""Who looks after reading from outside: the office that owns the report, the sampled after-review, the auditor."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.access import Refused
from accounts.models import Office
from accounts.roles import Role
from audit.log import record
from audit.models import Event
from reports import actions
from reports.models import OutsideReading, Report, ReportReader
from tests.reports.filing import amend_sir, file_sir
from tests.reports.test_outside import WHY, afresh, sees
from tests.reports.test_readers import RESTRICTED


@pytest.fixture
def report(agent: Any) -> Report:
    return file_sir(agent)


@pytest.fixture
def reading(report: Report, outsider: Any, settings: Any) -> OutsideReading:
    settings.OUTSIDE_SAMPLE = 1.0
    return actions.open_outside(report.number, by=outsider, reason=WHY)


def listed(client: Any) -> list[int]:
    answer = client.get("/reports/outside/")
    return [one.pk for one, _ in answer.context["rows"]] if answer.status_code == 200 else []


def test_the_owning_office_sees_who_why_and_when(
    reading: OutsideReading, report: Report, person: Any, outsider: Any, as_: Any
) -> None:
    shown = {
        "agent": True,  # who wrote it
        "supervisor": True,
        "sac": True,
        "auditor": True,
        "acm": True,  # drawn for review
        "colleague": False,
        "outsider": False,
        "fod": False,
        "fig": False,
        "hq": False,
        "analyst": False,
        "sco": False,
    }
    for username, expected in shown.items():
        assert (listed(as_(person(username))) == [reading.pk]) == expected, username
    text = as_(person("supervisor")).get("/reports/outside/").content.decode()
    assert all(word in text for word in (report.number, outsider.name, WHY))
    assert Event.objects.filter(code="reports.outside_readings_listed").exists()


def test_it_stands_in_the_timeline_of_those_who_decide_who_reads_it(
    reading: OutsideReading, report: Report, supervisor: Any, colleague: Any, as_: Any
) -> None:
    address = f"/reports/{report.number}/"
    assert f"Opened from outside the office: {WHY}" in as_(supervisor).get(address).content.decode()
    assert WHY not in as_(colleague).get(address).content.decode()


def test_at_home_the_office_and_the_reviewer_learn_of_it(
    reading: OutsideReading, supervisor: Any, acm: Any, colleague: Any, as_: Any
) -> None:
    assert "1 reading of your reports from outside" in as_(supervisor).get("/").content.decode()
    assert "waits for review" in as_(acm).get("/").content.decode()
    assert "from outside" not in as_(colleague).get("/").content.decode()


def test_a_reading_of_what_became_restricted_tells_the_office_nothing(
    reading: OutsideReading, report: Report, agent: Any, supervisor: Any, as_: Any
) -> None:
    amend_sir(report, agent, flags=RESTRICTED["flags"])
    assert listed(as_(supervisor)) == []
    assert listed(as_(agent)) == [reading.pk]


# -- The after-review --------------------------------------------------------------------------------------------------
def test_the_reviewer_sees_the_reading_and_nothing_of_the_report(
    reading: OutsideReading, report: Report, outsider: Any, acm: Any, as_: Any
) -> None:
    client = as_(acm)
    page = client.get(f"/reports/outside/{reading.pk}/review/").content.decode()
    assert all(word in page for word in (report.number, outsider.name, WHY, "SAC Miami"))
    assert report.title not in page
    assert client.get(f"/reports/{report.number}/").status_code == 403
    assert f'href="/reports/{report.number}/"' not in client.get("/reports/outside/").content.decode()


def test_a_review_is_signed_once_and_recorded(reading: OutsideReading, acm: Any, as_: Any) -> None:
    address = f"/reports/outside/{reading.pk}/review/"
    client = as_(acm)
    assert client.post(address, {"finding": ""}).status_code == 422
    assert client.post(address, {"finding": "none of these"}).status_code == 422
    assert client.post(address, {"finding": "justified", "note": "Their case"}).status_code == 302
    again = client.post(address, {"finding": "not_justified", "note": "On second thought"})
    assert again.status_code == 422
    assert "Acm has reviewed this reading already." in again.content.decode()
    reading.refresh_from_db()
    assert (reading.finding, reading.note, reading.reviewed_by) == ("justified", "Their case", acm)
    (event,) = Event.objects.filter(code="report.outside_reviewed")
    assert json.loads(event.payload)["finding"] == "justified"


def test_a_reading_without_cause_ends_and_says_why(
    reading: OutsideReading, report: Report, outsider: Any, acm: Any, as_: Any
) -> None:
    assert sees(outsider, report)
    address = f"/reports/outside/{reading.pk}/review/"
    refused = as_(acm).post(address, {"finding": "not_justified"})
    assert (refused.status_code, "Say what speaks against" in refused.content.decode()) == (422, True)
    as_(acm).post(address, {"finding": "not_justified", "note": "No case of theirs"})
    assert not sees(outsider, report)
    assert as_(outsider).get(f"/reports/{report.number}/").status_code == 403


def test_a_later_reading_outlasts_the_review_of_the_first(
    report: Report, outsider: Any, acm: Any, settings: Any
) -> None:
    settings.OUTSIDE_SAMPLE = 1.0
    first = actions.open_outside(report.number, by=outsider, reason=WHY, now=timezone.now() - timedelta(hours=2))
    actions.open_outside(report.number, by=outsider, reason="The search goes on", after=first.pk)
    actions.review_outside(first.pk, by=acm, finding="not_justified", note="No case of theirs")
    assert sees(outsider, report)


def test_nobody_reviews_their_own_reading_under_any_account(reading: OutsideReading, acm: Any, as_: Any) -> None:
    with transaction.atomic():
        reading.reader.person_key = acm.person_key
        reading.reader.save(update_fields=["person_key"])
        record("user.changed", by=None, on=reading.reader)
    with pytest.raises(Refused, match="your own reading"):
        actions.review_outside(reading.pk, by=acm, finding="justified")
    assert as_(acm).get(f"/reports/outside/{reading.pk}/review/").status_code == 403
    assert "Waiting for your review" not in as_(acm).get("/reports/outside/").content.decode()


def test_only_access_control_managers_review(reading: OutsideReading, person: Any, as_: Any) -> None:
    for username in ("auditor", "supervisor", "sac", "outsider", "administrator", "sco"):
        address = f"/reports/outside/{reading.pk}/review/"
        assert as_(person(username)).post(address, {"finding": "justified"}).status_code == 403, username
        with pytest.raises(Refused):
            actions.review_outside(reading.pk, by=person(username), finding="justified")


# -- Which are drawn ---------------------------------------------------------------------------------------------------
def test_the_first_of_each_week_is_drawn_and_a_share_of_the_others(
    agent: Any, outsider: Any, acm: Any, settings: Any, as_: Any
) -> None:
    settings.OUTSIDE_SAMPLE = 0.0
    monday = datetime(2026, 3, 2, 1, tzinfo=UTC)
    drawn = []
    for hours in (0, 1, 166, 168, 170):
        made = actions.open_outside(
            file_sir(agent).number, by=outsider, reason=WHY, now=monday + timedelta(hours=hours)
        )
        drawn.append(made.sampled)
    assert drawn == [True, False, False, True, False]
    settings.OUTSIDE_SAMPLE = 1.0
    assert actions.open_outside(file_sir(agent).number, by=outsider, reason=WHY).sampled
    assert len(listed(as_(acm))) == 3
    not_drawn = OutsideReading.objects.filter(sampled=False).first()
    assert not_drawn is not None
    assert as_(acm).get(f"/reports/outside/{not_drawn.pk}/review/").status_code == 404


def test_a_manager_who_leads_an_office_too_sees_both(report: Report, outsider: Any, supervisor: Any, as_: Any) -> None:
    accounts.grant_role(
        user=supervisor,
        role=Role.ACM,
        office=Office.objects.get(code="HQ"),
        until=timezone.now() + timedelta(days=30),
        by=None,
    )
    reading = actions.open_outside(report.number, by=outsider, reason=WHY)
    assert listed(as_(afresh(supervisor))) == [reading.pk]
    assert ReportReader.objects.filter(user=outsider).count() == 1

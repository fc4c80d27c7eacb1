"""Reports of former systems become closed reports of their kind, with the number, times and author that they had."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.access import Refused
from accounts.models import User
from audit.models import Event
from reports import drafts
from reports.models import Person, Report, ReportNotice, Revision, StatusChange
from sen.postgres import CHECKOUT
from tests.imports import importing
from tests.imports.rows import ssn

SAMPLES = CHECKOUT / "docs" / "samples"
pytestmark = pytest.mark.django_db
KINDS = {
    "sir": "legacy-sir.csv",
    "spear": "legacy-spear.jsonl",
    "tav": "legacy-tav.jsonl",
    "ilead": "legacy-ilead.jsonl",
}


def bring(kind: str, tmp_path: Path) -> str:
    file = tmp_path / KINDS[kind]
    file.write_bytes((SAMPLES / file.name).read_bytes())
    said = importing.run(file, kind=kind)
    assert importing.rejected(file) == []
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_in_closed_and_typed_and_a_repeat_adds_nothing(
    kind: str, tmp_path: Path, hq: Any, as_: Any
) -> None:
    said = bring(kind, tmp_path)
    reports = list(Report.objects.filter(legacy=True, kind=kind))
    assert reports
    assert f"{len(reports)} kept, 0 already there, 0 rejected" in said
    assert f"0 kept, {len(reports)} already there" in bring(kind, tmp_path)
    for report in reports:
        assert (report.status, report.version) == ("closed", 1)
        assert report.typed.number == report.number
        assert Revision.objects.get(report=report).content["fields"]["title"] == report.title
        assert not ReportNotice.objects.filter(report=report).exists()
        assert [move.move for move in StatusChange.objects.filter(report=report)] == ["file", "close"]
        page = as_(hq).get(f"/reports/{report.number}/")
        assert page.status_code == 200
        assert report.title in page.content.decode()


def test_number_times_author_and_rows_are_kept(tmp_path: Path) -> None:
    bring("sir", tmp_path)
    report = Report.objects.get(number="OLD-SIR-2011-00042")
    assert report.event_at == datetime(2011, 6, 4, 6, 10, tzinfo=UTC)
    assert report.submitted_at == datetime(2011, 6, 4, 11, 45, tzinfo=UTC)
    assert (report.closed_at or report.event_at) == datetime(2011, 7, 1, 13, 0, tzinfo=UTC)
    assert (report.author_name, report.author.username) == ("Robin Sample", "former-system")
    assert report.people_count == 2
    seizure = report.typed.seizure_rows.get()
    assert (seizure.possessor.last_name, seizure.estimated_value, report.place_country) == ("Marlowe", 48200, "US")
    assert Person.objects.get(report=report, last_name="Marlowe").a_number == "A012345678"


def test_an_author_with_an_account_is_its_author(tmp_path: Path, agent: User) -> None:
    row = sir(author="agent")
    file = tmp_path / "old.jsonl"
    file.write_text(json.dumps(row))
    importing.run(file, kind="sir")
    report = Report.objects.get(number=row["number"])
    assert (report.author_id, report.legacy_author) == (agent.pk, "")


def test_the_account_of_the_former_system_cannot_sign_in(tmp_path: Path, client: Any) -> None:
    bring("sir", tmp_path)
    former = User.objects.get(username="former-system")
    assert not former.is_active
    assert not former.has_usable_password()
    assert not former.assignments.exists()


def test_a_demonstration_still_starts_after_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sen import demonstration

    monkeypatch.setenv("SEN_MODE", "demonstration")
    bring("sir", tmp_path)
    demonstration.refuse_real_people()


def test_nobody_amends_one(tmp_path: Path, supervisor: User, as_: Any) -> None:
    bring("sir", tmp_path)
    report = Report.objects.get(number="OLD-SIR-2011-00042")
    with pytest.raises(Refused, match="older system"):
        drafts.open_amendment(report, by=supervisor)


def test_it_is_found_by_its_words(tmp_path: Path, hq: User) -> None:
    from reports.finding.asking import understand
    from reports.finding.queries import matching

    bring("sir", tmp_path)
    found = Report.objects.visible_to(hq).filter(matching(understand("spare wheel Marlowe")))
    assert [report.number for report in found] == ["OLD-SIR-2011-00042"]


def test_every_report_is_named_by_an_event(tmp_path: Path) -> None:
    bring("sir", tmp_path)
    (event,) = Event.objects.filter(code="legacy.imported")
    assert set(event.batch) == {str(pk) for pk in Report.objects.filter(legacy=True).values_list("pk", flat=True)}


def sir(**changes: str) -> dict[str, str]:
    said = {
        "number": "OLD-1", "title": "Old", "office": "MIA", "author": "Robin Sample",
        "event_at": "2011-06-04 02:10", "submitted_at": "2011-06-05",
    }  # fmt: skip
    return said | changes


def test_a_day_of_filing_alone_is_not_before_the_event_of_that_day(tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text(json.dumps(sir(submitted_at="6/4/2011")))
    importing.run(file, kind="sir")
    report = Report.objects.get(number="OLD-1")
    assert report.submitted_at == report.event_at


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": ""}, "number is empty"),
        ({"number": "x" * 31}, "more than 30 characters"),
        ({"office": "NOWHERE"}, "names no office"),
        ({"event_at": "yesterday"}, "event_at is not a day"),
        ({"event_at": "2011-02-30"}, "does not have"),
        ({"submitted_at": "2011-06-04 01:00"}, "submitted_at is before event_at"),
        ({"event_at": "2199-01-01 02:10", "submitted_at": "2199-01-02"}, "event_at is in the future"),
        ({"restricted": "yes", "restricted_reason": "An employee is involved."}, "nobody could ever read it"),
        ({"event_zone": "Mars/Base"}, "event_zone is no time zone"),
        ({"event_types": "picnic"}, "event_types is none of its choices"),
        ({"place_latitude": "91", "place_longitude": "0"}, "between -90 and 90"),
        ({"place_latitude": "10"}, "report_both_coordinates"),
        ({"media_interest": "perhaps"}, "neither yes nor no"),
        ({"people_1_role": "subject", "people_1_last_name": "X", "people_1_a_number": "123456"}, "people_1_a_number"),
        ({"seizures_1_quantity": "many"}, "seizures_1_quantity is no number"),
        ({"arrests_1_person": "2"}, "arrests_1_person is not the number of a person"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_reason(change: dict[str, str], reason: str, tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text(json.dumps(sir(**change)) + "\n" + json.dumps(sir(number="OLD-2")) + "\n")
    assert "1 kept, 0 already there, 1 rejected" in importing.run(file, kind="sir")
    (said,) = importing.rejected(file)
    assert reason in said
    assert Report.objects.get(legacy=True).number == "OLD-2"


def test_a_restricted_one_is_read_by_its_author_and_its_supervisor_alone(
    tmp_path: Path, agent: User, supervisor: User, hq: User
) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text(
        json.dumps(sir(author="agent", supervisor="supervisor", restricted="yes", restricted_reason="Why."))
    )
    assert "1 kept" in importing.run(file, kind="sir")
    seen = [reader.username for reader in (agent, supervisor, hq) if Report.objects.visible_to(reader).exists()]
    assert seen == ["agent", "supervisor"]


def test_a_number_that_another_report_has_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text("\n".join(json.dumps(sir(title=title)) for title in ("One", "Another", "One")))
    assert "1 kept, 1 already there, 1 rejected" in importing.run(file, kind="sir")
    assert "belongs to another report" in importing.rejected(file)[0]


def test_a_social_security_number_becomes_eight_bullets_everywhere(tmp_path: Path) -> None:
    from random import Random

    from django.db import connection

    number = ssn(Random(5))
    file = tmp_path / "old.jsonl"
    file.write_text(json.dumps(sir(narrative=f"His SSN is {number}.", remarks=number)))
    assert "2 SSNs masked" in importing.run(file, kind="sir")
    tables = ("report", "sir", "revision", "searchdocument", "legacysource")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM reports_{table} t")  # noqa: S608 - our own names
            said = cursor.fetchone()[0]
            assert said
            assert number not in said
            assert number[-4:] not in said.replace("2011", "")

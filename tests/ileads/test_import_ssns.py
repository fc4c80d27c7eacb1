"""Bringing in legacy SSNs: each sealed on its person, refused with a reason that holds no number, never twice."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from ileads import imports, keys
from ileads.models import LegacySSN
from ileads.sealed import open_sealed
from privacy.mask import BULLETS
from reports.imports.lines import Line
from reports.imports.values import Wrong
from reports.models import Report
from sen.postgres import CHECKOUT
from tests.ileads import numbers as ssns
from tests.ileads.leads import filed
from tests.reports.filing import approved, file_ilead, file_sir, ilead_answers, row

pytestmark = pytest.mark.django_db
HEADER = ("source_id", "report", "person", "ssn", "date_of_birth")


@pytest.fixture
def lead(officer: Any, fod: Any) -> Report:
    """An iLead of three people, two of whom have one name."""

    def person(last: str, first: str, born: str, role: str) -> dict[str, Any]:
        year, month, day = born.split("-")
        birth = {"date_of_birth_0": month, "date_of_birth_1": day, "date_of_birth_2": year}
        return row(str(uuid4()), role=role, population="public", last_name=last, first_name=first, **birth)

    people = [
        person("Harper", "Dana", "1980-02-03", "subject"),
        person("Ortiz", "Luis", "1975-06-07", "witness"),
        person("Ortiz", "Luis", "1999-01-02", "witness"),
    ]
    return approved(file_ilead(officer, ilead_answers(officer, people=people, gang_claims=[])), fod)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """A file of rows: what is not given is the first person of the iLead and a number made now."""

    def write(*rows: tuple[object, ...], header: tuple[str, ...] = HEADER, name: str = "old.csv") -> Path:
        path = tmp_path / name
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([header, *rows])
        return path

    return write


def bring(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_legacy_ssns", str(path), stdout=out, verbosity=0, **options)
    return out.getvalue()


def rejects(path: Path) -> list[dict[str, str]]:
    with path.with_name(path.name + ".rejects.csv").open() as said:
        return list(csv.DictReader(said))


def opened() -> dict[str, str]:
    return {one.source_id: open_sealed(one.value, for_=one) for one in LegacySSN.objects.all()}


# -- What is taken ----------------------------------------------------------------------------------------------------
def test_each_is_sealed_on_its_person(lead: Report, file: Any) -> None:
    one, two, three = ssns.number(), ssns.number(), ssns.number()
    said = bring(
        file(
            ("a", lead.number, "1", ssns.written(one), ""),
            ("b", lead.number, "ORTIZ, Luis", two, "1/2/1999"),
            ("c", lead.number, "harper", ssns.written(three, " "), ""),
        )
    )
    assert "3 rows read: 3 SSNs sealed, 0 already there, 0 rejected." in said
    assert opened() == {"a": one, "b": two, "c": three}
    born = {s.source_id: str(s.person.date_of_birth) for s in LegacySSN.objects.select_related("person")}
    assert born == {"a": "1980-02-03", "b": "1999-01-02", "c": "1980-02-03"}
    assert lead.legacy_ssns.count() == 3


@pytest.mark.parametrize(
    "write",
    [
        lambda nine: nine,
        lambda nine: ssns.written(nine, "."),
        lambda nine: ssns.written(nine, "–"),
        lambda nine: ssns.written(nine, " - "),
        lambda nine: "SSN: " + ssns.written(nine),
        lambda nine: "".join(chr(ord(sign) - ord("0") + ord("０")) for sign in nine),
    ],
    ids=["bare", "points", "en dashes", "wide", "with its name", "full-width"],
)
def test_every_usual_writing_is_read(write: Any) -> None:
    nine = ssns.number()
    assert imports.nine_digits(write(nine)) == nine


def test_json_lines_are_read_alike(lead: Report, tmp_path: Path) -> None:
    nine, path = ssns.number(), tmp_path / "old.jsonl"
    line = {"Record ID": 7, "report": lead.number, "person": 1, "Social Security Number": int("1" + nine[1:])}
    path.write_text(json.dumps(line) + "\n")
    assert "1 SSNs sealed" in bring(path)
    assert opened() == {"7": "1" + nine[1:]}


def test_a_second_run_adds_nothing(lead: Report, file: Any) -> None:
    path = file(("a", lead.number, "1", ssns.number(), ""), ("b", lead.number, "1", ssns.number(), ""))
    assert "2 SSNs sealed" in bring(path)
    stored = {one.pk: one.value._stored for one in LegacySSN.objects.all()}
    assert "0 SSNs sealed, 2 already there" in bring(path)
    assert {one.pk: one.value._stored for one in LegacySSN.objects.all()} == stored
    assert "2 SSNs sealed" in bring(path, source="another system")


def test_one_person_may_have_several(lead: Report, file: Any) -> None:
    bring(file(*((number, lead.number, "1", ssns.number(), "") for number in range(5))))
    assert LegacySSN.objects.filter(person__last_name="Harper").count() == 5


def test_an_event_names_every_ilead_and_no_number(lead: Report, officer: Any, fod: Any, file: Any) -> None:
    other, nine = filed(officer, fod), ssns.number()
    bring(file(("a", lead.number, "1", nine, ""), ("b", other.number, "1", nine, "")))
    event = Event.objects.get(code="ssn.imported")
    assert set(event.batch) == {str(lead.pk), str(other.pk)}
    assert nine not in event.payload


# -- What is refused --------------------------------------------------------------------------------------------------
def never_issued() -> list[tuple[str, str]]:
    nine = ssns.number()
    return [
        ("000" + nine[3:], "never issued"),
        ("666" + nine[3:], "never issued"),
        ("9" + nine[1:], "ITIN"),
        (nine[:3] + "00" + nine[5:], "never issued"),
        (nine[:5] + "0000", "never issued"),
        (nine[:8], "has 8 digits"),
        (nine + "1", "has 10 digits"),
        (nine[:8] + "X", "not nine digits"),
        ("unknown", "not nine digits"),
    ]


@pytest.mark.parametrize("place", range(9))
def test_a_number_that_cannot_be_one_is_refused_without_saying_it(lead: Report, file: Any, place: int) -> None:
    number, why = never_issued()[place]
    path = file(("a", lead.number, "1", number, ""), ("b", lead.number, "1", ssns.number(), ""))
    assert "1 SSNs sealed, 0 already there, 1 rejected" in bring(path)
    (said,) = rejects(path)
    assert why in said["reason"]
    assert said["line"] == "2"
    text = path.with_name(path.name + ".rejects.csv").read_text()
    assert number not in text
    assert (BULLETS in text) is True
    with pytest.raises(Wrong) as wrong:
        imports.nine_digits(number)
    assert not any(sign in str(wrong.value).removeprefix(f"has {len(number)}") for sign in "045678")


def test_whoever_is_not_found_is_refused(lead: Report, agent: Any, file: Any) -> None:
    incident, good = file_sir(agent), ssns.number()
    path = file(
        ("a", "NO-SUCH-REPORT", "1", good, ""),
        ("b", incident.number, "1", good, ""),
        ("c", lead.number, "4", good, ""),
        ("d", lead.number, "0", good, ""),
        ("e", lead.number, "Nobody, Ann", good, ""),
        ("f", lead.number, "Ortiz, Luis", good, ""),
        ("g", lead.number, "Harper", good, "1999-01-02"),
        ("h", lead.number, "Harper", good, "someday"),
        ("", lead.number, "1", good, ""),
        ("j", lead.number, "1", "", ""),
        (good, lead.number, "1", good, ""),
        (ssns.written(good), lead.number, "1", good, ""),
        ("l" * 121, lead.number, "1", good, ""),
    )
    assert "13 rows read: 0 SSNs sealed, 0 already there, 13 rejected" in bring(path)
    why = " ".join(one["reason"] for one in rejects(path))
    for word in ("names no report", "names no iLead", "lists 3", "names nobody", "names two people", "is not a day"):
        assert word in why
    assert why.count("looks like an SSN") == 2
    text = path.with_name(path.name + ".rejects.csv").read_text()
    assert good not in text
    assert ssns.written(good) not in text


def test_a_record_does_not_move_to_another_person(lead: Report, file: Any) -> None:
    bring(file(("a", lead.number, "1", ssns.number(), "")))
    path = file(("a", lead.number, "2", ssns.number(), ""))
    assert "1 rejected" in bring(path)
    assert "another person" in rejects(path)[0]["reason"]


def test_a_broken_line_goes_to_the_rejects_without_a_digit(lead: Report, tmp_path: Path) -> None:
    nine, path = ssns.number(), tmp_path / "old.csv"
    lines = [f"a,{lead.number},1", f'b,{lead.number},1,"{nine}', f"c,{lead.number},1,{nine},,,x{nine}", nine]
    path.write_text("source_id,report,person,ssn\n" + "\n".join(lines) + "\n")
    assert "0 SSNs sealed" in bring(path)
    text = path.with_name(path.name + ".rejects.csv").read_text()
    assert nine not in text
    assert nine[:5] not in text
    assert len(rejects(path)) == 4


def test_numbers_in_the_wrong_column_reach_no_reject_file(lead: Report, file: Any) -> None:
    nine, other = ssns.number(), ssns.number()
    path = file((nine, ssns.written(other), nine, lead.number, other), ("b", lead.number, other, "", nine))
    assert "2 rejected" in bring(path)
    text = path.with_name(path.name + ".rejects.csv").read_text()
    assert not [one for one in (nine, other, ssns.written(nine), ssns.written(other)) if one in text]


def test_a_file_without_its_first_line_is_refused_without_repeating_it(lead: Report, file: Any) -> None:
    nine = ssns.number()
    for said in (nine, ssns.written(nine)):
        path = file(header=("a", lead.number, "1", said, ""))
        with pytest.raises(CommandError) as refused:
            bring(path)
        assert said not in str(refused.value)
        assert "are missing" in str(refused.value)


def test_the_sample_shows_the_columns_and_holds_no_number_that_can_exist(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    path.write_text((CHECKOUT / "docs/samples/legacy-ssns.csv").read_text())
    assert "2 rows read: 0 SSNs sealed, 0 already there, 2 rejected" in bring(path)
    assert all("never issued" in one["reason"] for one in rejects(path))


# -- Keys -------------------------------------------------------------------------------------------------------------
def test_without_its_keys_nothing_is_read(
    lead: Report, file: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEY_DIR, settings.PRODUCTION = str(tmp_path / "keys"), True
    path = file(("a", lead.number, "1", ssns.number(), ""))
    with pytest.raises(CommandError, match="new-key"):
        bring(path)
    settings.PRODUCTION = False
    keys.load()
    monkeypatch.setenv("SEN_MASTER_KEY", "A" * 43 + "=")
    with pytest.raises(CommandError, match="does not fit"):
        bring(path)
    assert not LegacySSN.objects.exists()


# -- Nothing of a number is left behind -------------------------------------------------------------------------------
def test_no_log_no_query_and_no_output_holds_a_number(
    lead: Report, file: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    nines = [ssns.number() for _ in range(5)]
    rows = [(n, lead.number, "1", ssns.written(nine), "") for n, nine in enumerate(nines)]
    with CaptureQueriesContext(connection) as queries:
        said = bring(file(*rows, ("bad", lead.number, "9", nines[0], "")))
    captured = capfd.readouterr()
    everything = said + caplog.text + captured.out + captured.err + repr(queries.captured_queries)
    assert "INSERT INTO" in everything
    assert [nine for nine in nines if nine in everything or ssns.written(nine) in everything] == []
    with CaptureQueriesContext(connection) as queries:  # the control: such a list of queries would tell
        LegacySSN.objects.filter(source_id=nines[0]).exists()
    assert nines[0] in repr(queries.captured_queries)


def test_a_row_that_waits_shows_no_number(lead: Report, file: Any) -> None:
    nine = ssns.number()
    source = imports.Withheld(file(("a", lead.number, "1", nine, "")))
    destination = imports.LegacySSNs(source.numbers)
    (line,) = list(source)
    assert isinstance(line, Line)
    prepared = destination.prepare(line)
    assert isinstance(prepared, imports.Row)
    assert nine not in repr(prepared) + repr(line)
    assert source.numbers == {}
    assert prepared.clear == nine

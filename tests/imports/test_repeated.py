"""What an import promises whatever the file: exact rejects, masked numbers, no duplicates, and short transactions."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from privacy import guard
from privacy.mask import BULLETS
from reports.imports import run as running
from reports.models import HistoricalReport
from sen.postgres import CHECKOUT
from tests.imports import importing, rows

pytestmark = pytest.mark.django_db


def test_one_pass_counts_exactly_and_a_repeat_adds_nothing(tmp_path: Path) -> None:
    file = rows.write(tmp_path / "old.csv", 1000, bad_every=100, ssn_every=50)
    said = importing.run(file)
    # Every fiftieth row has a number, but every second of those is bad.
    assert said.startswith("1,000 rows read: 990 kept, 0 already there, 10 rejected. 10 SSNs masked.")
    assert len(importing.rejected(file)) == 10
    assert HistoricalReport.objects.count() == 740
    assert importing.run(file).startswith("1,000 rows read: 0 kept, 990 already there, 10 rejected.")
    assert HistoricalReport.objects.count() == 740


def test_rows_that_changed_are_new_and_the_order_of_columns_does_not_matter(tmp_path: Path) -> None:
    row = rows.row(1, Random(1), "AMO")
    file = tmp_path / "old.jsonl"
    for changed, kept in ((row, 1), (dict(reversed(row.items())), 0), (row | {"remarks": "Another"}, 1)):
        file.write_text(json.dumps(changed) + "\n")
        assert f"{kept} kept" in importing.run(file)


def test_numbers_become_eight_bullets_in_every_column_and_in_the_reject_file(tmp_path: Path) -> None:
    random = Random(7)
    secret, bare, third = rows.ssn(random), rows.ssn(random, ""), rows.ssn(random, " ")
    good = rows.row(1, random, "AMO") | {"title": f"About {secret}", "summary": f"SSN {bare}", "remarks": "x"}
    bad = rows.row(2, random, "AMO") | {"period_from": "never", "summary": f"He gave {third}"}
    file = tmp_path / "old.jsonl"
    file.write_text(json.dumps(good | {"subject_ssn": bare}) + "\n" + json.dumps(bad) + "\n")
    assert "1 kept, 0 already there, 1 rejected. 3 SSNs masked" in importing.run(file)
    report = HistoricalReport.objects.get()
    assert (report.title, report.summary) == (f"About {BULLETS}", f"SSN {BULLETS}")
    assert report.payload["subject_ssn"] == BULLETS
    said = json.dumps(list(HistoricalReport.objects.values("payload", "words", "title"))) + "".join(
        importing.rejected(file)
    )
    assert not [number for number in (secret, bare, third) if number in said]
    assert guard.find(said) == []


def test_the_checksum_is_of_the_masked_row_so_that_no_number_can_be_guessed_from_it(tmp_path: Path) -> None:
    random, file = Random(8), tmp_path / "old.jsonl"
    row = rows.row(1, random, "AMO")
    file.write_text("".join(json.dumps(row | {"summary": f"SSN {rows.ssn(random)}"}) + "\n" for _ in range(2)))
    assert "1 kept, 1 already there" in importing.run(file)


def test_a_row_that_the_database_does_not_take_leaves_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past its limit a search document is refused by the database itself: such a row, and no other, is rejected."""
    from reports.imports import historical

    monkeypatch.setattr(historical, "SEARCHED", 10_000_000)
    huge = rows.row(5, Random(5), "AMO") | {f"note_{n}": words(n) for n in range(9)}
    good = [rows.row(number, Random(number), "AMO") for number in range(4)]
    file = tmp_path / "old.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in [*good[:2], huge, *good[2:]]))
    assert "4 kept, 0 already there, 1 rejected" in importing.run(file)
    assert importing.rejected(file)[0].startswith("3,The row breaks a limit of the database.")


def words(seed: int) -> str:
    random = Random(seed)
    return " ".join("".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(11_000))


def test_a_batch_ends_by_rows_by_size_and_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = rows.write(tmp_path / "old.csv", 40)
    for name, value, commits in (("ROWS", 10, 4), ("CHARACTERS", 1, 40), ("SECONDS", 0.0, 40)):
        with monkeypatch.context() as patch:
            patch.setattr(running, name, value)
            before = runs()
            importing.run(file)
            assert runs() - before == commits


def runs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE code = 'import.run'")
        return int(cursor.fetchone()[0])


def test_a_formula_in_a_reject_file_is_text(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("type,number,period_from,title\n=HYPERLINK(1),2\n")
    importing.run(file)
    assert csv_rows(file)[1][2].startswith("'=")
    assert file.with_name("old.csv.rejects.csv").stat().st_mode & 0o077 == 0


def csv_rows(file: Path) -> list[list[str]]:
    with file.with_name(file.name + ".rejects.csv").open(newline="") as said:
        return list(csv.reader(said))


@pytest.mark.parametrize("name", ["historical.csv", "historical.jsonl"])
def test_the_samples_come_in_whole(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes((CHECKOUT / "docs" / "samples" / name).read_bytes())
    assert "0 already there, 0 rejected" in importing.run(file)
    assert HistoricalReport.objects.exists()


def test_an_office_that_exists_is_linked_and_another_kept_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "historical.csv"
    file.write_bytes((CHECKOUT / "docs" / "samples" / file.name).read_bytes())
    importing.run(file)
    offices = dict(HistoricalReport.objects.values_list("office_code", "office__name"))
    assert offices == {"MIA": "SAC Miami", "ATL": "SAC Atlanta", "OLD": None}


def test_what_the_progress_bar_says(capsys: Any) -> None:
    import io

    from reports.imports.progress import Bar

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    bar = Bar(200, stream)
    bar._told = 0.0
    bar.tell(100, 7)
    bar.finish(14)
    assert " 50%  7 rows" in stream.getvalue()
    assert "100%  14 rows" in stream.getvalue()

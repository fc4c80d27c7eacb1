"""Files as they should not be: each is refused or read as far as it makes sense, with the line and a clear reason."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from reports.imports import lines
from reports.models import HistoricalReport
from tests.imports import importing

HERE = Path(__file__).parent / "malformed"
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text())
pytestmark = pytest.mark.django_db


def copied(name: str, folder: Path) -> Path:
    file = folder / name
    file.write_bytes((HERE / name).read_bytes())
    return file


def rejects(file: Path) -> list[dict[str, str]]:
    with file.with_name(file.name + ".rejects.csv").open(newline="") as rows:
        return list(csv.DictReader(rows))


def test_there_are_at_least_thirty_and_each_is_asked() -> None:
    files = {path.name for path in HERE.iterdir()} - {"expected.json"}
    assert files == set(EXPECTED)
    assert len(files) >= 30


@pytest.mark.parametrize("name", [name for name, said in EXPECTED.items() if "kept" not in said])
def test_a_file_that_makes_no_sense_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    file = copied(name, tmp_path)
    with pytest.raises(CommandError, match="Nothing was imported") as refused:
        importing.run(file, **EXPECTED[name].get("args", {}))
    assert EXPECTED[name]["says"] in str(refused.value)
    assert HistoricalReport.objects.count() == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", [name for name, said in EXPECTED.items() if "kept" in said])
def test_a_bad_row_is_named_with_its_line_and_reason_and_the_others_are_kept(name: str, tmp_path: Path) -> None:
    file, wanted = copied(name, tmp_path), EXPECTED[name]
    said = importing.run(file, **wanted.get("args", {}))
    assert f"{wanted['kept']} kept, 0 already there, {wanted['rejected']} rejected" in said
    refused = rejects(file)
    assert [int(row["line"]) for row in refused] == wanted["lines"]
    assert any(wanted["says"] in row["reason"] for row in refused)
    assert all(row["text"] for row in refused)
    numbers = set(HistoricalReport.objects.values_list("number", flat=True))
    assert numbers == ({"M-1", "M-2"} if wanted["kept"] else set())
    assert f"0 kept, {wanted['kept']} already there" in importing.run(file, **wanted.get("args", {}))


HEADER, GOOD = "type,number,period_from,title,activity", "AMO,M-1,2004-03-02,First good row,Patrol"


@pytest.mark.parametrize(
    ("long", "says"),
    [
        ("AMO,M-9,2004-03-02,Long," + "x" * 1_000_000, "more than 1,000,000 characters"),
        ('AMO,M-9,2004-03-02,Long,"' + "x" * 1_000_000 + '"', "more than 1,000,000 characters"),
        ('AMO,M-9,2004-03-02,Long,"' + "x" * 1_000_000, "more than 1,000,000 characters"),
        ("AMO,M-9,2004-03-02,Long," + "x" * 120_000, "more than 100,000 characters"),
        ("AMO,M-9,2004-03-02,Long," + "x" * 200_000, "more than 100,000 characters"),
    ],
    ids=["plain", "quoted", "quoted and never closed", "just too long", "beyond the reader's own limit"],
)
def test_a_field_of_a_million_characters_is_one_bad_row(long: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("\n".join([HEADER, long, GOOD]) + "\n")
    assert "1 kept, 0 already there, 1 rejected" in importing.run(file)
    (refused,) = rejects(file)
    assert refused["line"] == "2"
    assert says in refused["reason"]
    assert len(refused["text"]) <= lines.SHOWN + 1


def test_an_open_quotation_mark_swallows_no_more_than_its_own_line(tmp_path: Path) -> None:
    """Two thousand lines behind it hold no other mark; each is read all the same."""
    file = tmp_path / "open.csv"
    rows = [f"AMO,M-{number},2004-03-02,Good row,Patrol" for number in range(2500)]
    file.write_text("\n".join([HEADER, 'AMO,M-X,2004-03-02,"Open,Patrol', *rows]) + "\n")
    assert "2,500 kept, 0 already there, 1 rejected" in importing.run(file)
    assert rejects(file)[0]["line"] == "2"


def test_a_field_may_run_over_lines_inside_quotation_marks(tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_bytes(f'{HEADER}\r\nAMO,M-1,2004-03-02,One,"Patrol\r\nby night"\r\n'.encode())
    importing.run(file)
    assert HistoricalReport.objects.get().activity == "Patrol\nby night"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_usual_delimiters_and_encodings_are_read(delimiter: str, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "usual.csv"
    text = f"{HEADER}\nAMO,M-1,2004-03-02,Café,Patrol\n".replace(",", delimiter)
    file.write_bytes(text.encode(encoding))
    importing.run(file, encoding=encoding)
    assert HistoricalReport.objects.get().title == "Café"


def test_the_columns_may_have_their_usual_names(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("Report number,From date,TITLE,Kind of assistance,Requesting-agency\n1,3/2/2004,Old,Help,Police\n")
    importing.run(file, kind="leara")
    report = HistoricalReport.objects.get()
    assert (report.number, str(report.period_from), report.assistance) == ("1", "2004-03-02", "Help")


def test_a_file_that_is_not_there_or_an_encoding_that_is_not_known_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be opened"):
        importing.run(tmp_path / "nothing.csv")
    file = tmp_path / "good.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n")
    with pytest.raises(CommandError, match="klingon is not known"):
        importing.run(file, encoding="klingon")
    with pytest.raises(CommandError, match="would overwrite"):
        importing.run(file, rejects=file)
    assert HistoricalReport.objects.count() == 0

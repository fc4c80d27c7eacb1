"""Running `import_reports` as an operator does, on small files made for one test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

COLUMNS = ("Case", "Date", "Offense", "Address", "Suspect", "Race", "Narrative")
ROW = ("24-1", "03/01/2024 02:05:00 PM", "ROBBERY", "100 MAIN ST", "DOE, ALEX", "W", "He ran, and was found.")

SETTINGS = """
[import]
as = "{as_}"
user = "{user}"
{settings}
"""
ANSWERS = """
[answers]
title = "{Offense}[ at {Address}]"
event_types = "other"
synopsis = "{Offense}."
significance = "From the incident records."
narrative = "{Narrative}"
event_at = "{Date}"
{more}
"""
PERSON = """
[[people]]
id = "suspect"
role = "subject"
last_name = { column = "Suspect", split = ",", part = 1 }
first_name = { column = "Suspect", split = ",", part = 2 }
"""


def mapping(user: str = "agent", as_: str = "submitted", settings: str = "", more: str = "", rows: str = PERSON) -> str:
    """A small mapping of a SIR; `more` adds answers and `rows` takes the place of its one person."""
    head = SETTINGS.format(as_=as_, user=user, settings=settings)
    return head + ANSWERS.replace("{more}", more) + rows


def sheet(path: Path, *rows: Sequence[str], columns: Sequence[str] = COLUMNS, **how: Any) -> Path:
    """A CSV of these rows; each row may be shorter than the columns."""
    encoding = how.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, **how)
        writer.writerow(columns)
        writer.writerows([*row, *[""] * (len(columns) - len(row))] for row in rows)
    return path


class Bringing:
    """One folder with a sheet and a mapping, and the command run on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file, self.map = folder / "incidents.csv", folder / "map.toml"

    def __call__(self, said: str, *rows: Sequence[str], kind: str = "SIR", **options: Any) -> str:
        """Write both, run the command, and return what it said. `columns` and `encoding` are of the sheet."""
        how = {name: options.pop(name) for name in ("columns", "encoding", "delimiter") if name in options}
        if rows:
            sheet(self.file, *rows, **how)
        self.map.write_text(said)
        out = StringIO()
        options = {"attested": True, **options}
        call_command("import_reports", str(self.file), kind=kind, mapping=self.map, stdout=out, **options)
        return out.getvalue()

    @property
    def rejected(self) -> list[dict[str, str]]:
        with (self.folder / "incidents.csv.rejects.csv").open() as file:
            return list(csv.DictReader(file))

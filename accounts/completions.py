"""The lines of a list of people: a CSV file read with care, every bad line kept with its number and the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Training
from privacy import guard
from privacy.fields import SsnFound

MOST_LINES = 10_000
MOST_BYTES = 5 * 1024 * 1024
LONGEST_SHOWN = 200
# A spreadsheet would run a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WHO = ("username or employee number", "username", "employee number")


class FileRefused(Exception):
    """The file as a whole cannot be taken; the message says why and what to do."""


class LineRefused(Exception):
    """One line cannot be taken; the message says why."""


@dataclass(frozen=True)
class Bad:
    """A line that was not taken. An SSN in it becomes eight bullets."""

    number: int
    reason: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of the file by the names of its columns."""

    number: int
    values: dict[str, str]

    @property
    def text(self) -> str:
        said = ", ".join(value for value in self.values.values())
        return guard.mask(said.replace("\x00", ""))[0][:LONGEST_SHOWN]

    def bad(self, reason: object) -> Bad:
        return Bad(self.number, str(reason), self.text)


@dataclass(frozen=True)
class Completion:
    """Somebody's completed training as a line says it."""

    line: Line
    who: str
    completed_on: date
    evidence: str


def lines_of(raw: bytes, required: Iterable[str]) -> list[Line]:
    """Every line that holds anything. Raises FileRefused for what is no such CSV file."""
    if len(raw) > MOST_BYTES:
        raise FileRefused("The file is larger than 5 MB. Split it and send the parts.")
    try:
        text = raw.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused("This is not a CSV file in UTF-8. Save the sheet as “CSV UTF-8” and send that.") from error
    heading = [" ".join(name.lower().replace("_", " ").split()) for name in rows[0]] if rows else []
    missing = [name for name in required if name not in heading]
    if missing:
        raise FileRefused(f"The first line must name the columns. Missing: {', '.join(missing)}.")
    if len(rows) - 1 > MOST_LINES:
        raise FileRefused(f"The file has more than {MOST_LINES:,} lines. Split it and send the parts.")
    return list(_named(heading, rows[1:]))


def _named(heading: list[str], rows: list[list[str]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            cells = [*row, *[""] * (len(heading) - len(row))]
            yield Line(number, {name: cell.strip() for name, cell in zip(heading, cells, strict=False)})


def read(raw: bytes) -> tuple[list[Completion], list[Bad]]:
    """The completed trainings of a file, and the lines that are none."""
    lines = lines_of(raw, ("completed on", "evidence"))
    if lines and not any(name in lines[0].values for name in WHO):
        raise FileRefused("The first line must name the columns. Missing: username or employee number.")
    good, bad = [], []
    for line in lines:
        try:
            good.append(_completion(line))
        except LineRefused as refused:
            bad.append(line.bad(refused))
    return good, bad


def _completion(line: Line) -> Completion:
    who = next((line.values[name] for name in WHO if line.values.get(name)), "")
    if not who:
        raise LineRefused("It names nobody.")
    evidence = text_for(Training, "evidence", line.values["evidence"])
    return Completion(line, who, day_of(line.values["completed on"]), evidence)


def day_of(said: str) -> date:
    try:
        if len(said) == len("2026-03-31"):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise LineRefused("The day must be written as 2026-03-31.")


def text_for(model: Any, column: str, said: str) -> str:
    """A text that this column can keep. Raises LineRefused."""
    field = model._meta.get_field(column)
    if not said:
        raise LineRefused(f"The {field.verbose_name} is missing.")
    if len(said) > field.max_length:
        raise LineRefused(f"The {field.verbose_name} is longer than {field.max_length} characters.")
    if "\x00" in said:
        raise LineRefused(f"The {field.verbose_name} holds a character that is no text.")
    try:
        field.refuse(said)
    except SsnFound as found:
        raise LineRefused(f"The {field.verbose_name} looks like a Social Security number.") from found
    return said


def rejects(bad: Iterable[Bad]) -> str:
    """The bad lines as a CSV file that no spreadsheet runs anything of."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["line", "reason", "text"])
    writer.writerows([one.number, one.reason, _plain(one.text)] for one in bad)
    return written.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text

"""Bringing in the legacy SSNs of a former system: each sealed as it is read, on a person of an iLead, never twice.

No hash of a number is kept, not even a keyed one: a record is known again by its own key in the former system.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ileads import batches, keys
from ileads.models import LegacySSN
from ileads.sealed import seal
from privacy.mask import BULLETS
from reports.imports.columns import plain_name
from reports.imports.lines import Bad, Line, Source
from reports.imports.rejects import Rejects
from reports.imports.values import Wrong, past_day
from reports.models import Person, Report

REQUIRED = ("source_id", "report", "person", "ssn")
COLUMNS = (*REQUIRED, "date_of_birth")
ALSO = {
    "report_number": "report",
    "number": "report",
    "social_security_number": "ssn",
    "record_id": "source_id",
    "dob": "date_of_birth",
}
FORMER = "former system"
LONGEST_SOURCE, LONGEST_ID = 60, 120
SIGNS = re.compile(r"[\s./_-]+")
# Wherever it may have slipped: in another column, in a file without its first line.
NINE = re.compile(r"(?<!\d)\d{3}[\W_]{0,3}\d{2}[\W_]{0,3}\d{4}(?!\d)")


def named(header: str) -> str:
    """Our name for a column: "Report number" is `report`."""
    name = plain_name(header)
    return ALSO.get(name, name)


def hidden(text: str) -> str:
    """A text with eight bullets for every nine digits that could be an SSN."""
    return NINE.sub(BULLETS, text)


class Withheld(Source):
    """The rows of a file with eight bullets for each SSN. The numbers wait apart, by line, until a row is prepared."""

    def __init__(self, path: Path, *, encoding: str = "utf-8") -> None:
        self.numbers: dict[int, str] = {}
        super().__init__(path, required=REQUIRED, encoding=encoding, named=named)

    def __iter__(self) -> Iterator[Line | Bad]:
        for item in super().__iter__():
            if isinstance(item, Bad):
                # Where the cells cannot be told apart, any digit may be of an SSN; the line is known by its number.
                yield replace(item, text=re.sub(r"\d", "•", item.text))
                continue
            number = self.numbers[item.number] = item.values.get("ssn", "")
            values = {name: item.values.get(name, "") for name in COLUMNS}
            if _digits(number) and _digits(number) in _digits(values["source_id"]):
                values["source_id"] = BULLETS
            yield Line(item.number, values | {"ssn": BULLETS if number else ""})


class RejectsHidden(Rejects):
    """A reject file without numbers: neither those of the column, nor what could be one in another."""

    def add(self, bad: Bad) -> None:
        super().add(replace(bad, reason=hidden(bad.reason), text=hidden(bad.text)))


@dataclass(frozen=True)
class Row:
    """One SSN ready to be sealed, and whose it is by the words of its line."""

    line: Line
    clear: str = field(repr=False)
    born: date | None

    @property
    def number(self) -> str:
        return self.line.values["report"]

    @property
    def source_id(self) -> str:
        return self.line.values["source_id"]


class LegacySSNs:
    """Where the rows go. `numbers` gives the SSN of each line, and forgets it when it is asked."""

    required = REQUIRED

    def __init__(self, numbers: dict[int, str], source: str = FORMER) -> None:
        self.numbers, self.source = numbers, source

    def named(self, header: str) -> str:
        return named(header)

    def prepare(self, line: Line) -> Row | Bad:
        number = self.numbers.pop(line.number, "")
        if empty := next((name for name in REQUIRED if not line.values.get(name)), None):
            return line.bad(f"The field {empty} is empty. It is needed.")
        try:
            _check_source_id(line.values["source_id"])
            return Row(line, _read("ssn", nine_digits, number), _born(line))
        except Wrong as wrong:
            return line.bad(f"The field {wrong}.")

    def write(self, rows: Sequence[Row], *, now: datetime) -> tuple[int, list[Bad]]:
        """Seal and write rows in the current transaction; how many were new, and those that belong to nobody here."""
        batches.lock()
        found = Found(rows, self.source)
        new: list[tuple[Row, Person]] = []
        bads: list[Bad] = []
        for row in rows:
            try:
                person = found.person(row)
                if found.is_new(row, person):
                    new.append((row, person))
            except Wrong as wrong:
                bads.append(row.line.bad(f"The field {wrong}."))
        self._save(new, now)
        return len(new), bads

    def _save(self, new: Sequence[tuple[Row, Person]], now: datetime) -> None:
        if not new:
            return
        ring, made = keys.load(), []
        for row, person in new:
            one = LegacySSN(report_id=person.report_id, person=person, source=self.source, source_id=row.source_id)
            one.imported_at = now
            one.value = seal(row.clear, for_=one, ring=ring)
            made.append(one)
        LegacySSN.objects.bulk_create(made)
        batches.note("ssn.imported", made)


class Found:
    """What is here already of some rows: their iLeads, the people of these, and the records that were brought in."""

    def __init__(self, rows: Sequence[Row], source: str) -> None:
        self.reports = {
            one.number: one for one in Report.objects.filter(number__in={row.number for row in rows}).light()
        }
        self.people: dict[Any, list[Person]] = defaultdict(list)
        for person in Person.objects.filter(report__in=self.reports.values()).order_by("report_id", "position"):
            self.people[person.report_id].append(person)
        there = LegacySSN.objects.filter(source=source, source_id__in={row.source_id for row in rows})
        self.known: dict[str, Any] = dict(there.values_list("source_id", "person_id"))

    def person(self, row: Row) -> Person:
        """Whose SSN it is. Raises `Wrong` for nobody, and where it could be either of two."""
        report = self.reports.get(row.number)
        if report is None:
            raise Wrong("report names no report. Give the number of an iLead as it is shown here")
        if report.kind != "ilead":
            raise Wrong("report names no iLead. Legacy SSNs are kept in iLeads alone")
        return _chosen(self.people[report.pk], row.line.values["person"], row.born)

    def is_new(self, row: Row, person: Person) -> bool:
        """Whether this record was not brought in before; it stays with the person with whom it came."""
        before = self.known.setdefault(row.source_id, None)
        if before is None:
            self.known[row.source_id] = person.pk
        elif before != person.pk:
            raise Wrong("source_id is that of an SSN of another person. Give each record its own")
        return before is None


# -- Cells ------------------------------------------------------------------------------------------------------------
def nine_digits(text: str) -> str:
    """The digits of an SSN, however it is written. Raises `Wrong` for a number that the SSA never issued."""
    digits = SIGNS.sub("", "".join(map(_plain_sign, unicodedata.normalize("NFKC", text))))
    digits = re.sub(r"^ssn[:#]*", "", digits, flags=re.IGNORECASE)
    if not re.fullmatch(r"[0-9]+", digits):
        raise Wrong("is not nine digits. Write three, two and four, with hyphens or nothing between")
    if len(digits) != 9:
        lost = " A spreadsheet may have dropped zeros at its beginning: put them back" if len(digits) < 9 else ""
        raise Wrong(f"has {len(digits)} digits instead of nine.{lost}".removesuffix("."))
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area[0] == "9":
        raise Wrong("begins with 9 and is no SSN, but may be an ITIN. ITINs are not kept here: leave the row out")
    if area in {"000", "666"} or group == "00" or serial == "0000":
        raise Wrong("was never issued to anybody. Compare it with the former system")
    return digits


def _digits(text: str) -> str:
    return "".join(str(digit) for sign in text if (digit := unicodedata.digit(sign, None)) is not None)


def _plain_sign(sign: str) -> str:
    if unicodedata.category(sign) == "Pd" or sign == "−":
        return "-"
    digit = unicodedata.digit(sign, None)
    return sign if digit is None else str(digit)


def _read(name: str, read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except Wrong as wrong:
        raise Wrong(f"{name} {wrong}") from None


def _born(line: Line) -> date | None:
    text = line.values.get("date_of_birth", "")
    found: date | None = _read("date_of_birth", past_day, text) if text else None
    return found


def _check_source_id(text: str) -> None:
    """The key of a record is kept and shown; it may not be the number itself."""
    if len(text) > LONGEST_ID:
        raise Wrong(f"source_id has more than {LONGEST_ID} characters")
    if BULLETS in text:
        raise Wrong("source_id looks like an SSN. Give the record's own key in the former system")


# -- Whose it is ------------------------------------------------------------------------------------------------------
def _chosen(people: Sequence[Person], said: str, born: date | None) -> Person:
    """The person by number in the list of the iLead, or by last name and first name, and date of birth if need be."""
    if said.isascii() and said.isdigit():
        if not 1 <= int(said) <= len(people):
            raise Wrong(f"person is a number, but the iLead lists {len(people)}. Count from 1, in the order shown")
        return people[int(said) - 1]
    fitting = [person for person in people if _is_named(person, said) and born in (None, person.date_of_birth)]
    if not fitting:
        raise Wrong("person names nobody on the iLead. Write last name, first name as the iLead has them, or a number")
    if len(fitting) > 1:
        raise Wrong("person names two people on the iLead. Add date_of_birth, or give the number in its list")
    return fitting[0]


def _is_named(person: Person, said: str) -> bool:
    last, _, first = said.partition(",")
    return _plain(last) == _plain(person.last_name) and _plain(first) in ("", _plain(person.first_name))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

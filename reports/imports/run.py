"""One pass over a file: rows are masked, prepared and written in short transactions; every bad one is noted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.db import DatabaseError, transaction
from django.utils import timezone

from privacy import guard
from privacy.fields import SsnFound
from reports.imports.lines import Bad, Line, Source
from reports.imports.progress import Bar
from reports.imports.rejects import Rejects

# A batch ends at whichever comes first; with the time that writing takes, five seconds are never reached.
ROWS, CHARACTERS, SECONDS = 500, 2_000_000, 2.0
# The classes of PostgreSQL's errors that speak of a value: data exceptions, and limits of the program.
LIMITS = ("22", "54")


class Prepared(Protocol):
    """One row ready to be written, and the line that it was."""

    @property
    def line(self) -> Line: ...


class Destination(Protocol):
    """What becomes of rows: `named` turns a column of the file into ours, `prepare` says what is wrong with a row.

    `write` writes many rows in the current transaction and returns how many were new, and those that cannot be taken
    for what is there already.
    """

    @property
    def required(self) -> tuple[str, ...]: ...

    def named(self, header: str) -> str: ...

    def prepare(self, line: Line) -> Prepared | Bad: ...

    def write(self, rows: Sequence[Any], *, now: datetime) -> tuple[int, list[Bad]]: ...


@dataclass
class Summary:
    """What came of a file: rows read, kept, and refused, and SSNs masked. It names no type: one of them is not seen."""

    read: int = 0
    kept: int = 0
    rejected: int = 0
    masked: int = 0

    @property
    def already(self) -> int:
        return self.read - self.rejected - self.kept

    def __str__(self) -> str:
        return (
            f"{self.read:,} rows read: {self.kept:,} kept, {self.already:,} already there, "
            f"{self.rejected:,} rejected. {self.masked:,} SSNs masked."
        )


# Each cell was masked as it was read, so a number can only have come together from several of them.
SSN_LEFT = "Several cells together hold what looks like an SSN. Take it out of the file."


class Run:
    """The state of one pass."""

    def __init__(self, source: Source, destination: Destination, rejects: Rejects, bar: Bar) -> None:
        self.source, self.destination, self.rejects, self.bar = source, destination, rejects, bar
        self.summary = Summary()
        self._rows: list[Prepared] = []
        self._characters, self._since = 0, time.monotonic()

    def __call__(self) -> Summary:
        for item in self.source:
            self.summary.read += 1
            self._take(item)
            if self._is_due():
                self.commit()
            self.bar.tell(self.source.done, self.summary.read)
        self.commit()
        self.bar.finish(self.summary.read)
        return self.summary

    def _take(self, item: Line | Bad) -> None:
        masked = 0
        if isinstance(item, Line):
            item, masked = mask(item)
            prepared = self.destination.prepare(item)
            if not isinstance(prepared, Bad):
                self.summary.masked += masked
                self._rows.append(prepared)
                self._characters += sum(map(len, item.values.values()))
                return
            item = prepared
        self._reject(item)

    def _reject(self, bad: Bad) -> None:
        self.summary.rejected += 1
        self.rejects.add(bad)

    def _is_due(self) -> bool:
        late = time.monotonic() - self._since >= SECONDS
        return late or len(self._rows) >= ROWS or self._characters >= CHARACTERS

    def commit(self) -> None:
        """Write what waits in one transaction. What a killed import had committed is found again by its checksum."""
        if self._rows:
            self._write(self._rows)
        self.rejects.flush()
        self._rows, self._characters, self._since = [], 0, time.monotonic()

    def _write(self, rows: list[Prepared]) -> None:
        """Write rows together. Where the database does not take them, the halves are tried, down to the row it is."""
        try:
            with transaction.atomic():
                kept, bads = self.destination.write(rows, now=timezone.now())
        except (DatabaseError, SsnFound) as error:
            reason = SSN_LEFT if isinstance(error, SsnFound) else _rule_broken(error)
            if not reason:
                raise
            if len(rows) == 1:
                self._reject(rows[0].line.bad(reason))
                return
            self._write(rows[: len(rows) // 2])
            self._write(rows[len(rows) // 2 :])
            return
        self.summary.kept += kept
        for bad in bads:
            self._reject(bad)


def _rule_broken(error: DatabaseError) -> str:
    """Which rule or limit of its table a row breaks; "" for any other failure, which is not the row's."""
    cause = error.__cause__
    state, name = getattr(cause, "sqlstate", None) or "", getattr(getattr(cause, "diag", None), "constraint_name", None)
    if not name and not state.startswith(LIMITS):
        return ""
    rule = f"the rule {name}" if name else "a limit"
    return f"The row breaks {rule} of the database. Check its values against the columns in docs/imports.md."


def mask(line: Line) -> tuple[Line, int]:
    """The row with eight bullets for every SSN, also in a column's name, and how many there were.

    The checksum is taken of what is left: one of the number itself would let it be guessed.
    """
    values, count = {}, 0
    for name, value in line.values.items():
        values[_masked_name(name)], found = guard.mask(value, label=name) if value else ("", 0)
        count += found
    return Line(line.number, values), count


@lru_cache(maxsize=1000)
def _masked_name(name: str) -> str:
    return guard.mask(name)[0]

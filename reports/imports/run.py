"""One pass over a file: rows are masked, prepared and written in short transactions; every bad one is noted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from privacy import guard
from reports.imports.lines import Bad, Line, Source
from reports.imports.progress import Bar
from reports.imports.rejects import Rejects

# A batch ends at whichever comes first; with the time that writing takes, five seconds are never reached.
ROWS, CHARACTERS, SECONDS = 500, 2_000_000, 2.0


class Destination(Protocol):
    """What becomes of rows: `prepare` says what is wrong with one, `write` writes many and counts the new by type."""

    @property
    def required(self) -> tuple[str, ...]: ...

    def prepare(self, line: Line) -> Any: ...

    def write(self, rows: Sequence[Any], *, now: datetime) -> Counter[str]: ...


@dataclass
class Summary:
    """What came of a file: rows kept by type, rows that were there already, rows refused, SSNs masked."""

    kept: Counter[str] = field(default_factory=Counter)
    read: int = 0
    rejected: int = 0
    masked: int = 0

    @property
    def already(self) -> int:
        return self.read - self.rejected - self.kept.total()

    def __str__(self) -> str:
        by_type = ", ".join(f"{name.upper()} {count:,}" for name, count in sorted(self.kept.items()))
        return (
            f"{self.read:,} rows read: {self.kept.total():,} kept{f' ({by_type})' if by_type else ''}, "
            f"{self.already:,} already there, {self.rejected:,} rejected. {self.masked:,} SSNs masked."
        )


class Run:
    """The state of one pass."""

    def __init__(self, source: Source, destination: Destination, rejects: Rejects, bar: Bar) -> None:
        self.source, self.destination, self.rejects, self.bar = source, destination, rejects, bar
        self.summary = Summary()
        self._rows: list[Any] = []
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
        self.summary.rejected += 1
        self.rejects.add(item)

    def _is_due(self) -> bool:
        late = time.monotonic() - self._since >= SECONDS
        return late or len(self._rows) >= ROWS or self._characters >= CHARACTERS

    def commit(self) -> None:
        """Write what waits in one transaction. What a killed import had committed is found again by its checksum."""
        if self._rows:
            with transaction.atomic():
                self.summary.kept += self.destination.write(self._rows, now=timezone.now())
        self.rejects.flush()
        self._rows, self._characters, self._since = [], 0, time.monotonic()


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

"""The audit log as a table for a spreadsheet, line by line, so that its size costs no memory."""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from audit import search
from audit.lines import Line, lines
from audit.models import Event

CAP = 100_000
HEADINGS = (
    "event",
    "time (UTC)",
    "what happened",
    "code",
    "kind",
    "outcome",
    "username",
    "employee number",
    "address",
    "session",
    "request",
    "record type",
    "record id",
    "record",
    "records in the batch",
    "details",
    "terms searched for",
)
# A spreadsheet takes a cell that begins so for a formula and would run it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that gives back what is written to it, so that the csv module formats a line at a time."""

    def write(self, line: str) -> str:
        return line


def rows(events: QuerySet[Event]) -> Iterator[str]:
    """The heading, then each event, newest first; a last line says so if the cap cut it short.

    The first events are read before this returns: a log that cannot be read is refused, not an answer broken off.
    """
    written = _written(events)
    heading, first = next(written), next(written, "")
    return chain((heading, first), written)


def _written(events: QuerySet[Event]) -> Iterator[str]:
    writer: Any = csv.writer(Echo())
    yield writer.writerow(HEADINGS)
    written = 0
    for step in search.steps(events, CAP):
        written += len(step)
        yield "".join(writer.writerow([plain(cell) for cell in cells(line)]) for line in lines(step))
    if written == CAP:
        yield writer.writerow([f"Only the newest {CAP:,} events are here. Choose a shorter time for the others."])


def plain(cell: str) -> str:
    """The cell as text that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def cells(line: Line) -> list[str]:
    event = line.event
    return [
        str(event.pk),
        event.at.isoformat(timespec="microseconds"),
        line.sentence,
        event.code,
        event.kind,
        event.outcome,
        event.actor,
        event.person_key,
        event.address,
        event.session,
        event.request,
        event.object_type,
        event.object_id,
        event.object_label,
        str(event.others),  # type: ignore[attr-defined]
        event.payload,
        line.terms,
    ]

"""The columns of the historical types, in one table: what the import asks for, and what docs/imports.md says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from reports.imports.lines import FIELD_LIMIT, Bad, Line
from reports.imports.values import Wrong, past_day, plain

SPOT = "spot"


@dataclass(frozen=True)
class Column:
    """One column of a file. `read` turns its text into the value, or raises `Wrong`."""

    name: str
    says: str
    read: Callable[[str], Any] = plain
    required: bool = False


def long(text: str) -> str:
    return plain(text, FIELD_LIMIT)


def up_to(longest: int) -> Callable[[str], str]:
    return partial(plain, longest=longest)


COMMON: tuple[Column, ...] = (
    Column("number", "The report's number in the former system, up to 40 characters.", up_to(40), required=True),
    Column("period_from", "The first day, as 2014-03-31 or 3/31/2014.", past_day, required=True),
    Column("period_to", "The last day; the first if empty.", past_day),
    Column("office_code", "The office as it was then, by its code; kept also if no office has it now.", up_to(80)),
    Column("title", "One line, up to 300 characters.", required=True),
    Column("summary", "The text of the report.", long),
)
OWN: Mapping[str, tuple[Column, ...]] = {
    "amo": (
        Column("platform", "Aircraft, vessel or vehicle."),
        Column("activity", "What was done with it.", required=True),
    ),
    "oppred": (
        Column("arrest", "Who was arrested, when and where.", long, required=True),
        Column("charge", "The charge."),
    ),
    "leara": (
        Column("requesting_agency", "The agency that asked.", required=True),
        Column("assistance", "The kind of assistance.", required=True),
    ),
    SPOT: (),
}
TYPES = tuple(OWN)
# What the columns are also called, so that a file need not be changed for it.
ALSO = {
    "report_number": "number",
    "from": "period_from",
    "from_date": "period_from",
    "date": "period_from",
    "to": "period_to",
    "to_date": "period_to",
    "office": "office_code",
    "kind_of_assistance": "assistance",
    "agency": "requesting_agency",
    "report_type": "type",
}
REQUIRED = tuple(column.name for column in COMMON if column.required)


def plain_name(header: str) -> str:
    """A column's name in small letters with single underscores: "Event at" and "event-at" are both `event_at`."""
    return re.sub(r"[\W_]+", "_", header.strip().casefold()).strip("_")


def named(header: str) -> str:
    """Our name for a column of a historical type: "Report number" is `number`."""
    name = plain_name(header)
    return ALSO.get(name, name)


def of_type(type_: str) -> tuple[Column, ...]:
    """The columns of a type. What a SPOT row says is kept as it is and asked for nothing but its number."""
    return COMMON[:1] if type_ == SPOT else (*COMMON, *OWN[type_])


def read_row(line: Line, columns: tuple[Column, ...]) -> dict[str, Any] | Bad:
    """The values of a row by our names, or the first thing that is wrong with it."""
    found: dict[str, Any] = {}
    for column in columns:
        text = line.values.get(column.name, "")
        if not text:
            if column.required:
                return line.bad(f"The field {column.name} is empty. It is needed.")
            found[column.name] = None
            continue
        try:
            found[column.name] = column.read(text)
        except Wrong as wrong:
            return line.bad(f"The field {column.name} {wrong}.")
    return found

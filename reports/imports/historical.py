"""What becomes of a row of a historical type: a read-only report, or a SPOT row that is kept and not seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection

from accounts.models import Office
from audit.log import Subject, record
from reports.finding.documents import CONFIG
from reports.imports import spot
from reports.imports.columns import REQUIRED, SPOT, TYPES, named, of_type, read_row
from reports.imports.lines import Bad, Line
from reports.models.historical import HistoricalReport

# An event names this many rows: the audit looks for each row in the lists of its transaction.
LISTED = 100
# Longer texts are searched by their beginning: a search document holds a megabyte at most.
SEARCHED = 100_000
TEXTS = ("summary", "platform", "activity", "arrest", "charge", "requesting_agency", "assistance")
KEEP = f"""
INSERT INTO reports_historicalreport (id, type, number, period_from, period_to, office_code, office_id, title,
    {", ".join(TEXTS)}, payload, imported_at, checksum, words)
SELECT r.id, r.type, r.number, r.period_from, r.period_to, r.office_code, r.office_id, r.title,
    {", ".join(f"r.{name}" for name in TEXTS)}, r.payload, %s, r.checksum, to_tsvector(%s::regconfig, r.said)
FROM jsonb_to_recordset(%s::jsonb) AS r (id uuid, type text, number text, period_from date, period_to date,
    office_code text, office_id bigint, title text, {", ".join(f"{name} text" for name in TEXTS)}, payload jsonb,
    checksum text, said text)
ORDER BY r.checksum
ON CONFLICT (type, checksum) DO NOTHING
RETURNING id
"""  # noqa: S608 - the names are our own constants


@dataclass(frozen=True)
class Row:
    """One row ready to be written."""

    line: Line
    type: str
    values: dict[str, Any]


class Historical:
    """Where rows of the historical types go; `type` is that of all rows, or the file has a column for it."""

    def __init__(self, type_: str = "") -> None:
        self.type, self.import_id = type_, uuid4()
        self.offices = {code.casefold(): pk for code, pk in Office.objects.values_list("code", "pk")}

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a file must have."""
        if not self.type:
            return ("type", *REQUIRED)
        return tuple(column.name for column in of_type(self.type) if column.required)

    def named(self, header: str) -> str:
        return named(header)

    def prepare(self, line: Line) -> Row | Bad:
        type_ = self.type or line.values.get("type", "").casefold()
        if type_ not in TYPES:
            return line.bad("The field type names no historical type. They stand in docs/imports.md.")
        found = read_row(line, of_type(type_))
        if isinstance(found, Bad):
            return found
        payload = {name: value for name, value in line.values.items() if value}
        kept = {"checksum": line.checksum, "payload": payload}
        return Row(line, type_, kept) if type_ == SPOT else self._row(line, type_, found | kept)

    def _row(self, line: Line, type_: str, found: dict[str, Any]) -> Row | Bad:
        first, last = found["period_from"], found["period_to"] or found["period_from"]
        if last < first:
            return line.bad("The field period_to is before period_from. Check both days.")
        said = "\n".join([type_, *found["payload"].values()])[:SEARCHED]
        values = {name: found.get(name) or "" for name in ("number", "office_code", "title", *TEXTS)}
        values |= {"period_from": str(first), "period_to": str(last), "said": said, "type": type_, "id": str(uuid4())}
        values["office_id"] = self.offices.get(values["office_code"].casefold())
        return Row(line, type_, values | {"payload": found["payload"], "checksum": found["checksum"]})

    def write(self, rows: Sequence[Row], *, now: datetime) -> tuple[int, list[Bad]]:
        """Write rows in the current transaction; how many were new. Rows already there are passed over."""
        record("import.run", by=None, on=Subject("import", str(self.import_id), "import"))
        unseen = [row.values for row in rows if row.type == SPOT]
        new = spot.keep(unseen, import_id=self.import_id, now=now)
        return new + self._write_seen([row.values for row in rows if row.type != SPOT], now), []

    def _write_seen(self, rows: list[dict[str, Any]], now: datetime) -> int:
        if not rows:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [now, CONFIG, json.dumps(rows)])
            written = sorted(str(pk) for (pk,) in cursor.fetchall())
        _record(written)
        return len(written)


def _record(ids: list[str]) -> None:
    for first in range(0, len(ids), LISTED):
        batch = ids[first : first + LISTED]
        on = Subject(HistoricalReport.audit_type, "", "historical reports")
        record("historical.imported", by=None, on=on, batch=batch, count=len(batch))

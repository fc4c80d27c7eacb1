"""What becomes of a row of a former SIR, SPEAR, TAV or iLead: a closed report of its kind that nobody amends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import models

from accounts import actions
from accounts.models import Office, User
from audit.log import Subject, record
from reports import naming
from reports.actions import weigh
from reports.bulk import copy, people_first
from reports.content import Filled, to_content
from reports.finding import documents
from reports.imports.columns import plain_name
from reports.imports.fields import Known
from reports.imports.legacy_rows import REQUIRED, filled_from
from reports.imports.lines import Bad, Line
from reports.imports.values import Wrong
from reports.kinds import Kind
from reports.models import LegacySource, Report, Revision, StatusChange
from reports.states import Status
from sen import demonstration

LISTED = 100
FORMER = "former-system"
FOR_NOBODY = (
    "The report is restricted, but neither its author nor its supervisor has an account here, so nobody could ever "
    "read it. Give the username of one who has."
)


def former_system() -> User:
    """The account that stands for authors who have none here. It holds no role and cannot sign in."""
    found = User.objects.filter(username=FORMER).first()
    root = Office.objects.get(parent__isnull=True)
    return found or actions.add_user(
        by=None,
        username=FORMER,
        person_key=FORMER,
        name="Former system",
        email="former-system@example.gov",
        programme=root.programme,
        office=root,
        status=User.Status.LEFT,
        # A demonstration does not start on a database in which somebody real has an account.
        is_demonstration=demonstration.on(),
    )


@dataclass(frozen=True)
class Prepared:
    """One report ready to be written, with what it is found by."""

    line: Line
    filled: Filled
    found_by: documents.Entry

    @property
    def number(self) -> str:
        return self.filled.report.number


class Legacy:
    """Where the rows of one kind go."""

    def __init__(self, kind: Kind) -> None:
        self.kind, self.known = kind, Known(kind.code, former_system())

    @property
    def required(self) -> tuple[str, ...]:
        return REQUIRED

    def named(self, header: str) -> str:
        return plain_name(header)

    def prepare(self, line: Line) -> Prepared | Bad:
        try:
            filled = filled_from(line.values, self.kind, self.known)
        except Wrong as wrong:
            return line.bad(f"The field {wrong}.")
        if filled.report.restricted and not _readers(filled.report, self.known.former):
            return line.bad(FOR_NOBODY)
        weigh(filled, [])
        return Prepared(line, filled, documents.entry(filled, self.known.labels))

    def write(self, rows: Sequence[Prepared], *, now: datetime) -> tuple[int, list[Bad]]:
        """Write reports in the current transaction. A number that another report has is refused."""
        new, bads = _unknown(rows)
        for model, written in _tables(new, self.known.former, now).items():
            copy(model, written)
        for row in new:
            if row.filled.report.restricted:
                naming.name(row.filled.report, _readers(row.filled.report, self.known.former))
        documents.write([row.found_by for row in new])
        ids = [str(row.filled.report.pk) for row in new]
        for first in range(0, len(ids), LISTED):
            batch = ids[first : first + LISTED]
            on = Subject(Report.audit_type, "", f"legacy {self.kind.noun}s")
            record("legacy.imported", by=None, on=on, batch=batch, count=len(batch))
        return len(new), bads


def _readers(report: Report, former: User) -> set[User]:
    """Who is named on a restricted one: its author and its supervisor, as far as they have an account here."""
    return {one for one in (report.author, report.supervisor) if one and one.pk != former.pk}


def _unknown(rows: Sequence[Prepared]) -> tuple[list[Prepared], list[Bad]]:
    """The rows that are not here yet; of those that share a number with another report, why not."""
    there = dict(
        Report.objects.filter(number__in=[row.number for row in rows]).values_list("number", "legacy_source__checksum")
    )
    known = set(LegacySource.objects.filter(checksum__in=[row.line.checksum for row in rows]).values_list("checksum"))
    checksums = {checksum for (checksum,) in known}
    new, bads = [], []
    for row in rows:
        checksum = row.line.checksum
        if checksum in checksums:
            continue
        if row.number in there:
            bads.append(row.line.bad("The number belongs to another report already. Check which of the two is right."))
            continue
        new.append(row)
        checksums.add(checksum)
        there[row.number] = checksum
    return new, bads


def _tables(rows: Sequence[Prepared], former: User, now: datetime) -> dict[type[models.Model], list[models.Model]]:
    """What each table gets, in an order in which nothing points at what is not there yet."""
    written: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    life: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in rows:
        report = row.filled.report
        report.id = report.pk = uuid4()
        report.report_ptr_id = report.pk  # type: ignore[attr-defined]
        written[Report].append(report)
        written[row.filled.kind.model].append(report)
        for one in row.filled.every_row():
            one.report_id = report.pk
            life[type(one)].append(one)
        for kept in _life(row, former, now):
            written[type(kept)].append(kept)
    first: list[type[models.Model]] = [Report, *({row.filled.kind.model for row in rows})]
    order = [*first, *people_first(life), *(model for model in written if model not in first)]
    return {model: written[model] or life[model] for model in order}


def _life(row: Prepared, former: User, now: datetime) -> list[models.Model]:
    """Its one version, how it came to be closed, and what it was read from."""
    report: Any = row.filled.report
    payload = {name: value for name, value in row.line.values.items() if value}
    return [
        Revision(
            report_id=report.pk, version=1, content=to_content(row.filled), by=report.author, at=report.submitted_at
        ),
        StatusChange(
            report_id=report.pk,
            move="file",
            to_status=Status.SUBMITTED,
            by=report.author,
            at=report.submitted_at,
            reason="In a former system",
        ),
        StatusChange(
            report_id=report.pk,
            move="close",
            from_status=Status.SUBMITTED,
            to_status=Status.CLOSED,
            by=former,
            at=report.closed_at,
        ),
        LegacySource(report_id=report.pk, payload=payload, imported_at=now, checksum=row.line.checksum),
    ]

"""Reports of every kind, state, office and restriction, one's own and of others, for asking why each may be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, product
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts import actions
from accounts.explain import Answer, Held
from accounts.models import Office, User
from audit.log import Subject, record
from ileads import explain as ileads
from ileads.models import ILead
from reports import explain
from reports.kinds import KINDS
from reports.models import TAV, Report
from reports.models.report import NAMED, OUTSIDE, SHARED
from reports.states import Status
from tests.reports.filing import file_sir
from watch import explain as watch

# Whether it is restricted, and what row lets the person read it. The first two stand in every state.
ACCESSES: tuple[tuple[bool, str], ...] = (
    (False, ""),
    (True, ""),
    (True, NAMED),
    (False, NAMED),
    (False, SHARED),
    (True, SHARED),
    (False, OUTSIDE),
    (True, OUTSIDE),
)
IN_EVERY_STATE = 3


class Cell(NamedTuple):
    """One report, what its kind adds, until when which rows let the person read it, and whether acts are asked."""

    report: Report
    typed: Any
    rows: dict[str, datetime]
    is_full: bool

    def __str__(self) -> str:
        r = self.report
        own = "own" if r.author.username == "stranger" else "another's"
        return f"{own} {r.kind} {r.status} at {r.office.code}, restricted {r.restricted}, {sorted(self.rows)}"


class Explained:
    """The reports, committed once; `stranger` is who is asked about."""

    def __init__(self) -> None:
        self.people = {user.username: user for user in User.objects.all()}
        _offices()
        self.offices = list(Office.objects.filter(code__in=ASKED).order_by("code"))
        self.until = timezone.now() + timedelta(days=30)
        model = file_sir(self.people["agent"])
        self.cells = list(self._cells(model))
        with transaction.atomic():
            record("report.batch_filed", by=None, on=Subject("report"), batch=[c.report.audit_id for c in self.cells])
            insert(model, [cell.report for cell in self.cells])
            self._let_read()
        prefetch_related_objects([cell.report for cell in self.cells], "notices__office")

    def _cells(self, model: Report) -> Iterator[Cell]:
        turn = count()
        for office, kind, state, author in product(self.offices, KINDS, Status, ("stranger", "agent")):
            accesses = ACCESSES if state == Status.SUBMITTED else ACCESSES[:IN_EVERY_STATE]
            for position, (restricted, given) in enumerate(accesses):
                report = self._copy(model, kind.code, state, office, author)
                report.restricted, report.restricted_reason = restricted, "Why" if restricted else ""
                rows = {given: self.until} if given else {}
                is_full = position == 0 or (state == Status.SUBMITTED and position < IN_EVERY_STATE)
                yield Cell(report, _typed(report, next(turn)), rows, is_full)

    def _copy(self, model: Report, kind: str, state: Status, office: Office, author: str) -> Report:
        values = {field.name: getattr(model, field.name) for field in Report._meta.concrete_fields}
        key = uuid4()
        values |= {"id": key, "number": f"{kind.upper()}-{key.hex[:20]}", "kind": kind, "status": state}
        values |= {"office": office, "author": self.people[author]}
        values |= {"held_by": self.people["analyst"] if state == Status.UNDER_REVIEW else None}
        values |= {"closed_at": timezone.now() if state == Status.CLOSED else None}
        return Report(**values)

    def _let_read(self) -> None:
        for given in (NAMED, SHARED, OUTSIDE):
            keys = [cell.report.pk for cell in self.cells if given in cell.rows]
            with connection.cursor() as cursor:
                cursor.execute(LET_READ, [self.people["stranger"].pk, self.until, keys, given])


LET_READ = """
INSERT INTO reports_reportreader (user_id, until, content_object_id, permission_id)
SELECT %s, %s, report, p.id FROM auth_permission p, unnest(%s::uuid[]) report WHERE p.codename = %s
"""
# What differs from the report that was really filed; all else is copied from it, row by row within the database.
DIFFERS = {
    "id": "uuid", "number": "text", "kind": "text", "status": "text", "office_id": "bigint", "author_id": "bigint",
    "restricted": "boolean", "restricted_reason": "text", "held_by_id": "bigint", "closed_at": "timestamptz",
}  # fmt: skip


def insert(model: Report, reports: list[Report]) -> None:
    columns = [field.column for field in Report._meta.concrete_fields]
    chosen = ", ".join(f"d.{column}" if column in DIFFERS else f"m.{column}" for column in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in DIFFERS.values())
    differing = f"unnest({arrays}) AS d ({', '.join(DIFFERS)})"
    values = [[getattr(report, column) for report in reports] for column in DIFFERS]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO reports_report ({', '.join(map(str, columns))}) SELECT {chosen} "  # noqa: S608 - columns of ours
            f"FROM reports_report m, {differing} WHERE m.id = %s",
            [*values, model.pk],
        )


# From Miami (HSI) and from the field office (ERO): the same office, below, above, beside, of the other programme, HQ.
ASKED = ("MIA", "KEY", "HSI", "ATL", "MIF", "KRO", "ERO", "ATF", "HQ")


def _offices() -> None:
    """What the cast's tree lacks: an office below a field office, and a second field office."""
    for code, kind, parent in (("KRO", "sub", "MIF"), ("ATF", "fod", "ERO")):
        actions.add_office(
            by=None, code=code, name=f"Office {code}", kind=kind, parent=Office.objects.get(code=parent),
            programme="ERO", time_zone="America/New_York",
        )  # fmt: skip


def _typed(report: Report, turn: int) -> Any:
    """What its kind adds, in memory: a TAV undecided, decided and with its outcome, an iLead protected and not."""
    if report.kind == "tav":
        outcome = ["", "", "It took place."][turn % 3]
        return TAV(decision=["pending", "approved", "approved"][turn % 3], outcome=outcome)
    return ILead(provider_protected=turn % 2 == 0) if report.kind == "ilead" else report


def answers(held: Held, cell: Cell, seen: set[Any]) -> Iterator[Answer]:
    """The explanation of seeing the report, and of every act; each knows what the pages answer."""
    sees = explain.sees(held, cell.report, cell.rows, cell.report.pk in seen)
    yield sees
    if cell.is_full:
        yield from explain.acts(held, cell.report, sees, cell.typed)
        yield from ileads.acts(held, cell.report, sees)
        yield from watch.acts(held, cell.report, sees)


def disagreements(user: User, world: Explained) -> tuple[int, list[str]]:
    """How many cells were asked, and those in which the explanation and the answer differ."""
    seen = set(Report.objects.visible_to(user).values_list("pk", flat=True))
    held, asked, wrong = Held(user), 0, []
    for cell in world.cells:
        for answer in answers(held, cell, seen):
            asked += 1
            if not answer.agrees or answer.explained is not (answer.stopped_at is None):
                wrong.append(f"{answer.act}: {cell}: explained {answer.explained}, answered {answer.actual}")
    return asked, wrong

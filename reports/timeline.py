"""The life of a report in order: filed, amended, moved, acknowledged, and what other apps tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import CharField, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import User
from reports import panels
from reports.models import Report, ReportNotice, Revision, StatusChange
from reports.moves import Move
from reports.panels import Entry
from reports.states import Status
from reports.told import TakenUp
from reports.workflow import moves_of

FILED = {"file": "Filed", "file-again": "Sent for approval again"}

Step = tuple[str, int, datetime, str, str]  # move, version, when, by whom, why


def steps_of(report: Report) -> list[Step]:
    """Moves and versions together, in one statement."""
    return list(_steps(report))


def life(report: Report, steps: Iterable[Step], notices: Iterable[ReportNotice], user: User) -> list[Entry]:
    """Every entry of the timeline, oldest first."""
    moves = moves_of(report.declaration)
    asked = {move.label for move in moves.values() if move.asks}
    # A version that a move made is told by the move.
    told = [step for step in steps if not (step[1] and step[4] in asked)]
    found = [_entry(moves, *step) for step in told]
    found += [_acknowledged(notice) for notice in notices if notice.acknowledged_at]
    found += panels.entries_for(report, user)
    return sorted(found, key=lambda entry: entry.at)


def taken_up(report: Report, steps: Iterable[Step]) -> TakenUp | None:
    """Who of the watch took the report up last; nobody while it lies in the queue."""
    taken = [(at, who) for move, _, at, who, _ in steps if move in ("take-up", "reopen")]
    if report.status == Status.SUBMITTED or not taken:
        return None
    at, who = max(taken)
    return TakenUp(who, at)


def _steps(report: Report) -> QuerySet[Any, Step]:
    """The first version is told by its filing."""
    moves = StatusChange.objects.filter(report=report).order_by()
    versions = Revision.objects.filter(report=report, version__gt=1).order_by()
    amended: Any = versions.values_list(
        Value("amend", CharField()), Cast("version", IntegerField()), "at", "by__name", "reason"
    )
    told: QuerySet[Any, Any] = moves.values_list(
        Cast("move", CharField()), Value(0, IntegerField()), "at", "by__name", "reason"
    )
    return told.union(amended, all=True)


def _entry(moves: Mapping[str, Move], move: str, version: int, at: datetime, who: str, reason: str) -> Entry:
    if version:
        return Entry(at, f"Amended: version {version}", who, icon="edit", note=reason)
    if move not in moves:
        return Entry(at, FILED.get(move, "Filed"), who, icon="send", note=reason)
    made = moves[move]
    return Entry(at, made.done.capitalize(), who, icon=made.icon, tone=made.tone, note=reason)


def _acknowledged(notice: ReportNotice) -> Entry:
    assert notice.acknowledged_at  # noqa: S101 - the caller asks for those alone
    who = notice.acknowledged_by.name if notice.acknowledged_by else ""
    return Entry(notice.acknowledged_at, f"Acknowledged for {notice.office.name}", who, icon="verified", tone="done")

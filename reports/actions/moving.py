"""Moving a report through its life: one action for every move of the table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import User
from audit.log import record
from reports import consequences
from reports.actions.keeping import keep_version, locked
from reports.asking import move_form
from reports.content import read, to_content
from reports.finding import alerts, documents
from reports.models import Report, StatusChange
from reports.moves import Move
from reports.states import Status
from reports.workflow import may_move, move_of


class SeenEarlier(Exception):
    """The report has a newer version than the page from which the move was made."""


@action
def move(
    report_id: UUID,
    name: str,
    *,
    by: User,
    reason: str = "",
    answers: Mapping[str, Any] | None = None,
    seen: int | None = None,
    now: datetime | None = None,
) -> Report:
    """Make one move of the table, with the `answers` that it asks for, as typed.

    Of two people who move one report, the second gets Refused with the reason. Raises ValidationError with what is
    wrong beside each field, SeenEarlier when the report is no longer in the version `seen` on the page, and KeyError
    for a move that the kind does not have.
    """
    now = now or timezone.now()
    report = locked(by).get(pk=report_id)
    wanted = move_of(report, name)
    if not (verdict := may_move(report, wanted, by, now)):
        raise Refused(verdict.reason)
    if seen not in (None, report.version):
        raise SeenEarlier
    if wanted.needs_reason and not reason.strip():
        raise ValidationError({"reason": f"Say why you {wanted.label.lower()} this report."})
    if wanted.asks:
        report = _answer(report, wanted, answers or {}, by=by, now=now)
    if wanted.to_state is not None:
        _change_state(report, wanted, wanted.to_state, reason, by=by, now=now)
    record(wanted.event, by=by, on=report, reason=reason, version=report.version)
    alerts.look(report)
    return report


def _change_state(report: Report, wanted: Move, to: Status, reason: str, *, by: User, now: datetime) -> None:
    came_from, report.status = report.status, to
    report.held_by = by if to == Status.UNDER_REVIEW else None
    report.closed_at = now if to == Status.CLOSED else None
    report.save(update_fields=["status", "held_by", "closed_at"])
    _keep(report, wanted, came_from, reason, by=by, now=now)


def _keep(report: Report, wanted: Move, came_from: str, reason: str, *, by: User, now: datetime) -> None:
    StatusChange.objects.create(
        report_id=report.pk,
        move=wanted.name,
        from_status=came_from,
        to_status=report.status,
        by=by,
        at=now,
        reason=reason,
    )


def _answer(report: Report, wanted: Move, answers: Mapping[str, Any], *, by: User, now: datetime) -> Report:
    """Set what the move asks for. It makes the next version, so nothing of what was said before is overwritten."""
    typed = report.typed
    before = to_content(read(typed))
    typed.asked_at = now
    form = move_form(wanted, typed, answers)
    if not form.is_valid():
        raise ValidationError({name: list(messages) for name, messages in form.errors.items()})
    wanted.sets(typed, by, now)
    typed.version, typed.amended_at = report.version + 1, now
    typed.save()
    filled = read(typed)
    keep_version(filled, by=by, at=now, reason=wanted.label)
    documents.index(filled)
    if wanted.to_state is None:
        _keep(typed, wanted, typed.status, "", by=by, now=now)
    consequences.follow(filled, before, by=by, now=now)
    return typed  # type: ignore[no-any-return]

"""Showing one legacy SSN: the attempt is on record before anything is decided, the decision before anything is opened.

Two transactions of their own, each committed to disk before the next step. What cannot be recorded is not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.access import hold, may
from accounts.confirming import Confirmed
from accounts.models import User
from audit.log import Subject, record
from audit.sealing import SealingDown, is_down
from ileads.lookup import KIND
from ileads.models import LegacySSN, Reveal
from ileads.models.reveal import LONGEST_REASON, Outcome, Purpose
from ileads.sealed import CannotOpen, open_sealed
from privacy import guard, overrides
from reports import outside
from reports.models import Report
from sen.errors import Stopped

SHORTEST_REASON = 10
ONLY_READ = (
    "You read this iLead outside your offices, for a stated reason and a limited time. That opens what it says, not "
    "the legacy SSNs in it. Ask the office that owns it to pass it on to you."
)
# With this label nine bare digits are kept as bullets too: whoever knows the number may write it down as the reason.
LABEL = "ssn"


@dataclass(frozen=True)
class Asked:
    """One attempt as it came. The iLead's number and the key of the SSN stood in an address, and may be anything."""

    number: str
    ssn: str
    purpose: str
    reason: str


@dataclass(frozen=True)
class Target:
    """What an attempt was about, as far as it exists; whether it may be seen is not said here."""

    report: Report | None
    ssn_id: UUID | None


@dataclass(frozen=True)
class Shown:
    """The clear text, for one answer and nothing else, with the number of the event that granted it."""

    clear: str
    ssn: LegacySSN
    event: int

    def __repr__(self) -> str:
        return f"shown by event {self.event}"


class NotShown(Exception):
    """An attempt that was refused, the number of the event that says so, and how the check of the password stood."""

    def __init__(self, outcome: Outcome, event: int, confirmed: Confirmed) -> None:
        super().__init__(outcome.label)
        self.outcome, self.event, self.confirmed = outcome, event, confirmed


class NotOpened(Stopped):
    """It was granted and recorded, and does not open: for want of its key, or because what is stored was changed."""

    def __init__(self) -> None:
        super().__init__(
            "This number cannot be opened right now, so nothing was shown. That you asked is recorded. "
            "Tell the administrators; try again when they have looked at the keys."
        )


def reveal(asked: Asked, *, by: User, confirm: Callable[[], Confirmed]) -> Shown:
    """One legacy SSN in clear. `confirm` checks the password where one came; it runs when the attempt is on record.

    Raises NotShown, NotOpened, SealingDown, and the database's error where an attempt or its outcome cannot be
    recorded; in each case nothing was opened. Call it outside any transaction.
    """
    target, attempt = _attempt(asked, by)
    confirmed = confirm()
    outcome, decision = _decide(asked, target, attempt, by=by, fresh=confirmed.fresh)
    if outcome is Outcome.SEALING_DOWN:
        raise SealingDown
    if outcome is not Outcome.GRANTED or target.report is None or target.ssn_id is None:
        raise NotShown(outcome, decision, confirmed)
    return _open(target.report, target.ssn_id, decision, by=by)


def _attempt(asked: Asked, by: User) -> tuple[Target, int]:
    with _durably():
        target = _target(asked)
        number = record(
            "ssn.reveal_attempted",
            by=by,
            on=_subject(target),
            ssn=str(target.ssn_id or ""),
            purpose=_purpose(asked),
            reason=_reason(asked),
        )
    return target, number


def _decide(asked: Asked, target: Target, attempt: int, *, by: User, fresh: bool) -> tuple[Outcome, int]:
    """Decide on what stands now, one decision of a person after the other, and write it down."""
    with _durably():
        _one_at_a_time(by)
        outcome = _outcome(asked, target, by=by, fresh=fresh)
        row = Reveal(pk=uuid4(), at=timezone.now(), by=by, report=target.report, ssn_id=target.ssn_id)
        row.purpose, row.reason, row.outcome, row.attempt = _purpose(asked), _reason(asked), outcome, attempt
        code, why = ("ssn.revealed", "") if row.is_granted else ("ssn.reveal_refused", outcome.value)
        row.decision = record(code, by=by, on=_subject(target), batch=[str(row.pk)], attempt=attempt, why=why)
        row.save(force_insert=True)
    return outcome, row.decision


def _outcome(asked: Asked, target: Target, *, by: User, fresh: bool) -> Outcome:
    """The first thing that stands against it; what is told to whoever may not read the iLead comes first."""
    if is_down():
        return Outcome.SEALING_DOWN
    if against := _who(target, by) or _what_for(asked):
        return against
    if shown_today(by) >= settings.REVEALS_A_DAY:
        return Outcome.OVER_LIMIT
    return Outcome.GRANTED if fresh else Outcome.STALE


def _who(target: Target, by: User) -> Outcome | None:
    """What stands against this person."""
    if target.report is None:
        return Outcome.UNKNOWN
    if not Report.objects.visible_to(by).filter(pk=target.report.pk).exists():
        return Outcome.NOT_VISIBLE
    if target.ssn_id is None:
        return Outcome.UNKNOWN
    if not may(by, "reveal_ssn", target.report.office):
        return Outcome.NOT_GRANTED
    return Outcome.OUTSIDE if outside.alone(target.report, by) else None


def _what_for(asked: Asked) -> Outcome | None:
    """What stands against the purpose and the reason given."""
    if not _purpose(asked):
        return Outcome.BAD_PURPOSE
    return None if _may_be_kept(asked.reason) else Outcome.BAD_REASON


def _open(report: Report, ssn_id: UUID, decision: int, *, by: User) -> Shown:
    try:
        ssn = LegacySSN.objects.select_related("person").get(pk=ssn_id)
        return Shown(open_sealed(ssn.value, for_=ssn), ssn, decision)
    except (CannotOpen, LegacySSN.DoesNotExist):
        with _durably():
            record("ssn.not_opened", by=by, on=report, outcome="failed", ssn=str(ssn_id), decision=decision)
        raise NotOpened from None


# -- Its parts --------------------------------------------------------------------------------------------------------
@contextmanager
def _durably() -> Iterator[None]:
    """A transaction that is on disk when it ends, whatever the server does for other writes."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
        yield


def _one_at_a_time(by: User) -> None:
    """Two decisions of one person at once cannot both take the last of the day; rights are looked up afresh."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR NO KEY UPDATE", [by.pk])
    hold(by)


def _target(asked: Asked) -> Target:
    reports = Report.objects.select_related("office").filter(kind=KIND)
    report = reports.filter(number=asked.number.replace("\x00", "")).first()
    key = _uuid(asked.ssn)
    known = LegacySSN.objects.filter(pk=key, report=report).exists() if report and key else False
    return Target(report, key if known else None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _subject(target: Target) -> Report | Subject:
    return target.report or Subject(Report.audit_type, "", "an iLead that does not exist")


def _purpose(asked: Asked) -> str:
    return asked.purpose if asked.purpose in Purpose.values else ""


def _reason(asked: Asked) -> str:
    """The reason as it is kept: without anything that could be an SSN."""
    text = asked.reason.replace("\x00", "").strip()[: 20 * LONGEST_REASON]
    return guard.mask(text, label=LABEL)[0][:LONGEST_REASON]


def _may_be_kept(reason: str) -> bool:
    """Whether it says something, in measure, and names no SSN but what its author said is none."""
    in_measure = SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON
    return in_measure and not overrides.not_allowed(overrides.numbers_in(reason, label="reason"))


# -- The daily limit --------------------------------------------------------------------------------------------------
def shown_today(user: User) -> int:
    """How many were granted to this person since midnight by the clocks of their office."""
    return Reveal.objects.filter(by=user, outcome=Outcome.GRANTED, at__gte=_midnight(user)).count()


def seconds_to_midnight(user: User) -> int:
    """Until the limit of the day begins anew."""
    return int((_midnight(user, days=1) - timezone.now()).total_seconds()) + 1


def _midnight(user: User, days: int = 0) -> datetime:
    zone = ZoneInfo(user.office.time_zone if user.office else "UTC")
    day = timezone.localdate(timezone=zone) + timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), zone)

"""Matches of planned operations: found when a plan is filed or changed, told to both sides, settled by the JIOC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Refused, action, may
from accounts.models import Office, User
from accounts.roles import Role
from audit.log import Subject, record
from reports import deconfliction, mail, match_sides, naming
from reports.content import Filled
from reports.deconfliction import Reason
from reports.match_sides import SETTLE, Sight
from reports.models import SPEAR, EarlierSettlement, Match, MatchNotice
from reports.routing import LEADER, leading_office

LONGEST_NOTE = Match._meta.get_field("note").max_length or 0


class ChangedMeanwhile(Exception):
    """The match is not what was on the screen: somebody settled it, or a plan changed."""


# -- Found -------------------------------------------------------------------------------------------------------------
def compare(filled: Filled, before: Mapping[str, Any] | None, by: User, now: datetime) -> None:
    """Compare a SPEAR, as it now is, with every other one. Runs in the transaction that files or changes it."""
    report: Any = filled.report
    made = deconfliction.footprint(filled)
    take_turns()
    deconfliction.keep(made)
    planned = deconfliction.is_planned(report)
    found = deconfliction.find(made, deconfliction.the_rule()) if planned else {}
    known = {match.other(report.pk): match for match in _known(report.pk)}
    others = SPEAR.objects.select_related("office").in_bulk([*found, *known])
    for other in sorted(found.keys() | known.keys()):
        match = known.get(other) or _new(report.pk, other, now)
        sides = (report, others[other])
        if _hold(match, found.get(other), report.pk, now):
            _record(match, sides)
        if match.stands:
            _tell(match, sides, now)


def take_turns() -> None:
    """One plan is compared at a time, until its transaction ends.

    Two that are filed at one moment would else both search before either can be seen, and never find each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('deconfliction', 0))")


def _known(report_id: UUID) -> Iterable[Match]:
    """The matches that this report has had, locked in the order of their keys."""
    mine = Match.objects.filter(Q(a_id=report_id) | Q(b_id=report_id))
    return mine.select_for_update(of=("self",)).order_by("pk")


def _new(one: UUID, other: UUID, now: datetime) -> Match:
    return Match(a_id=min(one, other), b_id=max(one, other), raised_at=now, changed_at=now, stands=False)


def _hold(match: Match, reasons: list[Reason] | None, report_id: UUID, now: datetime) -> bool:
    """Make the match say what the search has found; nothing found ends it. Whether that changed anything."""
    kept = None if reasons is None else [_kept(reason, match, report_id) for reason in reasons]
    if (match.reasons if match.stands else None) == kept:
        return False
    match.stands = kept is not None
    if kept is not None:
        match.reasons = kept
    if not match._state.adding:
        # The time is the mark by which a stale page is told apart, so it never stands still.
        match.changed_at = max(now, match.changed_at + match.changed_at.resolution)
        if match.stands:
            _open_again(match)
    match.save()
    return True


def _kept(reason: Reason, match: Match, report_id: UUID) -> dict[str, Any]:
    """A reason as the match keeps it: by its sides, whichever of them was compared."""
    a, b = (reason.mine, reason.theirs) if match.a_id == report_id else (reason.theirs, reason.mine)
    return {"how": reason.how, "a": a, "b": b, "meters": reason.meters, "apart": reason.apart}


def _open_again(match: Match) -> None:
    """What was settled was settled about other plans; how it was settled is kept."""
    if match.settled_at is None or match.settled_by is None:
        return
    EarlierSettlement.objects.create(
        match=match,
        outcome=match.outcome,
        note=match.note,
        settled_by=match.settled_by,
        settled_at=match.settled_at,
    )
    match.settled_at = match.settled_by = None
    match.outcome = match.note = ""


def _record(match: Match, sides: tuple[Any, Any]) -> None:
    """In the log of the match, and in that of each operation, without naming the other: it may be restricted.

    The system found it: whoever filed the other plan is nobody that the log of this one may name.
    """
    record("match.raised" if match.changed_at == match.raised_at else "match.changed", by=None, on=match)
    for report in sides:
        record("report.matched", by=None, on=report, stands=match.stands)


# -- Told --------------------------------------------------------------------------------------------------------------
def _tell(match: Match, sides: tuple[Any, Any], now: datetime) -> None:
    """A notice and a mail to whoever has none since the match last changed."""
    there = {_key(notice): notice for notice in match.notices.all()}
    wanted = {_key(notice): notice for side in (*sides, None) for notice in _notices(match, side, now)}
    new = [notice for key, notice in wanted.items() if key not in there]
    again = [there[key] for key in wanted if key in there and there[key].made_at < match.changed_at]
    if not new and not again:
        return
    MatchNotice.objects.bulk_create(new)
    MatchNotice.objects.filter(pk__in=[notice.pk for notice in again]).update(made_at=match.changed_at, seen_at=None)
    record("match.told", by=None, on=match, notices=len(new) + len(again))
    _announce([*new, *again], now)


def _key(notice: MatchNotice) -> tuple[Any, ...]:
    """One person is told once, though they be the contact of both."""
    return (notice.person_id, notice.office_id, notice.role)


def _notices(match: Match, side: Any, now: datetime) -> Iterable[MatchNotice]:
    """Who is told of one side; for no side, the JIOC.

    Of a restricted operation those are told who are named on it, and no office: no rule knows them.
    """
    made_at = max(now, match.changed_at)
    if side is None:
        for center in Office.objects.filter(kind=Office.Kind.CENTER, active=True).order_by("pk"):
            yield MatchNotice(match=match, office=center, role=Role.JIOC, made_at=made_at)
    elif side.restricted:
        for reader in naming.named(side).order_by("user_id"):
            yield MatchNotice(match=match, report_id=side.pk, person_id=reader.user_id, made_at=made_at)
    else:
        yield MatchNotice(match=match, report_id=side.pk, person_id=side.contact_id, made_at=made_at)
        if office := leading_office(side.office):
            role = LEADER[Office.Kind(office.kind)]
            yield MatchNotice(match=match, report_id=side.pk, office=office, role=role, made_at=made_at)


def _announce(notices: Iterable[MatchNotice], now: datetime) -> None:
    """Queue the mail of each notice in this very transaction."""
    from reports.tasks import mail_match

    jobs: list[dict[str, Any]] = [{"notice_id": str(one.pk)} for one in notices]
    if jobs and mail.is_news(now):
        mail_match.batch_defer(*jobs)


# -- Read --------------------------------------------------------------------------------------------------------------
def note_viewing(match: Match, *, by: User, now: datetime | None = None) -> None:
    """Record that `by` opens the match, and that what they were told has been seen. If this fails, nothing is shown."""
    held = [(assignment.office_id, assignment.role) for assignment in by.live_assignments]
    offices = [Q(office=office, role=role) for office, role in held]
    told = MatchNotice.objects.filter(reduce(or_, offices, Q(person=by)), match=match, seen_at__isnull=True)
    with transaction.atomic():
        record("match.viewed", by=by, on=match)
        told.update(seen_at=now or timezone.now())


def of_person(user: User) -> list[Sight]:
    """The open matches of a person's own operations, newest first, as they may see them; the reading is recorded."""
    mine = match_sides.visible_to(user).open().filter(match_sides.concerning(user))
    found = match_sides.look(mine.select_related("held_by", "settled_by").order_by("-raised_at", "-id"), user)
    if found:
        record("matches.listed", by=user, on=Subject("list", "", "matches of operations"), count=len(found))
    return found


def waiting(user: User) -> int:
    """How many matches wait for whoever may settle them."""
    return Match.objects.open().count() if user.may_somewhere(SETTLE) else 0


# -- Settled -----------------------------------------------------------------------------------------------------------
def _locked(match_id: UUID, by: User) -> Match:
    """The match, locked, if `by` may settle it. Raises Refused, Match.DoesNotExist."""
    if not (verdict := may(by, SETTLE)):
        raise Refused(verdict.reason)
    match = Match.objects.select_for_update(of=("self",)).get(pk=match_id)
    if match.settled_at and match.settled_by:
        raise Refused(f"{match.settled_by.name} has already settled this match. Open it to read how.")
    return match


@action
def take_up(match_id: UUID, *, by: User) -> Match:
    """Make a match one's own to settle. Of two people who take up one match, the second gets Refused."""
    match = _locked(match_id, by)
    if match.held_by and match.held_by != by:
        raise Refused(f"{match.held_by.name} has already taken up this match. Open the list for the next one.")
    if match.held_by is None:
        match.held_by = by
        match.save(update_fields=["held_by"])
        record("match.taken_up", by=by, on=match)
    return match


@action
def settle(
    match_id: UUID, outcome: str, note: str, *, by: User, seen: datetime | None = None, now: datetime | None = None
) -> Match:
    """Record what came of a match. `seen` is the `changed_at` that was on the screen.

    Raises ValidationError beside the field, ChangedMeanwhile, Refused, Match.DoesNotExist.
    """
    match = _locked(match_id, by)
    if seen not in (None, match.changed_at):
        raise ChangedMeanwhile
    note = note.replace("\x00", "").strip()
    if errors := _errors(outcome, note):
        raise ValidationError(errors)
    match.outcome, match.note = outcome, note
    match.settled_by, match.settled_at = by, now or timezone.now()
    match.save(update_fields=["outcome", "note", "settled_by", "settled_at"])
    record("match.settled", by=by, on=match, result=outcome, note=note)
    return match


def _errors(outcome: str, note: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if outcome not in Match.Outcome.values:
        errors["outcome"] = "Choose what came of it."
    if not note:
        errors["note"] = "Say what was agreed, and with whom."
    if len(note) > LONGEST_NOTE:
        errors["note"] = f"Use at most {LONGEST_NOTE:,} characters. It has {len(note):,}."
    return errors

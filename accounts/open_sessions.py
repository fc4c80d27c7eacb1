"""The sessions somebody has open: noting them, keeping them few, ending them from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import OpenSession, User
from accounts.origin import session_mark
from audit.log import Origin, record

# Why a session was ended from elsewhere, as its browser is told at its next request (`accounts.sessions.reason`).
CROWDED, ENDED, PASSWORD, ACCESS = "crowded-out", "ended", "password", "access"
GONE = "This session is over already. The list shows the sessions that are open now."


@dataclass(frozen=True)
class Open:
    """One open session as its owner sees it; `mark` tells it apart without being a key to it."""

    mark: str
    address: str
    device: str
    started_at: datetime
    seen_at: datetime
    is_this: bool
    pending: bool


def live(user: User) -> QuerySet[OpenSession]:
    """What this person has open, whichever of their accounts it is; what is over by the clock is over."""
    now = timezone.now()
    return OpenSession.objects.filter(
        user__person_key=user.person_key,
        ended="",
        started_at__gt=now - timedelta(seconds=settings.ABSOLUTE_SECONDS),
        seen_at__gt=now - timedelta(seconds=settings.IDLE_SECONDS),
    )


def listed(user: User, key: str | None) -> list[Open]:
    """The open sessions of this person, the one under `key` first."""
    found = [
        Open(session_mark(one.key), one.address, one.device, one.started_at, one.seen_at, one.key == key, one.pending)
        for one in live(user)
    ]
    return sorted(found, key=lambda one: not one.is_this)


def opened(key: str, user: User, *, device: str, pending: bool) -> None:
    """Note a session that begins; unless it waits for a second factor still, the oldest beyond the limit ends."""
    now = timezone.now()
    old = now - timedelta(seconds=settings.ABSOLUTE_SECONDS)
    OpenSession.objects.filter(user=user, started_at__lt=old).delete()
    values = {"address": user.origin.address, "device": device, "pending": pending}
    row = OpenSession.objects.create(key=key, user=user, started_at=now, seen_at=now, **values)
    if not pending:
        _crowd_out(row)


def proved(key: str | None) -> None:
    """The second factor was given: now the session counts."""
    with transaction.atomic():
        row = OpenSession.objects.select_related("user").filter(key=key, pending=True).first()
        if row:
            OpenSession.objects.filter(pk=row.pk).update(pending=False)
            _crowd_out(row)


def seen(key: str | None) -> None:
    """Somebody did something in it."""
    OpenSession.objects.filter(key=key).update(seen_at=timezone.now())


def _crowd_out(newest: OpenSession) -> None:
    """Of more than SESSIONS_A_PERSON the oldest end. Two that begin at once take turns, or both would stay."""
    user = newest.user
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sessions'), hashtext(%s))", [user.person_key])
    others = live(user).filter(pending=False).exclude(pk=newest.pk).order_by("-started_at", "pk")
    for row in _close(others[settings.SESSIONS_A_PERSON - 1 :], CROWDED):
        origin = Origin(newest.address, session_mark(newest.pk), user.origin.request)
        record("session.crowded_out", by=user, on=row.user, origin=origin, session_ended=session_mark(row.pk))


def why_ended(key: str | None) -> str:
    """Why this session was ended from elsewhere, or "" if its owner signed out or nobody knows it."""
    return OpenSession.objects.filter(key=key).values_list("ended", flat=True).first() or ""


def _close(rows: Iterable[OpenSession], why: str) -> list[OpenSession]:
    """End these sessions; those that were still open, in the order of their keys."""
    keys = [row.pk for row in rows]
    locked = OpenSession.objects.select_for_update(of=("self",)).select_related("user").order_by("pk")
    found = list(locked.filter(pk__in=keys, ended=""))
    OpenSession.objects.filter(pk__in=[row.pk for row in found]).update(ended=why)
    Session.objects.filter(pk__in=[row.pk for row in found]).delete()
    return found


@action
def end(mark: str, *, by: User) -> None:
    """End one session of one's own. Raises Refused when it is over already."""
    closed = _close([row for row in live(by) if session_mark(row.pk) == mark], ENDED)
    if not closed:
        raise Refused(GONE)
    for row in closed:
        record("session.ended", by=by, on=row.user, session_ended=mark)


@action
def end_others(*, by: User, key: str | None) -> int:
    """End every session of one's own but the one under `key`; how many there were."""
    closed = _close(live(by).exclude(pk=key), ENDED)
    for row in closed:
        record("session.ended", by=by, on=row.user, session_ended=session_mark(row.pk))
    return len(closed)


def end_all(user: User, *, by: User | None, why: str = ACCESS, but: str | None = None) -> int:
    """End every session of this account (`but` one), within the act that asks for it; how many there were."""
    closed = _close(OpenSession.objects.filter(user=user, ended="").exclude(pk=but or ""), why)
    for row in closed:
        record("session.ended", by=by, on=user, session_ended=session_mark(row.pk), why=why)
    return len(closed)

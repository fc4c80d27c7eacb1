"""The sealer: what has been committed to the log is put into seals, in one order, each chained to the one before.

No lock is taken when an event is written. The order of the log is (epoch, xid, id), and a seal covers transactions
below the oldest one that still runs, so nothing can enter a stretch once it is sealed (security.md, 1.5).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from audit import keys
from audit.evidence import HASH_BYTES, SealBody, head_of, key_id, leaf, root_of, sign_head
from audit.models import Epoch, Event, Seal, microseconds
from sen.errors import Stopped

# Events in one seal, unless a single transaction wrote more: a transaction is never divided.
BATCH = 10_000
HEARTBEAT = timedelta(seconds=20)
# Any number that no other advisory lock of ours uses.
LOCK = 7_325_001

# Below this number every transaction has ended. Asked before the events are read, in a statement of its own: READ
# COMMITTED then shows all that such transactions wrote.
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, clock_timestamp()"


class EpochMissing(Exception):
    """Transaction numbers began anew, as in a cluster restored from a dump, and nobody opened the next epoch."""

    def __init__(self) -> None:
        super().__init__("Transaction numbers are behind the last seal: open the next epoch (docs/operations.md).")


@dataclass(frozen=True)
class Stretch:
    """The next events to be sealed: those of `epoch` in [from_xid, to_xid), as leaves in their order."""

    epoch: int
    from_xid: int
    to_xid: int
    leaves: list[bytes]


def seal_once() -> int:
    """Seal what is next, at most about BATCH events, in one transaction; return how many.

    0 when there was nothing, when another sealer is at work, or when only a heartbeat was due. Raises EpochMissing,
    `keys.KeyUnavailable` and the database's errors; then nothing was sealed.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        last = Seal.objects.defer("leaves").order_by("-sequence").first()
        horizon, now = _horizon()
        stretch = _next(last, horizon)
        if stretch.leaves or last is None or abs(now - last.at) >= HEARTBEAT:
            _seal(last, stretch, now).save(force_insert=True)
        return len(stretch.leaves)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _horizon() -> tuple[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        horizon, now = cursor.fetchone()
    return horizon, now


def _next(last: Seal | None, horizon: int) -> Stretch:
    """The unsealed tail of a closed epoch first, then the current one up to the horizon."""
    numbers = Epoch.objects.aggregate(first=Min("number"), current=Max("number"))
    epoch, since = (last.epoch, last.to_xid) if last else (numbers["first"], 0)
    while epoch < numbers["current"]:
        tail = _read(epoch, since, None)
        if tail.leaves:
            return tail
        epoch, since = Epoch.objects.filter(number__gt=epoch).aggregate(n=Min("number"))["n"], 0
    if horizon < since:
        raise EpochMissing
    return _read(epoch, since, horizon)


def _read(epoch: int, since: int, before: int | None) -> Stretch:
    """Whole transactions from `since`, about BATCH events; up to the end of the epoch when `before` is None."""
    events = Event.objects.filter(epoch=epoch, xid__gte=since).order_by("epoch", "xid", "id")
    if before is not None:
        events = events.filter(xid__lt=before)
    rows = list(events.values_list("xid", "id", "row_hash")[: BATCH + 1])
    if not rows:
        return Stretch(epoch, since, since if before is None else before, [])
    end = rows[-1][0] + 1 if before is None else before
    if len(rows) > BATCH:
        cut = rows[-1][0]
        end = max(cut, rows[0][0] + 1)
        whole = [row for row in rows if row[0] < cut]
        rows = whole or list(events.filter(xid=cut).values_list("xid", "id", "row_hash"))
    return Stretch(epoch, since, end, [leaf(number, bytes(hashed)) for _, number, hashed in rows])


def _seal(last: Seal | None, stretch: Stretch, now: datetime) -> Seal:
    """The row to add. The first seal has no other before it: it stands on the log's own random name."""
    key = keys.signing_key()
    previous = bytes(last.head) if last else secrets.token_bytes(HASH_BYTES)
    body = SealBody(
        sequence=last.sequence + 1 if last else 1,
        epoch=stretch.epoch,
        from_xid=stretch.from_xid,
        to_xid=stretch.to_xid,
        count=len(stretch.leaves),
        root=root_of(stretch.leaves),
        at=microseconds(now),
        key=key_id(key.public_key()),
    )
    head = head_of(previous, body.digest())
    parts = {"leaves": b"".join(stretch.leaves), "previous": previous, "head": head, "signature": sign_head(key, head)}
    return Seal(**{**body.__dict__, "at": now, **parts})


# -- Whether it works: asked before each reveal and export -------------------------------------------------------------
COUNTED = 100_000

# Two steps in an index each, whatever the size of the log.
STANDING = """
SELECT clock_timestamp(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint, last.at, last.to_xid,
       (SELECT max(number) FROM audit_epoch) = last.epoch, tail.at, tail.xid
FROM (SELECT) AS one
LEFT JOIN LATERAL (SELECT at, epoch, to_xid FROM audit_seal ORDER BY sequence DESC LIMIT 1) AS last ON true
LEFT JOIN LATERAL (
    SELECT at, epoch, xid FROM audit_event WHERE (epoch, xid) >= (coalesce(last.epoch, 0), coalesce(last.to_xid, 0))
    ORDER BY epoch, xid, id LIMIT 1) AS tail ON true
"""
TAIL = """
SELECT count(*) FROM (
    SELECT FROM audit_event e
    WHERE (e.epoch, e.xid) >= (coalesce((SELECT epoch FROM audit_seal ORDER BY sequence DESC LIMIT 1), 0),
                               coalesce((SELECT to_xid FROM audit_seal ORDER BY sequence DESC LIMIT 1), 0))
    ORDER BY e.epoch, e.xid, e.id LIMIT %s) AS unsealed
"""
# The text of a query may quote a person's data and is not asked for; the times of other roles are hidden from ours.
OLDEST = """
SELECT pid, application_name, xact_start FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY age(backend_xid) DESC LIMIT 1
"""


class SealingDown(Stopped):
    """Nothing is revealed or exported while the log is not being sealed."""

    def __init__(self) -> None:
        super().__init__(
            "The audit log is not being sealed right now, so nothing can be revealed or exported. "
            "Reading and filing go on. Tell the administrators; try again in a minute."
        )


@dataclass(frozen=True)
class Standing:
    """How far the seals reach. `unsealed_since` is the time of the first event after them."""

    now: datetime
    last_seal_at: datetime | None
    unsealed_since: datetime | None
    needs_epoch: bool
    is_held: bool

    @property
    def is_late(self) -> bool:
        times = (self.last_seal_at, self.unsealed_since)
        patience = timedelta(seconds=settings.SEALING_STOPS_AFTER)
        # A clock set back makes a seal lie ahead; that too is not the seal of a moment ago.
        return self.last_seal_at is None or any(abs(self.now - at) > patience for at in times if at)

    @property
    def held_by(self) -> str:
        """The writing transaction that keeps the sealer waiting, as far as our role may see it; else ""."""
        return _oldest_writer() if self.is_held else ""


def standing() -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        now, horizon, sealed_at, to_xid, is_current, tail_at, tail_xid = cursor.fetchone()
    return Standing(
        now=now,
        last_seal_at=sealed_at,
        unsealed_since=tail_at,
        needs_epoch=bool(is_current) and horizon < to_xid,
        is_held=tail_xid is not None and bool(is_current) and tail_xid >= horizon,
    )


def is_down() -> str:
    """Why sealing counts as stopped, in a sentence for the administrators; "" while it works."""
    return reason(standing())


def reason(now: Standing) -> str:
    """The sentence for a standing, "" for one in order."""
    if not now.is_late:
        return ""
    if now.last_seal_at is None:
        return "The audit log has never been sealed: start the sealer (manage.py audit seal)."
    if now.needs_epoch:
        return "Transaction numbers are behind the last seal: open the next epoch, as after any restored dump."
    if held_by := now.held_by:
        return f"Events since {clock(now.unsealed_since)} are not sealed: {held_by} holds them."
    return f"The audit log has not been sealed since {clock(now.last_seal_at)}: look at the sealer's messages."


def require_sealing() -> None:
    """Called before anything is revealed or exported. Raises SealingDown, which answers 503."""
    if is_down():
        raise SealingDown


def unsealed() -> int:
    """How many events no seal covers yet, counted up to COUNTED."""
    with connection.cursor() as cursor:
        cursor.execute(TAIL, [COUNTED])
        return int(cursor.fetchone()[0])


def clock(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "an unknown time"


def _oldest_writer() -> str:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        row = cursor.fetchone()
    if row is None:
        return "a transaction that our role cannot see"
    pid, name, since = row
    return f"database process {pid} ({name or 'without a name'}), writing since {clock(since)},"

"""Checkpoints: the signed head of the log, written every ten minutes to a place that the database cannot write."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from audit import evidence, keys, places
from audit.models import Checkpoint, Seal, microseconds

EVERY = timedelta(minutes=10)
# The sealer tries again each minute; after that many minutes more somebody has to look.
PATIENCE = timedelta(minutes=2)


def write(place: places.Place | None = None) -> Checkpoint | None:
    """Write the head of the last seal and note where it lies; None when nothing was sealed since the last checkpoint.

    Its bytes depend on the seal alone, so that one which was written but not noted is written again to no effect.
    Raises `places.NotKept` and `keys.KeyUnavailable`; sealing goes on without.
    """
    last, before = Seal.objects.defer("leaves").last(), latest()
    if last is None or not _filled_since(before).exists():
        return None
    said = _of(last, before)
    key = keys.signing_key()
    where = (place or places.configured()).keep(name_of(said), said.signed(key))
    signature = key.sign(said.message())
    made = Checkpoint(
        sequence=last.sequence,
        at=last.at,
        head=last.head,
        events=said.events,
        key=said.key,
        signature=signature,
        place=where,
    )
    # Another sealer may have noted the very same one.
    Checkpoint.objects.bulk_create([made], ignore_conflicts=True)
    return made


def latest() -> Checkpoint | None:
    return Checkpoint.objects.first()


def name_of(said: evidence.Checkpoint) -> str:
    """The log's name and the seal's number, so that names sort by time and two logs can share a folder."""
    return f"{said.log[:16]}-{said.sequence:012d}.json"


def _of(last: Seal, before: Checkpoint | None) -> evidence.Checkpoint:
    sealed = _filled_since(before).filter(sequence__lte=last.sequence).aggregate(n=Sum("count"))["n"] or 0
    return evidence.Checkpoint(
        log=log_name(),
        sequence=last.sequence,
        head=bytes(last.head).hex(),
        events=(before.events if before else 0) + sealed,
        at=microseconds(last.at),
        key=evidence.key_id(keys.signing_key().public_key()),
    )


def log_name() -> str:
    """The log's own random name, in hex: what its first seal stands on. Raises Seal.DoesNotExist before that."""
    return bytes(Seal.objects.values_list("previous", flat=True).get(sequence=1)).hex()


def _filled_since(before: Checkpoint | None) -> QuerySet[Seal]:
    return Seal.objects.filter(sequence__gt=before.sequence if before else 0, count__gt=0)


def is_due(now: datetime | None = None) -> bool:
    """Whether ten minutes have passed since the last one and something was sealed since."""
    before = latest()
    if before and (now or timezone.now()) - before.at < EVERY:
        return False
    return _filled_since(before).exists()


def overdue_since() -> datetime | None:
    """Since when sealed events have waited too long for a checkpoint, or None: what `/readyz` raises the alarm on.

    Told from the rows, because the sealer that fails to write is another process, and may not run at all.
    """
    waiting = _filled_since(latest()).order_by("sequence").values_list("at", flat=True).first()
    return waiting if waiting and timezone.now() - waiting > EVERY + PATIENCE else None

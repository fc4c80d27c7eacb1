"""Sealing every legacy SSN anew with the current key, in batches that a kill cannot harm, and removing an old key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from audit.log import Subject, record
from ileads import batches, keys
from ileads.models import LegacySSN
from ileads.sealed import CannotOpen, open_sealed, seal

BATCH = 200
# The version of the key stands in the stored bytes 2 to 5 (ileads/sealed.py).
BY_KEY = """
SELECT ('x' || encode(substring(value FROM 2 FOR 4), 'hex'))::bit(32)::bigint AS version, count(*)
FROM ileads_legacyssn GROUP BY version
"""


class StillUsed(Exception):
    """A key that something is still sealed with is not removed; the message says how much."""


@dataclass
class Outcome:
    """What one run did: sealed anew, and left as they were because they do not open."""

    renewed: int = 0
    unopened: int = 0


def usage() -> Counter[int]:
    """How many SSNs are sealed with each version of the key."""
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY)
        return Counter(dict(cursor.fetchall()))


def rotate(tell: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Seal everything with the current key, each batch in a transaction of its own. Raises `keys.Unavailable`.

    What a killed run had committed is passed over by the next. One that does not open stays as it is, recorded.
    """
    keys.load().check()
    outcome = Outcome()
    for _ in _batches(outcome):
        tell(outcome)
    return outcome


def _batches(outcome: Outcome) -> Iterator[None]:
    after: UUID | None = UUID(int=0)
    while after is not None:
        with transaction.atomic():
            batches.lock()
            after = _one_batch(after, outcome)
        yield


def _one_batch(after: UUID, outcome: Outcome) -> UUID | None:
    """The key of the last row looked at, or None behind the last."""
    ring = keys.load()
    rows = list(LegacySSN.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:BATCH])
    renewed = [one for one in rows if one.value.key != ring.current and _renew(one, ring)]
    outcome.renewed += len(renewed)
    outcome.unopened += sum(one.value.key != ring.current for one in rows)
    batches.note("ssn.rotated", renewed, key=ring.current)
    return rows[-1].pk if len(rows) == BATCH else None


def _renew(one: LegacySSN, ring: keys.Keyring) -> bool:
    """Seal one anew and save it, if it opens before and says the same after."""
    try:
        clear = open_sealed(one.value, for_=one, ring=ring)
    except CannotOpen:
        record("ssn.not_opened", by=None, on=one.report, ssn=str(one.pk))
        return False
    one.value = seal(clear, for_=one, ring=ring)
    if open_sealed(one.value, for_=one, ring=ring) != clear:
        raise CannotOpen("What was sealed anew does not open as it was; the batch was left as it is.")
    one.save(update_fields=["value"])
    return True


def new_key() -> int:
    """Add a version of the key; everything that is sealed from now on is sealed with it."""
    with transaction.atomic():
        batches.lock()
        version = keys.new_key()
        record("ssn.key_made", by=None, on=_key(version))
    return version


def drop_key(version: int) -> None:
    """Remove a retired version. Raises `StillUsed` while anything is sealed with it, `keys.Unavailable` otherwise."""
    with transaction.atomic():
        batches.lock()
        if used := usage()[version]:
            raise StillUsed(f"{used:,} SSNs are still sealed with key {version}. Run `manage.py ssn rotate` first.")
        record("ssn.key_removed", by=None, on=_key(version))
        keys.drop(version)


def _key(version: int) -> Subject:
    return Subject("ssn key", str(version), f"key {version}")


def standing() -> dict[str, Any]:
    """What `ssn status` tells: the current key, and how many are sealed with which."""
    ring, used = keys.load(), usage()
    ring.check()
    versions = sorted({*ring.wrapped, *used})
    return {
        "current": ring.current,
        "keys": [(one, ring.made.get(one, "missing from the key file"), used[one]) for one in versions],
        "left": sum(count for version, count in used.items() if version != ring.current),
    }

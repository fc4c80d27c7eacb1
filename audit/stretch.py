"""One stretch of the log under examination: its seals link by link, and its rows against the leaves of their seals."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.evidence import HEAD, LEAF_BYTES, SealBody, follows, head_of, is_signed, leaf, root_of
from audit.wire import Place, Row, SealRow, hash_of, rows_between, seals_between

# Of a stretch that was altered altogether, so many are named.
MOST = 50


@dataclass(frozen=True)
class Finding:
    """Something that was altered: in which seal, where it is one event then which, and the sentence that says so."""

    seal: int
    sentence: str
    event: int | None = None


@dataclass(frozen=True)
class Stretch:
    """Seals `first` to `last`; their rows lie in [start, end), and nothing else does."""

    first: int
    last: int
    start: Place
    end: Place
    rows: bool = True  # or the chain of seals alone


@dataclass
class Examined:
    """What one stretch was found to be; `heads` after each seal that a checkpoint speaks of, with the events so far."""

    seals: int = 0
    events: int = 0
    previous: bytes = b""
    head: bytes = b""
    ends: tuple[SealBody, SealBody] | None = None
    heads: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    sealed: int = 0  # events that the seals say they hold
    findings: list[Finding] = field(default_factory=list)


def examine(
    connection: psycopg.Connection, stretch: Stretch, keys: Mapping[str, Ed25519PublicKey], wanted: frozenset[int]
) -> Examined:
    """Everything about one stretch. Raises the database's errors."""
    seals = seals_between(connection, stretch.first, stretch.last, leaves=stretch.rows)
    rows = rows_between(connection, stretch.start, stretch.end) if stretch.rows else []
    found = Examined(events=len(rows), seals=len(seals))
    if seals:
        found.previous, found.head = seals[0].previous, seals[-1].head
        found.ends = seals[0].body, seals[-1].body
    places = [(row[4], row[3]) for row in rows]
    done = 0
    for position, seal in enumerate(seals):
        body = seal.body
        found.sealed += body.count
        if body.sequence in wanted:
            found.heads[body.sequence] = seal.head, found.sealed
        found.findings += _links(seals[position - 1] if position else None, seal, keys)
        if stretch.rows:
            begin = bisect_left(places, (body.epoch, body.from_xid), done)
            end = bisect_left(places, (body.epoch, body.to_xid), begin)
            found.findings += [_added(body.sequence, row) for row in rows[done:begin]]
            found.findings += _compare(seal, rows[begin:end])
            done = end
    found.findings += [_added(stretch.last, row) for row in rows[done:]]
    found.findings[MOST:] = []
    return found


def _added(seal: int, row: Row) -> Finding:
    return Finding(seal, f"event {row[1]} was added: it stands where the log is sealed, and no seal holds it", row[1])


def _links(before: SealRow | None, seal: SealRow, keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Finding]:
    """What is wrong with a seal itself, its rows apart."""
    number = seal.body.sequence
    if before:
        yield from joint(before.body, before.head, seal.body, seal.previous)
    if head_of(seal.previous, seal.body.digest()) != seal.head:
        yield Finding(number, f"seal {number} was changed: its head does not follow from what it says")
    key = keys.get(seal.body.key)
    if key is None:
        yield Finding(number, f"seal {number} is signed with a key that was not given: {seal.body.key!a}")
    elif not is_signed(key, seal.signature, HEAD + seal.head):
        yield Finding(number, f"seal {number} is not signed with the key that it names")


def joint(before: SealBody, head: bytes, after: SealBody, previous: bytes) -> Iterator[Finding]:
    """What is wrong between two seals."""
    number = after.sequence
    if number != before.sequence + 1:
        first, last = before.sequence + 1, number - 1
        lost = f"seal {first} is" if first == last else f"seals {first} to {last} are"
        yield Finding(first, f"{lost} missing")
    elif not follows(before, after):
        yield Finding(number, f"seal {number} does not begin where seal {before.sequence} ends")
    if previous != head:
        yield Finding(number, f"seal {number} is not chained to the seal before it")


def _compare(seal: SealRow, rows: Sequence[Row]) -> Iterator[Finding]:
    """The rows of a seal against its leaves, and both against its root."""
    hashes = [_hash(row) for row in rows]
    # No number of ours is negative, but somebody's may be.
    found = [leaf(row[1] % 2**64, hashed) for row, hashed in zip(rows, hashes, strict=True)]
    if root_of(found) != seal.body.root or len(found) != seal.body.count:
        yield from _differences(seal, found)
    elif b"".join(found) != seal.leaves:
        yield _list_changed(seal, "its events are as they were")
    for row, hashed in zip(rows, hashes, strict=True):
        if hashed != row[0]:
            yield Finding(seal.body.sequence, f"event {row[1]} has another hash beside it than its own", row[1])


def _hash(row: Row) -> bytes:
    try:
        return hash_of(row)
    except ValueError:
        return bytes(32)


def _list_changed(seal: SealRow, more: str) -> Finding:
    number = seal.body.sequence
    return Finding(number, f"seal {number} was changed in its list of events; {more}")


def _differences(seal: SealRow, found: Sequence[bytes]) -> Iterator[Finding]:
    """Which events are not what the seal's leaves say, the first one first."""
    number = seal.body.sequence
    said = [seal.leaves[at : at + LEAF_BYTES] for at in range(0, len(seal.leaves), LEAF_BYTES)]
    if root_of(said) != seal.body.root or len(said) != seal.body.count:
        yield _list_changed(seal, "compared with that list:")
    hashes = {one[:8]: one for one in said}
    seen: set[bytes] = set()
    for one in found:
        event = int.from_bytes(one[:8], signed=True)
        if one[:8] not in hashes or one[:8] in seen:
            yield Finding(number, f"event {event} was added to what seal {number} holds", event)
        elif hashes[one[:8]] != one:
            yield Finding(number, f"event {event} was altered since seal {number}", event)
        seen.add(one[:8])
    for name in hashes:
        if name not in seen:
            event = int.from_bytes(name, signed=True)
            yield Finding(number, f"event {event} is missing from seal {number}", event)

"""Bundles for an outsider: one event, or a run of whole seals, and the way from there to a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from audit.evidence import BUNDLE, LARGEST_FILE, Checkpoint, Refused, SealBody, check, leaf, path_of
from audit.wire import READ, Row, SealRow, hash_of, named, rows_between, seals_between

NUMBER = READ.index("id")
SEAL_OF = """
SELECT s.sequence FROM public.audit_event e
LEFT JOIN public.audit_seal s ON s.epoch = e.epoch AND s.from_xid <= e.xid AND e.xid < s.to_xid
WHERE e.id = %s
"""


class NotProven(Exception):
    """There is no proof; the message says why and what to do."""


@dataclass(frozen=True)
class Proof:
    """A bundle, and the checkpoint that it was made for."""

    text: bytes
    checkpoint: int  # its seal's sequence
    place: str


def of_event(connection: psycopg.Connection, number: int, to: int | None = None) -> Proof:
    """That this event stands in the log as it does, under checkpoint `to` or the first that can vouch for it.

    Raises NotProven, and the database's errors.
    """
    found = connection.execute(SEAL_OF, [number]).fetchone()
    if found is None:
        raise NotProven(f"There is no event {number}.")
    if found[0] is None:
        raise NotProven(f"Event {number} is not sealed yet: try again in a minute.")
    (seal,) = seals_between(connection, found[0], found[0])
    rows = _rows(connection, seal)
    index = next(position for position, row in enumerate(rows) if row[NUMBER] == number)
    path = path_of([leaf(row[NUMBER], hash_of(row)) for row in rows], index)
    said = {"row": named(rows[index]), "index": index, "path": [node.hex() for node in path]}
    return _bundle(connection, [seal], to, {"event": said})


def of_seals(connection: psycopg.Connection, first: int, last: int, to: int | None = None) -> Proof:
    """All events of seals `first` to `last`. Raises NotProven, and the database's errors."""
    seals = seals_between(connection, first, last)
    if [seal.body.sequence for seal in seals] != list(range(first, last + 1)) or not seals:
        raise NotProven(f"There are no seals {first} to {last} without a gap.")
    return _bundle(connection, seals, to, {"events": [list(map(named, _rows(connection, seal))) for seal in seals]})


def _rows(connection: psycopg.Connection, seal: SealRow) -> list[Row]:
    body = seal.body
    return rows_between(connection, (body.epoch, body.from_xid), (body.epoch, body.to_xid))


def _bundle(connection: psycopg.Connection, seals: Sequence[SealRow], to: int | None, said: dict[str, Any]) -> Proof:
    last = seals[-1].body.sequence
    checkpoint, place = _checkpoint(connection, last, to)
    later = seals_between(connection, last + 1, checkpoint.sequence, leaves=False)
    about = {
        "format": BUNDLE,
        "log": checkpoint.log,
        "previous": seals[0].previous.hex(),
        "seals": [_body(seal.body) for seal in seals],
        "digests": [seal.body.digest().hex() for seal in later],
    }
    text = json.dumps(about | said, ensure_ascii=False, indent=1).encode() + b"\n"
    if len(text) > LARGEST_FILE:
        raise NotProven(f"The bundle would be larger than {LARGEST_FILE >> 20} MB: ask for fewer seals at a time.")
    try:
        check(text, checkpoint)
    except Refused as reason:
        raise NotProven(f"The log does not prove it: run `manage.py audit verify`. {reason}") from None
    return Proof(text, checkpoint.sequence, place)


def _body(body: SealBody) -> dict[str, Any]:
    return asdict(body) | {"root": body.root.hex()}


def _checkpoint(connection: psycopg.Connection, last: int, to: int | None) -> tuple[Checkpoint, str]:
    """The checkpoint asked for, or the first at or after seal `last`, as the database noted it."""
    found = connection.execute(
        "SELECT sequence, (extract(epoch FROM at) * 1000000)::bigint, head, events, key, place "
        "FROM public.audit_checkpoint WHERE sequence >= %s AND sequence = coalesce(%s, sequence) "
        "ORDER BY sequence LIMIT 1",
        [last, to],
    ).fetchone()
    if found is None:
        raise NotProven(f"No {'such ' if to else ''}checkpoint after seal {last}: run `manage.py audit checkpoint`.")
    sequence, at, head, events, key, place = found
    (first,) = seals_between(connection, 1, 1, leaves=False)
    return Checkpoint(first.previous.hex(), sequence, head.hex(), events, at, key), place

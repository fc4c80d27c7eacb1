"""Events and seals as they come out of PostgreSQL in binary: read without its functions, hashed here, many a second."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import sql

from audit.evidence import COLUMNS, SealBody, piece

# A place in the order of the log: epoch and transaction.
Place = tuple[int, int]
# What a column is read as. Text is taken as the bytes that it is; a time is microseconds since 2000.
NUMBERS = {"id": "int8", "at": "int8", "xid": "int8", "epoch": "int4", "actor_id": "int8"}
SINCE_2000 = 946_684_800_000_000
READ = ("row_hash", *COLUMNS)
TYPES = [NUMBERS.get(name, "bytea") for name in READ]
# `public` is said, since a role's search path could lead to a copy of the table.
EVENTS = sql.SQL(
    "SELECT {} FROM public.audit_event WHERE (epoch, xid) >= ({}, {}) AND (epoch, xid) < ({}, {}) "
    "ORDER BY epoch, xid, id"
)
SEALS = sql.SQL(
    "SELECT sequence, epoch, from_xid, to_xid, count, root, at, key, previous, head, signature, {} "
    "FROM public.audit_seal WHERE sequence BETWEEN {} AND {} ORDER BY sequence"
)
SEAL_TYPES = ["int8", "int4", "int8", "int8", "int4", "bytea", "int8", "text", "bytea", "bytea", "bytea", "bytea"]
NO_BATCH = struct.pack(">iii", 0, 0, 25)  # an empty text[]: no dimension, no NULL, elements of text
NO_ACTOR = b"-;"
# The columns of `evidence.row_bytes`, but for the actor's number and the batch, which are made apart.
LAYOUT = b"%d:%b;" * 7 + b"%b" + b"%d:%b;" * 8 + b"%b" + b"%d:%b;"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class SealRow:
    """A seal as it stands in the table."""

    body: SealBody
    previous: bytes
    head: bytes
    signature: bytes
    leaves: bytes


def rows_between(connection: psycopg.Connection, start: Place, end: Place) -> list[Row]:
    """The events in [start, end) in the order of the log, in the columns of READ."""
    columns = sql.SQL(", ").join(map(sql.Identifier, READ))
    return list(copied(connection, EVENTS.format(columns, *map(sql.Literal, (*start, *end))), TYPES))


def seals_between(connection: psycopg.Connection, first: int, last: int, *, leaves: bool = True) -> list[SealRow]:
    """The seals of these numbers that exist, in their order; without their leaves where those are not asked for."""
    leaf_list = sql.SQL("leaves") if leaves else sql.SQL("''::bytea")
    rows = copied(connection, SEALS.format(leaf_list, sql.Literal(first), sql.Literal(last)), SEAL_TYPES)
    return [
        SealRow(SealBody(number, epoch, since, to, count, root, at + SINCE_2000, key), *rest)
        for number, epoch, since, to, count, root, at, key, *rest in rows
    ]


def copied(connection: psycopg.Connection, query: sql.Composable, types: Sequence[str]) -> Iterator[Row]:
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)) as copy,
    ):
        copy.set_types(types)
        yield from copy.rows()


def hash_of(row: Row) -> bytes:
    """The hash of an event's row, the same as `evidence.row_hash` of its columns."""
    _, number, at, xid, epoch, a, b, c, actor, d, e, f, g, h, i, j, k, batch, payload = row
    one, two, three, four = b"%d" % number, b"%d" % (at + SINCE_2000), b"%d" % xid, b"%d" % epoch
    data = LAYOUT % (
        len(one), one, len(two), two, len(three), three, len(four), four,
        len(a), a, len(b), b, len(c), c, NO_ACTOR if actor is None else piece(actor),
        len(d), d, len(e), e, len(f), f, len(g), g, len(h), h, len(i), i, len(j), j, len(k), k,
        b"1:0;" if batch == NO_BATCH else batch_bytes(elements(batch)), len(payload), payload,
    )  # fmt: skip
    return sha256(data).digest()


def batch_bytes(batch: Sequence[bytes]) -> bytes:
    return b"".join([piece(len(batch)), *(b"%d:%b;" % (len(one), one) for one in batch)])


def elements(data: bytes) -> list[bytes]:
    """The elements of a text[] in PostgreSQL's binary form. Raises ValueError for what an event cannot have."""
    dimensions, _, _ = struct.unpack_from(">iii", data)
    if dimensions == 0:
        return []
    count, first = struct.unpack_from(">ii", data, 12)
    if dimensions != 1 or first != 1:
        raise ValueError("the batch of an event is a plain list")
    found, at = [], 20
    for _ in range(count):
        (length,) = struct.unpack_from(">i", data, at)
        if length < 0:
            raise ValueError("the batch of an event has no NULL")
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def named(row: Row) -> dict[str, Any]:
    """An event for a bundle: its columns by name, as they are hashed."""
    said = dict(zip(READ, row, strict=True))
    del said["row_hash"]
    texts = {name: value.decode() for name, value in said.items() if isinstance(value, bytes) and name != "batch"}
    batch = [one.decode() for one in elements(said["batch"])]
    return said | texts | {"at": said["at"] + SINCE_2000, "batch": batch}

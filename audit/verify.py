"""Checking the whole log: every stretch of it, the seams between them, and the checkpoints that lie outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from psycopg import sql
from psycopg.conninfo import make_conninfo

from audit.evidence import LAST_MOMENT, Checkpoint, read_keys, when
from audit.stretch import Examined, Finding, Stretch, examine, joint
from audit.wire import SINCE_2000, Place, Row, copied

Keys = Mapping[str, Ed25519PublicKey]
Progress = Callable[[int, int], object]
# One stretch ends after so many events or seals: what a process holds in memory, and how often progress is told.
EVENTS, SEALS = 20_000, 2_000
BEGINNING: Place = (-(2**31), -(2**63))
MOST = 50

PLAN = sql.SQL("SELECT sequence, at, epoch, to_xid, count FROM public.audit_seal ORDER BY sequence")
TAIL = """
SELECT count(*), floor(extract(epoch FROM min(at)) * 1000000)::bigint FROM public.audit_event
WHERE (epoch, xid) >= (%s, %s)
"""


@dataclass(frozen=True)
class Asked:
    """What to check against: public keys and checkpoints from outside, and from when to when rows are read.

    `since` and `until` are microseconds since 1970, of the seals; their chain is checked from its beginning anyhow.
    """

    keys: Keys
    checkpoints: Sequence[Checkpoint] = ()
    at_least: int = 0
    since: int = 0
    until: int = LAST_MOMENT
    log: str = ""  # the name of the log that is meant; the checkpoints of others are then left aside


@dataclass
class Result:
    """What was found, the first finding first."""

    log: str = ""
    seals: int = 0
    sealed: int = 0  # events that the seals hold
    events: int = 0  # rows that were read and hashed
    unsealed: int = 0
    oldest_unsealed: int | None = None  # microseconds since 1970
    findings: list[Finding] = field(default_factory=list)


def verify(
    connection: psycopg.Connection, asked: Asked, *, processes: int = 1, progress: Progress = lambda done, whole: None
) -> Result:
    """Check the log. With more than one process each opens a connection of its own, like this one.

    Raises the database's errors: a log that cannot be read to its end is not verified.
    """
    plan = list(_stretches(connection, asked))
    result, before = Result(), None
    wanted = frozenset(one.sequence for one in asked.checkpoints)
    heads: dict[int, tuple[bytes, int]] = {}
    for done, part in enumerate(_examined(connection, plan, asked.keys, wanted, processes), 1):
        result.log = result.log or part.previous.hex()
        result.findings += [*_seam(before, part), *part.findings]
        heads |= {number: (head, result.sealed + so_far) for number, (head, so_far) in part.heads.items()}
        result.seals, result.sealed = result.seals + part.seals, result.sealed + part.sealed
        result.events += part.events
        before = part
        progress(done, len(plan))
    result.findings += _against(asked, result, plan[-1].last if plan else 0, heads)
    result.findings[MOST:] = []
    _measure_tail(connection, plan[-1].end if plan else BEGINNING, result)
    return result


def _measure_tail(connection: psycopg.Connection, end: Place, result: Result) -> None:
    found = connection.execute(TAIL, end).fetchone()
    result.unsealed, oldest = found or (0, None)
    result.oldest_unsealed = oldest and min(oldest, LAST_MOMENT)


def _stretches(connection: psycopg.Connection, asked: Asked) -> Iterator[Stretch]:
    """The log in parts of a bearable size; each begins where the one before it ends, so that no row is left out."""
    start, held, events, reading, made_before = BEGINNING, list[Row](), 0, True, 0
    for seal in copied(connection, PLAN, ["int8", "int8", "int4", "int8", "int4"]):
        made = seal[1] + SINCE_2000
        read = made >= asked.since and made_before <= asked.until
        if held and (read != reading or len(held) >= SEALS or events >= EVENTS):
            yield (stretch := _stretch(held, start, rows=reading))
            start, held, events = stretch.end, [], 0
        held.append(seal)
        events, reading, made_before = events + seal[4], read, made
    if held:
        yield _stretch(held, start, rows=reading)


def _stretch(held: Sequence[Row], start: Place, *, rows: bool) -> Stretch:
    last = held[-1]
    return Stretch(held[0][0], last[0], start, (last[2], last[3]), rows)


# -- The work, in this process or in several ---------------------------------------------------------------------------
def _examined(
    connection: psycopg.Connection, plan: Sequence[Stretch], keys: Keys, wanted: frozenset[int], processes: int
) -> Iterator[Examined]:
    if processes == 1 or len(plan) == 1:
        yield from (examine(connection, one, keys, wanted) for one in plan)
        return
    info = connection.info
    reached = make_conninfo("", **info.get_parameters(), password=info.password)
    texts = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in keys.values()]
    with get_context("spawn").Pool(processes, _begin, (reached, texts, wanted)) as pool:
        yield from pool.imap(_examine, plan)


_own: list[Any] = []  # of a process of the pool: its connection, the keys, the checkpoints' numbers


def _begin(reached: str, texts: Sequence[bytes], wanted: frozenset[int]) -> None:
    connection = psycopg.connect(reached, autocommit=True)
    connection.execute("SET statement_timeout = 0")
    _own[:] = [connection, read_keys(texts), wanted]


def _examine(stretch: Stretch) -> Examined:
    connection, keys, wanted = _own
    return examine(connection, stretch, keys, wanted)


# -- What no stretch knows by itself -----------------------------------------------------------------------------------
def _seam(before: Examined | None, part: Examined) -> Iterator[Finding]:
    if part.ends is None:
        return
    first = part.ends[0]
    if before and before.ends:
        yield from joint(before.ends[1], before.head, first, part.previous)
    elif first.sequence > 1:
        yield Finding(1, f"the log begins with seal {first.sequence}: those before it are missing")


def _against(asked: Asked, result: Result, last: int, heads: Mapping[int, tuple[bytes, int]]) -> Iterator[Finding]:
    """The checkpoints, the oldest first: the first that the log does not lead to is the one to name."""
    if asked.log and asked.log != result.log:
        yield Finding(0, f"this is not the log that was asked for: its name is {result.log or 'not known'}")
    meant = [one for one in asked.checkpoints if asked.log in ("", one.log)]
    for one in sorted(meant, key=lambda checkpoint: checkpoint.sequence):
        name = f"the checkpoint of {when(one.at)} (seal {one.sequence})"
        if one.log != result.log:
            yield Finding(one.sequence, f"{name} is of another log, or the log's beginning was changed")
        elif one.sequence > last:
            lost = f"it ends at seal {last} with {result.sealed:,} events, {name} knows {one.events:,}"
            yield Finding(last + 1, f"the log was cut off: {lost}")
        elif heads.get(one.sequence) != (bytes.fromhex(one.head), one.events):
            yield Finding(one.sequence, f"the log up to seal {one.sequence} is not the one that {name} signed")
    newest = max((one.sequence for one in meant), default=0)
    if newest < asked.at_least:
        older = f"the newest checkpoint given is of seal {newest}" if newest else "no true checkpoint was given"
        yield Finding(newest, f"{older}, and one of seal {asked.at_least} or later was asked for")

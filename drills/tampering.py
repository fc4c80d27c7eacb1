"""Fourteen ways to tamper with the log as superuser with the triggers off; each says what the verifier must name."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from audit.evidence import Checkpoint, head_of, key_id, leaf, root_of, sign_head
from audit.wire import READ, SealRow, hash_of, rows_between


@dataclass(frozen=True)
class Expected:
    """What must be named first: one of these events, or one of these seals."""

    events: frozenset[int] = frozenset()
    seals: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Scene:
    """A log of the drill: a superuser's connection to it, its seals, the checkpoints outside, and chance."""

    raw: psycopg.Connection
    seals: Sequence[SealRow]
    checkpoints: Sequence[Checkpoint]
    rng: Random
    key: Ed25519PrivateKey  # the log's own; only a thief uses it

    def seal(self) -> SealRow:
        """One with events, below the last checkpoint."""
        last = self.checkpoints[-1].sequence
        return self.rng.choice([one for one in self.seals if one.body.count > 3 and one.body.sequence <= last])

    def event(self) -> tuple[int, int]:
        """The number of an event and of its seal."""
        seal = self.seal()
        at = self.rng.randrange(seal.body.count) * 40
        return int.from_bytes(seal.leaves[at : at + 8]), seal.body.sequence

    def run(self, statement: str, *values: Any) -> None:
        self.raw.execute(statement.encode(), values)


Tamper = Callable[[Scene], Expected]
KINDS: dict[str, Tamper] = {}


def kind(tamper: Tamper) -> Tamper:
    KINDS[tamper.__name__.replace("_", " ")] = tamper
    return tamper


def one(event: int) -> Expected:
    return Expected(events=frozenset([event]))


# -- Rows --------------------------------------------------------------------------------------------------------------
@kind
def bit_flip_in_any_column(scene: Scene) -> Expected:
    event, _ = scene.event()
    name, bit = scene.rng.choice(READ), scene.rng.randrange(20)
    text = f"CASE {name} WHEN '' THEN 'A' ELSE overlay({name} placing chr(ascii({name}) # 1) from 1 for 1) END"
    flips = dict.fromkeys(("id", "xid", "epoch"), f"{name} # {1 << bit}") | {
        "actor_id": f"coalesce(actor_id, 0) # {1 << bit}",
        "at": f"at + {1 << bit} * interval '1 microsecond'",
        "row_hash": f"set_bit(row_hash, {bit}, 1 - get_bit(row_hash, {bit}))",
        "batch": "array_append(batch, 'x')",
    }
    scene.run(f"UPDATE audit_event SET {name} = {flips.get(name, text)} WHERE id = {event}")  # noqa: S608
    return Expected(events=frozenset([event, event ^ 1 << bit] if name == "id" else [event]))


@kind
def time_moved(scene: Scene) -> Expected:
    event, _ = scene.event()
    seconds = scene.rng.uniform(0.001, 86_400)
    scene.run("UPDATE audit_event SET at = at + make_interval(secs => %s) WHERE id = %s", seconds, event)
    return one(event)


@kind
def actor_changed(scene: Scene) -> Expected:
    event, _ = scene.event()
    scene.run("UPDATE audit_event SET actor = actor || 'x', actor_id = coalesce(actor_id, 0) + 1 WHERE id = %s", event)
    return one(event)


@kind
def row_deleted(scene: Scene) -> Expected:
    event, _ = scene.event()
    scene.run("DELETE FROM audit_event WHERE id = %s", event)
    return one(event)


@kind
def two_rows_swapped(scene: Scene) -> Expected:
    first, second = scene.event()[0], scene.event()[0]
    while second == first:
        second = scene.event()[0]
    scene.run("UPDATE audit_event SET id = %s - id WHERE id IN (%s, %s)", first + second, first, second)
    return Expected(events=frozenset([first, second]))


@kind
def row_inserted(scene: Scene) -> Expected:
    event, _ = scene.event()
    columns = ", ".join(READ[2:])
    new = 10**9 + scene.rng.randrange(10**6)
    copy = f"SELECT row_hash, {new}, {columns} FROM audit_event WHERE id = {event}"  # noqa: S608
    scene.run(f"INSERT INTO audit_event (row_hash, id, {columns}) {copy}")
    if scene.rng.random() < 0.5:
        _true_hash(scene, new)
    return one(new)


def _true_hash(scene: Scene, event: int) -> None:
    scene.run("UPDATE audit_event e SET row_hash = sha256(convert_to(audit_row_text(e), 'UTF8')) WHERE id = %s", event)


@kind
def tail_truncated(scene: Scene) -> Expected:
    last = scene.checkpoints[-1].sequence
    cut = last - scene.rng.randrange(1, 8)
    _cut_after(scene, cut)
    return Expected(seals=frozenset([cut + 1]))


def _cut_after(scene: Scene, sequence: int) -> None:
    body = scene.seals[sequence - 1].body
    scene.run("DELETE FROM audit_event WHERE (epoch, xid) >= (%s, %s)", body.epoch, body.to_xid)
    scene.run("DELETE FROM audit_seal WHERE sequence > %s", sequence)


@kind
def edit_with_its_row_hash_recomputed(scene: Scene) -> Expected:
    event, _ = scene.event()
    scene.run("UPDATE audit_event SET outcome = outcome || 'x' WHERE id = %s", event)
    _true_hash(scene, event)
    return one(event)


REWRITE = """
UPDATE audit_seal SET count = %s, leaves = %s, root = %s, previous = %s, head = %s, key = %s, signature = %s
WHERE sequence = %s
"""


# -- Seals -------------------------------------------------------------------------------------------------------------
def rebuild(
    scene: Scene, sequence: int, key: Ed25519PrivateKey | None, *, only: bool = False, on: bytes = b"", name: str = ""
) -> None:
    """Make a seal and all later ones fit what the rows are now; signed with a key, or left with their old signatures.

    `on` is what the first of them is chained to, when that is not what it was; `name` names another key in them.
    """
    head = on or scene.seals[sequence - 1].previous
    for seal in scene.seals[sequence - 1 : sequence if only else None]:
        body = seal.body
        rows = rows_between(scene.raw, (body.epoch, body.from_xid), (body.epoch, body.to_xid))
        leaves = [leaf(row[1], hash_of(row)) for row in rows]
        body = replace(body, root=root_of(leaves), count=len(leaves), key=name or body.key)
        previous, head = head, head_of(head, body.digest())
        signature = sign_head(key, head) if key else seal.signature
        said = (body.count, b"".join(leaves), body.root, previous, head, body.key, signature, body.sequence)
        scene.run(REWRITE, *said)


@kind
def delete_with_hashes_recomputed(scene: Scene) -> Expected:
    event, seal = scene.event()
    scene.run("DELETE FROM audit_event WHERE id = %s", event)
    rebuild(scene, seal, None, only=True)
    return Expected(seals=frozenset([seal]))


@kind
def edit_and_every_later_seal_rebuilt_unsigned(scene: Scene) -> Expected:
    event, seal = scene.event()
    scene.run("UPDATE audit_event SET payload = '{}' WHERE id = %s", event)
    _true_hash(scene, event)
    rebuild(scene, seal, None)
    return Expected(seals=frozenset([seal]))


@kind
def seal_deleted(scene: Scene) -> Expected:
    seal = scene.seal().body.sequence
    scene.run("DELETE FROM audit_seal WHERE sequence = %s", seal)
    return Expected(seals=frozenset([seal]))


@kind
def seal_replaced_by_one_signed_with_another_key(scene: Scene) -> Expected:
    """It names that key, or the true one."""
    event, seal = scene.event()
    scene.run("UPDATE audit_event SET actor = 'nobody' WHERE id = %s", event)
    _true_hash(scene, event)
    other = Ed25519PrivateKey.generate()
    name = key_id(other.public_key()) if scene.rng.random() < 0.5 else ""
    rebuild(scene, seal, other, only=scene.rng.random() < 0.5, name=name)
    return Expected(seals=frozenset([seal]))


@kind
def checkpoint_replaced_by_an_older_one(scene: Scene) -> Expected:
    """And the log cut off just there, so that everything fits; see `older`, which the verifier is then given."""
    _cut_after(scene, older(scene)[-1].sequence)
    return Expected(seals=frozenset([older(scene)[-1].sequence]))


def older(scene: Scene) -> Sequence[Checkpoint]:
    return scene.checkpoints[:-1]


@kind
def events_of_two_logs_spliced(scene: Scene) -> Expected:
    """From some seal on, the events and seals of another log of the same operator, signed with the same key."""
    event, seal = scene.event()
    scene.run("UPDATE audit_event SET payload = %s WHERE id = %s", json.dumps({"of": "another log"}), event)
    _true_hash(scene, event)
    rebuild(scene, seal, scene.key, on=scene.rng.randbytes(32))
    return Expected(seals=frozenset([seal]))


def edit_by_a_thief_of_the_key(scene: Scene) -> Expected:
    """Not one of the fourteen: everything later is sealed and signed anew, so that only a checkpoint can tell."""
    event, seal = scene.event()
    scene.run("UPDATE audit_event SET actor = 'nobody' WHERE id = %s", event)
    _true_hash(scene, event)
    rebuild(scene, seal, scene.key)
    return Expected(seals=frozenset(one.sequence for one in scene.checkpoints if one.sequence >= seal))


def triggers_off(raw: psycopg.Connection) -> None:
    """Inside a transaction that is rolled back: no trigger and no check stands in the way any more."""
    raw.execute("SET LOCAL session_replication_role = replica")
    parts = raw.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass")
    for (table,) in [("audit_seal",), ("audit_event",), *parts.fetchall()]:
        raw.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.SQL(table)))
    for table in ("audit_event", "audit_seal"):
        checks = raw.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
        )
        for (name,) in checks.fetchall():
            raw.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name)))

"""A small sealed log made without a database, and what an outsider holds of it: bundles, a checkpoint, a key."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import evidence
from audit.evidence import SealBody, head_after, key_id, leaf, path_of, root_of, row_hash, sha256

AT = 1_780_000_000_000_000
# Sizes of the seals: empty, one, even, odd, a power of two and one more.
SIZES = (1, 2, 0, 3, 7, 8, 9, 16, 5, 33, 4, 6)

Bundle = dict[str, Any]


def event(number: int, xid: int, epoch: int = 1, **changed: Any) -> dict[str, Any]:
    said = {name: f"{name} {number}" for name in evidence.COLUMNS}
    numbers = {"id": number, "at": AT + number, "xid": xid, "epoch": epoch, "actor_id": number % 3 or None}
    return said | numbers | {"batch": ["Zoë", "b"] if number % 2 else [], "payload": "{}"} | changed


def leaf_of(row: dict[str, Any]) -> bytes:
    return leaf(row["id"], row_hash([row[name] for name in evidence.COLUMNS]))


@dataclass
class Log:
    """A log in which everything is right."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    name: bytes = sha256(b"a log")
    bodies: list[SealBody] = field(default_factory=list)
    rows: list[list[dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        number, xid = 1, 700
        for sequence, size in enumerate(SIZES, 1):
            rows = [event(number + step, xid + step // 2) for step in range(size)]
            number, end = number + size, xid + size
            root = root_of(list(map(leaf_of, rows)))
            self.rows.append(rows)
            self.bodies.append(SealBody(sequence, 1, xid, end, size, root, AT + sequence, self.key_name))
            xid = end

    @property
    def key_name(self) -> str:
        return key_id(self.key.public_key())

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def change(self, number: int, /, **changed: Any) -> Log:
        """Another body in a seal."""
        self.bodies[number - 1] = replace(self.bodies[number - 1], **changed)
        return self

    def previous(self, sequence: int) -> bytes:
        return head_after(self.name, [body.digest() for body in self.bodies[: sequence - 1]])

    def checkpoint(self, sequence: int = len(SIZES), **changed: Any) -> evidence.Checkpoint:
        head = self.previous(sequence + 1).hex()
        events = sum(body.count for body in self.bodies[:sequence])
        said = evidence.Checkpoint(self.name.hex(), sequence, head, events, AT + 99, self.key_name)
        return replace(said, **changed)

    def file(self, sequence: int = len(SIZES), **changed: Any) -> bytes:
        """The checkpoint's file, signed over what it says."""
        return self.checkpoint(sequence, **changed).signed(self.key).encode()

    def _about(self, first: int, last: int, to: int) -> Bundle:
        return {
            "format": evidence.BUNDLE,
            "log": self.name.hex(),
            "previous": self.previous(first).hex(),
            "seals": [asdict(body) | {"root": body.root.hex()} for body in self.bodies[first - 1 : last]],
            "digests": [body.digest().hex() for body in self.bodies[last:to]],
        }

    def proof(self, sequence: int, index: int, to: int = len(SIZES)) -> Bundle:
        """The bundle of one event."""
        rows = self.rows[sequence - 1]
        path = [node.hex() for node in path_of(list(map(leaf_of, rows)), index)]
        said = {"row": deepcopy(rows[index]), "index": index, "path": path}
        return self._about(sequence, sequence, to) | {"event": said}

    def segment(self, first: int, last: int, to: int = len(SIZES)) -> Bundle:
        """The bundle of whole seals."""
        return self._about(first, last, to) | {"events": deepcopy(self.rows[first - 1 : last])}


def text(bundle: Bundle) -> bytes:
    return json.dumps(bundle, ensure_ascii=False).encode()

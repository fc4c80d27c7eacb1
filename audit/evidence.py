"""What the sealed log is in bytes, and the check of it that needs neither the database nor this application.

This file imports the standard library and `cryptography` alone, so that an outsider can take it away and run it:
`python evidence.py`. The sealer and the verifier of the application use the very same functions.

A row is hashed with the length of each column before it. A seal holds the leaves (number and hash of each event, in
the order of epoch, transaction, number) under a Merkle root (RFC 6962: leaves and nodes are hashed apart). Heads chain
the seals; each head is signed (Ed25519). A checkpoint is a signed head kept where the database cannot write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEAL, HEAD, CHECKPOINT = b"sen-audit-seal-1\n", b"sen-audit-head-1\n", "sen-audit-checkpoint-1"
HASH_BYTES = 32
LEAF_BYTES = 8 + HASH_BYTES
# The columns of an event in the order in which they are hashed; `at` in microseconds since 1970, `batch` as a list.
COLUMNS = (
    "id",
    "at",
    "xid",
    "epoch",
    "code",
    "kind",
    "outcome",
    "actor_id",
    "actor",
    "person_key",
    "address",
    "session",
    "request",
    "object_type",
    "object_id",
    "object_label",
    "batch",
    "payload",
)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# -- Rows --------------------------------------------------------------------------------------------------------------
def piece(value: object) -> bytes:
    """One column: its length in bytes, then itself, so that no two rows have the same bytes."""
    if value is None:
        return b"-;"
    data = str(value).encode()
    return b"%d:%b;" % (len(data), data)


def row_bytes(row: Sequence[Any]) -> bytes:
    """The bytes of an event given in the order of COLUMNS; the database makes the same ones (`audit_row_text`)."""
    *plain, batch, payload = row
    parts = [*map(piece, plain), piece(len(batch)), *map(piece, batch), piece(payload)]
    return b"".join(parts)


def row_hash(row: Sequence[Any]) -> bytes:
    return sha256(row_bytes(row))


# -- Merkle tree (RFC 6962, section 2.1) ---------------------------------------------------------------------------------
def leaf(event_id: int, hashed: bytes) -> bytes:
    """What a seal keeps of an event: its number, so that a missing one can be named, and the hash of its row."""
    return event_id.to_bytes(8, "big") + hashed


def leaves_of(data: bytes) -> list[bytes]:
    """The leaves of a seal, which stand in it one after another. Raises ValueError when the length cannot be right."""
    if len(data) % LEAF_BYTES:
        raise ValueError("the leaf list is cut off")
    return [data[start : start + LEAF_BYTES] for start in range(0, len(data), LEAF_BYTES)]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle root; that of nothing is the hash of nothing."""
    if not leaves:
        return sha256(b"")
    level = [sha256(b"\x00" + one) for one in leaves]
    while len(level) > 1:
        paired = [sha256(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


# -- Seals -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SealBody:
    """What one seal says: the events of `epoch` whose transaction is in [from_xid, to_xid) are these and no others."""

    sequence: int
    epoch: int
    from_xid: int
    to_xid: int
    count: int
    root: bytes
    at: int  # microseconds since 1970, by the database's clock
    key: str  # which key signed it, see `key_id`

    def digest(self) -> bytes:
        said = (self.sequence, self.epoch, self.from_xid, self.to_xid, self.count, self.root.hex(), self.at, self.key)
        return sha256(SEAL + "\n".join(map(str, said)).encode())


def head_of(previous: bytes, digest: bytes) -> bytes:
    """The head of the chain after a seal. `previous` of the first seal is the log's own random name."""
    return sha256(b"\x02" + previous + digest)


def head_after(previous: bytes, digests: Iterable[bytes]) -> bytes:
    for digest in digests:
        previous = head_of(previous, digest)
    return previous


# -- Signatures --------------------------------------------------------------------------------------------------------
def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: the beginning of the hash of its public half."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return sha256(raw).hex()[:16]


def sign_head(key: Ed25519PrivateKey, head: bytes) -> bytes:
    return key.sign(HEAD + head)


def is_signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log at one moment, signed, as it is kept outside the database."""

    log: str  # the log's own random name, in hex
    sequence: int  # of the last seal
    head: str  # in hex
    events: int  # how many are sealed up to here
    at: int  # microseconds since 1970
    key: str

    def message(self) -> bytes:
        return json.dumps([CHECKPOINT, *self.__dict__.values()], separators=(",", ":")).encode()

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The text of its file."""
        said = {"format": CHECKPOINT, **self.__dict__, "signature": key.sign(self.message()).hex()}
        return json.dumps(said, indent=1) + "\n"

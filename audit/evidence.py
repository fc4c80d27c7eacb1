"""What the sealed log is in bytes, and the check of it that needs neither the database nor this application.

This file imports the standard library and `cryptography` alone, so that an outsider can take it away and run it:
`python evidence.py BUNDLE --checkpoint FILE --key PUB`. The sealer and the verifier of the application use the very
same functions. What a bundle says is believed only as far as it leads to that checkpoint, signed with that key.

A row is hashed with the length of each column before it. A seal holds the leaves (number and hash of each event, in
the order of epoch, transaction, number) under a Merkle root (RFC 6962: leaves and nodes are hashed apart). Heads chain
the seals; each head is signed (Ed25519). A checkpoint is a signed head kept where the database cannot write.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEAL, HEAD = b"sen-audit-seal-1\n", b"sen-audit-head-1\n"
CHECKPOINT, BUNDLE = "sen-audit-checkpoint-1", "sen-audit-bundle-1"
HASH_BYTES = 32
LEAF_BYTES = 8 + HASH_BYTES
# The columns of an event in the order in which they are hashed; `at` in microseconds since 1970, `batch` as a list.
COLUMNS = (
    "id", "at", "xid", "epoch", "code", "kind", "outcome", "actor_id", "actor", "person_key", "address", "session",
    "request", "object_type", "object_id", "object_label", "batch", "payload",
)  # fmt: skip


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
    return b"".join([*map(piece, plain), piece(len(batch)), *map(piece, batch), piece(payload)])


def row_hash(row: Sequence[Any]) -> bytes:
    return sha256(row_bytes(row))


# -- Merkle tree (RFC 6962, section 2.1) -------------------------------------------------------------------------------
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
    *_, top = [sha256(b"")], *_levels(leaves)
    return top[0]


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The nodes beside the way from a leaf up to the root."""
    levels = list(_levels(leaves))[:-1]
    beside = [(level, index >> height ^ 1) for height, level in enumerate(levels)]
    return [level[at] for level, at in beside if at < len(level)]


def _levels(leaves: Sequence[bytes]) -> Iterator[list[bytes]]:
    level = [sha256(b"\x00" + one) for one in leaves]
    while level:
        yield level
        paired = [sha256(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :] if len(level) > 1 else []


def root_by_path(one: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path lead to (RFC 9162, section 2.1.3.2). Raises Refused."""
    require(index < count, f"The bundle claims leaf {index} of a seal of {count}.")
    last, node = count - 1, sha256(b"\x00" + one)
    for beside in path:
        require(last > 0, "The path is too long for its seal.")
        if index & 1 or index == last:
            node = sha256(b"\x01" + beside + node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + beside)
        index, last = index >> 1, last >> 1
    require(last == 0, "The path is too short for its seal.")
    return node


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


# -- Reading what an unknown hand has written --------------------------------------------------------------------------
LARGEST_FILE = 64 * 2**20  # bytes
LAST_MOMENT = 253_402_300_799_999_999  # the end of the year 9999, the last that Python can name


class Refused(Exception):
    """What is wrong, in a sentence."""


def require(so: bool, otherwise: str) -> None:
    if not so:
        raise Refused(otherwise)


def parsed(data: bytes, what: str) -> Any:
    """JSON that can be read in one way only: no name stands twice. Raises Refused."""
    try:
        return json.loads(data.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Refused(f"{what} is not plain JSON: it is broken, too deep, or says one thing twice.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice")
    return found


Reader = Callable[[Any, str], Any]  # takes a value and what to call it; raises Refused


def up_to(largest: int) -> Reader:
    def read(value: Any, what: str) -> int:
        require(type(value) is int and 0 <= value <= largest, f"{what} is not a whole number up to {largest}.")
        return int(value)

    return read


def text(value: Any, what: str) -> Any:
    require(isinstance(value, str) and not re.search("[\ud800-\udfff]", value), f"{what} is not text.")
    return value


def in_hex(size: int) -> Reader:
    def read(value: Any, what: str) -> bytes:
        right = isinstance(value, str) and len(value) == 2 * size and re.fullmatch("[0-9a-f]+", value)
        require(bool(right), f"{what} is not {size} bytes in small hex.")
        return bytes.fromhex(value)

    return read


def listed(reader: Reader) -> Reader:
    def read(value: Any, what: str) -> list[Any]:
        require(isinstance(value, list), f"{what} is not a list.")
        return [reader(one, f"{what}, number {position}") for position, one in enumerate(value, 1)]

    return read


def members(readers: Mapping[str, Reader]) -> Reader:
    def read(value: Any, what: str) -> dict[str, Any]:
        right = isinstance(value, dict) and value.keys() == readers.keys()
        require(right, f"{what} must have just these members: {', '.join(readers)}.")
        return {name: reader(value[name], f"{what}: {name}") for name, reader in readers.items()}

    return read


number, moment, hashed = up_to(2**63 - 1), up_to(LAST_MOMENT), in_hex(HASH_BYTES)
ROW = members(
    dict.fromkeys(COLUMNS, text)
    | {"actor_id": lambda value, what: None if value is None else number(value, what)}
    | {"id": number, "at": moment, "xid": number, "epoch": number, "batch": listed(text)}
)
BODY = members(
    dict.fromkeys(("sequence", "epoch", "from_xid", "to_xid", "count"), number)
    | {"root": hashed, "at": moment, "key": text}
)
SIGNED = members(
    {"format": text, "log": hashed, "sequence": number, "head": hashed, "events": number, "at": moment}
    | {"key": text, "signature": in_hex(64)}
)
ONE_EVENT = members({"row": ROW, "index": number, "path": listed(hashed)})
ABOUT = {"format": text, "log": hashed, "previous": hashed, "seals": listed(BODY), "digests": listed(hashed)}


def read_checkpoint(data: bytes, keys: Mapping[str, Ed25519PublicKey]) -> Checkpoint:
    """A checkpoint signed with one of the keys, which stand under their `key_id`. Raises Refused."""
    said = SIGNED(parsed(data, "The checkpoint"), "The checkpoint")
    require(said.pop("format") == CHECKPOINT, "The checkpoint is of another format.")
    signature = said.pop("signature")
    found = Checkpoint(**said | {"log": said["log"].hex(), "head": said["head"].hex()})
    require(found.key in keys, f"The checkpoint is signed with the key {found.key!a}, which was not given.")
    require(is_signed(keys[found.key], signature, found.message()), "The checkpoint's signature is not true.")
    return found


def read_keys(texts: Iterable[bytes]) -> dict[str, Ed25519PublicKey]:
    """Public keys (PEM) under their names. Raises Refused."""
    found = {}
    for data in texts:
        try:
            key = serialization.load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm):
            raise Refused("A key is not a public key in PEM.") from None
        if not isinstance(key, Ed25519PublicKey):
            raise Refused("A key is not an Ed25519 public key.")
        found[key_id(key)] = key
    return found


# -- Bundles -----------------------------------------------------------------------------------------------------------
def check(bundle: bytes, trusted: Checkpoint, *, at_least: int = 0, log: str = "") -> str:
    """What a bundle proves under a checkpoint that `read_checkpoint` has read, in a sentence. Raises Refused."""
    require(trusted.sequence >= at_least, f"Checkpoint {trusted.sequence} is older than the one asked for, {at_least}.")
    require(log in ("", trusted.log), "The checkpoint is of another log than the one asked for.")
    said = parsed(bundle, "The bundle")
    one = isinstance(said, dict) and "event" in said
    form = {"event": ONE_EVENT} if one else {"events": listed(listed(ROW))}
    said = members(ABOUT | form)(said, "The bundle")
    require(said["format"] == BUNDLE, "The bundle is of another format.")
    require(said["log"].hex() == trusted.log, "The bundle is of another log than the checkpoint.")
    seals = [SealBody(**body) for body in said["seals"]]
    _check_chain(seals, said["previous"], said["digests"], trusted)
    return (_check_event if one else _check_segment)(said, seals)


def _check_chain(seals: Sequence[SealBody], previous: bytes, digests: Sequence[bytes], trusted: Checkpoint) -> None:
    require(bool(seals), "The bundle has no seal.")
    for before, seal in pairwise(seals):
        require(follows(before, seal), f"Seal {seal.sequence} does not follow seal {before.sequence}.")
    require(seals[0].sequence > 1 or previous.hex() == trusted.log, "The first seal does not begin this log.")
    last = seals[-1].sequence + len(digests)
    require(last == trusted.sequence, f"The bundle leads to seal {last}, the checkpoint to {trusted.sequence}.")
    events = sum(seal.count for seal in seals)
    require(events <= trusted.events, "The seals hold more events than the checkpoint knows.")
    head = head_after(previous, [*(seal.digest() for seal in seals), *digests])
    require(head.hex() == trusted.head, "The seals do not lead to the checkpoint: something in them was changed.")


def follows(before: SealBody, seal: SealBody) -> bool:
    """Whether nothing lies between two seals: the next number, and the next transaction or a later epoch."""
    same = seal.epoch == before.epoch and seal.from_xid == before.to_xid
    return seal.sequence == before.sequence + 1 and (same or seal.epoch > before.epoch)


def holds(seal: SealBody, row: Mapping[str, Any]) -> bool:
    """Whether an event belongs into this seal by its epoch and transaction."""
    return bool(row["epoch"] == seal.epoch and seal.from_xid <= row["xid"] < seal.to_xid)


def leaf_of(row: Mapping[str, Any]) -> bytes:
    return leaf(row["id"], row_hash([row[name] for name in COLUMNS]))


def _check_event(said: Mapping[str, Any], seals: Sequence[SealBody]) -> str:
    require(len(seals) == 1, "A bundle of one event has one seal.")
    seal, row = seals[0], said["event"]["row"]
    root = root_by_path(leaf_of(row), said["event"]["index"], seal.count, said["event"]["path"])
    require(root == seal.root, f"Event {row['id']} is not in seal {seal.sequence} as it stands in the bundle.")
    require(holds(seal, row), f"Event {row['id']} does not belong into seal {seal.sequence}.")
    what = f"{row['code']!a} by {row['actor']!a}, {when(row['at'])}"
    return f"Event {row['id']} ({what}) stands in the log just so."


def _check_segment(said: Mapping[str, Any], seals: Sequence[SealBody]) -> str:
    require(len(said["events"]) == len(seals), "The bundle has not one list of events for each seal.")
    for seal, rows in zip(seals, said["events"], strict=False):
        name = f"Seal {seal.sequence}"
        require(len(rows) == seal.count, f"{name} is of {seal.count} events, the bundle has {len(rows)} of them.")
        require(root_of([leaf_of(row) for row in rows]) == seal.root, f"{name}: an event was changed or left out.")
        require(all(holds(seal, row) for row in rows), f"{name}: an event does not belong into it.")
        places = [(row["xid"], row["id"]) for row in rows]
        require(places == sorted(set(places)), f"{name}: its events are not in their order.")
    ends, total = (seals[0].sequence, seals[-1].sequence), sum(seal.count for seal in seals)
    return f"Seals {ends[0]} to {ends[1]} with all their {total:,} events stand in the log just so."


def when(at: int) -> str:
    """A moment of the log in words, UTC."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at):%Y-%m-%d %H:%M:%S} UTC"


# -- The command line --------------------------------------------------------------------------------------------------
def read_file(path: Path) -> bytes:
    """A whole file, within reason. Raises Refused and OSError."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    require(len(data) <= LARGEST_FILE, f"{path} is larger than {LARGEST_FILE >> 20} MB.")
    return data


def main(words: Sequence[str] | None = None) -> int:
    """0 where the bundle is true, 1 where it is refused."""
    parser = argparse.ArgumentParser(description="Check a bundle of the audit log without its database.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--checkpoint", type=Path, required=True, help="the checkpoint's file, from where it is kept")
    parser.add_argument("--key", type=Path, required=True, action="append", help="a public key of the log (PEM)")
    parser.add_argument("--at-least", type=int, default=0, metavar="N", help="refuse a checkpoint before this number")
    parser.add_argument("--log", default="", metavar="NAME", help="refuse another log than this (64 hex digits)")
    given = parser.parse_args(words)
    try:
        trusted = read_checkpoint(read_file(given.checkpoint), read_keys(map(read_file, given.key)))
        proven = check(read_file(given.bundle), trusted, at_least=given.at_least, log=given.log)
    except (Refused, OSError, MemoryError) as reason:
        sys.stdout.write(f"REFUSED: {str(reason) or 'there is not the memory to read it.'}\n")
        return 1
    by = f"Log {trusted.log}, checkpoint {trusted.sequence} of {when(trusted.at)}, key {trusted.key}."
    sys.stdout.write(f"ACCEPTED: {proven}\n{by}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

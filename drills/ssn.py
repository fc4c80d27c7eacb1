"""Legacy SSNs attacked (`make drill-ssn`): moved and changed ciphertexts, a killed rotation, and traces left behind.

D1: a million ciphertexts moved to another row, column or model open 0 times. D2: nor does any with one bit flipped.
D3: a rotation killed again and again loses nothing. D4, D5: dump, WAL and logs hold no number. Each has its control.
`python -m drills.ssn [MOVED VALUES SSNS KILLS]`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MOVED, VALUES, SSNS, KILLS = 1_000_000, 1_000, 10_000, 20


@dataclass(frozen=True)
class Tried:
    """How often something was opened that must not open, and how often it did."""

    title: str
    tries: int
    opened: int

    def __str__(self) -> str:
        return f"{self.title}: {self.tries:,} tried, {self.opened:,} opened"


def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    moved, values, ssns, kills = [*given, *(MOVED, VALUES, SSNS, KILLS)[len(given) :]]
    from drills import ssn_rotation, ssn_traces

    use_server_with_dump()
    failed = False
    with ssn_rotation.ground():
        for found in (*moves(moved), *flips(values)):
            print(found, flush=True)
            failed |= bool(found.opened) != found.title.startswith("control")
        outcome = ssn_rotation.run(ssns, kills)
        failed |= not outcome.clean
        failed |= not ssn_traces.run()
    if failed:
        sys.exit("The drill failed, or a control did not: see above.")
    print("Nothing moved or changed opened, no kill lost a number, and none was left behind; every control failed.")


def use_server_with_dump() -> None:
    """The packaged server comes without pg_dump, so the drill runs on one of the machine that has it."""
    from sen.postgres import SUPPORTED

    folders = [f"/usr/lib/postgresql/{version}/bin" for version in reversed(SUPPORTED)]
    with_dump = next((one for one in folders if os.access(f"{one}/pg_dump", os.X_OK)), None)
    if with_dump:
        os.environ.setdefault("PG_BIN", with_dump)


# -- D1: moved --------------------------------------------------------------------------------------------------------
def moves(tries: int, values: int = VALUES) -> Iterator[Tried]:
    """Ciphertexts tried in the place of another: a row, a column, a model. The control has no associated data."""
    yield Tried("D1 moved to another row, column or model", tries, _moved(tries, values))
    with without_associated_data():
        some = max(tries // 100, 300)
        yield Tried("control, sealed without associated data", some, _moved(some, values))


def _moved(tries: int, values: int) -> int:
    from ileads import keys
    from ileads.models import LegacySSN
    from ileads.sealed import seal
    from reports.models import Person
    from tests.ileads import numbers

    ring = keys.load()
    rows: list[Any] = [LegacySSN(pk=uuid4()) for _ in range(values)]
    twins = [Person(pk=row.pk) for row in rows]
    sealed = [seal(numbers.number(), for_=row, ring=ring) for row in rows]
    opened = 0
    for number in range(tries):
        at, way = number % values, number % 3
        other = (at + 1 + number // values % (values - 1)) % values
        row, field = ((rows[other], "value"), (rows[at], "source"), (twins[at], "value"))[way]
        opened += _opens(sealed[at], row, field, ring)
    return opened


def _opens(value: Any, row: Any, field: str, ring: Any) -> bool:
    from ileads.sealed import CannotOpen, open_sealed

    try:
        open_sealed(value, for_=row, field=field, ring=ring)
    except CannotOpen:
        return False
    return True


@contextmanager
def without_associated_data() -> Iterator[None]:
    from ileads import sealed

    with patch.object(sealed, "_place", lambda head, row, field: b""):
        yield


# -- D2: one bit flipped ----------------------------------------------------------------------------------------------
def flips(values: int) -> Iterator[Tried]:
    """Every bit of every stored value flipped by itself. The control decrypts without looking at the tag."""
    tries, opened = _flipped(values)
    yield Tried(f"D2 every bit of {values:,} values flipped", tries, opened)
    with without_tag():
        yield Tried("control, the tag not looked at", *_flipped(max(values // 100, 3)))


def _flipped(values: int) -> tuple[int, int]:
    from ileads import keys
    from ileads.models import LegacySSN
    from ileads.sealed import Sealed, seal
    from tests.ileads import numbers

    ring, tries, opened = keys.load(), 0, 0
    for _ in range(values):
        row = LegacySSN(pk=uuid4())
        stored = seal(numbers.number(), for_=row, ring=ring)._stored
        for bit in range(len(stored) * 8):
            flipped = bytearray(stored)
            flipped[bit // 8] ^= 1 << bit % 8
            tries += 1
            opened += _opens(Sealed(bytes(flipped)), row, "value", ring)
    return tries, opened


class Unchecked:
    """AES-GCM that forgets its tag: the counter mode alone (NIST SP 800-38D, 7.2 without step 8)."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def decrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
        counter = modes.CTR(nonce + (2).to_bytes(4, "big"))
        return Cipher(algorithms.AES(self.key), counter).decryptor().update(data[:-16])

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.key).encrypt(nonce, data, associated)


@contextmanager
def without_tag() -> Iterator[None]:
    from ileads import sealed

    with patch.object(sealed, "AESGCM", Unchecked):
        yield


def all_open(wanted: dict[UUID, str]) -> int:
    """How many of these SSNs open and say what they said when they were brought in."""
    from ileads import keys
    from ileads.models import LegacySSN
    from ileads.sealed import CannotOpen, open_sealed

    ring, right = keys.load(), 0
    for one in LegacySSN.objects.filter(pk__in=wanted).iterator():
        try:
            right += open_sealed(one.value, for_=one, ring=ring) == wanted[one.pk]
        except CannotOpen:
            continue
    return right


if __name__ == "__main__":
    main()

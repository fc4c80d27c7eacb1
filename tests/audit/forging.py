"""What forged bundles are made of: who is given what, the register of kinds, and a true log to begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from audit import evidence
from tests.audit.made_log import SIZES, Bundle, Log, text

LAST = len(SIZES)
# Seals with several events, in which there is a path to speak of.
WIDE = [number for number, size in enumerate(SIZES, 1) if size > 4]


@dataclass(frozen=True)
class Given:
    """What is handed over, and what the outsider asks for."""

    bundle: bytes
    checkpoint: bytes
    key: bytes
    at_least: int = 0
    log: str = ""


Forge = Callable[[Random], Given]
KINDS: dict[str, Forge] = {}  # filled by the modules beside this one


def kind(forge: Forge) -> Forge:
    KINDS[forge.__name__.replace("_", " ")] = forge
    return forge


def given(made: Log, bundle: Bundle | bytes, checkpoint: bytes = b"", **asked: Any) -> Given:
    data = bundle if isinstance(bundle, bytes) else text(bundle)
    return Given(data, checkpoint or made.file(), made.public, **asked)


def some_proof(rng: Random) -> tuple[Log, Bundle]:
    log, seal = Log(), rng.choice(WIDE)
    return log, log.proof(seal, rng.randrange(SIZES[seal - 1]))


def some_segment(rng: Random) -> tuple[Log, Bundle]:
    log, first = Log(), rng.randint(4, 7)
    return log, log.segment(first, first + rng.randint(2, 4))


def true_ones() -> Iterator[Given]:
    """Every event of every seal, and every run of seals."""
    log = Log()
    for seal, size in enumerate(SIZES, 1):
        yield from (given(log, log.proof(seal, index)) for index in range(size))
    yield from (given(log, log.segment(a, b)) for a in range(1, LAST + 1) for b in range(a, LAST + 1))
    yield given(log, log.proof(5, 3, to=7), log.file(7), at_least=7, log=log.name.hex())


def forgeries(each: int = 10, seed: int = 4) -> Iterator[tuple[str, Given]]:
    """One of every kind, then another of each, `each` times."""
    chances = {name: Random(f"{seed} {name}") for name in KINDS}
    for _ in range(each):
        yield from ((name, forge(chances[name])) for name, forge in KINDS.items())


def change_a_column(row: Bundle, rng: Random) -> None:
    name = rng.choice(evidence.COLUMNS)
    value = row[name]
    if name == "batch":
        row[name] = [*value, "c"] if rng.random() < 0.5 else value[1:] or ["Zoëb"]
    elif isinstance(value, str):
        row[name] = value[1:] + value[0] + "x" * rng.randrange(2) if name != "payload" else '{"a": 1}'
    else:
        row[name] = (value or 0) + rng.randint(1, 5)

"""Hostile input: what only looks like a bundle or a checkpoint, or can be read in two ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from audit import evidence
from tests.audit.forging import WIDE, Given, given, kind, some_proof, some_segment
from tests.audit.made_log import Log, leaf_of, text

# -- What is not even a bundle -----------------------------------------------------------------------------------------
ODD: list[Any] = ["5", "", True, None, 1.5, 5.0, -1, 2**63, 2**64, 10**4000, [], [[]], {}, {"a": 1}, "0" * 64, "\ud800"]
ODD += ["G" * 64, "A" * 64, "0" * 63, " " + "0" * 63, "٠" * 64, float("nan"), float("inf"), "\x00", [None], [-1]]


@kind
def odd_values(rng: Random) -> Given:
    """Any place of the bundle, filled with what does not belong there."""
    log, bundle = some_proof(rng) if rng.random() < 0.6 else some_segment(rng)
    places = list(_places(bundle))
    holder, name = rng.choice(places)
    # Where text belongs another text is a changed event, which other kinds try; here it is what is no text.
    plain = isinstance(holder, dict) and name in evidence.COLUMNS
    odd = rng.choice([one for one in ODD if not (plain and isinstance(one, str)) and one != holder[name]])
    holder[name] = odd
    return given(log, json.dumps(bundle).encode())


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, name
        if isinstance(inner, dict | list):
            yield from _places(inner)


@kind
def the_same_in_another_type(rng: Random) -> Given:
    """A number as text, or text as a number, hashes the same; it must not pass for it."""
    log, seal = Log(), rng.choice(WIDE)
    log.rows[seal - 1][0]["object_id"] = "17"
    log.change(seal, root=evidence.root_of(list(map(leaf_of, log.rows[seal - 1]))))
    bundle = log.proof(seal, 0)
    row, name = bundle["event"]["row"], rng.choice(["id", "at", "xid", "epoch", "object_id"])
    row[name] = 17 if name == "object_id" else str(row[name])
    return given(log, bundle, log.file())


@kind
def half_a_letter(rng: Random) -> Given:
    """What JSON can say and no text can be: half of a pair of surrogates."""
    log, bundle = some_proof(rng)
    bundle["event"]["row"][rng.choice(["actor", "payload", "object_label"])] = rng.choice(["\ud800", "a\udfff"])
    return given(log, json.dumps(bundle).encode())


@kind
def batch_as_text(rng: Random) -> Given:
    """A text of as many letters as the list has texts, each of one letter, hashes the same as the list."""
    log, seal = Log(), rng.choice(WIDE)
    letters = [rng.choice("abc") for _ in range(3)]
    log.rows[seal - 1][0]["batch"] = letters
    log.change(seal, root=evidence.root_of(list(map(leaf_of, log.rows[seal - 1]))))
    bundle = log.proof(seal, 0)
    bundle["event"]["row"]["batch"] = "".join(letters)
    return given(log, bundle, log.file())


@kind
def odd_checkpoint(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    said = json.loads(log.file())
    name = rng.choice(list(said))
    said[name] = rng.choice([one for one in ODD if one != said[name]])
    return given(log, bundle, json.dumps(said).encode())


@kind
def said_twice(rng: Random) -> Given:
    """The true member first and a false one after it, or the other way round: parsers differ in which they take."""
    log, bundle = some_proof(rng)
    true = text(bundle["event"]["row"]).decode()
    name = rng.choice(evidence.COLUMNS)
    twice = "{" + f'"{name}": "x", ' + true[1:] if rng.random() < 0.7 else true[:-1] + f', "{name}": "x"' + "}"
    return given(log, text(bundle).replace(true.encode(), twice.encode()))


@kind
def members_too_many_or_too_few(rng: Random) -> Given:
    log, bundle = some_proof(rng) if rng.random() < 0.5 else some_segment(rng)
    where = rng.choice(
        [bundle, bundle["seals"][0], *([bundle["event"], bundle["event"]["row"]] if "event" in bundle else [])]
    )
    if rng.random() < 0.5:
        where["note"] = "true"
    else:
        del where[rng.choice([name for name in where if name != "event"])]
    return given(log, bundle)


@kind
def deep(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    depth = rng.choice([50, 1_000, 100_000, 3_000_000])
    nested = rng.choice(["[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth, "[" * depth])
    return given(log, text(bundle).replace(b'"digests": [', b'"digests": [' + nested.encode() + b","))


@kind
def broken_off(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    data = text(bundle)
    return given(log, data[: rng.choice([1, rng.randrange(2, len(data) - 1)])])


@kind
def not_json(rng: Random) -> Given:
    log, _ = some_proof(rng)
    choices = [
        b"[]",
        b"null",
        b"1",
        b'"event"',
        b"{}",
        b"\xff\xfe{}",
        b"\x00" * 99,
        b"NaN",
        b"<xml/>",
        rng.randbytes(500),
    ]
    return given(log, rng.choice(choices))


@kind
def checkpoint_that_is_none(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    return given(
        log, bundle, rng.choice([b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, text(bundle), rng.randbytes(99)])
    )

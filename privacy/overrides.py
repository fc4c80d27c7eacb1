"""What a person said is no SSN, for as long as one request or one command lasts: the numbers that may pass, and doubts.

Nothing here is stored. The middleware empties it before and after each request, and a command begins with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from privacy import guard
from privacy.fold import Folded

# The name of the answer that says why a number in another answer is not an SSN.
SUFFIX = "__not_ssn"
SHORTEST, LONGEST = 5, 200

_allowed: ContextVar[frozenset[str]] = ContextVar("allowed", default=frozenset())
_doubts: ContextVar[dict[str, str] | None] = ContextVar("doubts", default=None)


def texts_in(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a value, however deep, with the key under which it stands ("" where there is none)."""
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield "", str(key)
            yield from ((below or str(key), text) for below, text in texts_in(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def numbers_in(value: Any, *, label: str = "") -> set[str]:
    """The numbers in a value that surely are SSNs, each by its bare digits. `label` is the name of what holds it."""
    return {
        digits(text[found.start : found.end])
        for key, text in texts_in(value)
        for found in guard.find(text.replace("\x00", ""), label=key or label)
    }


def digits(number: str) -> str:
    """A number by its digits alone, in whichever script or words and with whatever between them it was written."""
    return re.sub(r"[^0-9]", "", Folded(number).text)


def wrong_with(reason: str) -> str:
    """Why this is no reason to let a number pass; "" where it is one."""
    if guard.find(reason, label=SUFFIX):
        return "Leave the number itself out of the reason."
    if len(reason.strip()) < SHORTEST:
        return f"Say in a few words why it is not one, in {SHORTEST} characters or more."
    if len(reason) > LONGEST:
        return f"Say it in {LONGEST} characters or fewer. It has {len(reason)}."
    return ""


# -- What may pass now ------------------------------------------------------------------------------------------------
def allow(numbers: Iterable[str]) -> None:
    """Let these numbers be stored from now on until the request ends."""
    _allowed.set(_allowed.get() | frozenset(numbers))


def not_allowed(numbers: set[str]) -> set[str]:
    return numbers - _allowed.get()


def doubt(name: str, label: str) -> None:
    """Note that the answer `name` holds nine digits that could be an SSN."""
    if (doubts := _doubts.get()) is not None:
        doubts[name] = label


@contextmanager
def unit_of_work() -> Iterator[dict[str, str]]:
    """Nothing may pass that was let through elsewhere; gives the doubts that arise within, label by name."""
    found: dict[str, str] = {}
    allowed, doubts = _allowed.set(frozenset()), _doubts.set(found)
    try:
        yield found
    finally:
        _allowed.reset(allowed)
        _doubts.reset(doubts)

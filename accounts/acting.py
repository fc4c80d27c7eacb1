"""Who acts at this moment, for the history that pages show: set by each action, whichever way the person signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_ACTING: ContextVar[Any] = ContextVar("acting", default=None)


@contextmanager
def acting(by: Any) -> Iterator[None]:
    """What is kept meanwhile bears the name of `by`; None is the system itself."""
    before = _ACTING.set(by)
    try:
        yield
    finally:
        _ACTING.reset(before)


def who_acts() -> Any:
    return _ACTING.get()

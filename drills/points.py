"""Where a web worker is killed during a submit: ten named points, wrapped around the product from outside."""

from __future__ import annotations

import contextvars
import functools
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Point -> the function that it stands before or after. The product knows nothing of this.
POINTS: dict[str, tuple[str, str, str]] = {
    "request-received": ("before", "reports.actions.filing", "_claim"),
    "key-claimed": ("after", "reports.actions.filing", "_claim"),
    "answers-checked": ("after", "reports.answers.Answers", "problems"),
    "answers-filled": ("after", "reports.answers.Answers", "fill"),
    "numbered": ("after", "reports.actions.filing", "next_number"),
    "before-rows": ("before", "reports.actions.filing", "insert_rows"),
    "rows-saved": ("after", "reports.actions.filing", "insert_rows"),
    "version-kept": ("after", "reports.actions.filing", "keep_version"),
    "jobs-queued": ("after", "reports.actions.filing", "announce"),
    "committed": ("after", "reports.actions", "submit"),
}

wanted: contextvars.ContextVar[str] = contextvars.ContextVar("wanted", default="")


def arm() -> None:
    """Wrap every point; a request names the one that kills it in the header `X-Drill-Point`."""
    for name, (when, owner, attribute) in POINTS.items():
        place = _resolve(owner)
        setattr(place, attribute, _wrapped(getattr(place, attribute), name, when))


def _resolve(path: str) -> Any:
    from importlib import import_module

    try:
        return import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(import_module(module), name)


def _wrapped(function: Callable[..., Any], name: str, when: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def reach(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            _die_at(name)
        result = function(*args, **kwargs)
        if when == "after":
            _die_at(name)
        return result

    return reach


def _die_at(name: str) -> None:
    if wanted.get() == name:
        with Path(os.environ["DRILL_HITS"]).open("a") as hits:
            hits.write(f"{name}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def forget_the_key() -> None:
    """The positive control: a build in which the idempotency key does nothing."""
    from reports import actions

    actions.filing._claim = lambda *_: None

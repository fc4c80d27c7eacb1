"""The alarm that the log is not being sealed, above each page of those who oversee it or run the system."""

import time
from functools import lru_cache
from typing import Any

from django.db import Error

from audit import sealing
from sen import ui

CONCERNED = ("read_audit", "edit_reference")
REMEMBERED_SECONDS = 10


def register() -> None:
    ui.alarm.ask = sentence


def sentence(user: Any) -> str:
    return told(int(time.monotonic() // REMEMBERED_SECONDS)) if ui.holds_any(user, CONCERNED) else ""


@lru_cache(maxsize=1)
def told(_: int) -> str:
    """Asked once every ten seconds in each process, not at each page."""
    try:
        reason = sealing.is_down()
    except Error:
        reason = "It cannot be told whether the audit log is being sealed."
    return f"{reason} Until it is, nothing can be revealed or exported; reading and filing go on." if reason else ""

"""Work shared by two processes: demonstration data is made while somebody waits."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from django.db import connection

from sen.processes import die_with_parent


def in_two(work: Callable[[int], None]) -> None:
    """Do part 1 in a second process and part 0 in this one. Raises RuntimeError when the second fails."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _second(work)
    try:
        work(0)
    finally:
        _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError("The second process of the demonstration data failed; its message is above.")


def _second(work: Callable[[int], None]) -> None:
    ended = 1
    try:
        die_with_parent()
        connection.connection = None  # the parent's: not to be used or closed here
        work(1)
        ended = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(ended)

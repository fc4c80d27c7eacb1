"""Runs the tests of one mutant after another in forks of one process that has imported everything that is not ours.

What is ours each fork reads from disk, so a mutant is met as it would be by a run of its own; most of the time of such
a run, the imports of Django and of pytest, is spent once. One line in (JSON), one line out: the exit code.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

SLOW = -1


def main() -> None:
    known: set[str] = set()
    for line in sys.stdin:
        job = json.loads(line)
        print(_run(job), flush=True)
        seen = Path(job["seen"])
        for name in set(seen.read_text().split()) - known if seen.exists() else ():
            # What asks for Django's settings is imported by each fork.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
            known.add(name)


def _run(job: dict[str, Any]) -> int:
    child = os.fork()
    if not child:
        _in_the_fork(job)
    until = time.monotonic() + job["seconds"]
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return SLOW


def _in_the_fork(job: dict[str, Any]) -> None:
    code = 3
    try:
        out = os.open(job["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ.update(job["environment"])
        pytest = importlib.import_module("pytest")
        code = int(pytest.main(["--assert=plain", *job["arguments"]]))
        names = [name for name, module in list(sys.modules.items()) if _is_foreign(module)]
        Path(job["seen"]).write_text("\n".join(names))
        sys.stdout.flush()
    finally:
        os._exit(code)


def _is_foreign(module: Any) -> bool:
    file = getattr(module, "__file__", None)
    return bool(file) and not str(file).startswith(str(Path.cwd()))


if __name__ == "__main__":
    main()

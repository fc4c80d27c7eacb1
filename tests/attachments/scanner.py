"""A real clamd for tests, with the one signature that finds the test text; made once a session, ready in under 1 s."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.attachments import scanner as ours
from sen import scanner as beside

NONE = "clamd is not installed here, so what needs a real scanner was not tested."
START_SECONDS = 10.0


@pytest.fixture(scope="session")
def running_clamd() -> Iterator[str]:
    """The address of a clamd that finds the test text and nothing else."""
    program = beside.program()
    if program is None:
        pytest.skip(NONE)
    folder = Path(tempfile.mkdtemp(prefix="sen-clamd-"))
    config = beside.configure(folder, signatures=None)
    child = subprocess.Popen([program, f"--config-file={config}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(child, beside.socket_of(folder))
        yield str(beside.socket_of(folder))
    finally:
        child.kill()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _await(child: subprocess.Popen[bytes], socket: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not socket.exists():
        if child.poll() is not None or time.monotonic() > end:
            pytest.fail("clamd did not start.")
        time.sleep(0.02)


@pytest.fixture
def clamd(running_clamd: str, settings: Any) -> Iterator[str]:
    """The site has this scanner."""
    settings.CLAMD, settings.FILE_BYTES = running_clamd, 3_000_000  # the test of the scanner takes a file as large
    ours.forget()
    yield running_clamd
    ours.forget()

"""A data folder of its own for a test that starts a database or the whole site; what it leaves is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup import processes


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    for process in processes.of(tmp_path / "data"):
        os.kill(process, signal.SIGKILL)

"""A data folder of its own for a test that starts a database or the whole site; what it leaves is killed."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sen import embedded
from tests.setup import processes


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    _clear(tmp_path / "data")


@pytest.fixture(scope="session")
def site_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all tests that serve the site: its migrations are run once, each test starts and ends the rest."""
    folder = tmp_path_factory.mktemp("site") / "data"
    yield folder
    _clear(folder)


def _clear(folder: Path) -> None:
    for process in processes.of(folder):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(embedded.socket_dir(folder), ignore_errors=True)

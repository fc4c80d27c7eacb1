"""The environment of the tests, set before Django is: test mode and an unsynced database cluster of their own."""

import os
from pathlib import Path

import pytest

from sen import demonstration, embedded

# Tests never meet a named server: whoever has DATABASE_URL set for production must not find it filled with test data.
for name in (*demonstration.SERVERS, "SEN_DEMO_CONFIRM", "SEN_DATABASE_ROLE", "SEN_SECRET_KEY"):
    os.environ.pop(name, None)
HOME = Path(os.environ.get("SEN_TEST_DATA_DIR") or demonstration.data_dir() / "test")
os.environ["SEN_TEST_DATA_DIR"] = str(HOME)  # for the parallel workers, whose SEN_DATA_DIR is already this one
os.environ["SEN_DATA_DIR"] = str(HOME)
os.environ["SEN_MODE"] = "test"
os.environ["SEN_DATABASE_ROLE"] = "owner"  # to create and migrate; see tests/database.py for the rest
# Playwright's synchronous interface leaves an event loop running, in which Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Every worker uses the cluster, so the last of them stops it."""
    session.config.stash[CLUSTER] = embedded.ensure(HOME, durable=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[CLUSTER].release()


CLUSTER = pytest.StashKey[embedded.Cluster]()

"""The environment of the tests, set before Django is: test mode and an unsynced database cluster of their own."""

import os
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sen import demonstration, embedded, postgres


def _version() -> str:
    """The version of the server at hand: a cluster can be read only by the version that made it."""
    try:
        return f"postgresql-{postgres.find().version}"
    except postgres.Unavailable:
        return "postgresql"


# Tests never meet a named server: whoever has DATABASE_URL set for production must not find it filled with test data.
for name in (*demonstration.SERVERS, "SEN_DEMO_CONFIRM", "SEN_DATABASE_ROLE", "SEN_SECRET_KEY"):
    os.environ.pop(name, None)
HOME = Path(os.environ.get("SEN_TEST_DATA_DIR") or demonstration.data_dir() / f"test-{_version()}")
os.environ["SEN_TEST_DATA_DIR"] = str(HOME)  # for the parallel workers, whose SEN_DATA_DIR is already this one
os.environ["SEN_DATA_DIR"] = str(HOME)
os.environ["SEN_MODE"] = "test"
# One database for each run (the parallel workers add their own suffix), so that two runs never meet.
os.environ.setdefault("SEN_TEST_DATABASE", f"test_sen_{os.getpid()}")
os.environ["SEN_DATABASE_ROLE"] = "owner"  # to create and migrate; see tests/database.py for the rest
# Playwright's synchronous interface leaves an event loop running, in which Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Every worker uses the cluster, so the last of them stops it."""
    try:
        session.config.stash[CLUSTER] = embedded.ensure(HOME, durable=False)
    except postgres.Unavailable as reason:
        pytest.exit(str(reason), returncode=1)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _drop_leftovers()
    (HOME / "static").mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there, and warnings are errors


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if cluster := session.config.stash.get(CLUSTER, None):
        cluster.release()


def _drop_leftovers() -> None:
    """Remove the databases of runs that were killed: their name holds the number of a process that is gone."""
    sockets = str(embedded.socket_dir(HOME))
    with psycopg.connect(host=sockets, user="sen_owner", dbname="sen", autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_sen_[0-9]+'")
        for (name,) in found.fetchall():
            if not Path(f"/proc/{name.split('_')[2]}").exists():
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


CLUSTER = pytest.StashKey[embedded.Cluster]()

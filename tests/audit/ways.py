"""The twelve ways to break auditing (security.md, A2), each done for real to a running PostgreSQL and undone again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections
from django.test import override_settings
from psycopg import sql

from audit import keys, sealing
from audit.log import Subject, record
from ileads import keys as ssn_keys

FULL = Path("/dev/full")
Broken = Callable[[], Any]


def server(user: str, **more: Any) -> psycopg.Connection:
    """A connection to the database that Django uses, beside it, each statement committed by itself."""
    config = connections.settings["default"]
    return psycopg.connect(host=str(config["HOST"]), user=user, dbname=str(config["NAME"]), autocommit=True, **more)


def owner() -> psycopg.Connection:
    return server("sen_owner", options="-c lock_timeout=10s")


def _asked(query: str, values: list[Any] | None = None) -> Any:
    with server("postgres") as master:
        row = master.execute(query.encode(), values).fetchone()
    return row and row[0]


def _told(statement: str) -> None:
    with server("postgres") as master:
        master.execute(statement.encode())


@contextmanager
def done(statement: str, mend: str) -> Iterator[None]:
    """One thing done to the log as its owner, and undone. Whoever is connected meets it in a new connection."""
    connections.close_all()
    with owner() as one:
        one.execute(statement.encode())
    try:
        yield
    finally:
        connections.close_all()
        with owner() as one:
            one.execute(mend.encode())


@contextmanager
def hurried(**limits: str) -> Iterator[None]:
    """Shorter limits than in production, so that what waits for them is soon over."""
    options = connections.settings["default"]["OPTIONS"]
    before = options["options"]
    connections.close_all()
    options["options"] = before + "".join(f" -c {name}={value}" for name, value in limits.items())
    try:
        yield
    finally:
        connections.close_all()
        options["options"] = before


@contextmanager
def trigger(body: str, how: str = "TRIGGER {} BEFORE INSERT ON audit_event") -> Iterator[None]:
    """A trigger on the log that does harm, fired before the one that stamps each event."""
    function = f"CREATE FUNCTION audit_broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$"
    made = f"CREATE {how.format('audit_broken')} FOR EACH ROW EXECUTE FUNCTION audit_broken()"
    with done(f"{function}; {made}", "DROP FUNCTION audit_broken CASCADE"):
        yield


# -- Rights and places ------------------------------------------------------------------------------------------------
def insert_revoked() -> Any:
    return done("REVOKE INSERT ON audit_event FROM sen_app", "GRANT INSERT ON audit_event TO sen_app")


def table_renamed() -> Any:
    return done("ALTER TABLE audit_event RENAME TO audit_gone", "ALTER TABLE audit_gone RENAME TO audit_event")


def partition_missing() -> Any:
    """The one of this month is taken off; the events that it holds come back with it."""
    name, bound = _partition()
    return done(f"ALTER TABLE audit_event DETACH PARTITION {name}", _attach(name, bound))


def _partition() -> tuple[str, str]:
    name = _asked("SELECT 'audit_event_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')")
    return name, _asked("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = %s", [name])


def _attach(name: str, bound: str) -> str:
    always = ", ".join(f"ENABLE ALWAYS TRIGGER {one}" for one in ("audit_event_keep", "audit_event_stamp"))
    return f"ALTER TABLE audit_event ATTACH PARTITION {name} {bound}; ALTER TABLE {name} {always}"


@contextmanager
def disk_full() -> Iterator[None]:
    """The file of this month's partition is on a device without room: its first page meets a true ENOSPC.

    Linux's /dev/full refuses every write so. The partition of the month stands aside meanwhile; an empty one takes its
    place, is written out by a checkpoint so that nothing of it waits in memory, and then its file is that device.
    """
    name, bound = _partition()
    full = f"ALTER TABLE audit_event DETACH PARTITION {name}; CREATE TABLE audit_full PARTITION OF audit_event {bound}"
    empty = f"DROP TABLE audit_full; {_attach(name, bound)}"
    with done(full, empty):
        _told("CHECKPOINT")
        place = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('audit_full')"
        file = Path(_asked(place))
        held = file.with_name(f"{file.name}.held")
        file.rename(held)
        file.symlink_to(FULL)
        try:
            yield
        finally:
            connections.close_all()
            file.unlink()
            held.rename(file)


# -- Time -------------------------------------------------------------------------------------------------------------
@contextmanager
def table_locked() -> Iterator[None]:
    """Another session holds the whole table, longer than anybody waits for it."""
    with hurried(lock_timeout="250ms"), server("sen_owner") as other, other.transaction():
        other.execute("LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
        yield
        connections.close_all()


@contextmanager
def statement_timeout() -> Iterator[None]:
    with trigger("PERFORM pg_sleep(20);"), hurried(statement_timeout="250ms"):
        yield


# -- The server -------------------------------------------------------------------------------------------------------
def killed_before_commit() -> Any:
    """The database's own process for this connection ends in the act of committing the first event."""
    how = "CONSTRAINT TRIGGER {} AFTER INSERT ON audit_event DEFERRABLE INITIALLY DEFERRED"
    return trigger("PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(20);", how)


@contextmanager
def killed_after_commit() -> Iterator[None]:
    """It ends once the first event is committed, before whatever the application asks next."""
    since = _asked("SELECT coalesce(max(id), 0) FROM audit_event")
    spent: list[int] = []

    def kill(execute: Any, query: Any, params: Any, many: bool, context: Any) -> Any:
        if not spent and _asked("SELECT count(*) FROM audit_event WHERE id > %s", [since]):
            spent.append(_kill(context["connection"].connection.info.backend_pid))
        return execute(query, params, many, context)

    with connection.execute_wrapper(kill):
        yield
    connections.close_all()


def _kill(pid: int) -> int:
    """Resolved when the process is gone."""
    _asked("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return pid


@contextmanager
def read_only() -> Iterator[None]:
    """As a standby that has not been promoted, or a primary that was fenced off."""
    name = sql.Identifier(str(connections.settings["default"]["NAME"]))
    connections.close_all()
    with server("postgres") as master:
        one = sql.SQL("ALTER ROLE sen_app IN DATABASE {} {} default_transaction_read_only")
        master.execute(one.format(name, sql.SQL("SET")) + sql.SQL(" = on"))
        try:
            yield
        finally:
            connections.close_all()
            master.execute(one.format(name, sql.SQL("RESET")))


# -- Keys: those of the SSNs, and that of the seals -------------------------------------------------------------------
@contextmanager
def _other_keys(**settings_meanwhile: Any) -> Iterator[None]:
    """An empty folder for the keys."""
    with tempfile.TemporaryDirectory() as folder, override_settings(KEY_DIR=folder, **settings_meanwhile):
        yield


def key_missing() -> Any:
    return _other_keys(PRODUCTION=True)  # where no key makes itself


@contextmanager
def key_wrong() -> Iterator[None]:
    """A key as good as ours, but another: what is sealed does not open."""
    with _other_keys():
        ssn_keys.make_for_demonstration()
        yield


@contextmanager
def _sealing_fails() -> Iterator[None]:
    """The sealer has something to seal, cannot, and has not for longer than is suffered."""
    record("reports.listed", by=None, on=Subject("list", "", "reports"))
    with override_settings(SEALING_STOPS_AFTER=0.05):
        assert any(_refuses_to_seal() for _ in range(100)), "the log was sealed without its key"
        yield


def _refuses_to_seal() -> bool:
    """Whether the sealer fails for want of its key. While other connections are in the middle, nothing waits for it."""
    try:
        sealing.seal_once()
    except keys.KeyUnavailable:
        return True
    finally:
        time.sleep(0.1)
    return False


@contextmanager
def seal_key_missing() -> Iterator[None]:
    with key_missing(), _sealing_fails():
        yield
    sealing.seal_once()


@contextmanager
def seal_key_wrong() -> Iterator[None]:
    """A key that signs, whose public half nobody was given: no outsider could check what it signs."""
    with _other_keys():
        keys.make().unlink()
        with _sealing_fails():
            yield
    sealing.seal_once()


def trigger_raising() -> Any:
    return trigger("RAISE EXCEPTION 'no';")


WAYS: tuple[Broken, ...] = (
    insert_revoked,
    table_renamed,
    table_locked,
    statement_timeout,
    killed_before_commit,
    killed_after_commit,
    disk_full,
    partition_missing,
    trigger_raising,
    key_missing,
    key_wrong,
    read_only,
)
# What is not sealed under the keys of SSNs stops for want of the key of the seals.
WITHOUT_SSNS = tuple({key_missing: seal_key_missing, key_wrong: seal_key_wrong}.get(way, way) for way in WAYS)

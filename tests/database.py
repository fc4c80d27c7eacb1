"""The test database in its two roles: the owner creates and empties it, the tests connect as the run-time role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from tests import cast
from tests.cluster import HOME

PRISTINE = "pristine"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Migrated by the owner; then, as in production, all work is done with the rights of the run-time role alone."""
    from tests.audit.sealed import seal_everything

    _hash_quickly()
    with django_db_blocker.unblock():
        _connect_as("sen_app", extra=" -c statement_timeout=10s")
        cast.build()
        seal_everything()  # what is revealed or exported needs a sealed log
        _keep_starting_rows()
        setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_database())  # noqa: B010 (undeclared in its types)
    yield
    with django_db_blocker.unblock():
        _connect_as("sen_owner")


def _hash_quickly() -> None:
    from django.conf import settings
    from django.contrib.auth import hashers

    settings.PASSWORD_HASHERS = ["tests.hashing.Quick"]
    hashers.get_hashers.cache_clear()  # type: ignore[attr-defined]


def _connect_as(user: str, extra: str = "") -> None:
    connections["default"].close()
    config = connections.settings["default"]  # shared with every connection that a thread will open
    config["USER"] = user
    base = config["OPTIONS"]["options"].removesuffix(" -c statement_timeout=10s")
    config["OPTIONS"]["options"] = base + extra


@contextmanager
def committed(blocker: Any) -> Iterator[None]:
    """What is made inside stays for every test of a module, each of which takes back its own; then all of it goes."""
    with blocker.unblock():
        try:
            yield
        finally:
            empty_database()


def owner_connection() -> psycopg.Connection:
    """A connection of the owner to the test database, outside the test's own transaction; commits at its end."""
    from sen import embedded

    name = connections.settings["default"]["NAME"]
    options = "-c lock_timeout=10s"
    return psycopg.connect(host=str(embedded.socket_dir(HOME)), user="sen_owner", dbname=name, options=options)


def empty_database() -> None:
    """Put the database back to what every test starts from, after a test that committed.

    Django would TRUNCATE through the test's own connection; the run-time role may not, and the append-only triggers
    refuse it to anybody. So this is the one place that lifts the triggers: as owner, and in one transaction, so that
    nothing is ever committed while they are off.
    """
    with owner_connection() as connection:
        dirty = _dirty_tables(connection)
        if not dirty:
            return
        triggers = _lift_triggers(connection)
        names = sql.SQL(", ").join(map(sql.Identifier, dirty))
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        _restore_starting_rows(connection)
        # A deferred constraint of the restored rows has to be answered before a trigger of its table can change.
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _put_triggers_back(connection, triggers)


def _tables(connection: psycopg.Connection, schema: str) -> list[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition ORDER BY relname",
        [schema],
    )
    return [row[0] for row in rows]


def _digest(connection: psycopg.Connection, schema: str, table: str) -> str:
    query = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} AS t"
    found = connection.execute(sql.SQL(query).format(sql.Identifier(schema, table))).fetchone()
    return str(found and found[0])


def _filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    """Which of the tables hold a row at all, in one question for all of them."""
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    parts = [one.format(sql.Literal(name), sql.Identifier("public", name)) for name in tables]
    return [row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(parts))] if parts else []


def _keep_starting_rows() -> None:
    """Copy what the migrations and the cast made to a schema that only the owner can read."""
    with owner_connection() as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(PRISTINE)))
        for table in _filled(connection, _tables(connection, "public")):
            names = sql.Identifier(PRISTINE, table), sql.Identifier("public", table)
            connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(*names))


def _dirty_tables(connection: psycopg.Connection) -> list[str]:
    kept = _tables(connection, PRISTINE)
    filled = _filled(connection, [name for name in _tables(connection, "public") if name not in kept])
    return filled + _changed(connection, kept)


def _changed(connection: psycopg.Connection, kept: list[str]) -> list[str]:
    return [name for name in kept if _digest(connection, "public", name) != _digest(connection, PRISTINE, name)]


def _restore_starting_rows(connection: psycopg.Connection) -> None:
    # The truncation reaches further than its list, by CASCADE: what differs now is what it emptied.
    for table in _changed(connection, _tables(connection, PRISTINE)):
        columns = sql.SQL(", ").join(map(sql.Identifier, _columns(connection, table)))
        query = "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}"
        names = sql.Identifier("public", table), columns, columns, sql.Identifier(PRISTINE, table)
        connection.execute(sql.SQL(query).format(*names))


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = format('public.%%I', %s::text)::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return [row[0] for row in rows]


def _lift_triggers(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Disable every trigger of ours; returns table, name and how it was enabled, for ALWAYS must come back as such."""
    rows = connection.execute(
        "SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled::text FROM pg_trigger"
        " JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND tgenabled <> 'D'"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1, 2"
    ).fetchall()
    for table in dict.fromkeys(row[0] for row in rows):
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    return rows


def _put_triggers_back(connection: psycopg.Connection, triggers: list[tuple[str, str, str]]) -> None:
    how = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA"}
    for table, name, enabled in triggers:
        connection.execute(f"ALTER TABLE {table} {how[enabled]} TRIGGER {name}".encode())

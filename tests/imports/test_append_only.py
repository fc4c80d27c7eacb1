"""Historical rows are added and never changed, SPOT rows not even read: the database itself holds it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import Error, ProgrammingError

from tests.database import owner_connection

pytestmark = pytest.mark.django_db
TABLES = ("reports_historicalreport", "reports_legacysource", "reports_spot")
CHANGES = ("UPDATE {} SET checksum = 'x'", "DELETE FROM {}", "TRUNCATE {}")
ROWS = """
INSERT INTO reports_historicalreport (id, type, number, period_from, period_to, office_code, title, summary, platform,
    activity, arrest, charge, requesting_agency, assistance, payload, imported_at, checksum, words)
VALUES (gen_random_uuid(), 'amo', '1', '2004-01-01', '2004-01-01', '', 'x', '', '', '', '', '', '', '', '{}', now(),
    'x', '');
INSERT INTO reports_spot VALUES ('x', gen_random_uuid(), '{}', now())
"""


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """The owner of the tables, with a row in each; nothing stays."""
    with owner_connection() as connection:
        connection.execute(ROWS.encode())
        yield connection
        connection.rollback()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", TABLES)
def test_the_run_time_role_may_change_none(table: str, change: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute(change.format(table))


@pytest.mark.parametrize("change", CHANGES[:2])
@pytest.mark.parametrize("table", ["reports_historicalreport", "reports_spot"])
def test_the_owner_is_refused_too(table: str, change: str, owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.IntegrityError, match="read only"):
        owner.execute(change.format(table).encode())


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_cannot_empty_one(table: str) -> None:
    with owner_connection() as owner, pytest.raises(psycopg.IntegrityError, match=r"read only|append-only"):
        owner.execute(f"TRUNCATE {table}".encode())


@pytest.mark.parametrize(
    "read",
    [
        "SELECT payload FROM reports_spot",
        "SELECT count(*) FROM reports_spot",
        "INSERT INTO reports_spot VALUES ('y', gen_random_uuid(), '{}', now()) RETURNING checksum",
        "INSERT INTO reports_spot VALUES ('y', gen_random_uuid(), '{}', now()) ON CONFLICT (checksum) DO NOTHING",
        "COPY reports_spot TO STDOUT",
    ],
)
def test_the_run_time_role_reads_no_spot_row(read: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute(read)


def test_the_run_time_role_holds_exactly_these_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM "
            "information_schema.role_table_grants WHERE grantee IN ('sen_app', 'PUBLIC') AND table_name = ANY(%s) "
            "GROUP BY table_name ORDER BY table_name",
            [list(TABLES)],
        )
        held = dict(cursor.fetchall())
    assert held == {TABLES[0]: "INSERT SELECT", TABLES[1]: "INSERT SELECT", TABLES[2]: "INSERT"}


@pytest.mark.django_db(transaction=True)
def test_a_row_without_its_event_is_not_kept() -> None:
    with pytest.raises(Error, match="Unaudited"), transaction.atomic():
        execute("INSERT INTO reports_spot VALUES ('z', gen_random_uuid(), '{}', now())")
    with pytest.raises(Error, match="Unaudited"), transaction.atomic():
        execute(ROWS.split(";")[0])


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

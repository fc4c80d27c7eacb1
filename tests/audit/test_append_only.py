"""The log itself: only ever added to, stamped by the database, and an act that it cannot take does not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Office
from audit.log import record
from audit.models import Event
from reports.models import Organization, Reading, Report
from sen import embedded
from tests.cluster import HOME
from tests.database import owner_connection
from tests.reports.filing import file_sir

committed = pytest.mark.django_db(transaction=True)


def superuser() -> psycopg.Connection:
    name = connection.settings_dict["NAME"]
    return psycopg.connect(host=str(embedded.socket_dir(HOME)), user="postgres", dbname=name)


def rename(office: Office, **event: Any) -> None:
    """Change an office and record something that may or may not excuse it."""
    with transaction.atomic():
        Office.objects.filter(pk=office.pk).update(name="Another name")
        record(event.pop("code", "reference.changed"), by=None, **event)


# -- What excuses a change ----------------------------------------------------------------------------------------
@committed
def test_an_event_of_the_object_excuses_its_change() -> None:
    office = Office.objects.get(code="MIA")
    rename(office, on=office)
    assert Office.objects.get(code="MIA").name == "Another name"


@committed
def test_a_batch_that_names_the_object_excuses_its_change() -> None:
    office, other = Office.objects.get(code="MIA"), Office.objects.get(code="ATL")
    rename(office, on=other, batch=[str(office.pk)])
    assert Office.objects.get(code="MIA").name == "Another name"


@committed
@pytest.mark.parametrize(
    "event",
    [
        {"on": "ATL"},
        {"on": "ATL", "batch": ["0"]},
        {"on": "MIA", "code": "user.viewed"},
        {"on": "MIA", "code": "access.refused"},
        {"on": "MIA", "outcome": "refused"},
    ],
    ids=["another object", "another batch", "a reading", "a refusal", "a change that was refused"],
)
def test_no_other_event_excuses_it(event: dict[str, Any]) -> None:
    office, on = Office.objects.get(code="MIA"), Office.objects.get(code=event["on"])
    with pytest.raises(IntegrityError, match="Unaudited UPDATE on accounts_office"):
        rename(office, **{**event, "on": on})
    assert Office.objects.get(code="MIA").name == "SAC Miami"


@committed
def test_an_event_of_an_earlier_transaction_excuses_nothing() -> None:
    office = Office.objects.get(code="MIA")
    record("reference.changed", by=None, on=office)
    with pytest.raises(IntegrityError, match="Unaudited"):
        Office.objects.filter(pk=office.pk).update(name="Another name")


@committed
def test_a_row_moved_to_another_object_needs_an_event_of_both(agent: Any) -> None:
    first, second = file_sir(agent), file_sir(agent)

    def act() -> None:
        with transaction.atomic():
            first.organization_rows.update(report=second.pk)
            record("report.amended", by=agent, on=second)

    with transaction.atomic():
        Organization.objects.create(report_id=first.pk, name="Harbor Company")
        record("report.amended", by=agent, on=first)
    with pytest.raises(IntegrityError, match="Unaudited UPDATE on reports_organization"):
        act()


# -- Only ever added to -------------------------------------------------------------------------------------------
CHANGES = [
    "UPDATE audit_event SET actor = 'nobody'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql", [*CHANGES, "UPDATE audit_epoch SET why = ''", "INSERT INTO audit_epoch VALUES (2, now(), '')"]
)
def test_the_run_time_role_has_no_right_to_change_the_log(sql: str) -> None:
    with (
        pytest.raises(Error, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db
@pytest.mark.parametrize("who", [owner_connection, superuser], ids=["owner", "superuser without triggers"])
@pytest.mark.parametrize("sql", CHANGES)
def test_the_triggers_refuse_even_who_may(sql: str, who: Callable[[], psycopg.Connection]) -> None:
    with who() as one:
        if who is superuser:
            one.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            one.execute(sql.encode())
        one.rollback()


def partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_no_partition_is_a_way_round() -> None:
    assert len(partitions()) >= 6
    for name in partitions():
        with owner_connection() as owner:
            with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
                owner.execute(f"TRUNCATE {name}".encode())
            owner.rollback()
        with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - a name from the catalogue


@pytest.mark.django_db
def test_an_audited_table_cannot_be_emptied_at_once() -> None:
    with owner_connection() as owner:
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            owner.execute("TRUNCATE reports_report CASCADE")
        owner.rollback()


@pytest.mark.django_db
def test_the_database_says_when_in_what_transaction_and_with_which_hash() -> None:
    columns = "code, kind, outcome, actor, person_key, address, session, request, object_type, object_id, object_label"
    sql = (
        f"INSERT INTO audit_event (id, at, xid, epoch, row_hash, {columns}, batch, payload) "  # noqa: S608
        "VALUES (1, date_trunc('month', now()), 7, 99, 'made up',"
        " 'x', 'read', 'done', '', '', '', '', '', '', '', '', '{}', '{}')"
        " RETURNING id, at > now() - interval '1 minute', xid = pg_current_xact_id()::text::bigint, epoch,"
        " row_hash = sha256(convert_to(audit_row_text(audit_event), 'UTF8'))"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        number, is_now, is_ours, epoch, is_hashed = cursor.fetchone()
    assert (number > 1, is_now, is_ours, epoch, is_hashed) == (True, True, True, 1, True)


@pytest.mark.django_db
def test_no_event_can_be_put_into_another_month() -> None:
    sql = "INSERT INTO audit_event SELECT (e).* FROM (SELECT e FROM audit_event e LIMIT 1) AS one"
    with pytest.raises(IntegrityError, match="no partition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.replace("(e).*", "(jsonb_populate_record(e, jsonb_build_object('at', '2001-01-01'))).*"))


# -- No event, no act ---------------------------------------------------------------------------------------------
@contextmanager
def lost(statement: str, mend: str) -> Iterator[None]:
    """Break the log as its owner, and mend it."""
    with owner_connection() as owner:
        owner.execute(statement.encode())
    try:
        yield
    finally:
        with owner_connection() as owner:
            owner.execute(mend.encode())


def unable_to_insert() -> Any:
    return lost("REVOKE INSERT ON audit_event FROM sen_app", "GRANT INSERT ON audit_event TO sen_app")


def without_partition() -> Any:
    """The one of this month: the events it holds come back with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'audit_event_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')")
        (name,) = cursor.fetchone()
        cursor.execute("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = %s", [name])
        (bound,) = cursor.fetchone()
    return lost(
        f"ALTER TABLE audit_event DETACH PARTITION {name}",
        f"ALTER TABLE audit_event ATTACH PARTITION {name} {bound};"
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER audit_event_keep, ENABLE ALWAYS TRIGGER audit_event_stamp",
    )


BROKEN = pytest.mark.parametrize("broken", [unable_to_insert, without_partition])


@committed
@BROKEN
def test_an_act_that_cannot_be_recorded_does_not_happen(broken: Callable[[], Any], agent: Any) -> None:
    file_sir(agent)
    with broken(), pytest.raises(Error):
        file_sir(agent)
    assert Report.objects.count() == 1


@committed
@BROKEN
def test_a_report_that_cannot_be_recorded_as_read_is_not_shown(
    broken: Callable[[], Any], agent: Any, as_: Callable[[Any], Client]
) -> None:
    report = file_sir(agent)
    address, browser = f"/reports/{report.number}/", as_(agent)
    assert report.title in browser.get(address).content.decode()
    readings = Reading.objects.values_list("last_at", flat=True).get()
    browser.raise_request_exception = False
    with broken():
        answer = browser.get(address)
    assert answer.status_code == 503
    assert report.title not in answer.content.decode()
    assert Reading.objects.values_list("last_at", flat=True).get() == readings


@committed
@BROKEN
def test_the_log_itself_is_not_shown_or_exported_unrecorded(
    broken: Callable[[], Any], auditor: Any, agent: Any, as_: Callable[[Any], Client]
) -> None:
    report, browser = file_sir(agent), as_(auditor)
    browser.raise_request_exception = False
    with broken():
        answers = [browser.get("/audit/"), browser.post("/audit/export/")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert not any(report.number in answer.content.decode() for answer in answers)
    assert not Event.objects.filter(code__in=("audit.viewed", "audit.exported")).exists()

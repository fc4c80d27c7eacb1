"""A sweep finds a number planted in each kind of column and in the mail, tells where it is and never what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.session_store import SessionStore
from audit.models import Event
from privacy.sweep import Place, Sweep, sweep, tables
from tests.privacy.made import ssn
from tests.reports.filing import file_report

pytestmark = pytest.mark.django_db

NUMBER = ssn(77)


def swept(**options: Any) -> tuple[str, str, bool]:
    """What the command prints on both of its streams, and whether it ended well."""
    out, error = StringIO(), StringIO()
    try:
        call_command("privacy", "sweep", stdout=out, stderr=error, **options)
    except CommandError as failed:
        return out.getvalue(), error.getvalue() + str(failed), failed.returncode == 0
    return out.getvalue(), error.getvalue(), True


def run(statement: str, *values: Any) -> None:
    """Beneath the guard of the model fields, as a number from before it would stand there."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def in_a_text(report: Any) -> str:
    run("UPDATE reports_report SET narrative = %s WHERE id = %s", f"He is {NUMBER}.", report.pk)
    return f"reports_report.narrative · {report.pk}"


def in_an_array(report: Any) -> str:
    run("UPDATE reports_report SET event_types = %s WHERE id = %s", ["arrest", NUMBER], report.pk)
    return f"reports_report.event_types · {report.pk}"


def in_json(report: Any) -> str:
    revision = report.revisions.first()
    run("UPDATE reports_revision SET content = %s WHERE id = %s", f'{{"ssn": "{NUMBER}"}}', revision.pk)
    return f"reports_revision.content · {revision.pk}"


def in_a_payload(report: Any) -> str:
    columns = [str(column.column) for column in Event._meta.local_fields if column.column != "id"]
    values = ["%s" if column == "payload" else column for column in columns]
    run(
        f"INSERT INTO audit_event ({', '.join(columns)}) SELECT {', '.join(values)} FROM audit_event LIMIT 1",  # noqa: S608
        '{"words": "\\u0660 ' + NUMBER + '"}',
    )
    return "audit_event.payload · "


def in_search_terms(report: Any) -> str:
    run("INSERT INTO audit_searchterms (id, user_id, terms) VALUES (gen_random_uuid(), 1, %s)", NUMBER)
    return "audit_searchterms.terms · "


def in_the_history(report: Any) -> str:
    run(
        "INSERT INTO auditlog_logentry (content_type_id, object_pk, object_repr, serialized_data, changes_text,"
        " changes, action, timestamp, cid) SELECT id, '1', 'x', '{}', '', %s, 1, now(), '' FROM django_content_type"
        " LIMIT 1",
        f'{{"notes": ["", "{NUMBER}"]}}',
    )
    return "auditlog_logentry.changes · "


def in_a_session(report: Any) -> str:
    key = "k" * 28 + "shut"
    data = SessionStore().encode({"typed": NUMBER})
    Session.objects.create(session_key=key, session_data=data, expire_date=timezone.now())
    return "django_session.session_data · …shut"


def in_a_job(report: Any) -> str:
    run("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('q', 't', %s)", f'{{"text": "{NUMBER}"}}')
    return "procrastinate_jobs.args · "


@pytest.mark.parametrize(
    ("plant", "table"),
    [
        (in_a_text, "reports.Report"),
        (in_an_array, "reports.Report"),
        (in_json, "reports.Revision"),
        (in_a_payload, "audit.Event"),
        (in_search_terms, "audit.SearchTerms"),
        (in_the_history, "auditlog.LogEntry"),
        (in_a_session, "sessions.Session"),
        (in_a_job, "procrastinate.ProcrastinateJob"),
    ],
    ids=lambda planted: getattr(planted, "__name__", ""),
)
def test_a_planted_number_is_found_where_it_is_and_not_told(
    plant: Callable[[Any], str], table: str, agent: Any
) -> None:
    report = file_report("sir", agent)
    with transaction.atomic():
        where = plant(report)
        out, error, well = swept(table=table)
        transaction.set_rollback(True)
    assert where in out
    assert not well
    assert NUMBER not in out + error
    assert NUMBER.replace("-", "") not in out + error


def test_a_number_in_kept_mail_is_found_though_it_is_encoded(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    message = EmailMessage()
    message["Subject"] = "A report was filed"
    message.set_content(f"é {NUMBER}", cte="base64")
    (tmp_path / "one.log").write_bytes(bytes(message) + b"\n" + b"-" * 79 + b"\n")
    out, error, well = swept()
    assert "mail · one.log · 1 surely" in out
    assert not well
    assert NUMBER not in out + error


def test_where_nothing_was_planted_nothing_is_found_and_the_sweep_is_recorded(agent: Any) -> None:
    file_report("sir", agent)
    out, _, well = swept()
    assert well, out
    assert ": 0 surely Social Security numbers" in out
    assert "Not read: reports_spot. Only the owner may" in out
    event = Event.objects.latest("id")
    assert event.code == "guard.swept"
    assert '"sure":0' in event.payload.replace(" ", "")


def test_one_table_alone_and_rows_since_a_day(agent: Any) -> None:
    report = file_report("sir", agent)
    found: list[Place] = []
    with transaction.atomic():
        in_a_text(report)
        sweep(Sweep(tell=found.append), only="reports_report")
        assert [place.row for place in found] == [str(report.pk)]
        sweep(Sweep(tell=found.append), only="reports_report", since=timezone.now() + timedelta(days=1))
        assert len(found) == 1
        transaction.set_rollback(True)


def test_a_name_that_is_no_table_is_refused() -> None:
    for name in ("reports.Nothing", "nothing"):
        with pytest.raises(CommandError, match="no table of the name"):
            call_command("privacy", "sweep", table=name)


def test_every_table_with_text_is_looked_at() -> None:
    names = {table.name for table in tables()}
    assert {"audit_event", "audit_searchterms", "auditlog_logentry", "django_session", "procrastinate_jobs"} <= names
    assert {"reports_person", "reports_historicalreport", "ileads_ilead", "accounts_user", "watch_summary"} <= names

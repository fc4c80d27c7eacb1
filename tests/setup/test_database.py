"""The tests have the rights of the run-time role; what they commit goes, and every trigger stays in place."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection

from audit.log import Subject, record
from tests import database

TRIGGERS = (
    "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
)
EVENTS = "SELECT * FROM audit_event ORDER BY id"


def rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


@pytest.mark.django_db
def test_a_test_is_the_run_time_role():
    assert rows("SELECT current_user") == [("sen_app",)]
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows("TRUNCATE audit_event")


@pytest.mark.django_db(transaction=True)
def test_emptying_removes_what_was_committed_and_leaves_every_trigger_as_it_was():
    before = rows(TRIGGERS)
    assert {enabled for _, _, enabled in before} >= {"A"}
    events = rows(EVENTS)
    record("session.refused", by=None, on=Subject("test", "1"))
    assert rows(EVENTS) != events
    database.empty_database()
    assert rows(EVENTS) == events
    assert rows(TRIGGERS) == before


@pytest.mark.django_db(transaction=True)
def test_emptying_keeps_what_the_migrations_made():
    before = list(ContentType.objects.order_by("pk").values_list())
    assert before
    with database.owner_connection() as owner:
        owner.execute("UPDATE django_content_type SET model = 'changed' || id")
    assert list(ContentType.objects.order_by("pk").values_list()) != before
    database.empty_database()
    assert list(ContentType.objects.order_by("pk").values_list()) == before
    assert rows("SELECT count(*) FROM django_migrations") != [(0,)]


@pytest.mark.django_db(transaction=True)
def test_emptying_an_untouched_database_changes_nothing():
    with database.owner_connection() as owner:
        assert database._dirty_tables(owner) == []

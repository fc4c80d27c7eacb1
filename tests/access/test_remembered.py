"""What a process remembers of people and offices is forgotten the moment another connection has changed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from accounts import access, actions, memory
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import Role
from audit.log import record
from reports import filters
from reports.models import EventType
from tests.database import owner_connection
from tests.reports.filing import file_sir

committed = pytest.mark.django_db(transaction=True)


def elsewhere(act: Callable[[], Any]) -> None:
    """Do it on a connection of its own, as another process would: only what it commits can be felt here."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert failed == []


def tables_asked(browser: Client) -> str:
    with CaptureQueriesContext(connection) as seen:
        assert browser.get("/watch/").status_code == 200
    return " ".join(query["sql"] for query in seen)


@committed
def test_a_second_request_asks_only_for_the_marks(as_: Any, analyst: Any) -> None:
    browser = as_(analyst)
    assert "accounts_officepermission" in tables_asked(browser)
    again = tables_asked(browser)
    assert "accounts_version" in again
    for table in ("accounts_officepermission", "accounts_assignment", "reports_eventtype"):
        assert table not in again


@committed
def test_a_role_revoked_elsewhere_is_felt_at_the_next_request(as_: Any, analyst: Any) -> None:
    browser, given = as_(analyst), Assignment.objects.get(user=analyst)
    assert browser.get("/watch/").status_code == 200
    elsewhere(lambda: actions.revoke_role(given, by=None, reason="no longer on the watch"))
    assert browser.get("/watch/").status_code == 403


@committed
def test_a_role_granted_elsewhere_is_felt_at_the_next_request(as_: Any, stranger: Any) -> None:
    browser, until = as_(stranger), timezone.now() + timedelta(days=1)
    assert browser.get("/watch/").status_code == 403
    jioc = Office.objects.get(code="JIOC")
    elsewhere(lambda: actions.grant_role(user=stranger, role=Role.JIOC, office=jioc, until=until, by=None))
    assert browser.get("/watch/").status_code == 200


@committed
def test_a_person_suspended_elsewhere_is_signed_out(as_: Any, analyst: Any, sco: Any) -> None:
    browser = as_(analyst)
    assert browser.get("/watch/").status_code == 200
    elsewhere(lambda: actions.change_profile(analyst, by=sco, status=User.Status.SUSPENDED))
    assert browser.get("/watch/").status_code in {302, 401}


@committed
def test_an_office_moved_elsewhere_takes_its_reports_along(as_: Any, agent: Any, stranger: Any) -> None:
    hsi, ero, miami = (Office.objects.get(code=code) for code in ("HSI", "ERO", "MIA"))
    until = timezone.now() + timedelta(days=1)
    actions.grant_role(user=stranger, role=Role.SUPERVISOR, office=hsi, until=until, by=None)
    browser, address = as_(stranger), f"/reports/{file_sir(agent).number}/"
    assert browser.get(address).status_code == 200
    elsewhere(lambda: actions.change_office(miami, by=None, parent=ero))
    assert browser.get(address).status_code == 403  # a report of another office, by number, kind and office


@committed
def test_a_name_changed_elsewhere_is_read_at_once(as_: Any, analyst: Any) -> None:
    browser, row = as_(analyst), EventType.objects.get(code="other")
    assert "Something else" not in browser.get("/watch/").content.decode()
    row.label = "Something else"
    elsewhere(lambda: actions.save_reference(row, by=None))
    assert "Something else" in browser.get("/watch/").content.decode()
    elsewhere(lambda: actions.change_office(Office.objects.get(code="GUM"), by=None, name="Hagatna"))
    assert "Hagatna" in browser.get("/watch/").content.decode()


@pytest.mark.django_db
def test_a_remembered_right_ends_by_its_date_without_anybody_acting(
    as_: Any, analyst: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_(analyst)
    browser.get("/watch/")
    rights = memory.signed_in(analyst.pk).rights  # type: ignore[union-attr]
    assert rights.until == min(OfficePermission.objects.filter(user=analyst).values_list("until", flat=True))
    assert browser.get("/watch/").status_code == 200
    for module in (access, memory):
        monkeypatch.setattr(module.timezone, "now", lambda: rights.until)
    assert memory.signed_in(analyst.pk).rights == access.Rights()  # type: ignore[union-attr]


@pytest.mark.django_db
def test_every_way_to_change_a_row_gives_a_new_mark(analyst: Any, stranger: Any) -> None:
    changes: list[Callable[[], Any]] = [
        lambda: OfficePermission.objects.filter(user=analyst).update(until=timezone.now()),
        OfficePermission.objects.filter(user=analyst)[0].delete,
        lambda: OfficePermission.objects.filter(user=analyst).update(user=stranger),
        lambda: Assignment.objects.filter(user=analyst).update(revoked_at=timezone.now()),
        lambda: User.objects.filter(pk=analyst.pk).update(name="Another Name"),
    ]
    marks = [memory.marks_of(analyst.pk).person]
    for change in changes:
        change()
        marks.append(memory.marks_of(analyst.pk).person)
    assert len(set(marks)) == len(changes) + 1
    record("user.changed", by=None, on=analyst, batch=[stranger.audit_id])  # for the check at the end


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_remembered(analyst: Any) -> None:
    with transaction.atomic():
        User.objects.filter(pk=analyst.pk).update(name="Never So")
        assert memory.signed_in(analyst.pk).name == "Never So"  # type: ignore[union-attr]
        transaction.set_rollback(True)
    assert memory.signed_in(analyst.pk).name == analyst.name  # type: ignore[union-attr]


@pytest.mark.django_db
def test_an_act_asks_for_rights_anew_and_remembers_nothing(analyst: Any) -> None:
    user = memory.signed_in(analyst.pk)
    assert user
    assert user.may_somewhere("review_reports")
    filters.offers(user)
    with transaction.atomic():
        access.hold(user)
        assert user.marks is None
        with CaptureQueriesContext(connection) as seen:
            assert user.may_somewhere("review_reports")
    assert "accounts_officepermission" in seen[0]["sql"]


@pytest.mark.django_db
def test_what_a_request_sets_on_its_person_stays_in_it(analyst: Any) -> None:
    first = memory.signed_in(analyst.pk)
    assert first
    first.name, first.office = "Changed", Office.objects.get(code="GUM")
    again = memory.signed_in(analyst.pk)
    assert again
    assert (again.name, again.office) == (analyst.name, analyst.office)


@pytest.mark.django_db
def test_an_act_holds_its_actor_and_their_roles_until_it_ends(analyst: Any, colleague: Any) -> None:
    """What would suspend the actor or take a role from them waits; what is done to others does not."""
    given = Assignment.objects.get(user=analyst)
    with transaction.atomic():
        access.hold(analyst)
        with owner_connection() as other:
            other.execute("SELECT FROM accounts_user WHERE id = %s FOR NO KEY UPDATE NOWAIT", [colleague.pk])
            for table, row in (("accounts_user", analyst.pk), ("accounts_assignment", given.pk)):
                with pytest.raises(LockNotAvailable), other.transaction():
                    other.execute(f"SELECT FROM {table} WHERE id = %s FOR NO KEY UPDATE NOWAIT".encode(), [row])


@pytest.mark.django_db
def test_a_grant_waits_for_the_accounts_of_its_person_and_of_nobody_else(analyst: Any, colleague: Any) -> None:
    with owner_connection() as other, transaction.atomic():
        other.execute("SELECT FROM accounts_user WHERE id = %s FOR UPDATE", [colleague.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        actions._lock_accounts(analyst)
        with pytest.raises(OperationalError), transaction.atomic():
            actions._lock_accounts(colleague)

"""The history that pages show is django-auditlog's; each of its known defects (security.md, 1.2) is closed here."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from auditlog.diff import get_mask_function, mask_str
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, models, transaction
from django.test import Client

from accounts import actions
from accounts.marks import fields_of, mark_of
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit import coverage
from audit.log import record
from audit.models import Event
from privacy.fields import Personal
from privacy.mask import BULLETS
from privacy.register import elements, our_models
from reports.models import Report
from tests.database import owner_connection
from tests.fake import FAKE

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def entries(row: models.Model) -> Any:
    return LogEntry.objects.get_for_object(row).order_by("pk")


def newest(row: models.Model) -> LogEntry:
    return entries(row).last()


def rename(office: Office, by: Any, name: str = "Another name") -> Office:
    return actions.change_office(office, by=by, name=name)


# -- The mask keeps half of a value ----------------------------------------------------------------------------------
@pytest.mark.parametrize("value", ["1", "half of a value", FAKE.ssn])
def test_a_masked_value_is_eight_bullets_where_the_default_keeps_half(value: str) -> None:
    assert value[len(value) // 2 :] in mask_str(value)  # the defect
    assert get_mask_function()(value) == BULLETS


def test_a_masked_field_shows_bullets_before_and_after(agent: Any) -> None:
    was = auditlog._registry[User]["mask_fields"]
    auditlog._registry[User]["mask_fields"] = ["phone"]
    try:
        with transaction.atomic():
            agent.phone = FAKE.phone
            agent.save()
            record("user.changed", by=None, on=agent)
    finally:
        auditlog._registry[User]["mask_fields"] = was
    assert newest(agent).changes["phone"] == [BULLETS, BULLETS]


# -- A row's own words are stored in clear ---------------------------------------------------------------------------
def named(model: type[models.Model]) -> models.Model:
    """A row whose every text that may tell of a person says the fake one."""
    said = [one.field for one in elements([model]) if one.personal is Personal.YES]
    texts = [field.attname for field in said if isinstance(field, models.CharField | models.TextField)]
    return model(**dict.fromkeys(texts, FAKE.last_name), **NEEDED.get(model._meta.label, {}))


# Without these the row has no words at all.
NEEDED: dict[str, dict[str, Any]] = {
    "reports.Threshold": {"at_least": Decimal(1)},
    "reports.RoutingRule": {"to_role": Role.SAC},
    "watch.Summary": {"report": Report(number="SIR-2026-MIA-000001")},
}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_row_names_nobody_in_its_own_words(model: type[models.Model]) -> None:
    row = named(model)
    assert FAKE.last_name not in f"{row}{row!r}"
    if hasattr(model, "audited") and "audit_label" in vars(model):
        assert FAKE.last_name not in str(row.audit_label)  # type: ignore[attr-defined]


def test_the_history_keeps_no_copy_of_a_row(administrator: Any) -> None:
    rename(Office.objects.get(code="MIA"), administrator)
    kept = newest(Office.objects.get(code="MIA"))
    assert (kept.serialized_data, kept.additional_data) == (None, None)
    assert not any(options["serialize_data"] for options in auditlog._registry.values())


# -- update(), bulk_create(), raw SQL and m2m.clear() -----------------------------------------------------------------
def test_whatever_has_a_history_is_covered_by_the_log_of_events() -> None:
    """What writes past the history cannot write past the log: its trigger refuses the commit (test_unaudited, A9)."""
    kept = set(auditlog.get_models())
    assert kept
    assert kept <= set(coverage.audited_models())
    assert coverage.uncovered() == []


def silent_update(office: Office) -> None:
    Office.objects.filter(pk=office.pk).update(name="Another name")


def silent_creation(office: Office) -> None:
    Office.objects.bulk_create([Office(code="NEW", path="/new/", name="New", kind="sub", parent=office)])


def silent_statement(office: Office) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_office SET name = 'Another name' WHERE id = %s", [office.pk])


@committed
@pytest.mark.parametrize("write", [silent_update, silent_creation, silent_statement])
def test_a_write_that_the_history_does_not_see_cannot_commit_without_its_event(write: Callable[[Office], None]) -> None:
    office = Office.objects.get(code="MIA")
    before = LogEntry.objects.count()
    with transaction.atomic():
        write(office)
        assert LogEntry.objects.count() == before  # the defect
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError, match="Unaudited"), transaction.atomic():
        write(office)


def test_no_link_between_rows_has_a_history_that_clearing_would_flood() -> None:
    assert not any(options["m2m_fields"] for options in auditlog._registry.values())
    assert {"accounts_user_groups", "accounts_user_user_permissions"} <= set(coverage.links())


@pytest.mark.parametrize("links", ["groups", "user_permissions"])
def test_the_links_that_the_framework_makes_cannot_be_cleared(links: str, agent: Any) -> None:
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        getattr(agent, links).clear()


# -- Whose name and address a line bears ------------------------------------------------------------------------------
CLAIMED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PORT": "4711",
    "HTTP_X_CORRELATION_ID": FAKE.last_name,
}


def test_nothing_that_a_client_claims_is_kept(administrator: Any, as_: Callable[[Any], Client]) -> None:
    """The address is in the log of events, as the last proxy of ours saw it; a line of history leads there."""
    office = Office.objects.get(code="MIA")
    answer = post_name(as_(administrator), office, **CLAIMED)
    kept = newest(office)
    assert (kept.remote_addr, kept.remote_port, kept.actor_email) == (None, None, None)
    assert kept.cid == answer["X-Request-Id"]
    event = Event.objects.get(code="reference.changed", request=kept.cid)
    assert (event.actor, event.address) == ("administrator", "127.0.0.1")


def post_name(browser: Client, office: Office, **headers: Any) -> Any:
    """Change the name of an office as its page does."""
    page = f"/reference/offices/{office.pk}/"
    form = browser.get(page).context["form"]
    typed = {bound.html_name: value for bound in form if (value := bound.value()) is not None}
    typed |= {"name": "Another name", "mark": mark_of(office, fields_of(type(form)))}
    answer = browser.post(page, typed, **headers)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def test_a_line_bears_the_name_of_whoever_the_action_is_done_by(administrator: Any) -> None:
    """Without a session, as where a program signs in by its token inside the view."""
    office = rename(Office.objects.get(code="MIA"), administrator)
    assert newest(office).actor == administrator


def test_a_line_of_the_system_bears_nobodys_name_though_somebody_acted_just_before(administrator: Any) -> None:
    office = rename(Office.objects.get(code="MIA"), administrator)
    rename(office, None, "A third name")
    assert [kept.actor for kept in entries(office)][-2:] == [administrator, None]


# -- Lines are only ever added ----------------------------------------------------------------------------------------
@pytest.fixture
def line(administrator: Any) -> LogEntry:
    return newest(rename(Office.objects.get(code="MIA"), administrator))


def changed_by_saving(line: LogEntry) -> None:
    line.changes = {}
    line.save()


def changed_in_bulk(line: LogEntry) -> None:
    LogEntry.objects.filter(pk=line.pk).update(changes={})


def removed(line: LogEntry) -> None:
    line.delete()


def removed_in_bulk(line: LogEntry) -> None:
    LogEntry.objects.filter(pk=line.pk).delete()


@pytest.mark.parametrize("act", [changed_by_saving, changed_in_bulk, removed, removed_in_bulk])
def test_a_line_cannot_be_changed_or_removed(act: Callable[[LogEntry], None], line: LogEntry) -> None:
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        act(line)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE auditlog_logentry SET changes = '{}'", "DELETE FROM auditlog_logentry", "TRUNCATE auditlog_logentry"],
)
def test_not_even_the_owner_changes_a_line(statement: str) -> None:
    with owner_connection() as owner:
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            owner.execute(statement.encode())
        owner.rollback()


def test_removing_stale_content_types_removes_no_history(line: LogEntry) -> None:
    """Django's own command would take every line of a model that is gone along with it."""
    gone = ContentType.objects.create(app_label="accounts", model="gone")
    LogEntry.objects.create(content_type=gone, object_pk="1", object_repr="gone 1", action=LogEntry.Action.CREATE)
    with pytest.raises(Error, match=r"permission denied|append-only"), transaction.atomic():
        call_command("remove_stale_contenttypes", interactive=False, verbosity=0)
    assert LogEntry.objects.filter(content_type=gone).count() == 1


# -- What has one -----------------------------------------------------------------------------------------------------
def test_people_offices_and_roles_have_a_history_and_no_secret_is_in_it() -> None:
    assert {User, Office, Assignment} <= set(auditlog.get_models())
    assert {"password", "last_login"} <= set(auditlog._registry[User]["exclude_fields"])
    assert not [m for m in auditlog.get_models() if m._meta.label == "ileads.LegacySSN"]

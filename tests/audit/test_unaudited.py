"""An unaudited change cannot commit: every audited table, every way of writing, each really committed or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.db.models import ProtectedError

from audit import coverage
from tests.audit import world
from tests.database import committed, owner_connection

pytestmark = pytest.mark.django_db
COMMITTED, UNAUDITED, NEEDED, DENIED = "committed", "unaudited", "needed by another row", "denied to this role"


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: these tests really commit, so no transaction is put around them."""


@pytest.fixture(scope="module", autouse=True)
def _committed_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that are really there, for the whole module: a refused change leaves them as they were."""
    with committed(django_db_blocker):
        world.build()
        yield


def attempt(act: Callable[[], Any]) -> str:
    """What came of an act in a transaction of its own."""
    try:
        with transaction.atomic():
            act()
    except ProtectedError:
        return NEEDED
    except IntegrityError as error:
        if "Unaudited" in str(error):
            return UNAUDITED
        return NEEDED if "foreign key" in str(error) else f"refused: {error}"
    except ProgrammingError as error:
        return DENIED if "permission denied" in str(error) else f"refused: {error}"
    except ValueError as error:
        return f"refused: {error}"
    return COMMITTED


def save(row: Any) -> None:
    field = world.changed_field(type(row))
    setattr(row, field.attname, world.other_value(field, getattr(row, field.attname)))
    row.save()


def insert(row: Any) -> None:
    world.twin(row).save()


def update(row: Any) -> None:
    field = world.changed_field(type(row))
    type(row).objects.filter(pk=row.pk).update(**{field.name: world.other_value(field, getattr(row, field.attname))})


def bulk_update(row: Any) -> None:
    field = world.changed_field(type(row))
    setattr(row, field.attname, world.other_value(field, getattr(row, field.attname)))
    type(row).objects.bulk_update([row], [field.name])


def bulk_create(row: Any) -> None:
    type(row).objects.bulk_create([world.twin(row)])


def delete(row: Any) -> None:
    row.delete()


def queryset_delete(row: Any) -> None:
    type(row).objects.filter(pk=row.pk).delete()


def _raw(sql: str, row: Any, *values: Any) -> None:
    quote = connection.ops.quote_name
    table, key = quote(row._meta.db_table), quote(row._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=table, key=key, column=quote(world.changed_field(type(row)).column)), values)
        assert cursor.rowcount == 1


def raw_update(row: Any) -> None:
    field = world.changed_field(type(row))
    value = world.other_value(field, getattr(row, field.attname))
    _raw("UPDATE {table} SET {column} = %s WHERE {key} = %s", row, value, row.pk)


def raw_delete(row: Any) -> None:
    _raw("DELETE FROM {table} WHERE {key} = %s", row, row.pk)


def raw_insert(row: Any) -> None:
    """The twin without its key where the database makes it; a report's typed part joins a report that has one."""
    other = world.twin(row)
    if row._meta.parents:
        other.report_ptr_id = row.pk
    fields = [f for f in row._meta.local_concrete_fields if getattr(other, f.attname) is not None]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    places = ", ".join("%s" for _ in fields)
    values = [field.get_db_prep_save(getattr(other, field.attname), connection) for field in fields]
    _raw(f"INSERT INTO {{table}} ({columns}) VALUES ({places})", row, *values)  # noqa: S608 - names of our own


WAYS = (save, insert, update, bulk_update, bulk_create, delete, queryset_delete, raw_update, raw_insert, raw_delete)
DELETIONS = {delete, queryset_delete, raw_delete}
# A report and its typed part are one row to Django: it creates none in bulk, and a second part has the same key.
KINDS = {"reports.SIR", "reports.SPEAR", "reports.TAV", "ileads.ILead"}
NOT_POSSIBLE = {(label, way) for label in KINDS for way in ("bulk_create", "raw_insert")}
# One row is all that there may be, or one for each report: a second is refused before the audit is asked.
NOT_POSSIBLE |= {
    (label, way)
    for label in ("reports.DeconflictionRule", "reports.LegacySource", "reports.Match", "reports.Relation")
    for way in ("insert", "bulk_create", "raw_insert")
}
# A value sealed for one row is not saved with another. That a new one needs an event: tests/ileads/test_sealed.py.
NOT_POSSIBLE |= {("ileads.LegacySSN", way) for way in ("insert", "bulk_create", "raw_insert")}
# What former systems said is added to, and changed by nobody: the role may not even try.
APPEND_ONLY = {"ileads.LegacySSN", "ileads.Reveal", "reports.HistoricalReport", "reports.LegacySource"}
CELLS = [(label, way) for label in world.NAMES for way in WAYS]


@pytest.mark.parametrize(("label", "way"), CELLS, ids=[f"{label} {way.__name__}" for label, way in CELLS])
def test_an_unaudited_change_cannot_commit(label: str, way: Callable[[Any], None]) -> None:
    row = world.row_of(world.NAMES[label])
    outcome = attempt(lambda: way(row))
    if (label, way.__name__) in NOT_POSSIBLE:
        assert outcome != COMMITTED
    elif way in DELETIONS:
        assert outcome in {UNAUDITED, NEEDED, DENIED}
    elif label in APPEND_ONLY and "insert" not in way.__name__ and way is not bulk_create:
        assert outcome == DENIED
    else:
        assert outcome == UNAUDITED


def test_every_table_and_way_is_tried() -> None:
    """Only a person changes this count: 50 tables, ten ways."""
    assert len(CELLS) == 640


@pytest.mark.parametrize("label", sorted(set(world.NAMES) - APPEND_ONLY))
def test_the_check_sees_a_table_that_lost_its_trigger(label: str) -> None:
    """The positive control: without the trigger the same change commits."""
    model = world.NAMES[label]
    table = connection.ops.quote_name(model._meta.db_table)
    with owner_connection() as owner:
        owner.execute(f"DROP TRIGGER {coverage.TRIGGER} ON {table}".encode())
    try:
        assert coverage.uncovered() == [model._meta.db_table]
        assert attempt(lambda: raw_update(world.row_of(model))) == COMMITTED
    finally:
        with owner_connection() as owner:
            for statement in coverage.statements(model):
                owner.execute(statement.encode())
    assert coverage.uncovered() == []
    assert attempt(lambda: raw_update(world.row_of(model))) == UNAUDITED


def links() -> list[Any]:
    found: list[models.ManyToManyField[Any, Any]] = []
    for model in world.NAMES.values():
        found += model._meta.local_many_to_many
    return found


@pytest.mark.parametrize("field", links(), ids=str)
def test_a_link_that_the_framework_makes_cannot_be_written(field: Any) -> None:
    row = world.row_of(field.model)
    other = field.related_model._base_manager.first()
    table, mine, theirs = field.m2m_db_table(), field.m2m_column_name(), field.m2m_reverse_name()
    sql = f'INSERT INTO "{table}" ({mine}, {theirs}) VALUES (%s, %s)'  # noqa: S608 - names of the framework's own

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, [row.pk, other.pk if other else 0])

    assert attempt(act) == DENIED

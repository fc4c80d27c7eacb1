"""How the event of a changed row is found: in whatever order, without reading all of them, and never where none is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Office
from audit.log import Subject, record
from audit.models import Event

pytestmark = pytest.mark.django_db
UNAUDITED = "Unaudited INSERT on accounts_office"
READ = (
    "SELECT sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) FROM pg_stat_xact_user_tables"
    " WHERE relname ~ '^audit_event_'"
)
MANY = 40


def run(sql: str, *values: int | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0]) if cursor.description else 0


def check() -> None:
    """What a commit begins with."""
    run("SET CONSTRAINTS ALL IMMEDIATE")


def made(count: int = MANY) -> list[Office]:
    """Offices that no event names yet."""
    root = Office.objects.get(parent=None)
    numbers = range(count)
    kinds = {"kind": Office.Kind.SUB, "programme": root.programme, "parent": root}
    rows = [Office(code=f"N{n}", name=f"New {n}", path=f"/1/n{n}/", **kinds) for n in numbers]
    return Office.objects.bulk_create(rows)


def note(office: Office, *others: Office) -> int:
    return record("reference.changed", by=None, on=office, batch=[str(one.pk) for one in others])


def one_each(offices: list[Office]) -> None:
    for office in offices:
        note(office)


def backwards(offices: list[Office]) -> None:
    one_each(offices[::-1])


def by_eights(offices: list[Office]) -> None:
    for start in range(0, len(offices), 8):
        note(offices[start], *offices[start : start + 8])


def mixed(offices: list[Office]) -> None:
    one_each(offices[1::2])
    note(offices[-1], *offices[::2])


WAYS = [one_each, backwards, by_eights, mixed]


@pytest.mark.parametrize("way", WAYS)
def test_each_row_finds_its_event_and_few_others_are_read(way: Callable[[list[Office]], None]) -> None:
    way(made())
    before = run(READ)
    check()
    assert run(READ) - before <= 3 * MANY


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", [0, 21, -1], ids=["first", "amid", "last"])
def test_one_row_without_an_event_among_many_is_found(way: Callable[[list[Office]], None], place: int) -> None:
    offices = made()
    alone = offices.pop(place)
    way(offices)
    with pytest.raises(IntegrityError, match=f"{UNAUDITED}: .* names office {alone.pk}"), transaction.atomic():
        check()
    note(alone)
    check()


def point_at(number: int) -> None:
    """What the check itself sets, here by whoever wants a change to pass."""
    run("SELECT set_config('audit_lookup.t' || 'accounts_office'::regclass::oid::text, %s, true)::bigint", str(number))


def reading(office: Office) -> int:
    return record("user.viewed", by=None, on=office, batch=[str(office.pk)])


def refusal(office: Office) -> int:
    return record("reference.changed", by=None, on=office, outcome="refused", batch=[str(office.pk)])


def of_another(office: Office) -> int:
    return note(Office.objects.get(code="MIA"))


def of_another_type(office: Office) -> int:
    return record("reference.changed", by=None, on=Subject("user", str(office.pk)), batch=[str(office.pk)])


@pytest.mark.parametrize("event", [reading, refusal, of_another, of_another_type])
def test_pointing_at_an_event_that_excuses_nothing_helps_nobody(event: Callable[[Office], int]) -> None:
    (office,) = made(1)
    number = event(office)
    point_at(number)
    with pytest.raises(IntegrityError, match=UNAUDITED), transaction.atomic():
        check()
    note(office)
    point_at(number)
    check()


@pytest.mark.django_db(transaction=True)
def test_pointing_at_an_event_of_an_earlier_transaction_helps_nobody() -> None:
    office = Office.objects.get(code="MIA")
    number = note(office, office)

    def act() -> None:
        with transaction.atomic():
            point_at(number)
            Office.objects.filter(pk=office.pk).update(name="Another name")

    with pytest.raises(IntegrityError, match="Unaudited UPDATE on accounts_office"):
        act()


def test_a_temporary_table_of_that_name_is_not_the_log() -> None:
    (office,) = made(1)
    run("CREATE TEMP TABLE audit_event ON COMMIT DROP AS SELECT * FROM public.audit_event LIMIT 0")
    note(office)
    assert run("SELECT count(*) FROM pg_temp.audit_event") == 1
    run("UPDATE pg_temp.audit_event SET xid = pg_current_xact_id()::text::bigint, epoch = %s", epoch())
    with pytest.raises(IntegrityError, match=UNAUDITED), transaction.atomic():
        check()
    run("DROP TABLE pg_temp.audit_event")
    note(office)
    check()


def epoch() -> int:
    return run("SELECT max(number) FROM public.audit_epoch")


def test_a_temporary_table_does_not_move_an_event_to_another_epoch() -> None:
    run("CREATE TEMP TABLE audit_epoch ON COMMIT DROP AS SELECT 99 AS number")
    number = note(Office.objects.get(code="MIA"))
    assert Event.objects.get(pk=number).epoch == epoch()

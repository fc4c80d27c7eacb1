"""No record, no answer: twelve ways to break auditing, each for a reveal, an export and a report (security.md, A2)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error, connections

from accounts.models import User
from audit.log import Subject, record
from audit.sealing import seal_once
from tests.audit import ways
from tests.audit.acts import ACTS, CARELESS, Act, Make, audit_export, careless, report_view, ssn_reveal, wrong_with
from tests.database import empty_database
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db
CELLS = [(act, way) for act, all_ways in ACTS.items() for way in all_ways]


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: these tests really commit, so no transaction is put around them."""


@pytest.fixture(scope="module")
def acts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[Make, Act]]:
    """Each act made once, for the whole module, and seen to answer: what is broken is mended after each test."""
    with django_db_blocker.unblock():
        try:
            made = {make: make() for make in ACTS}
            assert [(act.answer(), act.released) for act in made.values()] == [(200, True)] * len(ACTS)
            yield made
        finally:
            connections.close_all()
            empty_database()


@pytest.fixture(autouse=True)
def _many_reveals(settings: Any) -> None:
    settings.REVEALS_A_DAY = 1000


@pytest.mark.parametrize(("make", "broken"), CELLS, ids=[f"{act.__name__} {way.__name__}" for act, way in CELLS])
def test_nothing_is_answered_unrecorded(make: Make, broken: ways.Broken, acts: dict[Make, Act]) -> None:
    assert wrong_with(acts[make], broken) == ""


def test_every_way_and_act_is_tried() -> None:
    assert len(CELLS) == 36


# What PostgreSQL itself says of each (its manual, appendix A), so that no way is another in disguise.
STATES = {
    ways.insert_revoked: "42501",  # insufficient_privilege
    ways.table_renamed: "42P01",  # undefined_table
    ways.table_locked: "55P03",  # lock_not_available
    ways.statement_timeout: "57014",  # query_canceled
    ways.killed_before_commit: "57P01",  # admin_shutdown
    ways.disk_full: "53100",  # disk_full
    ways.partition_missing: "23514",  # check_violation: no partition of relation found for row
    ways.trigger_raising: "P0001",  # raise_exception
    ways.read_only: "25006",  # read_only_sql_transaction
}


@pytest.mark.parametrize(("broken", "state"), STATES.items(), ids=lambda one: getattr(one, "__name__", one))
def test_each_way_is_what_it_is_called(broken: ways.Broken, state: str) -> None:
    with broken(), pytest.raises(Error) as raised:
        record("reports.listed", by=None, on=Subject("list", "", "reports"))
    assert getattr(raised.value.__cause__, "sqlstate", None) == state


# -- The positive control: builds that go on when recording fails -----------------------------------------------------
@pytest.mark.parametrize("make", CARELESS, ids=lambda make: make.__name__)
def test_a_build_that_goes_on_unrecorded_is_caught(make: Make, acts: dict[Make, Act]) -> None:
    with careless(make):
        assert wrong_with(acts[make], ways.insert_revoked) == "released, and answered 200"


def test_a_reveal_that_only_forgets_its_events_is_stopped_by_the_database(
    acts: dict[Make, Act], monkeypatch: Any
) -> None:
    """The row of a reveal cannot commit without the event that names it."""
    monkeypatch.setattr("ileads.reveal.record", lambda *_, **__: 1)
    act = acts[ssn_reveal]
    assert act.answer() >= 500
    assert not act.released


# -- Sealing ----------------------------------------------------------------------------------------------------------
def test_when_sealing_has_stopped_nothing_is_revealed_or_exported_and_reading_and_filing_go_on(
    acts: dict[Make, Act], settings: Any
) -> None:
    stop, go_on = (acts[ssn_reveal], acts[audit_export]), acts[report_view]
    seal_once()
    settings.SEALING_STOPS_AFTER = 0.05
    time.sleep(0.1)
    for act in stop:
        assert (act.answer(), act.released) == (503, False)
        assert "Reading and filing go on" in act.said
    assert (go_on.answer(), go_on.released) == (200, True)
    assert file_sir(User.objects.get(username="agent")).number
    settings.SEALING_STOPS_AFTER = 60
    seal_once()
    assert [(act.answer(), act.released) for act in stop] == [(200, True)] * 2

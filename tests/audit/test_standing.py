"""Whether the log is being sealed: whoever asks is told since when not and what holds it, and what must wait waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from audit import alarm, sealing
from audit.models import Event
from tests.audit.sealed import is_whole, open_transaction, seal_everything, write
from tests.database import owner_connection

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Pages remember for ten seconds what they were told of the sealing; no other test may read it."""
    alarm.told.cache_clear()
    yield
    alarm.told.cache_clear()


def _stops_after(settings: Any, seconds: float) -> None:
    settings.SEALING_STOPS_AFTER = seconds
    alarm.told.cache_clear()


@committed
def test_a_long_transaction_holds_the_seals_and_is_named_until_it_ends(settings: Any) -> None:
    with open_transaction("an import") as other:
        write()
        sealing.seal_once()
        _stops_after(settings, 0)
        standing = sealing.standing()
        assert standing.is_held
        assert f"database process {other.info.backend_pid} (an import), writing since" in standing.held_by
        assert "an import" in sealing.is_down()
        assert sealing.unsealed() == 1
        other.commit()
    _stops_after(settings, 60)
    assert (seal_everything(), sealing.is_down()) == (1, "")
    assert is_whole()


@committed
def test_fresh_seals_do_not_hide_an_event_that_waits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "HEARTBEAT", timedelta(0))
    with open_transaction("an import"):
        write()
        time.sleep(0.6)
        sealing.seal_once()  # empty, but of this moment
        _stops_after(settings, 0.5)
        assert "holds them" in sealing.is_down()


@committed
def test_sealing_is_down_when_the_last_seal_or_the_first_unsealed_event_is_old(settings: Any) -> None:
    seal_everything()
    sealing.seal_once()
    _stops_after(settings, 60)
    _age_last_seal("1 second")
    assert sealing.is_down() == ""
    _age_last_seal("61 seconds")
    assert "has not been sealed since" in sealing.is_down()
    with pytest.raises(sealing.SealingDown):
        sealing.require_sealing()
    _forget_seals()
    assert "has never been sealed" in sealing.is_down()


def _age_last_seal(by: str) -> None:
    with owner_connection() as owner:
        owner.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_keep")
        owner.execute(f"UPDATE audit_seal SET at = clock_timestamp() - interval '{by}'".encode())  # noqa: S608
        owner.execute("ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_keep")


def _forget_seals() -> None:
    with owner_connection() as owner:
        owner.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_keep_all")
        owner.execute("TRUNCATE audit_seal")
        owner.execute("ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_keep_all")


@committed
def test_while_it_is_down_nothing_is_exported_and_reading_goes_on_under_an_alarm(
    settings: Any, as_: Callable[[Any], Client], auditor: Any, agent: Any
) -> None:
    browser = as_(auditor)
    assert browser.post("/audit/export/").status_code == 200
    _stops_after(settings, 0)
    written = Event.objects.filter(code="audit.exported").count()
    answer = browser.post("/audit/export/")
    assert answer.status_code == 503
    assert "nothing can be revealed or exported. Reading and filing go on." in answer.content.decode()
    assert Event.objects.filter(code="audit.exported").count() == written
    assert "Until it is, nothing can be revealed" in browser.get("/audit/").content.decode()
    others = as_(agent).get("/reports/")
    assert (others.status_code, b"Until it is, nothing" in others.content) == (200, False)


@committed
def test_readyz_says_within_a_minute_that_sealing_stopped_and_what_holds_it(settings: Any) -> None:
    assert Client().get("/readyz").json()["sealing"]["alarm"] == ""
    with open_transaction("an import"):
        write(3)
        sealing.seal_once()
        _stops_after(settings, 0)
        answer = Client().get("/readyz")
        assert answer.status_code == 503
        said = answer.json()["sealing"]
        assert said["unsealed_events"] == 3
        assert "an import" in said["held_by"]
        assert "an import" in said["alarm"]
        assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_asking_whether_it_works_reads_no_table_from_end_to_end() -> None:
    """It is asked at each reveal: the last seal and the first event after it come from an index each."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sealing.STANDING}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "audit_seal_pkey" in plan
    assert "Index Cond: (ROW(epoch, xid) >= ROW(" in plan
    assert "Sort" not in plan.replace("Sort Key", "")

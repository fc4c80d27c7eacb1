"""The sealer: every committed event is in exactly one seal, in one order, and whoever asks is told when it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import psycopg
import pytest
from django.db import Error, connection, connections, transaction

from audit import evidence, keys, sealing
from audit.commands import seal as command
from audit.models import Epoch, Event, Seal
from sen.postgres import CHECKOUT
from tests.audit.sealed import is_whole, open_transaction, seal_everything, write
from tests.cluster import HOME
from tests.database import owner_connection

committed = pytest.mark.django_db(transaction=True)


# -- What is sealed ------------------------------------------------------------------------------------------------
@committed
def test_an_event_is_sealed_once_with_the_hash_of_its_row() -> None:
    (number,) = write()
    assert seal_everything() == 1
    stored = Event.objects.get(pk=number)
    leaves = bytes(Seal.objects.latest("sequence").leaves)
    assert leaves == evidence.leaf(number, bytes(stored.row_hash))
    assert sealing.seal_once() == 0
    assert is_whole()


@committed
def test_a_seal_that_is_not_whole_is_seen() -> None:
    write()
    assert not is_whole()  # not sealed yet
    seal_everything()
    assert is_whole()
    with owner_connection() as owner:
        owner.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_keep")
        owner.execute("UPDATE audit_seal SET to_xid = to_xid + 1 WHERE sequence = 1")
        owner.execute("ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_keep")
    assert not is_whole()


def _writes_out_of_order(seed: int, done: threading.Barrier) -> None:
    """Transactions that take their numbers early and late, write one or three events, and commit when chance says."""
    chance = Random(seed)
    try:
        for _ in range(12):
            with transaction.atomic():
                write(chance.choice((1, 3)))
                time.sleep(chance.random() / 100)
                if chance.random() < 0.1:
                    transaction.set_rollback(True)
        done.wait(timeout=60)
    finally:
        connections.close_all()


@committed
def test_under_writers_that_commit_out_of_order_every_event_is_sealed_once_and_in_order() -> None:
    before, done = Seal.objects.count(), threading.Barrier(9)
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(_writes_out_of_order, seed, done) for seed in range(8)]
        while done.n_waiting < 8:
            sealing.seal_once()
        done.wait(timeout=60)
        [writer.result() for writer in writers]
    seal_everything()
    assert Seal.objects.count() > before + 3  # seals were made while they wrote
    assert is_whole()


@committed
def test_a_sealer_that_did_not_wait_for_open_transactions_would_lose_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "HORIZON", sealing.HORIZON.replace("pg_snapshot_xmin", "pg_snapshot_xmax"))
    config = connection.settings_dict
    with psycopg.connect(host=config["HOST"], user=config["USER"], dbname=config["NAME"]) as late:
        late.execute("SELECT pg_current_xact_id()")
        write()
        sealing.seal_once()
        late.execute(INSERT_ONE)
    assert not is_whole()
    sealing.seal_once()
    assert not is_whole()


INSERT_ONE = """
INSERT INTO audit_event (code, kind, outcome, actor, person_key, address, session, request, object_type, object_id,
                         object_label, batch, payload, at, xid, epoch, row_hash)
VALUES ('audit.viewed', 'read', 'done', 'system', 'system', '', '', '', 'list', '', '', '{}', '{}', now(), 0, 0, '')
"""


@committed
def test_a_transaction_is_never_divided_between_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    seal_everything()
    monkeypatch.setattr(sealing, "BATCH", 5)
    for count in (2, 2, 3, 12, 1):
        with transaction.atomic():
            write(count)
    last = Seal.objects.latest("sequence").sequence
    assert seal_everything() == 20
    filled = Seal.objects.filter(sequence__gt=last, count__gt=0).order_by("sequence")
    assert [one.count for one in filled] == [4, 3, 12, 1]
    assert is_whole()


@committed
def test_an_idle_log_gets_an_empty_seal_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seal_everything()
    before = Seal.objects.count()
    assert (sealing.seal_once(), Seal.objects.count()) == (0, before)
    monkeypatch.setattr(sealing, "HEARTBEAT", timedelta(0))
    assert (sealing.seal_once(), Seal.objects.count()) == (0, before + 1)
    assert is_whole()


# -- Epochs --------------------------------------------------------------------------------------------------------
def _restored(xids: tuple[int, ...]) -> None:
    """As after a restored dump: the next epoch is open and transactions bear small numbers again."""
    with owner_connection() as owner:
        owner.execute("SELECT audit_open_epoch('restored in a test')")
    write(len(xids))
    with owner_connection() as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_keep")
        newest = "SELECT id FROM audit_event ORDER BY id DESC LIMIT 1 OFFSET %s"
        for place, xid in enumerate(reversed(xids)):
            owner.execute(f"UPDATE audit_event SET xid = %s WHERE id = ({newest})".encode(), [xid, place])  # noqa: S608
        owner.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_keep")


@committed
def test_a_new_epoch_starts_from_nought_once_the_old_one_is_sealed_to_its_end() -> None:
    seal_everything()
    old = write(3)
    _restored((5, 4, 9))
    assert seal_everything() == 6
    last, before = Seal.objects.filter(count__gt=0).order_by("-sequence")[:2]
    assert (before.epoch, before.count, before.to_xid) == (1, 3, Event.objects.get(pk=old[-1]).xid + 1)
    assert (last.epoch, last.count, last.from_xid) == (2, 3, 0)
    assert is_whole()


@pytest.mark.django_db
def test_an_event_of_a_former_epoch_excuses_no_change() -> None:
    """In a restored cluster a transaction may bear the number of one that wrote events long ago."""
    with owner_connection() as owner:
        owner.execute("CREATE TEMPORARY TABLE changed (id integer)")
        owner.execute(
            "CREATE TRIGGER audit_required AFTER INSERT ON changed FOR EACH ROW "
            "EXECUTE FUNCTION audit_require_event('list', 'id', 'read')"
        )
        owner.execute(INSERT_ONE.replace("'list', ''", "'list', '7'").encode())
        owner.execute("INSERT INTO changed VALUES (7)")
        owner.execute("INSERT INTO audit_epoch (number, why) VALUES (2, 'restored in a test')")
        with pytest.raises(psycopg.errors.IntegrityError, match="Unaudited"):
            owner.execute("INSERT INTO changed VALUES (7)")
        owner.rollback()


@committed
def test_transaction_numbers_behind_the_last_seal_are_said_and_sealed_by_nobody() -> None:
    with owner_connection() as owner:
        owner.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_keep")
        owner.execute("UPDATE audit_seal SET to_xid = 1000000000")
        owner.execute("ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_keep")
    with pytest.raises(sealing.EpochMissing, match="open the next epoch"):
        sealing.seal_once()


@pytest.mark.django_db
def test_only_the_owner_opens_an_epoch() -> None:
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_open_epoch('mine')")
    assert Epoch.objects.count() == 1


# -- Two sealers, a killed one, and rights ---------------------------------------------------------------------------
@committed
def test_of_two_sealers_one_works() -> None:
    write()
    with open_transaction() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
        assert sealing.seal_once() == 0
    assert seal_everything() == 1
    assert is_whole()


@committed
def test_sealers_that_run_at_once_make_one_chain() -> None:
    def one() -> int:
        try:
            return sum(sealing.seal_once() for _ in range(10))
        finally:
            connections.close_all()

    numbers = write(30)
    with ThreadPoolExecutor(4) as pool:
        sealed = sum(found.result() for found in [pool.submit(one) for _ in range(4)])
    assert sealed + seal_everything() == len(numbers)
    assert is_whole()


def _sealer() -> subprocess.Popen[bytes]:
    """The real process on this test's database, as the run-time role."""
    config = connection.settings_dict
    host = str(config["HOST"]).replace("/", "%2F")
    environment = {
        **os.environ,
        "SEN_DATABASE_ROLE": "app",
        "SEN_DATA_DIR": str(HOME),
        "DATABASE_URL": f"postgres://sen_app@{host}/{config['NAME']}",
    }
    return subprocess.Popen([sys.executable, "manage.py", "audit", "seal"], cwd=CHECKOUT, env=environment)


def _ended_connections(name: str) -> int:
    config = connection.settings_dict
    with psycopg.connect(host=config["HOST"], user="postgres", dbname=config["NAME"]) as superuser:
        ended = superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND datname = current_database()",
            [name],
        )
        return len(ended.fetchall())


def _eventually(found: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@committed
def test_the_process_seals_each_second_survives_a_lost_connection_and_ends_when_told() -> None:
    process = _sealer()
    try:
        for _ in range(2):
            write(5)
            _eventually(lambda: sealing.unsealed() == 0)
            assert _ended_connections("sen audit") == 1  # as a database does that is restarted
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
    assert is_whole()


def _seal_until_killed() -> None:
    """In a process of its own, on a connection of its own; the inherited one is left alone, for it is the parent's."""
    inherited, connection.connection = connection.connection, None
    try:
        while inherited:
            sealing.seal_once()
    finally:
        os._exit(1)


@committed
def test_a_sealer_killed_in_the_middle_leaves_whole_seals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, left = Random(4), []
    monkeypatch.setattr(sealing, "BATCH", 2)
    for _ in range(4):
        write(60)
        child = os.fork()
        if not child:
            _seal_until_killed()
        _eventually(lambda: sealing.unsealed() < 60)  # it is at its work
        time.sleep(chance.random() / 100)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        left.append(sealing.unsealed())
        seal_everything()
        assert is_whole()
    assert any(left)  # and did not get to its end


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_seal", "audit_checkpoint"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET key = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_a_seal_or_a_checkpoint(table: str, sql: str) -> None:
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))
    with owner_connection() as owner:
        owner.execute(INSERT_CHECKPOINT.encode())  # a row, for a trigger of rows to refuse
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            owner.execute(sql.format(table).encode())
        owner.rollback()


INSERT_CHECKPOINT = """
INSERT INTO audit_checkpoint SELECT sequence, at, head, 0, key, signature, 'nowhere' FROM audit_seal LIMIT 1
"""


# -- The process that seals ------------------------------------------------------------------------------------------
def test_a_failure_is_said_in_one_line_and_not_each_second(caplog: pytest.LogCaptureFixture) -> None:
    reasons: list[Exception | None] = [keys.KeyUnavailable("No key here."), keys.KeyUnavailable("No key here."), None]

    def act() -> None:
        if reason := reasons.pop(0):
            raise reason

    attempts = command.Attempts("sealing", act)
    assert [attempts.tried() for _ in range(3)] == [False, False, True]
    assert [record.getMessage() for record in caplog.records] == [
        "sealing failed: No key here.",
        "sealing works again",
    ]


def test_what_the_database_said_of_a_row_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    def act() -> None:
        raise Error("DETAIL: Fake Person, 555-0100")

    assert not command.Attempts("sealing", act).tried()
    assert caplog.messages == ["sealing failed: django.db.utils.Error"]


@committed
def test_after_a_failure_it_asks_on_a_new_connection() -> None:
    """A broken connection is not always noticed by Django, and would then fail for ever."""

    def act() -> None:
        connection.ensure_connection()
        raise Error

    assert not command.Attempts("sealing", act).tried()
    assert connection.connection is None

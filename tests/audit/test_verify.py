"""Verification and proof of the real log: nothing is believed that the database computes; what is altered is named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import evidence, keys, proof
from audit.log import Subject, record
from audit.models import Event, Seal
from audit.verify import Asked, Result, verify
from audit.wire import elements, hash_of, named, rows_between
from bench.events import own_connection, write_events
from drills import tamper
from drills.tampering import KINDS, triggers_off
from tests.audit.sealed import seal_everything, write
from tests.database import owner_connection

committed = pytest.mark.django_db(transaction=True)
EVERYTHING = (-(2**31), 0), (2**31 - 1, 0)
# What is written differently in text, in binary, in JSON and in Python.
ODD: dict[str, Any] = {"words": 'tab\t quote" back\\slash Añasco 𝕏 {}', "list": [None, 1.5], "many": "y" * 5000}


def write_odd() -> int:
    """An event with everything that could be read in two ways."""
    subject = Subject("list", "{a,b}", "a \\N, 'list'")
    return record("audit.viewed", by=None, on=subject, batch=["", "NULL", 'a "b", c', "\\", "Zoë\n"], **ODD)


def checked(**asked: Any) -> Result:
    with own_connection() as raw:
        return verify(raw, Asked(keys.public_keys(), **asked))


@contextmanager
def tampering() -> Iterator[psycopg.Connection]:
    """A superuser's connection in a transaction that never commits, with every trigger off."""
    with own_connection("postgres") as raw, raw.transaction(force_rollback=True):
        triggers_off(raw)
        yield raw


def checkpoint(**changed: Any) -> evidence.Checkpoint:
    """The true one of the log's end, or one that says something else."""
    last, first = Seal.objects.order_by("sequence").last(), Seal.objects.get(sequence=1)
    assert last
    events = sum(Seal.objects.values_list("count", flat=True))
    true = {"log": first.previous.hex(), "sequence": last.sequence, "head": last.head.hex(), "events": events}
    key = evidence.key_id(keys.signing_key().public_key())
    return evidence.Checkpoint(**{**true, "at": last.body().at, "key": key, **changed})


# -- The bytes ---------------------------------------------------------------------------------------------------------
@committed
def test_rows_are_hashed_here_as_the_database_hashed_them() -> None:
    write_odd()
    write_events(20)
    with own_connection() as raw:
        rows = rows_between(raw, *EVERYTHING)
    assert len(rows) == Event.objects.count()
    for row in rows:
        said = named(row)
        assert hash_of(row) == row[0] == evidence.row_hash([said[name] for name in evidence.COLUMNS])


def test_a_batch_that_is_no_plain_list_is_not_read_as_one(db: None) -> None:
    for odd in ("'[2:3]={a,b}'", "'{{a,b},{c,d}}'", "'{a,NULL}'"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT array_send({odd}::text[])")
            data = bytes(cursor.fetchone()[0])
        with pytest.raises(ValueError, match="batch"):
            elements(data)


# -- The whole log -----------------------------------------------------------------------------------------------------
@committed
def test_a_true_log_is_found_true_and_its_tail_is_told() -> None:
    write_odd()
    seal_everything()
    first = write(3)[0]
    result = checked(checkpoints=[checkpoint()], at_least=checkpoint().sequence)
    assert result.findings == []
    assert (result.events, result.unsealed) == (Event.objects.filter(pk__lt=first).count(), 3)
    assert result.log == checkpoint().log


@committed
def test_two_processes_find_what_one_finds() -> None:
    """The short form of `make bench-verify`."""
    write_events(3000)
    seal_everything()
    write_events(45_000 // 15, each=100)
    seal_everything()
    with own_connection() as raw:
        one, two = (verify(raw, Asked(keys.public_keys()), processes=count) for count in (1, 2))
    assert one == two
    assert one.findings == []
    assert one.events == Event.objects.count() >= 6000


@committed
def test_a_log_over_two_epochs_is_one_log() -> None:
    write(2)
    seal_everything()
    write(2)
    with owner_connection() as owner:
        owner.execute("SELECT audit_open_epoch('a test')")
    write(2)
    seal_everything()
    assert checked().findings == []
    with tampering() as raw:
        raw.execute("UPDATE audit_event SET epoch = 1 WHERE epoch = 2 AND id = (SELECT max(id) FROM audit_event)")
        assert verify(raw, Asked(keys.public_keys())).findings


@committed
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sequence": 10**6}, "cut off"),
        ({"head": "00" * 32}, "is not the one"),
        ({"events": 1}, "is not the one"),
        ({"log": "00" * 32}, "another log"),
    ],
)
def test_a_log_that_does_not_lead_to_a_checkpoint_is_altered(changed: dict[str, Any], said: str) -> None:
    write(2)
    seal_everything()
    (finding,) = checked(checkpoints=[checkpoint(**changed)]).findings
    assert said in finding.sentence


@committed
def test_the_newest_checkpoint_must_be_new_enough() -> None:
    seal_everything()
    (finding,) = checked(checkpoints=[checkpoint()], at_least=checkpoint().sequence + 1).findings
    assert "was asked for" in finding.sentence


@committed
def test_rows_outside_the_days_asked_for_are_not_read_but_the_chain_is() -> None:
    event = write(2)[0]
    seal_everything()
    late = checkpoint().at + 1
    with tampering() as raw:
        raw.execute("UPDATE audit_event SET actor = 'nobody' WHERE id = %s", [event])
        assert verify(raw, Asked(keys.public_keys())).findings[0].event == event
        assert verify(raw, Asked(keys.public_keys(), since=late)).findings == []
        raw.execute("UPDATE audit_seal SET at = at + interval '1 second' WHERE sequence = 1")
        assert verify(raw, Asked(keys.public_keys(), since=late + 10**7)).findings[0].seal == 1


@committed
def test_numbers_and_times_that_nothing_can_hold_are_findings_and_no_faults() -> None:
    write(2)
    seal_everything()
    last = Event.objects.latest("pk").pk
    for statement in (
        "INSERT INTO audit_event SELECT (jsonb_populate_record(e, '{{\"id\": -5}}')).* "
        "FROM audit_event e WHERE id = {}",
        "UPDATE audit_event SET batch = '[2:3]={{a,b}}' WHERE id = {}",
        "UPDATE audit_seal SET at = 'infinity' WHERE sequence = (SELECT max(sequence) FROM audit_seal WHERE {} > 0)",
        "UPDATE audit_seal SET leaves = 'x', root = '', signature = '' WHERE count > 0 AND {} > 0",
    ):
        with tampering() as raw:
            raw.execute(statement.format(last).encode())
            assert verify(raw, Asked(keys.public_keys())).findings


@committed
def test_every_way_to_tamper_is_found_and_named() -> None:
    """The short form of `make drill-tamper`, its positive controls included."""
    tamper.make_log(300)
    tallies = tamper.run(2)
    assert len(tallies) == len(KINDS) + 1 == 15
    assert {name: tally for name, tally in tallies.items() if not tally.clean} == {}
    assert tamper.controls_fail(tallies)


# -- The commands ------------------------------------------------------------------------------------------------------
def said_by(*words: str) -> str:
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


@committed
def test_verify_says_that_nothing_was_altered(tmp_path: Path) -> None:
    write(2)
    seal_everything()
    write(1)
    (tmp_path / "a.json").write_text(checkpoint().signed(keys.signing_key()))
    said = said_by("verify", "--checkpoint", str(tmp_path), "--processes", "1")
    assert f"Nothing was altered: {Event.objects.count() - 1:,} events" in said
    assert "1 events are not sealed yet" in said
    assert "Checkpoints: 1 in" in said


@committed
def test_verify_ends_with_1_and_names_what_was_altered(tmp_path: Path) -> None:
    seal_everything()
    (tmp_path / "a.json").write_text(checkpoint(events=7).signed(keys.signing_key()))
    (tmp_path / "b.json").write_text("{}")
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("audit", "verify", "--checkpoint", str(tmp_path), stdout=out)
    assert end.value.code == 1
    assert out.getvalue().count("ALTERED: ") == 2


@committed
def test_verify_with_a_foreign_key_finds_no_signature_true(tmp_path: Path) -> None:
    write(2)
    seal_everything()
    from tests.audit.made_log import Log

    (tmp_path / "foreign.pub").write_bytes(Log().public)
    with pytest.raises(SystemExit):
        call_command("audit", "verify", "--key", str(tmp_path / "foreign.pub"), stdout=StringIO())


@pytest.mark.parametrize("words", [["--checkpoint", "/nowhere"], ["--key", "/nowhere"]])
def test_what_is_not_there_is_said(words: list[str], db: None) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        said_by("verify", *words)


@committed
def test_a_proof_from_the_database_stands_by_itself(tmp_path: Path) -> None:
    event = write_odd()
    seal_everything()
    (tmp_path / "checkpoint").write_text(checkpoint().signed(keys.signing_key()))
    note_checkpoint()
    bundle = tmp_path / "bundle.json"
    said = said_by("prove", str(event), "--out", str(bundle))
    assert "--checkpoint" in said
    assert bundle.stat().st_mode & 0o777 == 0o600
    assert Event.objects.latest("pk").object_label == f"proof of event-{event}"
    public = next(keys.folder().glob("*.pub"))
    words = [str(bundle), "--checkpoint", str(tmp_path / "checkpoint"), "--key", str(public)]
    answer = subprocess.run(
        [sys.executable, "-I", evidence.__file__, *words], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith(f"ACCEPTED: Event {event} ")
    changed = json.loads(bundle.read_text())
    assert json.loads(changed["event"]["row"]["payload"])["words"] == ODD["words"]
    changed["event"]["row"]["actor"] = "nobody"
    bundle.write_text(json.dumps(changed))
    assert evidence.main(words) == 1
    with pytest.raises(CommandError, match="is not replaced"):
        said_by("prove", str(event), "--out", str(bundle))


def note_checkpoint() -> None:
    """As the sealer does when it has written one outside."""
    from audit.models import Checkpoint

    said, last = checkpoint(), Seal.objects.order_by("sequence").last()
    assert last
    signature = keys.signing_key().sign(said.message())
    numbers = {"sequence": said.sequence, "events": said.events, "key": said.key}
    Checkpoint.objects.create(at=last.at, head=last.head, signature=signature, place="/a/checkpoint", **numbers)


@committed
def test_a_run_of_seals_is_proven_whole() -> None:
    write(2)
    seal_everything()
    note_checkpoint()
    last = checkpoint().sequence
    with own_connection() as raw:
        made = proof.of_seals(raw, 1, last)
    assert f"{checkpoint().events:,} events" in evidence.check(made.text, checkpoint())


@committed
def test_what_cannot_be_proven_is_said() -> None:
    seal_everything()
    unsealed = write(1)[0]
    with own_connection() as raw:
        for number, why in ((10**9, "no event"), (unsealed, "not sealed yet")):
            with pytest.raises(proof.NotProven, match=why):
                proof.of_event(raw, number)
        seal_everything()
        with pytest.raises(proof.NotProven, match="audit checkpoint"):
            proof.of_event(raw, unsealed)
        with pytest.raises(proof.NotProven, match="without a gap"):
            proof.of_seals(raw, 1, 10**6)


@committed
def test_an_altered_event_is_not_proven() -> None:
    event = write(1)[0]
    seal_everything()
    note_checkpoint()
    with tampering() as raw:
        raw.execute("UPDATE audit_event SET actor = 'nobody' WHERE id = %s", [event])
        with pytest.raises(proof.NotProven, match="audit verify"):
            proof.of_event(raw, event)

"""Keys outside the database, and the sealing with a new one: killed and resumed, nothing lost, nothing left behind."""

from __future__ import annotations

import base64
import json
import secrets
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import Event
from ileads import batches, keys, rotation
from ileads.models import LegacySSN
from ileads.sealed import CannotOpen, open_sealed
from reports import actions, drafts
from reports.actions.filing import NotComplete
from tests.ileads import numbers as ssns
from tests.ileads.leads import filed
from tests.reports.filing import amend_report, file_ilead, ilead_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A key folder of one's own, with its first key."""
    settings.KEY_DIR = str(tmp_path / "keys")
    keys.load()
    return tmp_path / "keys"


@pytest.fixture
def sealed(folder: Path, officer: Any, fod: Any) -> dict[UUID, str]:
    """Twenty sealed numbers, by key of their row, in batches of three."""
    numbers = [ssns.number() for _ in range(20)]
    rows = ssns.on(filed(officer, fod), *numbers)
    return {row.pk: number for row, number in zip(rows, numbers, strict=True)}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)


def ssn(*words: object) -> str:
    out = StringIO()
    call_command("ssn", *map(str, words), stdout=out, verbosity=0)
    return out.getvalue()


def opened() -> dict[UUID, str]:
    return {one.pk: open_sealed(one.value, for_=one) for one in LegacySSN.objects.all()}


def stored() -> dict[UUID, bytes]:
    return {one.pk: one.value._stored for one in LegacySSN.objects.all()}


# -- The key file -----------------------------------------------------------------------------------------------------
def test_the_keys_are_for_their_owner_alone_and_wrapped(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {keys.FILE, keys.MASTER, keys.LOCK}
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    key, said = keys.load().key(1), (folder / keys.FILE).read_text()
    assert len(key) == 32
    assert base64.b64encode(key).decode() not in said
    assert len(base64.b64decode(json.loads(said)["keys"]["1"]["wrapped"])) == 40  # RFC 3394: eight bytes more


def test_nothing_that_is_printed_holds_a_key(folder: Path) -> None:
    ring = keys.load()
    said = repr(ring) + str(ring) + ssn("status") + ssn("new-key") + ssn("rotate")
    for part in (ring.key(1), ring.master, ring.wrapped[1]):
        assert part.hex() not in said
        assert repr(part)[2:-1] not in said
        assert base64.b64encode(part).decode() not in said


def test_many_processes_at_first_start_make_one_key(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = str(tmp_path / "shared")
    with ThreadPoolExecutor(8) as pool:
        found = {ring.key(1) for ring in pool.map(lambda _: keys.load(), range(40))}
    assert len(found) == 1


def test_production_makes_no_keys_by_itself(settings: Any, tmp_path: Path) -> None:
    settings.PRODUCTION, settings.KEY_DIR = True, str(tmp_path / "none")
    with pytest.raises(keys.Unavailable, match="new-key"):
        keys.load()
    with pytest.raises(keys.Unavailable, match="SEN_MASTER_KEY_FILE"):
        keys.new_key()
    assert not list((tmp_path / "none").glob("*.json"))
    with pytest.raises(keys.Unavailable):
        keys.make_for_demonstration()


def test_a_production_server_is_given_its_master_key(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRODUCTION, settings.KEY_DIR = True, str(tmp_path / "given")
    master = tmp_path / "master"
    master.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    monkeypatch.setenv("SEN_MASTER_KEY_FILE", str(master))
    assert keys.new_key() == 1
    assert len(keys.load().key(1)) == 32
    assert not (tmp_path / "given" / keys.MASTER).exists()
    monkeypatch.setenv("SEN_MASTER_KEY", "too short")
    with pytest.raises(keys.Unavailable, match="not 32 bytes"):
        keys.load()


def break_master(folder: Path) -> None:
    (folder / keys.MASTER).write_text(base64.b64encode(secrets.token_bytes(32)).decode())


def break_file(folder: Path) -> None:
    (folder / keys.FILE).write_text("{")


def lose_key(folder: Path) -> None:
    said = json.loads((folder / keys.FILE).read_text())
    said["keys"] = {"7": said["keys"]["1"]}
    (folder / keys.FILE).write_text(json.dumps(said | {"current": 7}))


def another_key(folder: Path) -> None:
    """A key file with the same version of another key, under the same master."""
    (folder / keys.FILE).unlink()
    keys.new_key()


BREAKS = [break_master, break_file, lose_key, another_key]


@pytest.mark.parametrize("spoil", BREAKS, ids=lambda one: one.__name__)
def test_with_a_wrong_or_missing_key_nothing_opens_and_nothing_changes(
    folder: Path, sealed: dict[UUID, str], spoil: Callable[[Path], None]
) -> None:
    before, kept = stored(), {path: path.read_bytes() for path in folder.iterdir()}
    spoil(folder)
    for one in LegacySSN.objects.all():
        with pytest.raises(CannotOpen) as refused:
            open_sealed(one.value, for_=one)
        assert sealed[one.pk] not in str(refused.value)
    if spoil is another_key:
        ssn("new-key")
    if spoil in (break_master, break_file):
        with pytest.raises(CommandError):
            ssn("new-key")
    with pytest.raises(CommandError):
        ssn("rotate")
    assert stored() == before
    for path, value in kept.items():
        path.write_bytes(value)
    assert opened() == sealed


# -- Rotation ---------------------------------------------------------------------------------------------------------
def test_everything_is_sealed_anew_and_opens_as_before(sealed: dict[UUID, str]) -> None:
    before = stored()
    assert "Key 2 is the current one" in ssn("new-key")
    assert "key 1" in ssn("status")
    assert "20 left" in ssn("status")
    assert "20 SSNs sealed anew with key 2, each opened again. 0 left." in ssn("rotate")
    assert rotation.usage() == {2: 20}
    assert opened() == sealed
    assert not set(before.values()) & set(stored().values())
    assert "0 SSNs sealed anew" in ssn("rotate")


def test_each_batch_names_its_ileads(sealed: dict[UUID, str]) -> None:
    ssn("new-key")
    ssn("rotate")
    events = Event.objects.filter(code="ssn.rotated")
    assert sum(json.loads(event.payload)["count"] for event in events) == 20
    assert events.count() == 7
    report = LegacySSN.objects.first()
    assert report
    assert {tuple(event.batch) for event in events} == {(str(report.report_id),)}
    assert Event.objects.filter(code="ssn.key_made", object_id="2").count() == 1


def test_a_run_that_was_stopped_is_completed_by_the_next(
    sealed: dict[UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite's short form of `make drill-ssn`, which kills the real command."""
    ssn("new-key")
    done = []

    def stop(outcome: rotation.Outcome) -> None:
        done.append(outcome.renewed)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(stop)
    assert rotation.usage() == {1: 14, 2: 6}
    assert opened() == sealed
    assert "14 SSNs sealed anew" in ssn("rotate")
    assert opened() == sealed
    assert rotation.usage() == {2: 20}


def test_a_batch_that_fails_leaves_its_rows_as_they_were(
    sealed: dict[UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ssn("new-key")
    before = stored()
    monkeypatch.setattr(batches, "note", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rotation.rotate()
    assert stored() == before


def test_one_that_does_not_open_stays_and_is_named(sealed: dict[UUID, str]) -> None:
    ssn("new-key")
    broken = next(iter(sealed))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ileads_legacyssn SET value = value || '\\x00' WHERE id = %s", [broken])
    with pytest.raises(CommandError, match="1 do not open"):
        ssn("rotate")
    assert rotation.usage() == {1: 1, 2: 19}
    event = Event.objects.get(code="ssn.not_opened")
    assert json.loads(event.payload) == {"ssn": str(broken)}


def test_a_key_is_removed_only_when_nothing_is_sealed_with_it(sealed: dict[UUID, str]) -> None:
    ssn("new-key")
    with pytest.raises(CommandError, match="--confirm"):
        ssn("drop-key", 1)
    with pytest.raises(CommandError, match="20 SSNs are still sealed with key 1"):
        ssn("drop-key", 1, "--confirm")
    ssn("rotate")
    with pytest.raises(CommandError, match="still sealed with key 2"):
        ssn("drop-key", 2, "--confirm")
    ssn("drop-key", 1, "--confirm")
    assert set(keys.load().wrapped) == {2}
    assert opened() == sealed
    with pytest.raises(CommandError, match="Nothing was removed"):
        ssn("drop-key", 1, "--confirm")
    assert Event.objects.filter(code="ssn.key_removed", object_id="1").count() == 1
    assert ssn("new-key").startswith("Key 3 ")


def test_the_current_key_stays_though_nothing_is_sealed_with_it(folder: Path) -> None:
    with pytest.raises(CommandError, match="the current one"):
        ssn("drop-key", 1, "--confirm")


# -- The iLead around it ----------------------------------------------------------------------------------------------
def test_a_person_with_a_legacy_ssn_is_not_amended_away(folder: Path, officer: Any, fod: Any) -> None:
    report = filed(officer, fod)
    ssns.on(report, ssns.number())
    draft, others = drafts.open_amendment(report, by=officer), ilead_answers(officer)
    draft.answers |= {name: others[name] for name in ("people", "gang_claims")}
    draft.reason = "Another person after all"
    draft.save()
    with pytest.raises(NotComplete) as refused:
        actions.submit(draft.pk, by=officer, key=uuid4(), body_hash="x", attested=True)
    assert "A person with a masked legacy SSN cannot be removed" in str(refused.value.problems)
    assert LegacySSN.objects.filter(report=report).count() == 1
    draft.delete()
    assert amend_report(report, officer, what={"title": ["Another title"]}).version == 2
    assert file_ilead(officer).version == 1


def test_the_master_key_of_a_process_is_read_from_its_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = (folder / keys.MASTER).read_text()
    monkeypatch.setenv("SEN_MASTER_KEY", right)
    (folder / keys.MASTER).unlink()
    assert keys.load().key(1)

"""Checkpoints: each is written once to a place outside the database, is never replaced, and is missed when it fails."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.core.management import CommandError, call_command
from django.test import Client

from audit import checkpoints, evidence, keys, places, sealing
from audit.files import write_once
from audit.models import Checkpoint, Event, Seal
from tests.audit.sealed import seal_everything, write

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.CHECKPOINTS = str(tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


def sealed(count: int = 1) -> Seal:
    write(count)
    seal_everything()
    return Seal.objects.latest("sequence")


def said_by(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def is_signed(said: dict[str, Any]) -> bool:
    plain = {name: value for name, value in said.items() if name not in ("format", "signature")}
    key = keys.public_keys()[said["key"]]
    return evidence.is_signed(key, bytes.fromhex(said["signature"]), evidence.Checkpoint(**plain).message())


# -- In a folder -----------------------------------------------------------------------------------------------------
@committed
def test_a_checkpoint_holds_the_head_of_the_log_signed(folder: Path) -> None:
    last = sealed(3)
    call_command("audit", "checkpoint")
    (path,) = folder.iterdir()
    said = said_by(path)
    assert (said["sequence"], said["head"]) == (last.sequence, bytes(last.head).hex())
    assert said["events"] == Event.objects.count()
    assert said["log"] == bytes(Seal.objects.get(sequence=1).previous).hex()
    assert is_signed(said)
    assert not is_signed({**said, "events": said["events"] - 1})
    noted = Checkpoint.objects.get()
    assert (noted.place, bytes(noted.signature).hex()) == (str(path), said["signature"])


@committed
def test_it_counts_on_from_the_one_before(folder: Path) -> None:
    for _ in range(2):
        sealed(2)
        assert checkpoints.write()
    assert Checkpoint.objects.latest("sequence").events == Event.objects.count()
    assert len(list(folder.iterdir())) == 2


@committed
def test_without_anything_new_none_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed()
    assert checkpoints.write()
    monkeypatch.setattr(sealing, "HEARTBEAT", timedelta(0))
    before = Seal.objects.count()
    sealing.seal_once()
    assert Seal.objects.count() == before + 1  # an empty seal is nothing new
    assert checkpoints.write() is None
    assert len(list(folder.iterdir())) == 1


@committed
def test_one_that_was_written_but_not_noted_is_noted_the_next_time(folder: Path) -> None:
    sealed()
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        checkpoints.write(Forgetful(folder))
    assert (Checkpoint.objects.count(), len(list(folder.iterdir()))) == (0, 1)
    assert checkpoints.write()
    assert (Checkpoint.objects.count(), len(list(folder.iterdir()))) == (1, 1)


class Forgetful(places.Folder):
    """A sealer that dies after the file is there and before the row is."""

    def keep(self, name: str, text: str) -> str:
        super().keep(name, text)
        raise KeyboardInterrupt


@committed
def test_a_different_one_of_the_same_name_is_never_replaced(folder: Path) -> None:
    last = sealed()
    log = checkpoints.log_name()
    folder.mkdir()
    other = folder / f"{log[:16]}-{last.sequence:012d}.json"
    other.write_text("something else")
    with pytest.raises(CommandError, match="holds something else and is not replaced"):
        call_command("audit", "checkpoint")
    assert other.read_text() == "something else"
    assert [path.name for path in folder.iterdir()] == [other.name]
    assert not Checkpoint.objects.exists()


@committed
def test_a_folder_that_cannot_be_written_raises_the_alarm_and_sealing_goes_on(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHECKPOINTS = "/proc/sen-checkpoints"  # a file system that takes no folder, not even from root
    monkeypatch.setattr(checkpoints, "EVERY", timedelta(days=1))  # the first event may be older than the tests are
    sealed()
    with pytest.raises(places.NotKept, match="cannot take a checkpoint"):
        checkpoints.write()
    assert Client().get("/readyz").json()["checkpoints"]["waiting_since"] is None  # not late yet
    monkeypatch.setattr(checkpoints, "EVERY", timedelta(0))
    monkeypatch.setattr(checkpoints, "PATIENCE", timedelta(0))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["checkpoints"]["waiting_since"] is None) == (503, False)
    sealed()
    settings.CHECKPOINTS = str(tmp_path)
    assert checkpoints.write()
    assert Client().get("/readyz").status_code == 200


def test_in_production_the_folder_must_be_there(settings: Any, tmp_path: Path) -> None:
    """One made by ourselves would lie on the very machine when the other's is not mounted."""
    settings.PRODUCTION = True
    with pytest.raises(places.NotKept, match="No such file"):
        places.Folder(tmp_path / "not mounted").keep("a.json", "{}")
    assert not (tmp_path / "not mounted").exists()


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space left"):
        write_once(tmp_path / "a.json", b"{}")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    write_once(tmp_path / "a.json", b"{}")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"{}"]


# -- When ----------------------------------------------------------------------------------------------------------
@committed
def test_one_is_due_every_ten_minutes_while_something_was_sealed(folder: Path) -> None:
    sealed()
    assert checkpoints.is_due()
    made = checkpoints.write()
    assert made
    later = made.at + timedelta(minutes=11)
    assert not checkpoints.is_due(later)  # nothing new
    sealed()
    assert not checkpoints.is_due(made.at + timedelta(minutes=9))
    assert checkpoints.is_due(later)


# -- In an object store ----------------------------------------------------------------------------------------------
class Objects(BaseHTTPRequestHandler):
    """As object stores do it: PUT with `If-None-Match: *` is refused when the object exists."""

    kept: dict[str, bytes]
    asked: list[tuple[str, str]]

    def do_PUT(self) -> None:
        self.asked.append(("PUT", self.headers.get("Authorization", "")))
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in self.kept and self.headers.get("If-None-Match") == "*":
            return self._answer(412)
        self.kept[self.path] = body
        return self._answer(201)

    def do_GET(self) -> None:
        self.asked.append(("GET", self.headers.get("Authorization", "")))
        return self._answer(200, self.kept[self.path])

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/log/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def objects(settings: Any) -> Iterator[type[Objects]]:
    handler = type("OneStore", (Objects,), {"kept": {}, "asked": []})
    with serving(handler) as address:
        settings.CHECKPOINTS, settings.CHECKPOINTS_TOKEN = address, "a token of this test"
        yield handler


@committed
def test_an_object_store_gets_it_with_the_token(objects: type[Objects], settings: Any) -> None:
    last = sealed()
    made = checkpoints.write()
    assert made
    (path,) = objects.kept
    assert json.loads(objects.kept[path])["sequence"] == last.sequence
    assert settings.CHECKPOINTS + path.removeprefix("/log/") == made.place
    assert objects.asked == [("PUT", "Bearer a token of this test")]


@committed
def test_an_object_with_the_same_bytes_counts_and_one_with_others_is_refused(objects: type[Objects]) -> None:
    place = places.configured()
    assert place.keep("a.json", "one") == place.keep("a.json", "one")
    with pytest.raises(places.NotKept, match="holds something else"):
        place.keep("a.json", "another")
    assert objects.kept == {"/log/a.json": b"one"}


def test_the_token_is_not_taken_elsewhere(settings: Any, objects: type[Objects]) -> None:
    class Elsewhere(Objects):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", settings.CHECKPOINTS + "b.json")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(Elsewhere) as address, pytest.raises(places.NotKept, match="refused with status 307"):
        places.Store(address, "a token of this test").keep("a.json", "{}")
    assert objects.asked == []


def test_a_store_that_is_not_there_or_not_safe_is_refused(settings: Any) -> None:
    with pytest.raises(places.NotKept, match="cannot be reached"):
        places.Store("http://127.0.0.1:9/", "").keep("a.json", "{}")
    for address in ("http://objects.example.gov/", "ftp://objects.example.gov/", "file:///tmp/"):
        settings.CHECKPOINTS = address
        with pytest.raises(places.NotKept, match="must be a folder or an https:// address"):
            places.configured()


# -- Keys ------------------------------------------------------------------------------------------------------------
def test_a_key_is_made_once_and_its_public_half_stays(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = str(tmp_path)
    first = keys.signing_key()
    assert evidence.key_id(first.public_key()) in keys.public_keys()
    with pytest.raises(CommandError, match="exists already"):
        call_command("audit", "key")
    (tmp_path / keys.PRIVATE).unlink()  # a new key: the old public half still tells old seals
    call_command("audit", "key")
    assert {evidence.key_id(first.public_key()), evidence.key_id(keys.signing_key().public_key())} <= set(
        keys.public_keys()
    )
    assert (tmp_path / keys.PRIVATE).stat().st_mode & 0o777 == 0o600


def test_in_production_no_key_is_made_by_itself(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR, settings.PRODUCTION = str(tmp_path), True
    with pytest.raises(keys.KeyUnavailable, match=r"manage\.py audit key"):
        keys.signing_key()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["nonsense", "another kind of key", "a folder"])
def test_a_key_that_cannot_sign_is_told_apart(settings: Any, tmp_path: Path, kind: str) -> None:
    settings.KEY_DIR = str(tmp_path)
    path = tmp_path / keys.PRIVATE
    if kind == "a folder":
        path.mkdir()
    elif kind == "nonsense":
        path.write_text("nonsense")
    else:
        other = generate_private_key(SECP256R1())
        pem, pkcs8, plain = (
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(other.private_bytes(pem, pkcs8, plain))
    with pytest.raises(keys.KeyUnavailable, match=r"seal\.pem"):
        keys.signing_key()


@committed
def test_without_its_key_nothing_is_sealed(settings: Any, tmp_path: Path) -> None:
    write()
    (tmp_path / keys.PRIVATE).write_text("nonsense")
    settings.KEY_DIR = str(tmp_path)
    before = Seal.objects.count()
    with pytest.raises(CommandError, match=r"seal\.pem"):
        call_command("audit", "seal", "--once")
    assert Seal.objects.count() == before

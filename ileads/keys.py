"""The keys of the sealed SSNs: versions in a file outside the database, each wrapped under a master key (RFC 3394)."""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import keywrap
from django.conf import settings
from django.utils import timezone

FILE, MASTER, LOCK = "ssn-keys.json", "ssn-master.key", "ssn-keys.lock"
BYTES = 32
FORMAT = 1


class Unavailable(Exception):
    """The keys cannot be used; the message says why and what to do, and holds no part of a key."""


@dataclass(frozen=True)
class Keyring:
    """The versions in a key file, still wrapped, and the master key that unwraps them."""

    current: int
    wrapped: dict[int, bytes] = field(repr=False)
    made: dict[int, str] = field(repr=False)
    master: bytes = field(repr=False)
    _open: dict[int, bytes] = field(default_factory=dict, repr=False, compare=False)

    def key(self, version: int) -> bytes:
        """The 32 bytes of a version. Raises `Unavailable` for one that is not there or that the master does not fit."""
        if version not in self._open:
            if version not in self.wrapped:
                raise Unavailable(f"Key {version} is not in the key file. Restore the file from its backup.")
            self._open[version] = _unwrapped(self.wrapped[version], self.master)
        return self._open[version]

    def check(self) -> None:
        """Raise `Unavailable` unless the master key fits every version."""
        for version in self.wrapped:
            self.key(version)


def load() -> Keyring:
    """The keys as they are in the file now. Raises `Unavailable`; outside production missing ones are made."""
    if not settings.PRODUCTION:
        make_for_demonstration()
    return _load()


def _load() -> Keyring:
    try:
        said = json.loads(_file().read_text())
        wrapped = {int(version): base64.b64decode(one["wrapped"], validate=True) for version, one in _keys(said)}
        made = {int(version): str(one["made"]) for version, one in _keys(said)}
        form, current = said["format"], int(said["current"])
    except FileNotFoundError:
        raise Unavailable(f"There is no {_file()}. Restore it, or begin with `manage.py ssn new-key`.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Unavailable(f"{_file()} cannot be read. Restore it from its backup.") from None
    if form != FORMAT or current not in wrapped:
        raise Unavailable(f"{_file()} is not a key file of this release. Restore it from its backup.")
    return Keyring(current, wrapped, made, _master())


def make_for_demonstration() -> bool:
    """Keys for invented people, the master beside them: True if there were none yet. Never in production."""
    if settings.PRODUCTION:
        raise Unavailable("A production server is given its keys; it makes none by itself.")
    if _file().exists():
        return False
    with _writing():
        if _file().exists():  # another process was quicker
            return False
        if _given() is None:
            _replace(folder() / MASTER, base64.b64encode(secrets.token_bytes(BYTES)).decode() + "\n")
        _add_to(Keyring(0, {}, {}, _master()))
    return True


def new_key() -> int:
    """Add a version and make it the current one; returns it. The master key must fit those that are there."""
    with _writing():
        ring = _load() if _file().exists() else Keyring(0, {}, {}, _master())
        ring.check()
        return _add_to(ring)


def _add_to(ring: Keyring) -> int:
    version = max(ring.wrapped, default=0) + 1
    fresh = keywrap.aes_key_wrap(ring.master, secrets.token_bytes(BYTES))
    made = ring.made | {version: timezone.now().isoformat(timespec="seconds")}
    _write(Keyring(version, ring.wrapped | {version: fresh}, made, ring.master))
    return version


def drop(version: int) -> None:
    """Remove a version for good. Whoever calls has made sure that nothing is sealed with it."""
    with _writing():
        ring = _load()
        if version == ring.current or version not in ring.wrapped:
            raise Unavailable(f"Key {version} is the current one or not in the key file. Nothing was removed.")
        wrapped = {one: value for one, value in ring.wrapped.items() if one != version}
        _write(Keyring(ring.current, wrapped, {one: ring.made[one] for one in wrapped}, ring.master))


# -- The master key ---------------------------------------------------------------------------------------------------
def _master() -> bytes:
    """From SEN_MASTER_KEY, or from the file that SEN_MASTER_KEY_FILE names (base64 of 32 bytes)."""
    said = _given()
    if said is None and not settings.PRODUCTION:
        said = _read(folder() / MASTER)
    if not said:
        raise Unavailable("No master key is set. Set SEN_MASTER_KEY_FILE (or SEN_MASTER_KEY) to 32 bytes in base64.")
    try:
        key = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != BYTES:
        raise Unavailable("The master key is not 32 bytes in base64. Set the one that the keys were made with.")
    return key


def _given() -> str | None:
    """The master key that this server was given, or None."""
    if said := os.environ.get("SEN_MASTER_KEY"):
        return said.strip()
    path = os.environ.get("SEN_MASTER_KEY_FILE")
    return _read(Path(path)) if path else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        raise Unavailable(f"The master key {path} cannot be read. See that it is there and readable.") from None


def _unwrapped(wrapped: bytes, master: bytes) -> bytes:
    try:
        return keywrap.aes_key_unwrap(master, wrapped)
    except (keywrap.InvalidUnwrap, ValueError):
        raise Unavailable(
            "The master key does not fit the key file. Set the one that the keys were made with; nothing was changed."
        ) from None


# -- The file ---------------------------------------------------------------------------------------------------------
def folder() -> Path:
    """Where the key file lies: outside the database and its backups."""
    return Path(settings.KEY_DIR)


def _file() -> Path:
    return folder() / FILE


def _keys(said: Any) -> Iterator[tuple[str, Any]]:
    yield from said["keys"].items()


@contextmanager
def _writing() -> Iterator[None]:
    """One process at a time writes the key file."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder() / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable(f"{folder()} cannot be written: {error.strerror}. See that it is there and ours.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(ring: Keyring) -> None:
    keys = {
        str(version): {"wrapped": base64.b64encode(value).decode(), "made": ring.made[version]}
        for version, value in sorted(ring.wrapped.items())
    }
    _replace(_file(), json.dumps({"format": FORMAT, "current": ring.current, "keys": keys}, indent=2) + "\n")


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, for its owner alone, and on the disk before anything is sealed with it."""
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

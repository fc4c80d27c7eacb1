"""The keys of the bytes of attachments: one file a version outside the database, the newest is what seals."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from audit.files import write_once

BYTES = 32
NAME = re.compile(r"attachments-([1-9]\d{0,8})\.key")
MAKE = "Restore it from its backup, or begin with `manage.py attachments new-key`."


class Unavailable(Exception):
    """A key cannot be used; the message says why and what to do, and holds no part of a key."""


def folder() -> Path:
    """Where the keys lie: outside the database and its backups."""
    return Path(settings.FILE_KEYS)


def current() -> int:
    """The version that seals now. Outside production one is made when there is none. Raises Unavailable."""
    found = versions()
    if not found and not settings.PRODUCTION:
        return new_key()
    if not found:
        raise Unavailable(f"There is no key of attachments in {folder()}. {MAKE}")
    return max(found)


def versions() -> list[int]:
    if not folder().is_dir():
        return []
    return sorted(int(name[1]) for path in folder().iterdir() if (name := NAME.fullmatch(path.name)))


def key(version: int) -> bytes:
    """The 32 bytes of a version. Raises Unavailable."""
    return _read(path_of(version))


@lru_cache(maxsize=8)
def _read(path: Path) -> bytes:
    try:
        read = base64.b64decode(path.read_text().strip(), validate=True)
    except FileNotFoundError:
        raise Unavailable(f"There is no {path}. Restore it from its backup.") from None
    except (OSError, ValueError, binascii.Error):
        read = b""
    if len(read) != BYTES:
        raise Unavailable(f"{path} is not 32 bytes in base64. Restore it from its backup.")
    return read


def new_key() -> int:
    """Add a version, which seals from now on; what older ones sealed still opens. Raises Unavailable."""
    version = max(versions(), default=0) + 1
    made = base64.b64encode(secrets.token_bytes(BYTES)) + b"\n"
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path_of(version), made, mode=0o600)
    except FileExistsError:
        pass  # another process was quicker, and its key is as good
    except OSError as error:
        raise Unavailable(f"{folder()} cannot be written: {error.strerror}. See that it is there and ours.") from None
    return version


def path_of(version: int) -> Path:
    return folder() / f"attachments-{version}.key"

"""Where checkpoints are kept: a folder or an object store that the database cannot write. Nothing there is replaced."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from audit.files import write_once

TIMEOUT_SECONDS = 10
# An object store that was told to write only what is new says one of these when there is something already.
EXISTS = (409, 412)
OURS = ("localhost", "127.0.0.1")


class NotKept(Exception):
    """A checkpoint could not be written; the message says where and why."""


class Place(Protocol):
    def keep(self, name: str, text: str) -> str:
        """Write it under a new name and return where it lies. The same text again changes nothing. Raises NotKept."""


def configured() -> Place:
    """The place that `SEN_CHECKPOINTS` names. Raises NotKept when it can be none."""
    said = settings.CHECKPOINTS
    if "://" not in said:
        return Folder(Path(said))
    parts = urlsplit(said)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in OURS):
        return Store(said.rstrip("/") + "/", settings.CHECKPOINTS_TOKEN)
    raise NotKept(f"SEN_CHECKPOINTS must be a folder or an https:// address, not {parts.scheme}://.")


class Folder:
    """A folder, best on a machine of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, name: str, text: str) -> str:
        target = self.path / name
        try:
            if not settings.PRODUCTION:
                self.path.mkdir(parents=True, exist_ok=True)
            write_once(target, text.encode())
        except FileExistsError:
            raise NotKept(f"{target} holds something else and is not replaced.") from None
        except OSError as error:
            raise NotKept(f"{self.path} cannot take a checkpoint: {error.strerror}.") from None
        return str(target)


class NoRedirect(HTTPRedirectHandler):
    """The token goes to the address that was configured and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Store:
    """An object store or any server that understands PUT with `If-None-Match: *` (RFC 9110, section 13.1.2)."""

    def __init__(self, prefix: str, token: str) -> None:
        self.prefix = prefix
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def keep(self, name: str, text: str) -> str:
        address, data = self.prefix + name, text.encode()
        try:
            self._ask("PUT", address, data)
        except HTTPError as error:
            error.close()
            if error.code not in EXISTS:
                raise NotKept(f"{address} was refused with status {error.code}.") from None
            self._compare(address, data)
        except (URLError, HTTPException, OSError) as error:
            raise NotKept(f"{address} cannot be reached: {type(error).__name__}.") from None
        return address

    def _compare(self, address: str, data: bytes) -> None:
        try:
            there = self._ask("GET", address)
        except (HTTPError, URLError, HTTPException, OSError) as error:
            raise NotKept(f"{address} exists and cannot be read: {type(error).__name__}.") from None
        if there != data:
            raise NotKept(f"{address} holds something else and is not replaced.")

    def _ask(self, method: str, address: str, data: bytes | None = None) -> bytes:
        headers = {**self.headers, "If-None-Match": "*", "Content-Type": "application/json"} if data else self.headers
        request = Request(address, data=data, headers=headers, method=method)  # noqa: S310 - `configured` allows https
        with build_opener(NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as answer:
            return bytes(answer.read())

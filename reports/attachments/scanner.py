"""The virus scanner: a small client of clamd that takes nothing for a clean bill but the one line that is one.

Protocol: clamd(8), INSTREAM. Whatever else comes, or nothing, or an answer before all was sent: the file waits. A
scanner that passes over what it finds too large answers OK as well, so it is trusted only while it finds the test
text in a file that is larger than any that we take.
"""

from __future__ import annotations

import io
import logging
import select
import socket
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

log = logging.getLogger("sen.attachments")
CLEAN = b"stream: OK"
LONGEST_ANSWER = 4096
CHUNK = 256 * 1024
# For so long a scanner that has shown that it finds the test text is believed, and one that failed is left alone.
TRUSTED_SECONDS = 600.0
LEFT_ALONE_SECONDS = 20.0


class Unavailable(Exception):
    """Nobody can say whether the file is clean; it waits. The message says what is wrong with the scanner."""


@dataclass(frozen=True)
class Answer:
    """What the scanner found: a name of malware, or nothing."""

    found: str = ""


def scan(content: Iterable[bytes]) -> Answer:
    """Ask about a file. Raises Unavailable unless the scanner has read all of it and says so."""
    address = settings.CLAMD
    if not address:
        raise Unavailable("No virus scanner is set (SEN_CLAMD), so files wait.")
    _STANDING.refuse_if_left_alone(address)
    began = time.monotonic()
    try:
        if not _STANDING.is_trusted(address):
            _control(address)
            _STANDING.trust(address)
        return _ask(address, content)
    except (OSError, Unavailable) as error:
        log.warning("Attached files wait. The virus scanner at %s cannot be used: %s", address, error)
        _STANDING.leave_alone(address, time.monotonic() - began)
        raise Unavailable(f"The virus scanner at {address} cannot be used: {error}") from None


def is_there() -> bool:
    """Whether a scanner answers at all, for pages that say why a file waits."""
    if not settings.CLAMD:
        return False
    try:
        with _connected(settings.CLAMD, 2.0) as line:
            line.sendall(b"zPING\0")
            return _answer(line, time.monotonic() + 2.0) == b"PONG"
    except (OSError, Unavailable):
        return False


def forget() -> None:
    """Trust no scanner and leave none alone, as after a start."""
    _STANDING.__init__()  # type: ignore[misc]


# -- One question ------------------------------------------------------------------------------------------------------
def _ask(address: str, content: Iterable[bytes]) -> Answer:
    deadline = time.monotonic() + settings.CLAMD_SECONDS
    with _connected(address, 10.0) as line:
        line.sendall(b"zINSTREAM\0")
        for chunk in _chunks(content):
            _refuse_early_answer(line)
            line.settimeout(_left(deadline))
            line.sendall(len(chunk).to_bytes(4, "big") + chunk)
        _refuse_early_answer(line)
        line.sendall(b"\0\0\0\0")
        said = _answer(line, deadline)
    if said == CLEAN:
        return Answer()
    if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
        return Answer(said[8:-6].decode("ascii", "replace")[:100] or "malware")
    raise Unavailable(f"it answered {said[:80].decode('ascii', 'replace')!r}.")


def _connected(address: str, seconds: float) -> socket.socket:
    """To the path of a socket, or to host:port."""
    if "/" in address:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise Unavailable("SEN_CLAMD is the path of a socket, or host:port.")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _chunks(content: Iterable[bytes]) -> Iterator[bytes]:
    for piece in content:
        for start in range(0, len(piece), CHUNK):
            yield piece[start : start + CHUNK]


def _left(deadline: float) -> float:
    if (left := deadline - time.monotonic()) <= 0:
        raise Unavailable(f"it did not answer within {settings.CLAMD_SECONDS} seconds.")
    return left


def _refuse_early_answer(line: socket.socket) -> None:
    """Whoever answers before the end has not read all of it."""
    if select.select([line], [], [], 0)[0]:
        raise Unavailable("it answered, or hung up, before it had been sent everything.")


def _answer(line: socket.socket, deadline: float) -> bytes:
    """What it says up to the NUL that ends an answer, and nothing behind it."""
    said = b""
    while not said.endswith(b"\0"):
        line.settimeout(_left(deadline))
        more = line.recv(LONGEST_ANSWER)
        said += more
        if not more or len(said) > LONGEST_ANSWER or b"\0" in said[:-1]:
            raise Unavailable("its answer is cut, too long or more than one.")
    return said[:-1]


# -- Whether it is worth asking ----------------------------------------------------------------------------------------
def test_text() -> bytes:
    """The text that every scanner finds for a test (eicar.org); put together here, so that none finds this file."""
    return b"".join([rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!", b"$H+H*"])


def _control(address: str) -> None:
    """Raise Unavailable unless it finds the test text, alone and at the end of a file larger than any that we take."""
    for content in ([test_text()], _large()):
        if not _ask(address, content).found:
            raise Unavailable(
                "it does not find the test text in a file as large as those that we take. Set its StreamMaxLength, "
                "MaxFileSize and MaxScanSize above SEN_FILE_MB, and see that it has signatures."
            )


def _large() -> Iterator[bytes]:
    """An archive with one long empty member, stored as it is, and behind it the test text."""
    filler, end = bytes(CHUNK), io.BytesIO()
    with zipfile.ZipFile(end, "w") as archive:
        with archive.open("filler", "w", force_zip64=False) as member:
            for _ in range(settings.FILE_BYTES // CHUNK + 1):
                member.write(filler)
        archive.writestr("test.com", test_text())
    yield end.getvalue()


class _Standing:
    """What this process knows of the scanner at one address."""

    def __init__(self) -> None:
        self.address = ""
        self.trusted_until = self.left_alone_until = 0.0

    def is_trusted(self, address: str) -> bool:
        return self.address == address and time.monotonic() < self.trusted_until

    def trust(self, address: str) -> None:
        self.address, self.trusted_until = address, time.monotonic() + TRUSTED_SECONDS

    def refuse_if_left_alone(self, address: str) -> None:
        """So that a scanner that hangs holds up the other jobs of the worker now and then only."""
        if self.address == address and time.monotonic() < self.left_alone_until:
            raise Unavailable("The virus scanner did not answer a moment ago, so files wait.")

    def leave_alone(self, address: str, took: float) -> None:
        """For longer the longer it took to fail: one that hangs takes a quarter of the worker's time at most."""
        self.address, self.trusted_until = address, 0.0
        self.left_alone_until = time.monotonic() + max(LEFT_ALONE_SECONDS, 3 * took)


_STANDING = _Standing()

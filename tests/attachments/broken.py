"""Scanners that are away, hang, lie or talk nonsense: each a small server that speaks as much of clamd as it wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from reports.attachments.scanner import test_text as malware

Behaviour = Callable[[socket.socket], None]
WAYS: dict[str, Behaviour] = {}


def way(name: str) -> Callable[[Behaviour], Behaviour]:
    def keep(behave: Behaviour) -> Behaviour:
        WAYS[name] = behave
        return behave

    return keep


def read_all(line: socket.socket) -> bytes:
    """What is sent in chunks up to the empty one."""
    reader = line.makefile("rb")
    reader.read(len(b"zINSTREAM\0"))
    content = b""
    while length := int.from_bytes(reader.read(4), "big"):
        content += reader.read(length)
    return content


def says(answer: bytes) -> Behaviour:
    def behave(line: socket.socket) -> None:
        read_all(line)
        line.sendall(answer)

    return behave


for _name, _answer in {
    "says nothing": b"",
    "says OK alone": b"OK\0",
    "says OK of another": b"file: OK\0",
    "says OK without an end": b"stream: OK",
    "says OK on a line": b"stream: OK\n",
    "says OK twice": b"stream: OK\0stream: OK\0",
    "says OK, and found": b"stream: OK\0stream: Eicar FOUND\0",
    "says OK in small letters": b"stream: ok\0",
    "says OK behind a blank": b" stream: OK\0",
    "speaks of a limit": b"INSTREAM size limit exceeded. ERROR\0",
    "speaks of an error": b"stream: OK ERROR\0",
    "talks nonsense": bytes(range(1, 256)) + b"\0",
    "talks without end": b"stream: OK " * 100_000,
    "does not know the command": b"UNKNOWN COMMAND\0",
    "speaks HTTP": b"HTTP/1.1 200 OK\r\n\r\nstream: OK\r\n",
}.items():
    WAYS[_name] = says(_answer)


@way("finds nothing in anything")
def _(line: socket.socket) -> None:
    read_all(line)
    line.sendall(b"stream: OK\0")


@way("passes over what is large")
def _(line: socket.socket) -> None:
    content = read_all(line)
    found = malware() in content and len(content) < 1_000_000
    line.sendall(b"stream: Eicar FOUND\0" if found else b"stream: OK\0")


@way("reads the beginning alone")
def _(line: socket.socket) -> None:
    found = malware() in read_all(line)[:1_000_000]
    line.sendall(b"stream: Eicar FOUND\0" if found else b"stream: OK\0")


@way("says OK before it has read")
def _(line: socket.socket) -> None:
    line.sendall(b"stream: OK\0")
    read_all(line)


@way("hangs up at once")
def _(line: socket.socket) -> None:
    line.recv(1)


@way("hangs up in the middle")
def _(line: socket.socket) -> None:
    line.recv(20_000)


@way("hangs")
def _(line: socket.socket) -> None:
    read_all(line)
    line.settimeout(30)
    line.recv(1)


@way("drips")
def _(line: socket.socket) -> None:
    read_all(line)
    for sign in b"stream: OK"[:6]:
        line.sendall(bytes([sign]))
        threading.Event().wait(0.3)


@contextmanager
def scanner(behave: Behaviour) -> Iterator[str]:
    """The address of a scanner that behaves so, to each who asks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, behave), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, behave: Behaviour) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer_one, args=(line, behave), daemon=True).start()


def _answer_one(line: socket.socket, behave: Behaviour) -> None:
    with suppress(OSError), line:
        behave(line)

"""A real mail server for tests, and the worker that takes the queued jobs to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, connections
from procrastinate.contrib.django import app


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Mailroom:
    """A server on a port of its own that can be stopped and started, and what it took."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.refused: set[str] = set()
        self.port = free_port()
        self.open()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 Known"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's own name
        self.taken.append(message_from_bytes(envelope.content))
        return "250 Taken"

    def open(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        self.controller.stop()


@pytest.fixture
def mailroom(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    # The threads of the worker end with it, so none keeps its connection; the settings are shared with every thread.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    room = Mailroom()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", room.port, 5
    settings.DEFAULT_FROM_EMAIL = "sen@example.gov"
    yield room
    if room.controller.server:
        room.close()


def _close_connections(act: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    return run


def work() -> None:
    """Let a real worker do every job that is due, in a thread: playwright may hold this one's event loop."""

    def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False, concurrency=1)

    thread = threading.Thread(target=_close_connections(run))
    thread.start()
    thread.join()


def jobs(task: str) -> list[tuple[str, int]]:
    """State and number of tries of every job of this task."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return list(cursor.fetchall())


def make_due() -> None:
    """Let the wait before the next try be over."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")

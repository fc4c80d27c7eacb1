"""The log tells where something failed and never what anybody typed."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from drills.submit import database_url
from sen.logs import REQUEST, Formatter, Lines
from sen.postgres import CHECKOUT
from tests.fake import FAKE


def _logged(error: BaseException) -> str:
    info = (type(error), error, error.__traceback__)
    return Formatter("{message}", style="{").format(logging.LogRecord("x", 40, "x", 1, "failed", (), info))


@pytest.mark.django_db
def test_a_refused_row_is_not_quoted(agent: Any) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET username = 'agent' WHERE username = 'colleague'")
    assert "agent" in str(caught.value)
    text = _logged(caught.value)
    assert "(agent)" not in text
    assert "psycopg.errors.UniqueViolation (SQLSTATE 23505)" in text
    assert "test_logs.py" in text


def test_the_site_logs_in_this_way(settings: Any) -> None:
    assert settings.LOGGING["formatters"]["plain"]["()"] == "sen.logs.Formatter"


# -- One JSON object to a line ----------------------------------------------------------------------------------------
def line(name: str, message: str, *given: Any, **more: Any) -> dict[str, str]:
    record = logging.LogRecord(name, logging.WARNING, "x", 1, message, given, None)
    vars(record).update(more)
    return dict(json.loads(Lines().format(record)))


def test_a_line_is_json_with_the_number_of_its_request() -> None:
    known = REQUEST.set("4711")
    try:
        said = line("sen.errors", "request %s stopped", "4711")
    finally:
        REQUEST.reset(known)
    assert said.pop("time").endswith("+00:00")
    assert said == {"level": "WARNING", "logger": "sen.errors", "event": "request 4711 stopped", "request": "4711"}
    assert "request" not in line("sen.errors", "nobody asked")


def test_a_failure_is_told_by_its_kind_and_places_in_one_line() -> None:
    try:
        raise ValueError(FAKE.last_name)
    except ValueError:
        record = logging.LogRecord("sen.errors", logging.ERROR, "x", 1, "failed", (), sys.exc_info())
    text = Lines().format(record)
    assert "\n" not in text
    assert json.loads(text)["failure"].startswith("builtins.ValueError")
    assert FAKE.last_name not in text


def test_a_library_is_quoted_without_what_it_quotes() -> None:
    assert line("gunicorn.error", "Error handling request %s", f"/?q={FAKE.last_name}")["event"] == (
        "Error handling request …"
    )
    assert (
        line("gunicorn.error", "Worker (pid:%s) was sent %s!", 12, "SIGTERM")["event"] == "Worker (pid:12) was sent …!"
    )
    assert line("some.library", "100% sure")["event"] == "100% sure"
    assert line("some.library", f"No such line: 'GET {FAKE.last_name}'s'.")["event"] == "No such line: …."
    asked = RequestFactory().get(f"/{FAKE.last_name}/")
    said = line("django.request", "%s: %s", "Not Found", asked.path, request=asked, status_code=404)
    assert said["event"] == "404 GET no page"


# -- A real server ----------------------------------------------------------------------------------------------------
ASKED = (
    f"GET /broken/?q={FAKE.last_name} HTTP/1.1\r\nHost: localhost\r\nReferer: http://localhost/?q={FAKE.last_name}\r\n",
    f"GET /gone/?q={FAKE.last_name} HTTP/1.1\r\nHost: localhost\r\n",
    f"GET /no/such/{FAKE.last_name}/ HTTP/1.1\r\nHost: localhost\r\n",
    f"GET /broken/ HTTP/1.1\r\nHost: {FAKE.last_name}.example.com\r\n",
    f"GET /{FAKE.last_name} HTTP/9.9\r\nHost: localhost\r\n",
    f"{FAKE.last_name}\r\n",
    f"POST /form/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {FAKE.last_name}\r\n",
)


@pytest.mark.django_db(transaction=True)
def test_a_real_server_logs_failures_as_json_and_names_nobody(tmp_path: Path) -> None:
    """All that it prints at its most talkative, while it is asked about the fake person, in wrong ways too."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "SEN_MODE": "production",
        "SEN_SECRET_KEY": "not-a-secret-" * 5,
        "SEN_ALLOWED_HOSTS": "localhost",
        "SEN_ALLOW_HTTP": "yes",
        "SEN_KEY_DIR": str(tmp_path),
        "SEN_CHECKPOINTS": str(tmp_path),
        "SEN_DATABASE_ROLE": "app",
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "sen.settings",
        "SEN_BIND": f"127.0.0.1:{port}",
        "SEN_WEB_WORKERS": "1",
        "SEN_WEB_LOG_LEVEL": "debug",
        "SEN_LOG_LEVEL": "DEBUG",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "tests.sen.wsgi"]
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(command, cwd=CHECKOUT, env=os.environ | settings, stdout=log, stderr=log)
        try:
            assert "200" in until_answered(port)
            for asked in ASKED:
                send(port, asked)
        finally:
            server.terminate()
            server.wait(20)
    lines = (tmp_path / "log").read_text().splitlines()
    said = [json.loads(text) for text in lines]
    events = [one["event"] for one in said]
    assert any(one["logger"] == "sen.errors" and "ValueError" in one["event"] for one in said)
    assert {"404 GET no page", "400 GET no page"} <= set(events)
    assert any(event.startswith("Invalid request from") for event in events)
    assert not [text for text in lines if FAKE.last_name.lower() in text.lower()]


def until_answered(port: int) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if answer := send(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"):
            return answer
        time.sleep(0.1)
    return ""


def send(port: int, request: str) -> str:
    """The first line of the answer, "" when nobody answers."""
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        connection.sendall(f"{request}Connection: close\r\n\r\n".encode())
        return connection.recv(4096).decode("utf-8", "replace").split("\r\n")[0]
    return ""

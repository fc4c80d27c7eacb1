"""Looks for the fake person in everything that the suite writes, where it is written; what is found fails that test.

It watches from outside: statements as they leave for the database, log records as they are printed, mail as it is
composed, requests as they are answered, files as they are opened. Allowed are the columns that the data-element
register calls personal, and the payload of events whose declaration says so.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tests.fake import FAKE

# -- What is looked for ---------------------------------------------------------------------------------------------
MARKS = re.compile("|".join(re.escape(mark) for mark in FAKE.marks), re.IGNORECASE)


class Hunt:
    """What was found since the last look: `leaks` in words that hold no mark, `allowed` by column."""

    def __init__(self) -> None:
        self.leaks: list[str] = []
        self.allowed: Counter[str] = Counter()
        self.looked: Counter[str] = Counter()
        self.files: set[Path] = set()

    def look(self, sink: str, where: str, text: str) -> None:
        """Report a mark in a text that may hold none."""
        self.looked[sink] += 1
        if found := MARKS.search(text):
            self.leaks.append(f"{sink}: {where}: {FAKE.marks.index(_mark(found[0]))}th mark of the fake person")

    def taken(self) -> list[str]:
        found, self.leaks = self.leaks, []
        return found

    @contextmanager
    def planted(self) -> Iterator[list[str]]:
        """What is found meanwhile was put there to be found: it fills the list and fails no test."""
        before = self.leaks
        planted: list[str] = []
        self.leaks = planted
        try:
            yield planted
        finally:
            self.leaks = before


def _mark(found: str) -> str:
    return next(mark for mark in FAKE.marks if mark.lower() == found.lower())


HUNT = Hunt()


# -- Statements, as they leave for the database ---------------------------------------------------------------------
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE)\s+\"?(?P<table>\w+)\"?(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
MAY_WRITE = re.compile(r"\s*(?:INSERT|UPDATE|WITH|MERGE)|.{0,100}procrastinate_defer", re.IGNORECASE | re.DOTALL)
LISTED = re.compile(r"\s*\((?P<columns>[^)]*)\)\s*(?P<values>.*)", re.DOTALL)


def watch_statements(**event: Any) -> None:
    """Called for each new connection, of whichever thread."""
    if _statement not in event["connection"].execute_wrappers:
        event["connection"].execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    if params and MAY_WRITE.match(str(sql)):
        for given in params if many else (params,):
            _written(str(sql), given)
    return execute(sql, params, many, context)


def _written(sql: str, params: Any) -> None:
    values = list(params.values() if isinstance(params, dict) else params)
    texts = [_text(value) for value in values]
    table, columns = _columns(sql, len(values))
    HUNT.looked[table] += 1
    for position, text in enumerate(texts):
        column = columns[position] if position < len(columns) else ""
        if table == "django_session" and column == "session_data":
            text = _session(text)  # noqa: PLW2901 - what it says, not how it is kept
        if not MARKS.search(text):
            continue
        if _is_allowed(table, column, dict(zip(columns, texts, strict=False))):
            HUNT.allowed[f"{table}.{column}"] += 1
        else:
            HUNT.look("database", f"{table}.{column}", text)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(map(_text, value))
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    inner = getattr(value, "obj", value)  # what psycopg will write as JSON
    return inner if isinstance(inner, str) else json.dumps(inner, default=str, ensure_ascii=False)


def _session(text: str) -> str:
    from importlib import import_module

    from django.conf import settings

    return str(import_module(settings.SESSION_ENGINE).SessionStore().decode(text))


@cache
def _columns(sql: str, count: int) -> tuple[str, tuple[str, ...]]:
    """The table that a statement writes and the column that each parameter goes to, as far as one can tell."""
    found = WRITES.match(sql)
    if not found:
        job = "procrastinate_" in sql
        return ("procrastinate_jobs", ("",) * count) if job else ("", ())
    table, rest = found["table"], found["rest"]
    if not (listed := LISTED.match(rest)):
        return table, _of_update(rest)
    names = re.findall(r"\w+", listed["columns"])
    if "UNNEST" in listed["values"][:40].upper():
        return table, tuple(names)
    values = re.sub(r"^VALUES\s*", "", listed["values"], flags=re.IGNORECASE)
    one = [name for name, part in zip(names, _parts(values.lstrip("(")), strict=False) for _ in range(part.count("%s"))]
    return table, tuple(one * (count // len(one) + 1)) if one else ()


def _of_update(rest: str) -> tuple[str, ...]:
    """`SET column = …` for each parameter; those of the condition are looked for, so they go nowhere."""
    assigned = re.sub(r"^\s*SET\s*", "", rest, flags=re.IGNORECASE)
    names: list[str] = []
    for part in _parts(assigned):
        column = re.match(r'\s*"?(\w+)"?\s*=', part)
        value, where, condition = part.partition(" WHERE ")
        names += [column[1] if column else ""] * len(re.findall(r"%(?:s|\(\w+\)s)", value))
        if where:
            names += ["(sought)"] * condition.count("%s")
    return tuple(names)


def _parts(text: str) -> list[str]:
    """Split at the commas of the outermost level, up to the bracket that closes it."""
    parts: list[str] = []
    depth = start = 0
    for position, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return [*parts, text[start:position]]
        if sign == "," and not depth:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _is_allowed(table: str, column: str, row: dict[str, str]) -> bool:
    if column == "(sought)":
        return True
    if (table, column) == ("audit_event", "payload"):
        from audit.events import EVENTS

        return EVENTS[row["code"]].personal
    return (table, column) in _personal()


@cache
def _personal() -> frozenset[tuple[str, str]]:
    """Every column that its declaration calls personal, but for the log's own, which name who acts."""
    from privacy.fields import Personal
    from privacy.register import elements

    said = ((one.model._meta.db_table, one) for one in elements() if one.personal is Personal.YES)
    return frozenset((table, one.field.column) for table, one in said if table != "audit_event" and one.field.column)


# -- Log lines, as they are printed ---------------------------------------------------------------------------------
class Printed(logging.Handler):
    """Reads each record as the handlers of production would print it."""

    def emit(self, record: logging.LogRecord) -> None:
        from sen.logs import Formatter

        HUNT.look("log", record.name, Formatter().format(record))


# -- Mail, as it is composed ----------------------------------------------------------------------------------------
def watch_mail() -> None:
    """Every way of sending asks for the message first, headers and all."""
    from django.core.mail.message import EmailMessage

    compose = EmailMessage.message

    def message(self: EmailMessage, *args: Any, **kwargs: Any) -> Any:
        made = compose(self, *args, **kwargs)
        HUNT.look("mail", "subject", str(self.subject))
        HUNT.look("mail", "body", str(self.body))
        HUNT.look("mail", "headers", "\n".join(f"{name}: {value}" for name, value in made.items()))
        for part in getattr(self, "alternatives", ()):
            HUNT.look("mail", "alternative", str(part[0]))
        return made

    EmailMessage.message = message  # type: ignore[method-assign]


# -- Requests, as they are answered: by the client of the tests and by their live servers alike ----------------------
# Each shows a form again, or two versions beside each other, to whoever may read both.
SHOW_A_FORM = {409, 422}
HEADERS = ("Location", "Content-Disposition", "Set-Cookie", "Refresh", "HX-Redirect", "HX-Push-Url")


def watch_answers() -> None:
    from django.core.handlers.base import BaseHandler

    answer = BaseHandler.get_response

    def get_response(self: BaseHandler, request: Any) -> Any:
        response = answer(self, request)
        _answered(request, response)
        return response

    BaseHandler.get_response = get_response  # type: ignore[method-assign]


def _answered(request: Any, response: Any) -> None:
    said = [unquote_plus(request.get_full_path()), unquote_plus(request.headers.get("Referer", ""))]
    HUNT.look("address", _route(request), "\n".join(said))
    told = [f"{name}: {unquote_plus(response[name])}" for name in HEADERS if name in response]
    told += [_unpacked(morsel.value) for morsel in response.cookies.values()]
    HUNT.look("header", _route(request), "\n".join(told))
    if response.status_code >= 400 and response.status_code not in SHOW_A_FORM and not response.streaming:
        # What somebody typed is shown to them again, so that they can send it again: that alone is no leak.
        page = response.content.decode(response.charset, "replace")
        HUNT.look("error page", f"{response.status_code} {_route(request)}", _without_typed(request, page))


def _route(request: Any) -> str:
    return getattr(request.resolver_match, "route", "") if getattr(request, "resolver_match", None) else "no route"


def _without_typed(request: Any, page: str) -> str:
    from django.utils.html import escape

    from sen import kept

    for _, value in kept.typed(request):
        page = page.replace(escape(value), "") if MARKS.search(value) else page
    return page


def _unpacked(cookie: str) -> str:
    """A cookie as whoever holds it can read it."""
    try:
        return cookie + base64.urlsafe_b64decode(cookie.split(":")[0] + "==").decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return cookie


# -- Files, as they are opened --------------------------------------------------------------------------------------
# The tests' own: what they bring in and what the browser keeps.
OF_TESTS = re.compile(r"/pytest-of-|/__pycache__/|/\.(?:ruff|mypy|pytest|hypothesis)|^/dev/|^/proc/|playwright|^pipe:")
LARGEST = 20_000_000


def _opened(event: str, details: tuple[Any, ...]) -> None:
    if event != "open":
        return
    path, mode, flags = details
    written = any(sign in mode for sign in "wax+") if isinstance(mode, str) else bool((flags or 0) & 3)
    if written and isinstance(path, str | bytes | os.PathLike):
        HUNT.files.add(Path(os.fsdecode(path)))


def look_at_files(more: tuple[Path, ...] = ()) -> None:
    """The names of all that was opened for writing, and what stands in those that are still there."""
    opened, HUNT.files = HUNT.files, set()
    for path in (*opened, *more):
        if OF_TESTS.search(str(path)):
            continue
        HUNT.look("file name", path.suffix, str(path))
        if path.is_file() and path.stat().st_size < LARGEST:
            HUNT.look("file", path.name if not MARKS.search(path.name) else path.suffix, _content(path))


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


# -- What is kept in memory between requests ------------------------------------------------------------------------
def look_at_cache() -> None:
    from django.core.cache.backends import locmem

    for name, values in locmem._caches.items():  # type: ignore[attr-defined]
        HUNT.look(
            "cache", name, "\n".join(f"{key} {value.decode('utf-8', 'replace')}" for key, value in values.items())
        )


# Of a test that prints the person on purpose.
PLANTED = pytest.StashKey[bool]()


# -- The plugin -----------------------------------------------------------------------------------------------------
def pytest_configure(config: pytest.Config) -> None:
    from django.db.backends.signals import connection_created

    connection_created.connect(watch_statements, dispatch_uid="tests.hunt")
    logging.getLogger().addHandler(Printed())
    watch_mail()
    watch_answers()
    sys.addaudithook(_opened)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if not item.stash.get(PLANTED, False):
        look_at_output((title, text) for title, text in report.sections if title.endswith(call.when))
    return report


def look_at_output(sections: Iterable[tuple[str, str]]) -> None:
    for title, text in sections:
        if "stdout" in title or "stderr" in title:
            HUNT.look("output", title, text)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Each test answers for what was found while it ran."""
    yield
    look_at_cache()
    look_at_files(_logs() if nextitem is None else ())
    if found := HUNT.taken():
        pytest.fail("The fake person turned up where no personal data belongs:\n" + "\n".join(found), pytrace=False)


def _logs() -> tuple[Path, ...]:
    from tests.cluster import HOME

    return (HOME / "postgres.log", *(HOME / "mail").glob("*"))

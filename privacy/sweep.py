"""Looking for SSNs in everything that is stored: each text, array and JSON column, and the mail kept in a folder.

It tells places and counts, never values. Rows come through a cursor of the server, a few hundred at a time.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from privacy import guard

AT_ONCE = 500
# Columns that tell when a row was last written, the best first; a table without one is always swept whole.
WRITTEN = ("updated_at", "changed_at", "saved_at", "at", "timestamp", "created_at")
# Keys of sessions open doors: they are told by their last letters alone.
SESSIONS, KEY_SHOWN = "django_session", 4
# A vector for searching is made from the other columns; sealed values and hashes are bytes.
COLUMNS = """
    SELECT c.relname, a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT'),
           a.attnum = ANY (coalesce(i.indkey::int2[], '{}')), t.typcategory = 'S' OR t.typname IN ('json', 'jsonb')
           OR e.typcategory = 'S' OR e.typname IN ('json', 'jsonb')
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
    ORDER BY c.relname, a.attnum
"""


@dataclass
class Table:
    """What of a table is looked at."""

    name: str
    keys: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    readable: bool = True


@dataclass(frozen=True)
class Place:
    """Where numbers stand: a column of a row, or a file; how many surely are SSNs, and how many could be."""

    where: str
    row: str
    sure: int
    unsure: int


@dataclass
class Sweep:
    """What a sweep has found so far."""

    tables: int = 0
    rows: int = 0
    sure: int = 0
    unsure: int = 0
    skipped: list[str] = field(default_factory=list)
    tell: Callable[[Place], None] = lambda _: None
    progress: Callable[[str, int], None] = lambda *_: None

    def look(self, where: str, row: str, label: str, text: str) -> None:
        """Look at one text of one row, and tell the place if it holds a number."""
        found = guard.findings(text, label=label)
        if found:
            sure = sum(one.sure for one in found)
            self.sure += sure
            self.unsure += len(found) - sure
            self.tell(Place(where, row, sure, len(found) - sure))


def tables(only: str = "") -> list[Table]:
    """Every table with a text column, or the one of this name. Raises LookupError where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        found: dict[str, Table] = {}
        for name, column, readable, is_key, is_text in cursor.fetchall():
            table = found.setdefault(name, Table(name))
            table.columns.append(column)
            table.keys += [column] if is_key else []
            table.texts += [column] if is_text else []
            table.readable = table.readable and readable
    chosen = [table for table in found.values() if table.texts and only in ("", table.name)]
    if not chosen:
        raise LookupError(only)
    return chosen


def sweep(into: Sweep, *, only: str = "", since: datetime | None = None) -> Sweep:
    """Look through the tables, or through one of them, and the kept mail. Reads alone: nothing is changed."""
    for table in tables(only):
        if not table.readable:
            into.skipped.append(table.name)
            continue
        into.tables += 1
        rows = 0
        for key, texts in _rows(table, since):
            rows += 1
            for column, text in zip(table.texts, texts, strict=True):
                if text:
                    into.look(f"{table.name}.{column}", key, column, _read(table.name, column, text))
        into.rows += rows
        into.progress(table.name, rows)
    if not only:
        _sweep_mail(into)
    return into


def _rows(table: Table, since: datetime | None) -> Iterator[tuple[str, list[str | None]]]:
    quote = connection.ops.quote_name
    written = next((column for column in WRITTEN if column in table.columns), None) if since else None
    columns = ", ".join(f"{quote(column)}::text" for column in [*table.keys, *table.texts])
    where = f" WHERE {quote(written)} >= %s" if written else ""
    # A named cursor within one transaction: the server keeps its place, and few rows are held at a time.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        statement = f"SELECT {columns} FROM {quote(table.name)}{where}"  # noqa: S608 (names from the catalogue)
        cursor.execute(statement, [since] if written else [])
        while rows := cursor.fetchmany(AT_ONCE):
            for row in rows:
                key = ", ".join(str(part) for part in row[: len(table.keys)])
                yield _shown(table.name, key), list(row[len(table.keys) :])


def _shown(table: str, key: str) -> str:
    return f"…{key[-KEY_SHOWN:]}" if table == SESSIONS else key


def _read(table: str, column: str, text: str) -> str:
    """A text as a person would read it: a session unpacked, JSON without its escapes."""
    if table == SESSIONS and column == "session_data":
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        return json.dumps(store.decode(text), ensure_ascii=False, default=str)
    if text[:1] in "{[" and "\\u" in text:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError:
            return text
    return text


def _sweep_mail(into: Sweep) -> None:
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in files:
        for message in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            into.look("mail", file.name, "", _message(message))
    into.progress("mail", len(files))


def _message(raw: bytes) -> str:
    """The subject and the texts of a kept message, as its reader sees them."""
    message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(message["subject"] or ""), *parts])

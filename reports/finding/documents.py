"""What a report is found by, written in the transaction that changes it: its words, its names and its identifiers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from reports import sameness
from reports.content import Filled, read, shown
from reports.finding import identifiers, names
from reports.models import Attachment, Report

CONFIG = "english"
# A vector of words holds a megabyte at most; what is longer is searched by its beginning.
LONGEST = 200_000
LONGEST_NAME = 300


@dataclass(frozen=True)
class Name:
    """A name and the row that bears it."""

    row: UUID
    bearer: str
    name: str
    born: date | None = None


@dataclass(frozen=True)
class Entry:
    """All that a report is found by, but for its number, which may be given later."""

    report: Report
    text: str
    names: list[Name] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)


def words_of(filled: Filled, labels: Mapping[str, str] | None = None) -> str:
    """Everything a report and its rows say, in words. What is protected is not said."""
    return f"{filled.report.number}\n{_said(filled, labels)}"


def _said(filled: Filled, labels: Mapping[str, str] | None) -> str:
    said = []
    for part in shown(filled, labels=labels):
        said += [answer.text for answer in part.answers]
        said += [text for row in part.rows for text in (row.line, *(a.text for a in row.answers))]
    return "\n".join(said)


def entry(filled: Filled, labels: Mapping[str, str] | None = None, attached: str = "") -> Entry:
    """What this report is to be found by; `attached` is the text of its attachments."""
    text = "\n".join(filter(None, (_said(filled, labels), attached))).replace("\x00", "")[:LONGEST]
    return Entry(filled.report, text, list(names_of(filled)), list(identifiers.of_report(filled)))


def names_of(filled: Filled) -> Iterator[Name]:
    """The names that the rows of a report declare in `names`, each row's names once."""
    for row in filled.every_row():
        seen = set()
        for attribute, bearer in type(row).names.items():
            value = getattr(row, attribute)
            for name in value if isinstance(value, list) else [value]:
                words = tuple(names.words_of(name))
                if words and words not in seen and not sameness.UNKNOWN.issuperset(words):
                    seen.add(words)
                    yield Name(row.pk, bearer, name[:LONGEST_NAME], getattr(row, "date_of_birth", None))


def index(filled: Filled) -> None:
    """Write what a report is found by in the transaction that changed it."""
    write([entry(filled, attached=attached_text(filled.report.pk))])


def reindex(reports: Iterable[Report], labels: Mapping[str, str] | None = None) -> None:
    """Write anew what these reports are found by, from what the tables have now."""
    write([entry(read(report), labels, attached_text(report.pk)) for report in reports])


def attached_text(report_id: UUID) -> str:
    """The names, captions and texts of a report's attachments that are released."""
    rows = Attachment.objects.filter(report_id=report_id, state=Attachment.State.RELEASED)
    return "\n".join(said for row in rows.values_list("name", "caption", "text") for said in row if said)


# -- Written at once, for one report or many ---------------------------------------------------------------------------
# Sent together. The words of names come without a constraint, so that no one who files waits for another.
WRITE = f"""
INSERT INTO reports_searchdocument (report_id, words, text)
SELECT id, to_tsvector('{CONFIG}', plain) || array_to_tsvector(exact), text
FROM jsonb_to_recordset(%s::jsonb) AS r (id uuid, text text, plain text, exact text[])
ON CONFLICT (report_id) DO UPDATE SET words = excluded.words, text = excluded.text;

DELETE FROM reports_searchname WHERE report_id = ANY(%s::uuid[]);

INSERT INTO reports_searchname (report_id, "row", bearer, name, keys, born)
SELECT * FROM jsonb_to_recordset(%s::jsonb)
    AS n (report uuid, "row" uuid, bearer text, name text, keys integer[], born date);

DELETE FROM reports_searchidentifier WHERE report_id = ANY(%s::uuid[]);

INSERT INTO reports_searchidentifier (report_id, type, value, at)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS i (report uuid, type text, value text, at timestamptz);

INSERT INTO reports_searchword (word, keys)
SELECT word, keys FROM jsonb_to_recordset(%s::jsonb) AS w (word text, keys integer[])
WHERE NOT EXISTS (SELECT 1 FROM reports_searchword known WHERE known.word = w.word)
"""  # noqa: S608 - a constant of ours


def write(entries: Sequence[Entry]) -> None:
    """Write what these reports, which have their numbers, are found by."""
    if not entries:
        return
    rows = [_rows(one) for one in entries]
    words = {word for one in entries for name in one.names for word in names.vocabulary(name.name)}
    keys = [one.report.pk for one in entries]
    values: list[Any] = [
        json.dumps([document for document, _, _ in rows]),
        keys,
        json.dumps([name for _, named, _ in rows for name in named]),
        keys,
        json.dumps([identifier for _, _, identified in rows for identifier in identified]),
        json.dumps([{"word": word, "keys": names.keys_of_word(word)} for word in sorted(words)]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)


def _rows(one: Entry) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Its document, its names and its identifiers, as values of JSON."""
    key, number = str(one.report.pk), one.report.number
    text = f"{number}\n{one.text}"
    held = dict.fromkeys([(identifiers.Type.REPORT.value, identifiers.marks(number)), *one.identifiers])
    plain = sameness.plain(text)
    written = " ".join(word for name in one.names for word in names.vocabulary(name.name))
    exact = {identifiers.lexeme(form) for form in (*(value for _, value in held), *identifiers.in_text(one.text))}
    document = {"id": key, "text": text, "plain": f"{plain}\n{written}", "exact": sorted(exact)}
    named = [
        {"report": key, "row": str(name.row), "bearer": name.bearer, "name": name.name,
         "keys": names.keys_of(name.name), "born": name.born and name.born.isoformat()}
        for name in one.names
    ]  # fmt: skip
    at = one.report.submitted_at.isoformat()
    identified = [{"report": key, "type": type_, "value": value, "at": at} for type_, value in held if value]
    return document, named, identified

"""A report with its rows as one value: read from the tables, kept whole in a revision, and put into words."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from reports.kinds import Kind, Part, Rows, Section
from reports.models.reference import EventType
from reports.models.report import Report
from reports.models.rows import Person, Row

UNFINISHED = "Not finished"


@dataclass
class Filled:
    """A report of a kind with all its rows, saved or not."""

    kind: Kind
    report: Report
    rows: dict[str, list[Row]] = field(default_factory=dict)
    # Protected parts that are closed although this version itself does not say so.
    closed: frozenset[str] = frozenset()

    def people(self) -> dict[str, Person]:
        return {str(row.pk): row for rows in self.rows.values() for row in rows if isinstance(row, Person)}

    def every_row(self) -> Iterable[Row]:
        for part in self.kind.rows:
            yield from self.rows.get(part.name, [])


@dataclass(frozen=True)
class Answer:
    """One answer in words."""

    name: str
    label: str
    text: str
    long: bool = False


@dataclass(frozen=True)
class ShownRow:
    key: str
    line: str
    answers: list[Answer]


@dataclass(frozen=True)
class Shown:
    """One part of a report in words: its answers, or its rows. A `closed` part says neither."""

    part: Part
    answers: list[Answer] = field(default_factory=list)
    rows: list[ShownRow] = field(default_factory=list)
    closed: bool = False


def read(report: Report) -> Filled:
    """The report as its tables have it now: one query a list of rows that the kind has."""
    kind = report.declaration
    typed = (
        report
        if isinstance(report, kind.model)
        else kind.model.objects.select_related("office", "author").get(pk=report.pk)
    )
    filled = Filled(kind, typed)
    for part in kind.rows:
        filled.rows[part.name] = list(part.model._default_manager.filter(report_id=report.pk))
    _join_people(filled)
    return filled


def _join_people(filled: Filled) -> None:
    """Point every row's person at the person read with it, so that no row asks the database again."""
    people = filled.people()
    for row in filled.every_row():
        for link in person_links(type(row)):
            key = getattr(row, link.attname)
            if key is not None and str(key) in people:
                setattr(row, link.name, people[str(key)])


@cache
def person_links(model: type[models.Model]) -> tuple[models.ForeignKey[Any, Any], ...]:
    return tuple(f for f in model._meta.get_fields() if isinstance(f, models.ForeignKey) and f.related_model is Person)


def answer_field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


# -- Kept whole ----------------------------------------------------------------------------------------------------
def to_content(filled: Filled) -> dict[str, Any]:
    """What a revision keeps, as plain JSON values."""
    content = {
        "fields": {"event_zone": filled.report.event_zone}
        | {
            f.attname: _kept(filled.report, f)
            for section in filled.kind.sections
            for f in (answer_field(filled.kind.model, name) for name in section.fields)
        },
        "rows": {
            part.name: [_row_content(part, row) for row in filled.rows.get(part.name, [])] for part in filled.kind.rows
        },
    }
    plain: dict[str, Any] = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return plain


def _kept(instance: models.Model, declared: Any) -> Any:
    """A value as a revision keeps it: one moment is one text, whatever zone it was typed in."""
    value = getattr(instance, declared.attname)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _row_content(part: Rows, row: Row) -> dict[str, Any]:
    fields = (answer_field(part.model, name) for name in part.fields)
    return {"id": str(row.pk), **{f.attname: _kept(row, f) for f in fields}}


def from_content(report: Report, content: Mapping[str, Any]) -> Filled:
    """A version as it was: instances that are never saved. `report` lends what no version changes."""
    kind = report.declaration
    typed = kind.model(
        pk=report.pk, number=report.number, kind=report.kind, author_id=report.author_id, status=report.status
    )
    _set(typed, content["fields"])
    filled = Filled(kind, typed)
    for part in kind.rows:
        filled.rows[part.name] = [
            _row_from(part, position, row) for position, row in enumerate(content["rows"].get(part.name, []))
        ]
    _join_people(filled)
    return filled


def _row_from(part: Rows, position: int, content: Mapping[str, Any]) -> Row:
    row = part.model(id=content["id"], position=position)
    _set(row, {name: value for name, value in content.items() if name != "id"})
    return row


def _set(instance: models.Model, values: Mapping[str, Any]) -> None:
    """Give an instance the stored values; an answer that its kind no longer has is left out."""
    known = {f.attname: f for f in instance._meta.concrete_fields}
    for name, value in values.items():
        if name in known:
            setattr(instance, name, known[name].to_python(value) if value is not None else None)


# -- In words ------------------------------------------------------------------------------------------------------
def event_labels() -> dict[str, str]:
    return dict(EventType.objects.values_list("code", "label"))


def shown(
    filled: Filled,
    *,
    empty: bool = False,
    labels: Mapping[str, str] | None = None,
    opened: Collection[str] = (),
) -> list[Shown]:
    """The whole report in words, part by part; answers that were not given only when `empty` asks for them.

    `labels` are those of the event types, for whoever shows many reports at once. A protected part is closed unless
    `opened` names it: see `reports.protection`.
    """
    labels = event_labels() if labels is None else labels
    zone = ZoneInfo(filled.report.event_zone or "UTC")
    parts = [
        Shown(part, closed=True)
        if (part.name in filled.closed or is_closed(filled.report, part)) and part.name not in opened
        else _shown_part(filled, part, zone, labels, empty)
        for part in filled.kind.parts
    ]
    return [part for part in parts if part.answers or part.rows or (part.closed and _says(filled.report, part.part))]


def is_closed(report: Report, part: Part) -> bool:
    """Whether this part is for those alone who hold the permission that protects it."""
    return isinstance(part, Section) and bool(part.protected) and bool(getattr(report, part.protected_by, True))


def _says(report: Report, part: Part) -> bool:
    """Whether a section holds any answer besides the one that closes it."""
    return isinstance(part, Section) and any(getattr(report, name) for name in part.fields if name != part.protected_by)


def _shown_part(filled: Filled, part: Part, zone: ZoneInfo, labels: Mapping[str, str], empty: bool) -> Shown:
    if isinstance(part, Section):
        return Shown(part, answers=answers(filled.report, part.fields, zone, labels, empty, filled.kind.words))
    rows = [
        ShownRow(str(row.pk), line_of(row), answers(row, part.fields, zone, labels, empty))
        for row in filled.rows.get(part.name, [])
    ]
    return Shown(part, rows=rows)


def line_of(row: Row) -> str:
    """The summary line of a row; one of a draft may not have what its line is made of."""
    try:
        return row.line() or UNFINISHED
    except (AttributeError, ValueError, models.ObjectDoesNotExist):
        return UNFINISHED


def answers(
    instance: models.Model,
    names: Iterable[str],
    zone: ZoneInfo,
    labels: Mapping[str, str],
    empty: bool,
    words: Mapping[str, tuple[str, str]] | None = None,
) -> list[Answer]:
    """These answers of a report or a row; `words` are those of its kind."""
    found = []
    for name in names:
        declared = answer_field(type(instance), name)
        text = in_words(instance, declared, zone, labels)
        if text or empty:
            label = (words or {}).get(name, (str(declared.verbose_name), ""))[0]
            found.append(Answer(name, label[:1].upper() + label[1:], text, isinstance(declared, models.TextField)))
    return found


def in_words(instance: models.Model, declared: Any, zone: ZoneInfo, labels: Mapping[str, str]) -> str:
    """One answer as people read it: choices by their label, times in the zone of the event."""
    value = getattr(instance, declared.attname)
    if value in (None, "", [], False):
        return ""
    if isinstance(declared, models.ForeignKey):
        linked = getattr(instance, declared.name)
        return line_of(linked) if isinstance(linked, Row) else getattr(linked, "name", str(linked))
    if declared.choices:
        return str(dict(declared.flatchoices).get(value, value))
    if (base := getattr(declared, "base_field", None)) is not None and base.choices:
        labels = dict(base.flatchoices)
    return plain_words(value, zone, labels)


def plain_words(value: Any, zone: ZoneInfo, labels: Mapping[str, str]) -> str:
    if value is True:
        return "Yes"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%b %-d, %Y, %H:%M %Z}"
    if isinstance(value, date):
        return f"{value:%b %-d, %Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    if isinstance(value, list):
        return ", ".join(labels.get(str(item), str(item)) for item in value)
    return str(value)

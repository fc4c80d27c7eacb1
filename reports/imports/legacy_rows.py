"""The columns of former reports of a kind, made from the kind's own declaration, and a row of them as a report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models
from django.utils import timezone

from accounts.models import Programme
from reports.content import Filled, person_links
from reports.imports.fields import Known, nothing, value_of
from reports.imports.values import Wrong, moment, plain
from reports.kinds import KINDS, Kind, Rows
from reports.models import Person, Row
from reports.states import Status

REQUIRED = ("number", "title", "office", "author", "event_at", "submitted_at")
# Of every kind, and no answer of a form: column -> what it says.
LIFE: Mapping[str, str] = {
    "number": "The number in the former system, kept as it is, up to 30 characters.",
    "author": "Who wrote it: a username or employee number here, or else a name, which is kept.",
    "submitted_at": "When it was filed.",
    "created_at": "When it was begun; when it was filed if empty.",
    "closed_at": "When it was closed; when it was filed if empty.",
    "event_zone": "The time zone of all times in the row, such as America/New_York; that of the office if empty.",
}
SEVERAL_ROWS = re.compile(r"(?P<part>[a-z_]+?)_(?P<nth>[0-9]{1,3})_(?P<field>[a-z_]+)")


def answers_of(kind: Kind) -> dict[str, Any]:
    """The answers of a kind that a column can give, by name: the model's own fields."""
    names = [name for section in kind.sections for name in section.fields]
    return {name: kind.model._meta.get_field(name) for name in names}


def filled_from(values: Mapping[str, str], kind: Kind, known: Known) -> Filled:
    """The report that a row tells of, with its rows. Raises `Wrong` naming the field."""
    for name in REQUIRED:
        if not values.get(name):
            raise Wrong(f"{name} is empty. It is needed")
    office = _read("office", lambda: known.office(values["office"]))
    zone = _read("event_zone", lambda: _zone(values.get("event_zone") or office.time_zone))
    report = kind.model(kind=kind.code, event_zone=zone.key, status=Status.CLOSED, legacy=True)
    _answer(report, answers_of(kind), values, known, zone)
    _set_life(report, values, known, zone)
    report.programme = report.programme or office.programme or Programme.OTHER
    filled = Filled(kind, report)
    for part in kind.rows:
        filled.rows[part.name] = []
    _add_rows(filled, values, known, zone)
    return filled


def _read(name: str, work: Any) -> Any:
    try:
        return work()
    except Wrong as wrong:
        raise Wrong(f"{name} {wrong}") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong("is no time zone such as America/New_York") from None


def _answer(
    instance: models.Model, declared: Mapping[str, Any], values: Mapping[str, str], known: Known, zone: ZoneInfo
) -> None:
    """Give an instance every answer that the row has; what it does not have stays empty."""
    for name, one in declared.items():
        text = values.get(name, "")
        value = _read(name, lambda: value_of(one, text, known, zone) if text else nothing(one, known))  # noqa: B023
        setattr(instance, name, value)


def _set_life(report: Any, values: Mapping[str, str], known: Known, zone: ZoneInfo) -> None:
    """Its number, times and author as they were."""
    report.number = _read("number", lambda: plain(values["number"], 30))
    author = known.person(values["author"])
    report.author = author or known.former
    report.legacy_author = "" if author else _read("author", lambda: plain(values["author"], 150))
    report.submitted_at = _read("submitted_at", lambda: moment(values["submitted_at"], zone))
    _set_order(report, values["submitted_at"])
    for name in ("created_at", "closed_at"):
        text = values.get(name)
        setattr(report, name, _read(name, lambda: moment(text, zone)) if text else report.submitted_at)  # noqa: B023
    report.attested_at = report.submitted_at
    if report.event_at > timezone.now():
        raise Wrong("event_at is in the future, but a former report tells of the past. File what is still to come anew")


def _set_order(report: Any, submitted: str) -> None:
    """A report of the past is filed after its event. Old files often give the day of filing alone."""
    if not KINDS[report.kind].past or report.submitted_at >= report.event_at:
        return
    zone = ZoneInfo(report.event_zone)
    same_day = report.submitted_at.astimezone(zone).date() == report.event_at.astimezone(zone).date()
    if not same_day or ":" in submitted:
        raise Wrong("submitted_at is before event_at. Check both times, and their zone")
    report.submitted_at = report.event_at


# -- Rows: the column people_2_last_name is the last name of the second person ---------------------------------------
def _add_rows(filled: Filled, values: Mapping[str, str], known: Known, zone: ZoneInfo) -> None:
    parts = {part.name: part for part in filled.kind.rows}
    given: dict[tuple[str, int], dict[str, str]] = {}
    for column, text in values.items():
        found = SEVERAL_ROWS.fullmatch(column) if text else None
        if found and found["part"] in parts and found["field"] in parts[found["part"]].fields:
            given.setdefault((found["part"], int(found["nth"])), {})[found["field"]] = text
    people = [name for name, part in parts.items() if part.model is Person]
    numbered: dict[int, Person] = {}
    for (name, nth), answers in sorted(given.items(), key=lambda one: (one[0][0] not in people, one[0])):
        row = _read_row(parts[name], nth, answers, numbered, known, zone)
        row.position = len(filled.rows[name])
        filled.rows[name].append(row)
        if isinstance(row, Person):
            numbered[nth] = row


def _read_row(
    part: Rows, nth: int, answers: dict[str, str], people: Mapping[int, Person], known: Known, zone: ZoneInfo
) -> Row:
    row = part.model()
    links = {link.name for link in person_links(part.model)}
    declared = {name: part.model._meta.get_field(name) for name in part.fields if name not in links}
    try:
        _answer(row, declared, answers, known, zone)
        for link in person_links(part.model):
            setattr(row, link.name, _person(link, answers.get(link.name, ""), people))
    except Wrong as wrong:
        raise Wrong(f"{part.name}_{nth}_{wrong}") from None
    return row


def _person(link: Any, text: str, people: Mapping[int, Person]) -> Person | None:
    """A link to a person is the number of the person in the same row of the file."""
    if not text and link.null:
        return None
    person = people.get(int(text)) if text.isascii() and text.isdigit() else None
    if person is None:
        raise Wrong(f"{link.name} is not the number of a person of this row, such as 1 for people_1")
    return person


def columns_of(kind: Kind) -> Iterator[tuple[str, str, bool]]:
    """For the documentation: every column of a kind, what it says, and whether it is needed."""
    for name, says in LIFE.items():
        yield name, says, name in REQUIRED
    for name, declared in answers_of(kind).items():
        yield name, describe(declared), name in REQUIRED
    for part in kind.rows:
        for name in part.fields:
            declared = part.model._meta.get_field(name)
            is_link = declared in person_links(part.model)
            yield (
                f"{part.name}_1_{name}",
                "The number of a person of the row." if is_link else describe(declared),
                False,
            )


def describe(declared: Any) -> str:
    """A field in a few words: its label, and how it is written."""
    label = str(declared.verbose_name)
    base = getattr(declared, "base_field", declared)
    how = "; ".join(str(code) for code, _ in base.flatchoices)
    several = "several, with semicolons between" if base is not declared else ""
    kinds = {
        models.BooleanField: "yes or no",
        models.DateTimeField: "a day and time",
        models.DateField: "a day",
        models.DecimalField: "a number",
        models.IntegerField: "a whole number",
        models.ForeignKey: "a code or a name",
    }
    form = next((words for kind, words in kinds.items() if isinstance(declared, kind)), "")
    if declared.name == "event_types":
        how = "codes or labels of event types"
    said = ", ".join(part for part in (form, several, f"one of {how}" if how and not several else how) if part)
    return f"{label[:1].upper()}{label[1:]}{f': {said}' if said else ''}."

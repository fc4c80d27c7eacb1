"""The forms of a page as a browser would send them, and what in the database took a value that no form declares."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.db import models

from accounts.models import Office, User
from audit.models import SearchTerms
from privacy import register

WORD = "666426664"
# What pages send of themselves, and an answer that a form declares but first draws for a second version.
NOT_TEMPTING = {"key", "version", "mark", "note"}


class Forms(HTMLParser):
    """Every posted form of a page: where it goes and the values it holds; `offered` is the last choice of each list."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.address, self.inside, self.select, self.text = address, False, "", ""
        self.offered: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method", "").lower() == "post"
            if self.inside:
                self.found.append((urljoin(self.address, given.get("action", "")), {}))
        elif self.inside and tag == "input":
            self._input(given)
        elif self.inside and tag in {"select", "textarea"}:
            self.select, self.text = (given.get("name", ""), "") if tag == "select" else ("", given.get("name", ""))
            self.found[-1][1].setdefault(given.get("name", ""), [])
        elif self.select and tag == "option":
            self.offered[self.select] = given.get("value", "")
            if "selected" in given:
                self._add(self.select, given.get("value", ""))

    def _input(self, given: dict[str, str]) -> None:
        ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
        if given.get("name"):
            self.found[-1][1].setdefault(given["name"], [])
            if ticked:
                self._add(given["name"], given.get("value", "on"))

    def _add(self, name: str, value: str) -> None:
        self.found[-1][1][name].append(value)

    def handle_data(self, data: str) -> None:
        if self.inside and self.text and data.strip():
            self._add(self.text, data.strip())

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"
        self.text = "" if tag == "textarea" else self.text
        self.select = "" if tag == "select" else self.select


def our_fields() -> Iterator[Any]:
    return (e.field for e in register.elements() if e.model._meta.app_label != "audit")


def undeclared(declared: set[str]) -> dict[str, str]:
    """Every field of every model that a form does not have, each with a value that could be taken for it."""
    # A date or a moment is several inputs, name_0 and on.
    names = declared | {name.rpartition("_")[0] for name in declared if name.rpartition("_")[2].isdigit()}
    found, chosen = {}, {User: stranger(), Office: guam()}
    for field in our_fields():
        if field.name not in names and field.name not in NOT_TEMPTING:
            found[field.name] = found[getattr(field, "attname", field.name)] = tempting(field, chosen)
    return found


def tempting(field: Any, chosen: dict[Any, int]) -> str:
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.ForeignKey) and field.related_model in chosen:
        return str(chosen[field.related_model])
    return WORD


def stranger() -> int:
    return User.objects.get(username="stranger").pk


def guam() -> int:
    return Office.objects.get(code="GUM").pk


Rows = dict[tuple[str, str], dict[str, Any]]


def everything() -> Rows:
    """Every row of every table of ours but the events, by table and key."""
    found: Rows = {}
    for model in register.our_models():
        if model._meta.app_label != "audit" or model is SearchTerms:
            for row in model._base_manager.values(*(f.attname for f in model._meta.local_concrete_fields)):
                found[(model._meta.label, str(row[model._meta.pk.attname]))] = row
    return found


def taken(before: Rows, after: Rows, declared: set[str]) -> list[str]:
    """The columns that hold a value which only an undeclared field can have brought."""
    tempted, people, offices = undeclared(declared), stranger(), guam()
    wrong = []
    changed = {key: row for key, row in after.items() if row != before.get(key)}
    for key, row in changed.items():
        was = before.get(key, {})
        for name, value in row.items():
            if value != was.get(name) and name in tempted and _is_ours(key[0], name, value, people, offices):
                wrong.append(f"{key[0]}.{name} is {value}")
    return wrong + [
        f"{key[0]} holds {WORD}" for key, row in changed.items() if WORD in str(row) and key[0] != "reports.Draft"
    ]


def _is_ours(label: str, name: str, value: Any, people: int, offices: int) -> bool:
    field = next(
        f
        for model in register.our_models()
        if model._meta.label == label
        for f in model._meta.local_concrete_fields
        if f.attname == name
    )
    if isinstance(field, models.BooleanField):
        return value is True
    if isinstance(field, models.ForeignKey) and field.related_model in {User, Office}:
        return bool(value == (people if field.related_model is User else offices))
    return False

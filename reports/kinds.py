"""What a kind of report is made of: its model, its sections and its rows. Everything else is derived from this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from reports.models.report import Report
    from reports.models.rows import Row


@dataclass(frozen=True)
class Section:
    """One screen of single answers. `optional` sections are skipped by "Save and continue", never out of reach."""

    name: str
    title: str
    fields: tuple[str, ...]
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Rows:
    """A list of rows of one model, each on its own screen. `asked_by_event` shows it when an event type asks for it."""

    name: str
    title: str
    model: type[Row]
    singular: str
    hint: str = ""
    empty: str = ""
    asked_by_event: bool = False
    optional: bool = False
    minimum: int = 0

    @property
    def fields(self) -> tuple[str, ...]:
        """The answers of one row, in the order in which the model declares them."""
        return tuple(f.name for f in self.model._meta.get_fields() if is_answer(f))


Part = Section | Rows


def is_answer(field: object) -> bool:
    """Whether a model field is something that a person answers, rather than our own book-keeping."""
    return isinstance(field, models.Field) and field.editable and field.name != "report"


@dataclass(frozen=True)
class Kind:
    """One kind of report, declared beside its model. `code` is its word in addresses and permissions."""

    code: str
    prefix: str
    label: str
    line: str
    model: type[Report]
    parts: tuple[Part, ...]

    @property
    def sections(self) -> list[Section]:
        return [part for part in self.parts if isinstance(part, Section)]

    @property
    def rows(self) -> list[Rows]:
        return [part for part in self.parts if isinstance(part, Rows)]

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)

    def permission(self, verb: str) -> str:
        return f"{verb}_{self.code}"


class Kinds:
    """The kinds there are, by code."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def register(self, kind: Kind) -> Kind:
        if kind.code in self._kinds:
            raise ValueError(f"kind {kind.code} is declared twice")
        self._kinds[kind.code] = kind
        return kind

    def __getitem__(self, code: str) -> Kind:
        return self._kinds[code]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def get(self, code: str) -> Kind | None:
        return self._kinds.get(code)

    def of(self, report: Report) -> Kind:
        return self._kinds[report.kind]


KINDS = Kinds()

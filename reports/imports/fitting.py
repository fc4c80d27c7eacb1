"""A mapping compared with a kind of report and the columns of a file: its answers as controls, every mistake named."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from uuid import uuid4

from django import forms

from reports.answers import Answers, Raw, to_raw
from reports.imports.controls import Control, PersonControl, control
from reports.imports.mapping import Mapping, RowPlan
from reports.imports.mistakes import Mistakes, Path
from reports.imports.sources import Source
from reports.imports.texts import plain
from reports.kinds import Part, Rows, Section
from reports.models import Person


@dataclass(frozen=True)
class Slot:
    """One answer that the mapping gives."""

    control: Control
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class FilledPart:
    """A section or one row: what its form offers at first, and the answers that the mapping gives."""

    part: Part
    base: Raw
    slots: tuple[Slot, ...]
    row: RowPlan | None = None


@dataclass(frozen=True)
class Plan:
    """A mapping that fits: the sections and the rows to fill, people first, since the other rows name them."""

    mapping: Mapping
    sections: tuple[FilledPart, ...]
    rows: tuple[FilledPart, ...]
    used: frozenset[str]


def fit(mapping: Mapping, answers: Answers, columns: Iterable[str]) -> Plan:
    """The plan of an import. `answers` reads an empty draft of the kind. Raises MappingRefused with every mistake."""
    return _Fitting(mapping, answers, list(columns)).plan()


class _Fitting:
    def __init__(self, mapping: Mapping, answers: Answers, columns: list[str]) -> None:
        self.mapping, self.answers, self.columns = mapping, answers, columns
        self.kind = answers.kind
        self.mistakes: Mistakes = mapping.mistakes
        self.ids = {row.id for row in mapping.rows if row.id}
        self.used: set[str] = set()

    def plan(self) -> Plan:
        self.settings()
        sections, rows = self.sections(), self.rows()
        self.mistakes.refuse()
        people_first = sorted(rows, key=lambda one: not (isinstance(one.part, Rows) and one.part.model is Person))
        return Plan(self.mapping, tuple(sections), tuple(people_first), frozenset(self.used))

    def settings(self) -> None:
        mapping = self.mapping
        if mapping.when:
            self.check_columns(("import", "when"), mapping.when.text.columns)
        if mapping.identity:
            self.check_columns(("import", "identity"), mapping.identity.columns)
        self.check_columns(("import", "leave_out"), mapping.leave_out)

    # -- Sections
    def sections(self) -> list[FilledPart]:
        sections = [part for part in self.kind.entered if isinstance(part, Section)]
        known = {name for section in sections for name in section.fields}
        lists = [part.name for part in self.kind.entered if isinstance(part, Rows)]
        for name in self.mapping.answers:
            if name not in known:
                self.mistakes.unknown(("answers", name), "The answer", name, sorted(known))
        for row in self.mapping.rows:
            if row.list not in lists:
                self.mistakes.unknown(row.path, "The list", row.list, lists)
        return [self.section(section) for section in sections]

    def section(self, section: Section) -> FilledPart:
        form = self.answers.form(section)
        return self.part(section, form, ("answers",), self.mapping.answers)

    # -- Rows
    def rows(self) -> list[FilledPart]:
        found = []
        for row in self.mapping.rows:
            part = self.kind.part(row.list)
            if isinstance(part, Rows) and part in self.kind.entered:
                found.append(self.row(part, row))
        return found

    def row(self, part: Rows, row: RowPlan) -> FilledPart:
        for name in row.answers:
            if name not in part.fields:
                self.mistakes.unknown((*row.path, name), "The answer", name, part.fields)
        if row.when:
            self.check_columns((*row.path, "when"), row.when.text.columns)
        if row.each:
            self.check_columns((*row.path, "each"), row.each.columns)
        if row.of and row.of not in self.ids:
            self.mistakes.unknown((*row.path, "for"), "The id", row.of, self.ids)
        if row.id and part.model is not Person:
            self.mistakes.add((*row.path, "id"), "Only people can be named by an id. Remove it.")
        return self.part(part, self.answers.row_form(part, str(uuid4())), row.path, row.answers, row)

    # -- Either
    def part(
        self,
        part: Part,
        form: forms.BaseForm,
        path: Path,
        given: Dict[str, tuple[Source, ...]],
        row: RowPlan | None = None,
    ) -> FilledPart:
        base = to_raw(form)  # type: ignore[arg-type]
        slots = []
        for name, declared in form.fields.items():
            if name in given:
                slots.append(self.slot((*path, name), control(name, declared), given[name]))
            elif declared.required and not _offered(base, name) and self.mapping.submitted:
                self.mistakes.add(
                    path,
                    f"“{name}” is needed to file this report, and nothing gives it. Add a line for it, "
                    'or import as = "draft".',
                )
        return FilledPart(part, base, tuple(slots), row)

    def slot(self, path: Path, found: Control, sources: tuple[Source, ...]) -> Slot:
        if not found.many and (len(sources) > 1 or any(one.split and not one.part for one in sources)):
            self.mistakes.add(path, "This answer takes one value: use first_of, or say which part of the split.")
        for source in sources:
            self.check_columns(path, source.columns)
            for constant in source.constants:
                self.check_constant(path, found, constant)
        return Slot(found, sources)

    def check_constant(self, path: Path, found: Control, constant: str) -> None:
        if isinstance(found, PersonControl):
            if constant not in self.ids:
                self.mistakes.unknown(path, "The id of a person", constant, self.ids)
        elif found.refusal(constant):
            self.mistakes.unknown(path, "The choice", constant, getattr(found, "codes", ["yes", "no"]))

    def check_columns(self, path: Path, names: Iterable[str]) -> None:
        known = {plain(name) for name in self.columns}
        for name in names:
            self.used.add(plain(name))
            if plain(name) not in known:
                self.mistakes.unknown(path, "The column", name, self.columns)


def _offered(base: Raw, name: str) -> bool:
    """Whether the form holds this answer at first; a date does in its first part."""
    return any(any(base.get(key, [])) for key in (name, f"{name}_0"))

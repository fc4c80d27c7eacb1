"""One line of a spreadsheet as the answers of a draft, as a person would have typed them into the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from reports.answers import Raw
from reports.imports.controls import ChoiceControl, Control, Given, Trouble
from reports.imports.fitting import FilledPart, Plan, Slot
from reports.imports.mapping import RowPlan
from reports.imports.texts import Cells
from reports.kinds import Part

NARRATIVE = "narrative"
CUT_MARK = "…"
OTHER = "Other columns of the source"


@dataclass(frozen=True)
class Unread:
    """A value that could not become an answer."""

    part: Part
    key: str
    control: Control
    trouble: Trouble

    @property
    def name(self) -> str:
        return self.control.name

    @property
    def label(self) -> str:
        return self.control.label

    @property
    def chosen(self) -> bool:
        """Whether it is one of a list, so that the mapping's map may lack it."""
        return isinstance(self.control, ChoiceControl)


@dataclass
class Built:
    """What one line has become: the answers of a draft, what could not be read, and what was cut to fit."""

    answers: dict[str, Any] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    cut: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Person:
    """Somebody whom the mapping has named by an id, with the cells that they were made from."""

    key: str
    cells: Cells


class Building:
    """Builds the answers of one line after the other; keys follow from the line's own, so that a repeat is the same."""

    def __init__(self, plan: Plan, zone: str) -> None:
        self.plan, self.zone = plan, zone

    def build(self, key: UUID, cells: Cells) -> Built:
        built = Built()
        people: dict[str, list[_Person]] = {}
        for row in self.plan.rows:
            self._rows(row, key, cells, people, built)
        first = {name: several[0].key for name, several in people.items()}
        for section in self.plan.sections:
            if section.slots:
                built.answers[section.part.name] = self._raw(section, "", cells, first, built)
        self._note(cells, built)
        return built

    # -- Rows
    def _rows(self, plan: FilledPart, key: UUID, cells: Cells, people: dict[str, list[_Person]], built: Built) -> None:
        assert plan.row  # noqa: S101 - tells the type checker
        rows = built.answers.setdefault(plan.part.name, [])
        first = {name: several[0].key for name, several in people.items()}
        for here, own in self._lines(plan.row, cells, people):
            if not _is_made(plan, here):
                continue
            row_key = str(uuid5(key, f"{plan.part.name}/{len(rows)}"))
            rows.append(made := {"key": row_key, "data": {}})
            made["data"] = self._raw(plan, row_key, here, first | own, built)
            if plan.row.id:
                people.setdefault(plan.row.id, []).append(_Person(row_key, here))

    def _lines(
        self, row: RowPlan, cells: Cells, people: dict[str, list[_Person]]
    ) -> Iterator[tuple[Cells, dict[str, str]]]:
        """The cells for each row to be made, and the person whom it is made for."""
        whole: list[tuple[Cells, dict[str, str]]] = [(cells, {})]
        wholes = [(one.cells, {row.of: one.key}) for one in people.get(row.of, [])] if row.of else whole
        for here, own in wholes:
            for pieces in _pieces(row, here):
                yield here.over(pieces) if pieces else here, own

    # -- Answers
    def _raw(self, plan: FilledPart, key: str, cells: Cells, people: dict[str, str], built: Built) -> Raw:
        found: Raw = {}
        for slot in plan.slots:
            try:
                found |= self._answer(slot, cells, people, built)
            except Trouble as trouble:
                built.unread.append(Unread(plan.part, key, slot.control, trouble))
        # A kind may have no answer for what a control says beside its own, such as how exact a time is.
        return plan.base | {name: values for name, values in found.items() if name in plan.base}

    def _answer(self, slot: Slot, cells: Cells, people: dict[str, str], built: Built) -> Raw:
        source = slot.sources[0]
        values = [value for one in slot.sources for value in one.values(cells)]
        if not values:
            return {}  # as on the form: what it offers at first stands
        values = [self._fitted(slot.control, value, built) for value in values] if source.cut else values
        return slot.control.raw(Given(values, source, cells, source.zone or self.zone, people))

    def _fitted(self, control: Control, value: str, built: Built) -> str:
        """The value as long as its answer may be; what was cut off is told in the narrative."""
        longest = control.longest
        if not longest or len(value) <= longest or control.name == NARRATIVE:
            return value
        built.cut.append((control.label, value))
        return value[: longest - 1].rstrip() + CUT_MARK

    # -- What the report itself has no place for
    def _note(self, cells: Cells, built: Built) -> None:
        notes = [f"{label} in full: {value}" for label, value in built.cut]
        if self.plan.mapping.other_columns:
            notes += self._others(cells)
        raw = built.answers.get(self._narrative_part())
        if notes and raw is not None:
            raw[NARRATIVE] = ["\n\n".join(filter(None, [*raw.get(NARRATIVE, []), "\n".join(notes)]))]

    def _others(self, cells: Cells) -> list[str]:
        unused = ((name, value) for name, value in cells.values.items() if value and name not in self.plan.used)
        rest = [f"{cells.titles.get(name, name)}: {value}" for name, value in unused]
        return [f"{OTHER}:", *rest] if rest else []

    def _narrative_part(self) -> str:
        return next((one.part.name for one in self.plan.sections if NARRATIVE in one.base), "")


def _pieces(row: RowPlan, cells: Cells) -> Iterator[dict[str, str]]:
    """The cells of each piece of a line that holds several side by side; the line itself where it holds one."""
    if not row.each:
        yield {}
        return
    split = {name: [piece.strip() for piece in cells(name).split(row.each.split)] for name in row.each.columns}
    for place in range(max(map(len, split.values()), default=0)):
        pieces = {name: (found[place] if place < len(found) else "") for name, found in split.items()}
        if any(pieces.values()):
            yield pieces


def _is_made(plan: FilledPart, cells: Cells) -> bool:
    """Whether the line holds this row: as `when` says, else when any column that it draws on is filled."""
    row = plan.row
    if row and row.when:
        return row.when(cells)
    if row and (row.of or row.each):
        return True
    columns = [name for slot in plan.slots for source in slot.sources for name in source.columns]
    return not columns or any(cells(name) for name in columns)

"""What changed between two versions of a report: answer by answer, row by row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reports.content import Answer, Filled, Shown, shown


@dataclass(frozen=True)
class Change:
    """One answer that differs. `where` names the part and, for a row, the row."""

    where: str
    label: str
    old: str
    new: str

    @property
    def place(self) -> str:
        """Where the answer stands and what it is called, once where both are the same words."""
        return self.label if self.label == self.where else f"{self.where}: {self.label}"


def changes(old: Filled, new: Filled, *, opened: Collection[str] = ()) -> list[Change]:
    """Every difference between two versions, in the order of the report; nothing of a part that is closed."""
    before, after = _by_part(old, opened), _by_part(new, opened)
    found: list[Change] = []
    for part in new.kind.parts:
        was, now = before[part.name], after[part.name]
        if was.closed or now.closed:
            continue
        found += _answers(part.title, was.answers, now.answers)
        found += _rows(part.title, was, now)
    return found


def _by_part(filled: Filled, opened: Collection[str]) -> dict[str, Shown]:
    found = {part.part.name: part for part in shown(filled, empty=True, opened=opened)}
    return {part.name: found.get(part.name, Shown(part)) for part in filled.kind.parts}


def _rows(title: str, was: Shown, now: Shown) -> list[Change]:
    old, new = {row.key: row for row in was.rows}, {row.key: row for row in now.rows}
    found: list[Change] = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            found.append(Change(title, "Removed", old[key].line, ""))
        elif key not in old:
            found.append(Change(title, "Added", "", _whole(new[key].line, new[key].answers)))
        else:
            found += _answers(f"{title}: {new[key].line}", old[key].answers, new[key].answers)
    return found


def _whole(line: str, answers: list[Answer]) -> str:
    return "\n".join([line, *(f"{a.label}: {a.text}" for a in answers if a.text)])


def _answers(where: str, old: list[Answer], new: list[Answer]) -> list[Change]:
    before = {answer.name: answer.text for answer in old}
    return [
        Change(where, answer.label, before.get(answer.name, ""), answer.text)
        for answer in new
        if before.get(answer.name, "") != answer.text
    ]

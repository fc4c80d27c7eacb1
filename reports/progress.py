"""How far a draft has come: what each of its parts still needs, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports.answers import Answers, AnswersForm
from reports.kinds import Part, Rows, Section

SHOWN_LINES = 3


@dataclass(frozen=True)
class Task:
    """One part in the task list: `state` is a state of the task component, `word` what it says."""

    part: Part
    state: str
    word: str
    hint: str = ""


def tasks(answers: Answers) -> list[Task]:
    """Every part of the draft that is shown, in the order of the report."""
    faults = _faults(answers)
    return [
        _section(answers, part, faults[part.name])
        if isinstance(part, Section)
        else _rows(answers, part, faults[part.name])
        for part in answers.parts
    ]


def _faults(answers: Answers) -> Counter[str]:
    """How many answers of each part stand between the draft and its filing: a part by itself whole may have one too."""
    return Counter(part for part, _, _ in {(one.part.name, one.key, one.field) for one in answers.problems()})


def _section(answers: Answers, part: Section, faults: int) -> Task:
    if part.name in answers.draft.answers:
        return _started(part, [answers.as_filed(part)], faults)
    return Task(part, "optional", "Not started" if faults else "Optional", part.hint)


def _rows(answers: Answers, part: Rows, faults: int) -> Task:
    rows = answers.rows(part)
    if not rows:
        return Task(part, "optional", "Not started" if answers.wanted(part) else "Optional")
    return _started(part, [row.form for row in rows], faults, _lines([row.line for row in rows]))


def _started(part: Part, forms: Iterable[AnswersForm], faults: int, hint: str = "") -> Task:
    missing = sum(len(form.missing) for form in forms)
    if wrong := faults - missing:
        return Task(part, "missing", f"{_answers(wrong)} to mend", hint)
    if missing:
        return Task(part, "missing", f"{_answers(missing)} missing", hint)
    return Task(part, "done", "Complete", hint)


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count} answers"


def _lines(lines: list[str]) -> str:
    more = len(lines) - SHOWN_LINES
    return "; ".join(lines[:SHOWN_LINES]) + (f" and {more} more" if more > 0 else "")

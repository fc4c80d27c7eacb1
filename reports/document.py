"""A report as a document to read: each part's short answers, its texts, and its rows as cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from reports.content import Answer, Filled, Shown, ShownRow, from_content, shown
from reports.models import Person, Related, Report
from reports.models.rows import Row

# Longer answers of a card are set across its whole width.
SHORT = 60
# Said by the heading of a person's card, so not said again in it.
IN_A_NAME = frozenset({"last_name", "first_name", "middle_name", "suffix", "role"})


@dataclass(frozen=True)
class Card:
    """One row: a person, an arrest, a seizure."""

    title: str
    beside: str
    facts: list[Answer] = field(default_factory=list)
    texts: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class DocumentPart:
    """One part of the document, under its heading. A text whose label repeats the heading stands without it."""

    name: str
    title: str
    facts: list[Answer] = field(default_factory=list)
    texts: list[Answer] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    closed: bool = False


def as_kept(report: Report, content: dict[str, object]) -> Filled:
    """The newest version as it was kept, with the office and people that `report` already has at hand."""
    filled = from_content(report, content)
    filled.report.office, filled.report.supervisor = report.office, report.supervisor
    return filled


def document(filled: Filled, *, leave_out: tuple[str, ...] = (), opened: Collection[str] = ()) -> list[DocumentPart]:
    """The report in the order of its kind; `leave_out` names answers that the page shows elsewhere.

    Parts that are protected stand there closed, but those named in `opened`.
    """
    parts = shown(filled, opened=opened)
    found = [_part(filled, part, leave_out) for part in parts if part.part.name not in leave_out]
    return [part for part in found if part.facts or part.texts or part.cards or part.closed]


def _part(filled: Filled, part: Shown, leave_out: tuple[str, ...]) -> DocumentPart:
    rows = {str(row.pk): row for row in filled.rows.get(part.part.name, [])}
    answers = [answer for answer in part.answers if answer.name not in leave_out]
    return DocumentPart(
        name=part.part.name,
        title=part.part.title,
        facts=[answer for answer in answers if not answer.long],
        texts=[answer for answer in answers if answer.long],
        cards=[_card(rows[shown_row.key], shown_row) for shown_row in part.rows],
        closed=part.closed,
    )


def _card(row: Row, words: ShownRow) -> Card:
    is_person = isinstance(row, Person)
    answers = [answer for answer in words.answers if not (is_person and answer.name in IN_A_NAME)]
    return Card(
        title=words.line,
        beside=row.get_role_display() if isinstance(row, Person) else "",
        facts=[answer for answer in answers if len(answer.text) <= SHORT],
        texts=[answer for answer in answers if len(answer.text) > SHORT],
    )


def related_numbers(filled: Filled) -> list[Related]:
    return [row for row in filled.every_row() if isinstance(row, Related)]

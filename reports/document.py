"""A report as a document to read: each part's short answers, its texts, and its rows as cards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from reports.condensed import condensed
from reports.content import Answer, Filled, Shown, ShownRow, from_content, shown
from reports.kinds import Part, Section
from reports.models import Person, Related, Report
from reports.models.rows import Row

# Longer answers of a card are set across its whole width.
SHORT = 60


@dataclass(frozen=True)
class Card:
    """One row: a person, an arrest, a seizure."""

    title: str
    beside: str
    facts: list[Answer] = field(default_factory=list)
    texts: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class DocumentPart:
    """One part of the document, under its heading. A text whose label repeats the heading stands without it.

    A `closed` one says only why, and where it is revealed to whoever may look. One `by_move` tells what was decided
    or came of it after the filing, so it stands first.
    """

    name: str
    title: str
    facts: list[Answer] = field(default_factory=list)
    texts: list[Answer] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    by_move: bool = False
    closed: bool = False
    closed_says: str = ""
    reveal_label: str = ""
    reveal_url: str = ""


def as_kept(report: Report, content: dict[str, object]) -> Filled:
    """The newest version as it was kept, with the office and people that `report` already has at hand."""
    filled = from_content(report, content)
    filled.report.office, filled.report.supervisor = report.office, report.supervisor
    return filled


def document(
    filled: Filled,
    *,
    leave_out: tuple[str, ...] = (),
    opened: Collection[str] = (),
    reveals: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> list[DocumentPart]:
    """The report in the order of its kind, but what was decided about it first.

    `leave_out` names answers that the page shows elsewhere. Parts that are protected stand there closed, but those
    named in `opened`; `reveals` are addresses that show one. `labels` are those of the event types, where at hand.
    """
    parts = [part for part in shown(filled, opened=opened, labels=labels) if part.part.name not in leave_out]
    found = [
        _closed(part.part, (reveals or {}).get(part.part.name, "")) if part.closed else _part(filled, part, leave_out)
        for part in parts
    ]
    found.sort(key=lambda part: not part.by_move)
    return [part for part in found if part.facts or part.texts or part.cards or part.closed]


def _part(filled: Filled, part: Shown, leave_out: tuple[str, ...]) -> DocumentPart:
    rows = {str(row.pk): row for row in filled.rows.get(part.part.name, [])}
    answers = [answer for answer in part.answers if answer.name not in leave_out]
    facts, texts = [a for a in answers if not a.long], [a for a in answers if a.long]
    if not facts and len(texts) == 1:
        # The heading has said what it is.
        texts = [replace(texts[0], label=part.part.title)]
    return DocumentPart(
        name=part.part.name,
        title=part.part.title,
        facts=condensed(facts, filled),
        texts=texts,
        cards=[_card(rows[shown_row.key], shown_row, filled) for shown_row in part.rows],
        by_move=part.part.by_move,
    )


def _closed(part: Part, reveal_url: str) -> DocumentPart:
    assert isinstance(part, Section)  # noqa: S101 - no list of rows is protected
    label = part.reveal.label if part.reveal else ""
    return DocumentPart(
        part.name, part.title, closed=True, closed_says=part.closed_says, reveal_label=label, reveal_url=reveal_url
    )


def _card(row: Row, words: ShownRow, filled: Filled) -> Card:
    """What the heading of the card says is not said again below it."""
    role = row.get_role_display() if isinstance(row, Person) else ""
    said = {*row.in_line, "role"} if role else set(row.in_line)
    answers = condensed([answer for answer in words.answers if answer.name not in said], filled)
    return Card(
        title=words.line,
        beside=role,
        facts=[answer for answer in answers if len(answer.text) <= SHORT],
        texts=[answer for answer in answers if len(answer.text) > SHORT],
    )


def related_numbers(filled: Filled) -> list[Related]:
    return [row for row in filled.every_row() if isinstance(row, Related)]

"""What a kind of report is made of: its model, its sections and its rows. Everything else is derived from this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from reports.moves import Move

if TYPE_CHECKING:
    from reports.content import Filled
    from reports.models.report import Report
    from reports.models.rows import Row


@dataclass(frozen=True)
class Reveal:
    """A page that shows a closed part to whom it is not open, each look recorded: by which permission, and where."""

    permission: str
    url_name: str
    label: str


@dataclass(frozen=True)
class Section:
    """One screen of single answers. `optional` sections are skipped by "Save and continue", never out of reach.

    A section `by_move` is answered by a move after the filing, so no draft has it. One that is `protected` by a
    permission is in the draft and the document of those who hold it and closed to everybody else, as long as the
    answer `protected_by` says so. `closed_says` stands there instead, and `reveal` beside it for whoever may look.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    hint: str = ""
    optional: bool = False
    by_move: bool = False
    protected: str = ""
    protected_by: str = ""
    closed_says: str = ""
    reveal: Reveal | None = None


@dataclass(frozen=True)
class Rows:
    """A list of rows of one model, each on its own screen. `asked_by_event` shows it when an event type asks for it.

    `first` are answers of the first row that are usual, offered where it is begun.
    """

    name: str
    title: str
    model: type[Row]
    singular: str
    hint: str = ""
    empty: str = ""
    asked_by_event: bool = False
    optional: bool = False
    minimum: int = 0
    first: Mapping[str, str] = field(default_factory=dict)
    by_move: bool = field(default=False, init=False)
    protected: str = field(default="", init=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The answers of one row, in the order in which the model declares them."""
        return tuple(f.name for f in self.model._meta.get_fields() if is_answer(f))


Part = Section | Rows


def is_answer(field: object) -> bool:
    """Whether a model field is something that a person answers, rather than our own book-keeping."""
    return isinstance(field, models.Field) and field.editable and field.name != "report"


@dataclass(frozen=True)
class Wrong:
    """What is wrong between the parts of a report: said beside one answer of one part, of one row by its key."""

    part: str
    field: str
    message: str
    key: str = ""


@dataclass(frozen=True)
class Span:
    """Two times of a report that people read as one: from when until when. `start` and `end` are names of answers."""

    label: str
    start: str
    end: str


@dataclass(frozen=True)
class Start:
    """A report that another one gives rise to: its kind, and the answers of its draft that are known already.

    `copies` are lists of rows that both kinds have, and `roles` what people of one role are in the new report.
    """

    name: str
    label: str
    kind: str
    because: str
    answers: Callable[[Filled], dict[str, Any]]
    # Why it cannot be begun yet, in words.
    hindered: Callable[[Any], str] = lambda report: ""
    # Whether it is what everybody waits for now.
    awaited: Callable[[Any], bool] = lambda report: False
    copies: tuple[str, ...] = ("people", "organizations")
    roles: Mapping[str, str] = field(default_factory=dict)


def nothing_wrong(filled: Filled) -> Iterable[Wrong]:
    return ()


def never(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return False


def renews_nothing(report: Any, before: Mapping[str, Any]) -> None:
    return None


def nothing_pending(report: Any, now: datetime) -> tuple[str, str] | None:
    return None


def no_remarks(report: Any) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of report, declared beside its model. `code` is its word in addresses and permissions.

    `noun` is what one report is called and `prefix` begins its number. `types` asks for its event types; a kind
    without says nothing there. `words` are labels and hints of answers that all kinds have, where this one has better,
    and `needs` those of them that other kinds can do without.
    A kind of the `past` is never filed before its event. `approval` says whether a supervisor approves it unless the
    approval rules say otherwise, and `approved_again` whether a new version needs that anew, by two contents of
    revisions; `renews` takes back of an amended report what its new answers do away with. `wrong` finds what is wrong
    between parts, `remarks` what its author should know, and `pending` what a filed one still waits for, in a heading
    and a sentence. `aliases` are old names by which people search, never shown. `warning` stands on every page on
    which one is written or read.
    `spans` are times that are read together.
    """

    code: str
    prefix: str
    noun: str
    label: str
    line: str
    model: type[Report]
    parts: tuple[Part, ...]
    types: str = ""
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    past: bool = False
    approval: bool = False
    approved_again: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] = never
    renews: Callable[[Any, Mapping[str, Any]], None] = renews_nothing
    wrong: Callable[[Filled], Iterable[Wrong]] = nothing_wrong
    remarks: Callable[[Any], Iterable[str]] = no_remarks
    pending: Callable[[Any, datetime], tuple[str, str] | None] = nothing_pending
    moves: tuple[Move, ...] = ()
    starts: tuple[Start, ...] = ()
    spans: tuple[Span, ...] = ()
    aliases: tuple[str, ...] = ()
    warning: str = ""
    icon: str = "add_circle"
    # Where it stands among the choices of what to file.
    turn: int = 50

    @property
    def plain(self) -> str:
        """What it is in words, without the letters that its number begins with."""
        return self.label.partition(" (")[0]

    @property
    def article(self) -> str:
        return "an" if self.noun[0] in "AEIOUaeiou" else "a"

    @property
    def sections(self) -> list[Section]:
        return [part for part in self.parts if isinstance(part, Section)]

    @property
    def entered(self) -> list[Part]:
        """The parts that a draft asks for; the others are answered by moves."""
        return [part for part in self.parts if not part.by_move]

    def section_of(self, name: str) -> Section | None:
        """The section that asks for this answer."""
        return next((section for section in self.sections if name in section.fields), None)

    def start(self, name: str) -> Start | None:
        return next((start for start in self.starts if start.name == name), None)

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
        # In one order, whichever module was imported first.
        kinds = [*self._kinds.values(), kind]
        self._kinds = {one.code: one for one in sorted(kinds, key=lambda one: (one.turn, one.code))}
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

"""The mapping of an import: a TOML file that says how the columns of a spreadsheet become the answers of a report."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import available_timezones

from reports.imports import moments
from reports.imports.mistakes import MappingRefused, Mistakes, Path, Places
from reports.imports.sources import CASES, Map, Source, When
from reports.imports.texts import Misread, Text, column, plain, text

IMPORT = (
    "as",
    "user",
    "encoding",
    "delimiter",
    "header_line",
    "zone",
    "dates",
    "empty",
    "cut",
    "other_columns",
    "leave_out",
    "when",
    "identity",
)
SOURCE = (
    "text",
    "column",
    "first_of",
    "find",
    "split",
    "part",
    "case",
    "map",
    "default",
    "cut",
    "dates",
    "zone",
    "time",
    "no_time",
)
ROW = ("id", "when", "each", "for")
WHEN = ("text", "column", "is", "not")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@dataclass(frozen=True)
class Each:
    """Several rows from one line: the pieces of these columns, side by side."""

    columns: tuple[str, ...]
    split: str


@dataclass(frozen=True)
class RowPlan:
    """How one row of a list is made: when, how often, for whom, and its answers."""

    list: str
    path: Path
    answers: Dict[str, tuple[Source, ...]]
    id: str = ""
    when: When | None = None
    each: Each | None = None
    of: str = ""


@dataclass(frozen=True)
class Mapping:
    """A mapping as read: sound in itself, not yet compared with a kind and with the columns of a file."""

    name: str
    mistakes: Mistakes
    submitted: bool
    user: str
    encoding: str
    delimiter: str
    header_line: int
    zone: str
    empty: frozenset[str]
    other_columns: bool
    leave_out: tuple[str, ...]
    when: When | None
    identity: Text | None
    answers: Dict[str, tuple[Source, ...]]
    rows: tuple[RowPlan, ...]


def read(path: FilePath) -> Mapping:
    """The mapping in a file. Raises MappingRefused with every mistake that shows without a kind or a file."""
    try:
        said = path.read_text(encoding="utf-8-sig")
        tables = tomllib.loads(said)
    except OSError as error:
        raise MappingRefused(f"The mapping {path.name} cannot be opened: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingRefused(f"The mapping {path.name} is not valid TOML: {error}.") from error
    reader = _Reader(Mistakes(path.name, Places(said)), tables.get("import", {}))
    found = reader.whole(tables)
    found.mistakes.refuse()
    return found


class _Reader:
    """Turns the tables of the file into what they mean, noting every mistake on the way."""

    def __init__(self, mistakes: Mistakes, options: Any) -> None:
        self.mistakes = mistakes
        self.options: dict[str, Any] = options if isinstance(options, dict) else {}

    def whole(self, tables: dict[str, Any]) -> Mapping:
        options, path = self.options, ("import",)
        if not isinstance(tables.get("import"), dict):
            self.mistakes.add(path, 'The table [import] is missing; it says as = "draft" and whose reports these are.')
        self.known(path, options, IMPORT)
        rows = [self.row(name, place, one) for name, place, one in self.lists(tables)]
        return Mapping(
            name=self.mistakes.name,
            mistakes=self.mistakes,
            submitted=self.one_of((*path, "as"), options.get("as", ""), ("draft", "submitted")) == "submitted",
            user=self.string((*path, "user"), options.get("user", "")),
            encoding=self.string((*path, "encoding"), options.get("encoding", "utf-8")),
            delimiter=self.delimiter((*path, "delimiter"), options.get("delimiter", "")),
            header_line=self.number((*path, "header_line"), options.get("header_line", 1)),
            zone=self.zone((*path, "zone"), options.get("zone", "")),
            empty=frozenset(plain(one) for one in self.strings((*path, "empty"), options.get("empty", []))),
            other_columns=options.get("other_columns") is True,
            leave_out=tuple(self.strings((*path, "leave_out"), options.get("leave_out", []))),
            when=self.when((*path, "when"), options.get("when")),
            identity=self.text((*path, "identity"), options["identity"]) if "identity" in options else None,
            answers=self.answers(("answers",), tables.get("answers", {})),
            rows=tuple(rows),
        )

    def lists(self, tables: dict[str, Any]) -> list[tuple[str, int, dict[str, Any]]]:
        found = []
        for name, rows in tables.items():
            if name in {"import", "answers"}:
                continue
            if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
                found += [(name, place, row) for place, row in enumerate(rows)]
            else:
                self.mistakes.add(
                    (name,), f"Rows are written [[{name}]]; answers of the report itself under [answers]."
                )
        return found

    def row(self, name: str, place: int, said: dict[str, Any]) -> RowPlan:
        path: Path = (name, place)
        each = said.get("each")
        return RowPlan(
            list=name,
            path=path,
            answers=self.answers(path, {key: value for key, value in said.items() if key not in ROW}),
            id=self.string((*path, "id"), said.get("id", "")),
            when=self.when((*path, "when"), said.get("when")),
            each=self.each((*path, "each"), each) if each is not None else None,
            of=self.string((*path, "for"), said.get("for", "")),
        )

    def each(self, path: Path, said: Any) -> Each | None:
        if not isinstance(said, dict) or not said.get("split"):
            self.mistakes.add(path, 'Write each = { columns = ["Names", "Ages"], split = ";" }.')
            return None
        self.known(path, said, ("columns", "split"))
        return Each(tuple(self.strings(path, said.get("columns", []))), self.string(path, said["split"]))

    # -- Answers
    def answers(self, path: Path, said: Any) -> dict[str, tuple[Source, ...]]:
        if not isinstance(said, dict):
            self.mistakes.add(path, "Write the answers as lines such as title = “{Offense}”.")
            return {}
        return {name: self.sources((*path, name), value) for name, value in said.items()}

    def sources(self, path: Path, said: Any) -> tuple[Source, ...]:
        """One source, or a list of them for an answer that can hold several values."""
        several = said if isinstance(said, list) else [said]
        return tuple(self.source(path, one) for one in several)

    def source(self, path: Path, said: Any) -> Source:
        options = said if isinstance(said, dict) else {"text": _constant(said)}
        self.known(path, options, SOURCE)
        return Source(
            texts=self.texts(path, options),
            find=self.pattern((*path, "find"), options.get("find")),
            split=self.string((*path, "split"), options.get("split", "")),
            part=self.number((*path, "part"), options.get("part", 0), least=-99),
            case=self.one_of((*path, "case"), options.get("case", ""), ("", *CASES)),
            map=self.map((*path, "map"), options.get("map")),
            default=self.string((*path, "default"), options.get("default", "")),
            cut=options.get("cut", self.options.get("cut")) is True,
            dates=self.dates((*path, "dates"), options.get("dates", self.options.get("dates", []))),
            zone=self.zone((*path, "zone"), options.get("zone", self.options.get("zone", ""))),
            time=self.text((*path, "time"), options["time"]) if "time" in options else None,
            no_time=self.no_time((*path, "no_time"), options.get("no_time", "")),
        )

    def texts(self, path: Path, options: dict[str, Any]) -> tuple[Text, ...]:
        given = [name for name in ("text", "column", "first_of") if name in options]
        if len(given) != 1:
            self.mistakes.add(path, "Give one of text, column and first_of (with default for when they are empty).")
            return ()
        (name,) = given
        if name == "first_of":
            return tuple(self.text(path, one) for one in self.strings(path, options[name]))
        said = self.string(path, options[name])
        return (column(said) if name == "column" else self.text(path, said),)

    def text(self, path: Path, said: Any) -> Text:
        try:
            return text(self.string(path, said))
        except Misread as error:
            self.mistakes.add(path, f"In “{said}” {error}.")
            return Text(())

    def map(self, path: Path, said: Any) -> Map | None:
        if said is None:
            return None
        if not isinstance(said, dict):
            self.mistakes.add(path, 'Write map = { "W" = "White", "*knife*" = "Knife" }.')
            return None
        return Map({name: self.string(path, _constant(value)) for name, value in said.items()})

    def when(self, path: Path, said: Any) -> When | None:
        if said is None:
            return None
        options = said if isinstance(said, dict) else {"text": said}
        self.known(path, options, WHEN)
        among, no = (self.strings(path, options.get(name, [])) for name in ("is", "not"))
        found = self.texts(path, {name: value for name, value in options.items() if name in ("text", "column")})
        return When(found[0] if found else Text(()), frozenset(map(plain, among)), frozenset(map(plain, no)))

    # -- Small things
    def known(self, path: Path, said: dict[str, Any], names: tuple[str, ...]) -> None:
        for name in said:
            if name not in names:
                self.mistakes.unknown((*path, name), "The setting", name, names)

    def string(self, path: Path, said: Any) -> str:
        if isinstance(said, str):
            return said
        self.mistakes.add(path, f"This must be a text in quotation marks, not {said!r}.")
        return ""

    def strings(self, path: Path, said: Any) -> list[str]:
        several = said if isinstance(said, list) else [said]
        return [self.string(path, _constant(one)) for one in several]

    def number(self, path: Path, said: Any, least: int = 1) -> int:
        if isinstance(said, int) and not isinstance(said, bool) and said >= least:
            return said
        self.mistakes.add(path, f"This must be a whole number from {least}, not {said!r}.")
        return least

    def one_of(self, path: Path, said: Any, known: tuple[str, ...]) -> str:
        if said not in known:
            self.mistakes.unknown(path, "The value", str(said), [one for one in known if one])
        return str(said)

    def delimiter(self, path: Path, said: Any) -> str:
        if said in {"", "auto"}:
            return ""
        sign = DELIMITERS.get(str(said), str(said))
        if len(sign) != 1:
            self.mistakes.unknown(path, "The delimiter", str(said), [*DELIMITERS, *DELIMITERS.values(), "auto"])
        return sign

    def zone(self, path: Path, said: Any) -> str:
        if said and said not in available_timezones():
            self.mistakes.unknown(path, "The time zone", str(said), sorted(available_timezones()))
        return str(said)

    def pattern(self, path: Path, said: Any) -> re.Pattern[str] | None:
        if said is None:
            return None
        try:
            return re.compile(self.string(path, said))
        except re.error as error:
            self.mistakes.add(path, f"“{said}” is not a regular expression: {error}.")
            return None

    def dates(self, path: Path, said: Any) -> tuple[str, ...]:
        found = tuple(self.strings(path, said))
        for notation in found:
            if notation not in moments.WORDS and "%" not in notation:
                known = ", ".join(moments.WORDS)
                self.mistakes.add(
                    path, f"“{notation}” is no notation of a date: use {known} or one like %d/%m/%Y %H:%M."
                )
        return found

    def no_time(self, path: Path, said: Any) -> str:
        if said and moments.clock(self.string(path, said)) is None:
            self.mistakes.add(path, f"“{said}” is not a time. Write it as 12:00.")
        return str(said)


def _constant(said: Any) -> Any:
    """A number, a date or yes and no, as a text."""
    if isinstance(said, bool):
        return "yes" if said else "no"
    return said if isinstance(said, str | list | dict) else str(said)

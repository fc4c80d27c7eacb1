"""Reading a CSV or JSON Lines file row by row in constant memory: each row by its line number, or why it is bad.

A file that makes no sense as a whole is refused before its first row; a bad line never hides the lines after it.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO
from unicodedata import normalize

LINE_LIMIT = 1_000_000
FIELD_LIMIT = 100_000
# A quotation mark that is never closed would otherwise swallow the rest of the file.
QUOTED_LINES = 2_000
SHOWN = 4_000
DELIMITERS = ",;\t|"
JSON_LINES = {".jsonl", ".ndjson", ".json"}
ONE_BYTE_ENCODING = "cp1252"
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class FileRefused(Exception):
    """The whole file is refused, and nothing of it was read; the message says why and what to do."""


@dataclass(frozen=True)
class Line:
    """One row: the number of the line on which it begins, and its values by column name, trimmed."""

    number: int
    values: dict[str, str]

    @property
    def checksum(self) -> str:
        return checksum_of(self.values)

    def bad(self, reason: str) -> Bad:
        """This row, refused by whoever was to take it."""
        return Bad(self.number, reason, _shown(json.dumps(self.values, ensure_ascii=False)))


@dataclass(frozen=True)
class Bad:
    """One row that cannot be taken: why, and what the line says (its first 4,000 characters)."""

    number: int
    reason: str
    text: str = ""


@dataclass(frozen=True)
class _Physical:
    """One line of the file as it stands, without its end. `ended` is False where the file stops before a line's end."""

    number: int
    text: str
    ended: bool = True
    too_long: bool = False


def checksum_of(values: Mapping[str, str]) -> str:
    """The same for the same values, whatever the order of the columns; empty ones do not count."""
    said = sorted((name, normalize("NFC", value)) for name, value in values.items() if value)
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _mark_bytes(error: UnicodeError) -> tuple[str, int]:
    """Each byte that the encoding does not know becomes a lone surrogate, which no text has, and reading goes on."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - it is registered for decoding alone
    return "".join(chr(0xDC00 | byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("sen.mark", _mark_bytes)
CUT_NUMBER = re.compile(r"[\d\W]{1,40}$")
UNREADABLE = re.compile("[\ud800-\udfff]")


class Source:
    """The rows of a file, one after the other. `done` of `size` bytes have been read; `columns` are a CSV's own.

    `required` columns must be there: a CSV without one is refused whole, a JSON line without one is bad.
    `named` turns a column's name in the file into ours.
    """

    def __init__(
        self,
        path: Path,
        *,
        required: Collection[str],
        encoding: str = "utf-8",
        named: Callable[[str], str] = str.strip,
    ) -> None:
        self.path, self.required, self.named = path, required, named
        self.encoding = _known_encoding(encoding)
        self.is_json = path.suffix.lower() in JSON_LINES
        self.columns: list[str] = []
        self.delimiter = ","
        self._open()
        try:
            self._refuse_array() if self.is_json else self._read_header()
        except FileRefused:
            self.close()
            raise

    def _open(self) -> None:
        try:
            self.size = self.path.stat().st_size
            _refuse_other_encoding(self.path, self.encoding)
            # Opened for the life of the reader; `close` or the end of the rows closes it.
            self._file: TextIO = self.path.open(encoding=self.encoding, errors="sen.mark", newline="\n")
        except OSError as error:
            raise FileRefused(f"{self.path.name} cannot be opened: {error.strerror}. Check the path.") from error
        if self.size == 0:
            self.close()
            raise FileRefused(f"{self.path.name} is empty. Choose the file that holds the rows.")
        self._at = 0
        self._waiting: deque[_Physical] = deque()

    @property
    def done(self) -> int:
        return self.size if self._file.closed else int(self._file.buffer.tell())

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Line | Bad]:
        try:
            while (line := self._next()) is not None:
                if line.text.strip() or line.too_long:
                    yield self._read_json(line) if self.is_json else self._read_row(line)
        finally:
            self.close()

    # -- Lines of the file
    def _next(self) -> _Physical | None:
        if self._waiting:
            return self._waiting.popleft()
        text = self._file.readline(LINE_LIMIT)
        if not text:
            return None
        self._at += 1
        whole = text.endswith("\n")
        if not whole and len(text) >= LINE_LIMIT:
            self._skip_to_line_end()
            return _Physical(self._at, text[: SHOWN + 1], too_long=True)
        return _Physical(self._at, text.removesuffix("\n").removesuffix("\r"), ended=whole)

    def _skip_to_line_end(self) -> None:
        while (more := self._file.readline(LINE_LIMIT)) and not more.endswith("\n"):
            pass

    def _problem(self, line: _Physical) -> str:
        """Why this line is no text at all, or nothing."""
        if line.too_long:
            return f"The line has more than {LINE_LIMIT:,} characters. Shorten it, or check for a missing line end."
        if found := UNREADABLE.search(line.text):
            encoding = self.encoding.removesuffix("-sig")
            return (
                f"Character {found.start() + 1} cannot be read as {encoding}. Save the file as UTF-8, "
                f"or say how it is encoded, such as --encoding {ONE_BYTE_ENCODING}."
            )
        if "\x00" in line.text:
            return "The line holds a NUL character. Remove it, or say how the file is encoded, such as utf-16."
        if not self.encoding.startswith("utf") and _is_utf8(line.text, self.encoding):
            return f"The line is UTF-8, not {self.encoding}. Import the file again with --encoding utf-8."
        return ""

    # -- CSV
    def _read_header(self) -> None:
        first = self._next()
        while first and not first.text.strip():
            first = self._next()
        if first is None:
            raise FileRefused("The file has no line. Choose the file that holds the rows.")
        if problem := self._problem(first):
            raise FileRefused(f"Line {first.number}: {problem}")
        if "\r" in first.text:
            raise FileRefused("The lines end in a bare carriage return. Save the file with LF or CRLF line ends.")
        self.columns = self._header(first.text)
        self._check_header()

    def _header(self, text: str) -> list[str]:
        """The columns, split by the delimiter with which the most required ones are found."""
        found = {sign: _split_header(text, sign, self.named) for sign in DELIMITERS}
        self.delimiter = max(DELIMITERS, key=lambda sign: len(set(self.required) & set(found[sign])))
        return found[self.delimiter]

    def _check_header(self) -> None:
        missing = sorted(set(self.required) - set(self.columns))
        if missing:
            raise FileRefused(
                f"The column{'s' if len(missing) > 1 else ''} {', '.join(missing)} "
                f"{'are' if len(missing) > 1 else 'is'} missing. The first line must name the columns; it names: "
                f"{', '.join(self.columns)[:400]}."
            )
        twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if twice:
            raise FileRefused(f"The first line names a column twice: {', '.join(twice)}. Rename or remove one of them.")
        if "" in self.columns:
            raise FileRefused(
                f"Column {self.columns.index('') + 1} has no name. Name it in the first line, or remove it."
            )

    def _read_row(self, first: _Physical) -> Line | Bad:
        """One row, which may run over several lines inside quotation marks."""
        if problem := self._problem(first):
            return _bad(first, problem)
        taken: list[_Physical] = []
        try:
            cells = next(csv.reader(self._feed(first, taken), delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            # The lines that were read while looking for the closing mark are rows of their own.
            self._waiting.extendleft(reversed(taken[1:]))
            return _bad(first, _in_words(error))
        except _Broken as broken:
            self._waiting.extendleft(reversed(taken[1:]))
            return Bad(first.number, str(broken), _shown(first.text))
        return self._check_row(taken, cells)

    def _feed(self, first: _Physical, taken: list[_Physical]) -> Iterator[str]:
        """Lines for the reader of one row, no more than a field may be long."""
        line: _Physical | None = first
        length = 0
        while line is not None:
            taken.append(line)
            length += len(line.text)
            if len(taken) > 1 and (problem := self._problem(line)):
                raise _Broken(f"Line {line.number} inside a quoted field is bad: {problem}")
            if length > LINE_LIMIT or len(taken) > QUOTED_LINES:
                raise _Broken("A quotation mark is opened here and not closed. Close it, or double it if it is meant.")
            yield line.text + "\n"
            line = self._next()

    def _check_row(self, taken: list[_Physical], cells: list[str]) -> Line | Bad:
        first, last = taken[0], taken[-1]
        if len(cells) != len(self.columns):
            where = f" (lines {first.number} to {last.number})" if len(taken) > 1 else ""
            named = _count(len(self.columns), "column")
            reason = f"The row{where} has {_count(len(cells), 'cell')}; the first line names {named}."
            if len(cells) < len(self.columns) and not last.ended:
                reason += " The file ends here: it may have been cut."
            return Bad(first.number, reason, _shown("\n".join(line.text for line in taken)))
        return self._checked(first, dict(zip(self.columns, cells, strict=True)))

    def _checked(self, line: _Physical, values: Mapping[str, str]) -> Line | Bad:
        long = [name for name, value in values.items() if len(value) > FIELD_LIMIT]
        if long:
            return _bad(line, f"The field {long[0]} has more than {FIELD_LIMIT:,} characters. Shorten it.")
        return Line(line.number, {name: value.replace("\r\n", "\n").strip() for name, value in values.items()})

    # -- JSON Lines
    def _refuse_array(self) -> None:
        """A file that is one array would be read as far as its lines happen to be objects."""
        first = self._next()
        while first and not first.text.strip():
            first = self._next()
        if first and first.text.strip().startswith("["):
            raise FileRefused(
                "The file is one JSON array. Write one object a line, without brackets and commas between."
            )
        if first:
            self._waiting.appendleft(first)

    def _read_json(self, line: _Physical) -> Line | Bad:
        if problem := self._problem(line):
            return _bad(line, problem)
        try:
            said = json.loads(line.text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            cut = "" if line.ended else " The file ends here: it may have been cut."
            return _bad(line, (str(error) if isinstance(error, _Broken) else "The line is not valid JSON.") + cut)
        if not isinstance(said, dict):
            return _bad(line, 'The line is not a JSON object. Write one object a line, such as {"number": "1"}.')
        try:
            values = {self.named(name): _as_text(name, value) for name, value in said.items()}
        except _Broken as broken:
            return _bad(line, str(broken))
        if len(values) != len(said):
            return _bad(line, "The line names a field twice in different ways. Remove one of them.")
        missing = sorted(set(self.required) - set(values))
        if missing:
            return _bad(line, f"The line has no {', '.join(missing)}.")
        return self._checked(line, values)


class _Broken(ValueError):
    """Why a row cannot be read."""


def read(
    path: Path, *, required: Collection[str], encoding: str = "utf-8", named: Callable[[str], str] = str.strip
) -> Source:
    """Open a file for reading its rows; raises `FileRefused` before anything is read if it makes no sense."""
    return Source(path, required=required, encoding=encoding, named=named)


def _known_encoding(name: str) -> str:
    try:
        known = codecs.lookup(name).name
        "".encode(known)
    except LookupError:
        raise FileRefused(f"The encoding {name} is not known. Use one such as utf-8, cp1252 or utf-16.") from None
    return "utf-8-sig" if known == "utf-8" else known


def _refuse_other_encoding(path: Path, encoding: str) -> None:
    with path.open("rb") as file:
        start = file.read(2)
    meant = BYTE_ORDER_MARKS.get(start)
    if meant and not encoding.startswith("utf-16"):
        raise FileRefused(f"The file is encoded as {meant}. Import it with --encoding {meant}, or save it as UTF-8.")


def _is_utf8(text: str, encoding: str) -> bool:
    """Whether a text that was read in a one-byte encoding is really UTF-8: other text hardly ever reads as such."""
    if text.isascii():
        return False
    try:
        text.encode(encoding).decode()
    except UnicodeError:
        return False
    return True


def _split_header(text: str, delimiter: str, named: Callable[[str], str]) -> list[str]:
    try:
        return [named(cell) for cell in next(csv.reader([text], delimiter=delimiter, strict=True), [])]
    except csv.Error:
        return []


def _shown(text: str) -> str:
    """The beginning of a text, never with a part of a longer number at its end: cut, it would not be known as one."""
    return text if len(text) <= SHOWN else CUT_NUMBER.sub("", text[:SHOWN]) + "…"


def _bad(line: _Physical, reason: str) -> Bad:
    return Bad(line.number, reason, _shown(line.text))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _in_words(error: csv.Error) -> str:
    said = str(error)
    if "field larger" in said:
        return f"A field has more than {FIELD_LIMIT:,} characters. Shorten it."
    if "unexpected end of data" in said:
        return (
            "A quotation mark is opened here and not closed before the file ends. Close it, or see if the file was cut."
        )
    if "new-line" in said:
        return "A bare carriage return stands in the row. Put the field in quotation marks, or remove it."
    return "A quotation mark stands inside a quoted field. Double it if it is meant."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Broken("The line names a field twice. Remove one of them.")
    return found


def _as_text(name: str, value: Any) -> str:
    """A value as text. Numbers are as they stand in the file; a list or an object has no column to go to."""
    if isinstance(value, dict | list):
        raise _Broken(f"The field {name} is a list or an object. Give it as plain text.")
    text = {None: "", True: "yes", False: "no"}.get(value) if value is None or isinstance(value, bool) else str(value)
    if text and ("\x00" in text or UNREADABLE.search(text)):
        raise _Broken(f"The field {name} holds a NUL or half a character. Remove it.")
    return text or ""

"""A spreadsheet as agencies bring it: a title above the columns, columns named twice or not at all, any delimiter."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from privacy import guard
from reports.imports.lines import DELIMITERS, FileRefused, Line, Source
from reports.imports.texts import Cells, clean, plain

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods", ".numbers"}


class Sheet(Source):
    """The rows of a spreadsheet saved as CSV, or of JSON Lines; `columns` are known before the first row."""

    def __init__(self, path: Path, *, encoding: str, delimiter: str = "", header_line: int = 1) -> None:
        self.sign, self.header_line = delimiter, header_line
        if path.suffix.lower() in WORKBOOKS:
            raise FileRefused(f"{path.name} is a workbook. Open it, save the sheet as “CSV UTF-8”, and import that.")
        super().__init__(path, required=(), encoding=encoding)
        if self.is_json:
            self.columns = self._fields()

    def _read_header(self) -> None:
        for _ in range(self.header_line - 1):
            self._next()
        super()._read_header()

    def _header(self, text: str) -> list[str]:
        found = {sign: _cells(text, sign) for sign in (self.sign or DELIMITERS)}
        self.delimiter = max(found, key=lambda sign: len(found[sign]))
        return _told_apart([clean(name) for name in found[self.delimiter]])

    def _fields(self) -> list[str]:
        """Every field that some line of JSON Lines has, in the order of their first sight."""
        seen: dict[str, None] = {}
        for line in self:
            if isinstance(line, Line):
                seen |= dict.fromkeys(line.values)
        if not seen:
            raise FileRefused("No line of the file is a JSON object. Choose the file that holds the rows.")
        self._open()
        return list(seen)


def _cells(text: str, sign: str) -> list[str]:
    return next(csv.reader([text], delimiter=sign), [])


def _told_apart(names: list[str]) -> list[str]:
    """Each column under a name of its own: a second Race is Race (2), a nameless fifth column is Column 5."""
    seen: Counter[str] = Counter()
    found = []
    for place, name in enumerate(names, start=1):
        seen[plain(name)] += 1
        again = f"{name} ({seen[plain(name)]})" if seen[plain(name)] > 1 else name
        found.append(again if name else f"Column {place}")
    return found


def cells_of(line: Line, empty: frozenset[str], titles: dict[str, str]) -> tuple[Cells, int]:
    """The cells of a line as they are meant, and how many SSNs in them have become eight bullets."""
    masked = 0
    values: dict[str, str] = {}
    for name, said in line.values.items():
        value, found = guard.mask(clean(said), label=name) if said else ("", 0)
        masked += found
        values[plain(name)] = "" if plain(value) in empty else value
    return Cells(values, titles), masked

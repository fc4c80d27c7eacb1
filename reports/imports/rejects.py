"""The reject file of an import: every row that was refused, by line number, with the reason and what the line says."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from types import TracebackType

from privacy import guard
from reports.imports.lines import Bad, FileRefused

# A spreadsheet would run a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t")


def beside(path: Path) -> Path:
    """Where the rejects of a file go unless told otherwise."""
    return path.with_name(path.name + ".rejects.csv")


class Rejects:
    """Writes the reject file, readable by its owner alone; an earlier one of that name is replaced. `count` so far."""

    def __init__(self, path: Path, *, of: Path) -> None:
        if path.exists() and path.samefile(of):
            raise FileRefused("The reject file would overwrite the file that is read. Give --rejects another path.")
        self.path, self.count = path, 0

    def __enter__(self) -> Rejects:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise FileRefused(f"The reject file cannot be written: {error.strerror}. Give --rejects a path.") from error
        os.fchmod(handle, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(["line", "reason", "text"])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, bad: Bad) -> None:
        """Write one row. SSNs in it become eight bullets."""
        reason, text = (guard.mask(said.replace("\x00", "\\0"))[0] for said in (bad.reason, bad.text))
        self._rows.writerow([bad.number, reason, f"'{text}" if text.startswith(FORMULA) else text])
        self.count += 1

    def flush(self) -> None:
        self._file.flush()

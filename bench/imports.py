"""Importing 10,000 and 100,000 historical rows with 1 % bad lines: rows a second, peak memory, rejects, duplicates.

`make bench-import`; the limit beside it is COPY of as many rows of the same bytes into a plain table of one column.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.ground import CHECKOUT, manage, prepared

BAD_EVERY, SSN_EVERY = 100, 50
GROWTH = 1.1
SUMMARY = re.compile(r"([\d,]+) rows read: ([\d,]+) kept, ([\d,]+) already there, ([\d,]+) rejected. ([\d,]+) SSNs")


@dataclass(frozen=True)
class Figure:
    """One import in a process of its own."""

    rows: int
    seconds: float
    peak: int  # bytes
    read: int
    kept: int
    already: int
    rejected: int
    masked: int

    def __str__(self) -> str:
        return (
            f"{self.rows:>9,} rows in {self.seconds:6.1f} s: {self.rows / self.seconds:7,.0f} rows/s, peak memory "
            f"{self.peak / 1e6:5.0f} MB, kept {self.kept:,}, already there {self.already:,}, "
            f"rejected {self.rejected:,}, SSNs masked {self.masked:,}"
        )


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 100_000]
    with prepared("bench"), tempfile.TemporaryDirectory() as folder:
        manage("load_reference", "--verbosity", "0")
        figures = [measured(size, Path(folder)) for size in sizes]
        limit(Path(folder) / f"{sizes[-1]}.csv", sizes[-1])
    growth = figures[-1][0].peak / figures[0][0].peak
    verdict = "constant" if growth <= GROWTH else "NOT constant"
    print(f"peak memory from {sizes[0]:,} to {sizes[-1]:,} rows: {growth:.2f} times ({verdict})")
    if growth > GROWTH or not all(exact(first, again) for first, again in figures):
        sys.exit("The import did not keep its promises.")
    print("Rejects exact, and the second run of each file added 0 rows.")


def measured(size: int, folder: Path) -> tuple[Figure, Figure]:
    """A file never seen before, imported twice."""
    from tests.imports.rows import write

    file = write(folder / f"{size}.csv", size, seed=time.time_ns(), bad_every=BAD_EVERY, ssn_every=SSN_EVERY)
    figures = imported(file, size), imported(file, size)
    for title, figure in zip(("first", "again"), figures, strict=True):
        print(f"{title}: {figure}", flush=True)
    return figures


def imported(file: Path, size: int) -> Figure:
    began = time.monotonic()
    command = [sys.executable, "manage.py", "import_historical", str(file), "--verbosity", "0"]
    child = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    found = SUMMARY.search(said)
    assert found, f"the import ended with {status}"
    return Figure(size, seconds, used.ru_maxrss * 1024, *(int(word.replace(",", "")) for word in found.groups()))


def exact(first: Figure, again: Figure) -> bool:
    """Every bad row is rejected and no other, in the file too; what was kept once is there the second time."""
    bad = first.rows // BAD_EVERY
    return (
        first.read == first.rows
        and first.rejected == again.rejected == bad
        and first.kept == again.already == first.rows - bad
        and again.kept == 0
    )


def limit(file: Path, size: int) -> None:
    """The same rows by COPY in one transaction, unread and unchecked."""
    import psycopg
    from django.conf import settings

    config = settings.DATABASES["default"]
    owner = psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname=str(config["NAME"]))
    began = time.monotonic()
    with owner, file.open(newline="") as source:
        owner.execute("CREATE TEMPORARY TABLE bench_rows (said text)")
        with owner.cursor().copy("COPY bench_rows FROM STDIN") as stream:
            for row in csv.reader(source):
                stream.write_row([" ".join(row)])
    print(f"limit: the same rows by plain COPY, {size / (time.monotonic() - began):,.0f} rows/s")


if __name__ == "__main__":
    main()

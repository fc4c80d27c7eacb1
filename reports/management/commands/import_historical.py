"""`manage.py import_historical FILE`: read the reports of former systems from CSV or JSON Lines; safe to repeat."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from reports.imports import destinations, lines
from reports.imports.progress import Bar
from reports.imports.rejects import Rejects, beside
from reports.imports.run import Run, Summary

AGAIN = "What was written stays; run it again to complete it."


class Command(BaseCommand):
    help = (
        "Import reports of a former system from a CSV or JSON Lines file (columns: docs/imports.md). Bad rows go to a "
        "reject file; running it again adds only what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--kind",
            choices=destinations.codes(),
            default="",
            help="what the rows are; else a column named type says it",
        )
        parser.add_argument("--encoding", default="utf-8", help="utf-8 unless told otherwise, such as cp1252")
        parser.add_argument("--rejects", type=Path, help="where refused rows go (FILE.rejects.csv)")

    def handle(self, *, file: Path, kind: str, encoding: str, rejects: Path | None, **options: Any) -> None:
        try:
            summary, where = self._import(file, kind, encoding, rejects or beside(file), options["verbosity"])
        except lines.FileRefused as refused:
            raise CommandError(f"{refused} Nothing was imported.") from None
        except Error as error:
            # Without what the database says: it may quote the row.
            raise CommandError(f"The database stopped the import ({type(error).__name__}). {AGAIN}") from None
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {AGAIN}") from None
        self.stdout.write(str(summary))
        if summary.rejected:
            self.stdout.write(f"The rejected rows, each with its line number and reason: {where}")

    def _import(self, file: Path, kind: str, encoding: str, where: Path, verbosity: int) -> tuple[Summary, Path]:
        destination = destinations.of(kind)
        source = lines.read(file, required=destination.required, encoding=encoding, named=destination.named)
        with closing(source), Rejects(where, of=file) as rejects:
            bar = Bar(source.size, sys.stderr if verbosity else None)
            return Run(source, destination, rejects, bar)(), where

"""`manage.py import_legacy_ssns FILE`: seal the legacy SSNs of a former system on people of iLeads; safe to repeat."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from ileads import imports, keys
from reports.imports import lines
from reports.imports.progress import Bar
from reports.imports.rejects import beside
from reports.imports.run import Run, Summary

AGAIN = "What was written stays; run it again to complete it."


class Command(BaseCommand):
    help = (
        "Import legacy SSNs from a CSV or JSON Lines file (columns: docs/legacy-ssn.md), each sealed on a person of an "
        "iLead. Bad rows go to a reject file without the SSN; running it again adds only what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default=imports.FORMER, help=f"the system it comes from ({imports.FORMER})")
        parser.add_argument("--encoding", default="utf-8", help="utf-8 unless told otherwise, such as cp1252")
        parser.add_argument("--rejects", type=Path, help="where refused rows go (FILE.rejects.csv)")

    def handle(self, *, file: Path, source: str, encoding: str, rejects: Path | None, **options: Any) -> None:
        where = rejects or beside(file)
        try:
            keys.load().check()
            summary = self._import(file, _name(source), encoding, where, options["verbosity"])
        except (lines.FileRefused, keys.Unavailable) as refused:
            raise CommandError(f"{imports.hidden(str(refused))} {AGAIN}") from None
        except Error as error:
            # Without what the database says: it may quote the row.
            raise CommandError(f"The database stopped the import ({type(error).__name__}). {AGAIN}") from None
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {AGAIN}") from None
        self._tell(summary, file, where)

    def _import(self, file: Path, name: str, encoding: str, where: Path, verbosity: int) -> Summary:
        source = imports.Withheld(file, encoding=encoding)
        with closing(source), imports.RejectsHidden(where, of=file) as rejects:
            bar = Bar(source.size, sys.stderr if verbosity else None)
            return Run(source, imports.LegacySSNs(source.numbers, name), rejects, bar)()

    def _tell(self, summary: Summary, file: Path, where: Path) -> None:
        self.stdout.write(
            f"{summary.read:,} rows read: {summary.kept:,} SSNs sealed, {summary.already:,} already there, "
            f"{summary.rejected:,} rejected."
        )
        if summary.rejected:
            self.stdout.write(f"The rejected rows, each with its line number and reason but no SSN: {where}")
        self.stdout.write(f"{file} still holds the SSNs in clear. Destroy it and its copies once you need it no more.")


def _name(source: str) -> str:
    if not source.strip() or len(source) > imports.LONGEST_SOURCE or imports.hidden(source) != source:
        raise CommandError(f"--source is the name of a system, up to {imports.LONGEST_SOURCE} characters.")
    return source.strip()

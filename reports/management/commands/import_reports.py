"""`manage.py import_reports`: a spreadsheet of the agency becomes drafts or filed reports of one person."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from accounts.access import Refused
from accounts.models import User
from audit.log import Subject, record
from reports.answers import Answers
from reports.imports import answers_table, mapping, present
from reports.imports.fitting import Plan, fit
from reports.imports.lines import Bad, FileRefused
from reports.imports.mistakes import MappingRefused, nearest
from reports.imports.progress import Bar
from reports.imports.rejects import Rejects, beside
from reports.imports.sheet import Sheet
from reports.kinds import KINDS, Kind
from reports.models import Draft

SHOWN_REASONS = 20
SHOWN_VALUES = 12


class Command(BaseCommand):
    help = "Bring a spreadsheet in: each row becomes a draft or a filed report, as the mapping says."

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = sorted(kind.code.upper() for kind in KINDS)
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the rows, as CSV or JSON Lines")
        parser.add_argument("--kind", required=True, metavar="KIND", help=f"one of {', '.join(kinds)}")
        parser.add_argument("--mapping", type=Path, metavar="MAP.toml", help="how columns become answers")
        parser.add_argument("--user", default="", help="whose reports these are; stands before the mapping's own")
        parser.add_argument("--encoding", default="", help="how the file is encoded, such as utf-8 or cp1252")
        parser.add_argument("--rejects", type=Path, help="where refused rows go (FILE.rejects.csv)")
        parser.add_argument("--limit", type=_count, help="stop after so many rows")
        parser.add_argument("--check", action="store_true", help="write nothing; say what would happen")
        parser.add_argument("--attested", action="store_true", help="the user has confirmed that the rows are accurate")
        parser.add_argument("--answers", action="store_true", help="list the answers of the kind and what each takes")

    def handle(self, **options: Any) -> None:
        try:
            self.started(options)
        except (FileRefused, MappingRefused) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            said = "The database is away, so the import stops. What was brought in stays; run it again to complete it."
            raise CommandError(said) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was brought in stays; run it again to complete it.") from None
        except Refused as error:
            raise CommandError(f"{error.reason} Nothing was read.") from error

    def started(self, options: dict[str, Any]) -> None:
        kind = _kind(options["kind"])
        if options["answers"]:
            self.stdout.write(answers_table.of_kind(kind))
            return
        if not (options["file"] and options["mapping"]):
            raise CommandError("Name the mapping and the file: import_reports --kind SIR --mapping MAP.toml FILE.csv")
        said = mapping.read(options["mapping"])
        said = replace(said, user=options["user"] or said.user, encoding=options["encoding"] or said.encoding)
        user = _user(said.user)
        present.refuse_user(user, kind)
        if said.submitted and not (options["attested"] or options["check"]):
            raise CommandError(
                f"Filed reports are attested: {user.username} confirms that they are accurate to the best of their "
                'knowledge. Ask them, then add --attested; or import as = "draft", so that they check each first.'
            )
        sheet = Sheet(options["file"], encoding=said.encoding, delimiter=said.delimiter, header_line=said.header_line)
        try:
            self.brought_in(sheet, _plan(said, kind, user, sheet), kind, user, options)
        finally:
            sheet.close()

    def brought_in(self, sheet: Sheet, plan: Plan, kind: Kind, user: User, options: dict[str, Any]) -> None:
        run = present.Import(sheet, plan, kind, user, checking=options["check"])
        try:
            if run.checking:
                for _ in self.shown(run, options):
                    pass
            else:
                self.recorded(run, options)
        finally:
            self.say(run)

    def recorded(self, run: present.Import, options: dict[str, Any]) -> None:
        """The import with its beginning and its end in the audit log, however it ends."""
        where = Subject("import", _checksum(run.sheet.path), f"{run.kind.prefix} rows")
        how = {"kind": run.kind.code, "submitted": run.plan.mapping.submitted}
        with self.rejects(run, options["rejects"]) as rejects:
            record("reports.import_began", by=run.user, on=where, how=how)
            try:
                for bad in self.shown(run, options):
                    if bad:
                        rejects.add(bad)
            finally:
                record("reports.imported", by=run.user, on=where, how=how, counts=run.tally.counts)

    def rejects(self, run: present.Import, path: Path | None) -> Rejects:
        self.refused_to = path or beside(run.sheet.path)
        return Rejects(self.refused_to, of=run.sheet.path)

    def shown(self, run: present.Import, options: dict[str, Any]) -> Iterator[Bad | None]:
        """The run, with how far it has come on the terminal."""
        bar = Bar(run.sheet.size, sys.stderr if options["verbosity"] else None)
        for bad in run.run(options["limit"]):
            yield bad
            bar.tell(run.sheet.done, run.tally.rows)
        bar.finish(run.tally.rows)

    # -- The summary
    def say(self, run: present.Import) -> None:
        tally, submitted = run.tally, run.plan.mapping.submitted
        became = "filed" if submitted else "kept as drafts"
        self.stdout.write(
            f"{tally.rows:,} rows: {tally.kept:,} {'can be ' if run.checking else ''}{became}, "
            f"{tally.there:,} already there, {tally.left_out:,} left out by the mapping, {tally.rejected:,} refused."
        )
        if tally.masked:
            self.stdout.write(f"{tally.masked:,} Social Security numbers in the texts became eight bullets.")
        if tally.cut:
            self.stdout.write(f"{tally.cut:,} answers were cut to fit; each stands in full in its narrative.")
        self.say_reasons(tally)
        if run.checking:
            self.say_choices(tally)
            self.stdout.write("This was a check: nothing was written.")
        elif tally.rejected:
            self.stdout.write(f"Each refused row with all its reasons: {self.refused_to}")

    def say_reasons(self, tally: present.Tally) -> None:
        for reason, count in tally.reasons.most_common(SHOWN_REASONS):
            self.stdout.write(f"  {count:,} x {reason} (first on line {tally.first[reason]})")
        if (more := len(tally.reasons) - SHOWN_REASONS) > 0:
            self.stdout.write(f"  and {more} more reasons")

    def say_choices(self, tally: present.Tally) -> None:
        """Values for which the map has no place yet, most frequent first."""
        for label, values in tally.choices.items():
            listed = ", ".join(f"“{value}” ({count:,})" for value, count in values.most_common(SHOWN_VALUES))
            self.stdout.write(f"  {label}, not in the map: {listed}")


def _kind(code: str) -> Kind:
    kind = KINDS.get(code.lower())
    if kind is None:
        known = nearest(code.upper(), [one.code.upper() for one in KINDS])
        raise CommandError(f"The kind “{code}” is not known. {known}")
    return kind


def _user(username: str) -> User:
    if not username:
        raise CommandError("Say whose reports these are: user in the mapping under [import], or --user.")
    user = User.objects.select_related("office").filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no user “{username}”. Name the person by their username. Nothing was read.")
    return user


def _plan(said: mapping.Mapping, kind: Kind, user: User, sheet: Sheet) -> Plan:
    return fit(said, Answers(Draft(kind=kind.code, author=user), user), sheet.columns)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        found = sha256()
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def _count(said: str) -> int:
    if not said.isdigit() or int(said) < 1:
        raise argparse.ArgumentTypeError("give a number of rows, such as 100")
    return int(said)

"""`manage.py privacy sweep`: look for SSNs in everything that is stored; tells places, never values."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.log import Subject, record
from privacy.sweep import Place, Sweep, sweep


class Command(BaseCommand):
    help = "sweep: look for Social Security numbers in every text that is stored. Ends with 1 when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        swept = commands.add_parser("sweep", help="look through the database and the kept mail")
        swept.add_argument("--table", default="", metavar="APP.MODEL", help="only this one, such as reports.Report")
        swept.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="only rows written since, where a row says")

    def handle(self, *, table: str, since: datetime | None, **options: Any) -> None:
        found = Sweep(tell=self._tell, progress=self._progress)
        try:
            sweep(found, only=_table(table), since=since)
        except LookupError:
            raise CommandError(f"There is no table of the name {table} with texts in it.") from None
        with transaction.atomic():
            record(
                "guard.swept",
                by=None,
                on=Subject("guard", "sweep", "what is stored"),
                tables=found.tables,
                rows=found.rows,
                sure=found.sure,
                unsure=found.unsure,
                skipped=found.skipped,
            )
        self._sum_up(found)

    def _sum_up(self, found: Sweep) -> None:
        for name in found.skipped:
            self.stdout.write(f"Not read: {name}. Only the owner may; run it again with SEN_DATABASE_ROLE=owner.")
        self.stdout.write(
            f"{found.tables} tables, {found.rows:,} rows: {found.sure} surely Social Security numbers, "
            f"{found.unsure} that could be."
        )
        if found.sure:
            raise CommandError("Look at the places above and take the numbers out.", returncode=1)

    def _tell(self, place: Place) -> None:
        unsure = f", {place.unsure} that could be" if place.unsure else ""
        self.stdout.write(f"{place.where} · {place.row} · {place.sure} surely{unsure}")

    def _progress(self, name: str, rows: int) -> None:
        self.stderr.write(f"{name}: {rows:,} rows")


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def _table(name: str) -> str:
    if not name:
        return ""
    try:
        return str(apps.get_model(name)._meta.db_table)
    except ValueError:
        raise LookupError(name) from None

"""`manage.py import_users FILE`: carry over the users of a former system; nobody has access until it is confirmed."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts import carry_over, completions


class Command(BaseCommand):
    help = (
        "Bring in existing users from a CSV file (columns: " + ", ".join(carry_over.COLUMNS) + "). Each line becomes "
        "an endorsed request, which an Access Control Manager confirms. Bad lines go to a reject file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--rejects", type=Path, help="where refused lines go (FILE.rejects.csv)")

    def handle(self, *, file: Path, rejects: Path | None, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                brought = carry_over.bring_in(opened.read(completions.MOST_BYTES + 1), by=None)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        except completions.FileRefused as refused:
            raise CommandError(f"{refused} Nothing was brought in.") from None
        if brought.again:
            self.stdout.write("This very file was brought in before. Nothing was added.")
        elif brought.access_list:
            self.stdout.write(f"{brought.taken:,} lines brought in. Nobody has access yet.")
        if brought.access_list:
            page = settings.SITE_URL + reverse("accounts:access_list", args=[brought.access_list.pk])
            self.stdout.write(f"An Access Control Manager confirms them at {page}")
        if brought.bad:
            where = rejects or file.with_name(file.name + ".rejects.csv")
            _write(where, file, brought.bad)
            self.stdout.write(f"{len(brought.bad):,} lines rejected, each with its number and the reason: {where}")


def _write(where: Path, file: Path, bad: Iterable[completions.Bad]) -> None:
    """Readable by its owner alone: it names people."""
    if where.exists() and where.samefile(file):
        raise CommandError("The reject file would overwrite the file that is read. Give --rejects another path.")
    try:
        handle = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise CommandError(f"The reject file cannot be written: {error.strerror}. Give --rejects a path.") from None
    os.fchmod(handle, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as written:
        written.write(completions.rejects(bad))

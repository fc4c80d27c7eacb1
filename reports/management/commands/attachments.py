"""`manage.py attachments`: the keys that seal attached files, and how it stands with those that wait."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from reports.attachments import keys, scanner
from reports.models import Attachment


class Command(BaseCommand):
    help = "Make a key that seals attached files from now on, or say how it stands with keys, scanner and files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["new-key", "status"])

    def handle(self, *, what: str, **options: Any) -> None:
        try:
            if what == "new-key":
                self._new_key()
            else:
                self._status()
        except keys.Unavailable as error:
            raise CommandError(str(error)) from None

    def _new_key(self) -> None:
        version = keys.new_key()
        self.stdout.write(
            f"Key {version} is in {keys.path_of(version)} and seals from now on. Older ones stay: what they sealed "
            "opens with them alone. Copy the folder to wherever your keys are backed up, apart from the database."
        )

    def _status(self) -> None:
        self.stdout.write(f"Keys in {keys.folder()}: {', '.join(map(str, keys.versions())) or 'none'}.")
        answers = "answers" if scanner.is_there() else "does not answer, so files wait"
        self.stdout.write(f"Scanner at {settings.CLAMD or '(none is set)'}: {answers}.")
        states = Attachment.objects.order_by("state").values_list("state").annotate(many=Count("pk"))
        for state, many in states:
            self.stdout.write(f"{Attachment.State(state).label}: {many:,}")

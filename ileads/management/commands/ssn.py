"""`manage.py ssn`: the keys of the legacy SSNs and the sealing with a new one; never a number, never a key."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from ileads import keys, rotation
from ileads.sealed import CannotOpen

BACKUPS = (
    "Backups of the database from before the rotation need this key. Keep the old key file, apart from them, for as "
    "long as you keep them. Once that is so, run it again with --confirm."
)


class Command(BaseCommand):
    help = "The keys of the sealed legacy SSNs (docs/legacy-ssn.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("status", help="which key seals how many")
        acts.add_parser("new-key", help="add a key and make it the current one")
        acts.add_parser("rotate", help="seal everything with the current key; can be stopped and run again")
        drop = acts.add_parser("drop-key", help="remove a key that seals nothing any more")
        drop.add_argument("version", type=int)
        drop.add_argument("--confirm", action="store_true", help="backups that need it are provided for")
        acts.add_parser("demonstration-keys", help="make keys for invented people, if there are none")

    def handle(self, *, act: str, **options: Any) -> None:
        try:
            getattr(self, act.replace("-", "_"))(**options)
        except (keys.Unavailable, rotation.StillUsed, CannotOpen) as refused:
            raise CommandError(str(refused)) from None
        except Error as error:
            raise CommandError(f"The database stopped it ({type(error).__name__}). Run it again.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. What is done is done; run it again for the rest.") from None

    def status(self, **options: Any) -> None:
        said = rotation.standing()
        for version, made, used in said["keys"]:
            current = ", current" if version == said["current"] else ""
            self.stdout.write(f"key {version} (made {made}{current}): seals {used:,}")
        self.stdout.write(f"{said['left']:,} left to seal anew." if said["left"] else "Everything is sealed with it.")

    def new_key(self, **options: Any) -> None:
        version = rotation.new_key()
        self.stdout.write(f"Key {version} is the current one. Back up the key file now, apart from the database.")
        self.stdout.write("Then run `manage.py ssn rotate`.")

    def rotate(self, **options: Any) -> None:
        outcome = rotation.rotate(self._tell if options["verbosity"] else lambda outcome: None)
        said = rotation.standing()
        self.stdout.write(
            f"{outcome.renewed:,} SSNs sealed anew with key {said['current']}, each opened again. "
            f"{said['left']:,} left."
        )
        if outcome.unopened:
            raise CommandError(
                f"{outcome.unopened:,} do not open and stayed as they are; the audit log names them (ssn.not_opened)."
            )

    def _tell(self, outcome: rotation.Outcome) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{outcome.renewed:,} sealed anew  ")
            sys.stderr.flush()

    def drop_key(self, *, version: int, confirm: bool, **options: Any) -> None:
        if not confirm:
            raise CommandError(BACKUPS)
        rotation.drop_key(version)
        self.stdout.write(f"Key {version} is removed.")

    def demonstration_keys(self, **options: Any) -> None:
        if keys.make_for_demonstration():
            self.stdout.write(f"Keys for the legacy SSNs of invented people were made in {keys.folder()}.")

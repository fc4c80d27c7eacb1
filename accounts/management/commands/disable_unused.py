"""manage.py disable_unused: what the worker does every morning, at once, also where it held back for the count."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import unused


class Command(BaseCommand):
    help = "Warn whose account nobody uses, and disable whom the warning did not bring back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--however-many", action="store_true", help="Go on though it is a great share of all.")

    def handle(self, *args: Any, **options: Any) -> None:
        run = unused.look(however_many=options["however_many"])
        if run.held_back:
            self.stdout.write(
                f"{run.held_back} accounts are due, so many that nothing was done. Check the clock first."
            )
        else:
            self.stdout.write(f"{len(run.warned)} warned, {len(run.disabled)} disabled, {len(run.kept)} kept.")

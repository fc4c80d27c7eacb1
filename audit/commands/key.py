"""`manage.py audit key`: makes the pair that signs seals."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from audit import keys
from audit.commands.subcommand import Say


class MakeKey:
    name = "key"
    help = "Make the key that signs seals in SEN_KEY_DIR; one that is there is never replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """None."""

    def run(self, say: Say, options: Mapping[str, Any]) -> None:
        try:
            say(f"Made. Give its public half to whoever verifies the log: {keys.make()}")
        except keys.KeyUnavailable as reason:
            raise CommandError(str(reason)) from None

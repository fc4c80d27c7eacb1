"""`manage.py audit checkpoint`: writes one now."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from audit import checkpoints
from audit.commands.subcommand import Say
from audit.keys import KeyUnavailable
from audit.places import NotKept


class WriteCheckpoint:
    name = "checkpoint"
    help = "Write a checkpoint of the log as it is sealed now to SEN_CHECKPOINTS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """None."""

    def run(self, say: Say, options: Mapping[str, Any]) -> None:
        try:
            made = checkpoints.write()
        except (NotKept, KeyUnavailable) as reason:
            raise CommandError(str(reason)) from None
        if made:
            say(f"Checkpoint of {made.events:,} events (seal {made.sequence}): {made.place}")
        else:
            say("Nothing was sealed since the last checkpoint.")

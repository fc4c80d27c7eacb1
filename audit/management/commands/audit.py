"""Seals the log, writes checkpoints, makes the key, verifies, proves; each part is a module of `audit.commands`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.commands.checkpoint import WriteCheckpoint
from audit.commands.key import MakeKey
from audit.commands.prove import ProveEvent
from audit.commands.seal import SealLog
from audit.commands.subcommand import Subcommand
from audit.commands.verify import VerifyLog

PARTS: tuple[Subcommand, ...] = (SealLog(), WriteCheckpoint(), VerifyLog(), ProveEvent(), MakeKey())


class Command(BaseCommand):
    help = __doc__
    # The sealer is started beside the web server and again after each crash: it does not wait for checks of pages.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
        for part in PARTS:
            part.add_arguments(parts.add_parser(part.name, help=part.help, description=part.help))

    def handle(self, *, part: str, **options: Any) -> None:
        chosen = next(one for one in PARTS if one.name == part)
        chosen.run(self.stdout.write, options)

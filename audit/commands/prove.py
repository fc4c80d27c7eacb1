"""`manage.py audit prove`: writes what an outsider needs to see that an event stands in the log."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import CommandError
from django.db import Error

from audit import keys, proof
from audit.commands.subcommand import Say
from audit.commands.verify import own_connection
from audit.files import write_once
from audit.log import Subject, record
from audit.sealing import SealingDown, require_sealing


class ProveEvent:
    name = "prove"
    help = (
        "Write a bundle that proves one event, or all events of some seals, to whoever holds a checkpoint and the key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("event", type=int, nargs="?", help="the event's number")
        what.add_argument(
            "--segment", type=int, nargs=2, metavar=("FIRST", "LAST"), help="whole seals, by their numbers"
        )
        parser.add_argument(
            "--to", type=int, metavar="SEAL", help="the checkpoint of this seal; else the first that can vouch"
        )
        parser.add_argument("--out", type=Path, help="the file to write; it must not exist")

    def run(self, say: Say, options: Mapping[str, Any]) -> None:
        segment = options["segment"]
        name = f"seals-{segment[0]}-{segment[1]}" if segment else f"event-{options['event']}"
        out = options["out"] or Path(f"proof-{name}.json")
        try:
            made = _made(options)
            # What leaves the log is recorded, and recorded where it is sealed.
            require_sealing()
            record("audit.exported", by=None, on=Subject("audit", "", f"proof of {name}"), checkpoint=made.checkpoint)
            write_once(out, made.text, 0o600)
        except (proof.NotProven, SealingDown) as reason:
            raise CommandError(str(reason)) from None
        except FileExistsError:
            raise CommandError(f"{out} exists and is not replaced: give another name with --out.") from None
        except (psycopg.Error, Error, OSError) as error:
            raise CommandError(f"The proof cannot be made: {type(error).__name__}.") from None
        say(f"Written to {out}; it holds what the events say of people.")
        say(f"Checkpoint: {made.place}. Public keys: {keys.folder()}. audit/evidence.py checks it:")
        say(f"  python evidence.py {out.name} --checkpoint {Path(made.place).name} --key KEY.pub")


def _made(options: Mapping[str, Any]) -> proof.Proof:
    if options["segment"]:
        first, last = options["segment"]
        return proof.of_seals(own_connection(), first, last, options["to"])
    return proof.of_event(own_connection(), options["event"], options["to"])

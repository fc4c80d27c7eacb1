"""`manage.py audit verify`: says whether anything in the log was altered, and what; ends with 1 where something was."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from audit import evidence, keys
from audit.commands.subcommand import Say
from audit.models import microseconds
from audit.stretch import Finding
from audit.verify import Asked, Result, verify

NOT_COVERED = "Not covered: the words of searches, and the field history that pages show; neither is evidence."


class VerifyLog:
    name = "verify"
    help = "Check every event against its seal, the chain of seals, their signatures, and checkpoints from outside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="since", type=day, help="read events sealed on this day (UTC) or later")
        parser.add_argument("--to", dest="until", type=day, help="read events sealed on this day (UTC) or earlier")
        parser.add_argument("--checkpoint", type=Path, help="a checkpoint or a folder of them; else SEN_CHECKPOINTS")
        parser.add_argument(
            "--at-least", type=int, default=0, metavar="N", help="ask for a checkpoint of seal N or later"
        )
        parser.add_argument(
            "--log", default="", metavar="NAME", help="the log that is meant, where checkpoints lie mixed"
        )
        parser.add_argument("--key", type=Path, nargs="+", help="public keys kept elsewhere; else those of SEN_KEY_DIR")
        parser.add_argument("--processes", type=int, default=2)

    def run(self, say: Say, options: Mapping[str, Any]) -> None:
        trusted = public_keys(say, options["key"])
        given, unread = checkpoints(say, options["checkpoint"], trusted)
        times = microseconds_of(options["since"], options["until"])
        asked = Asked(trusted, given, options["at_least"], *times, log=options["log"])
        try:
            result = verify(own_connection(), asked, processes=max(1, options["processes"]), progress=told())
        except psycopg.Error as error:
            raise CommandError(
                f"The log cannot be read to its end ({type(error).__name__}): it is not verified."
            ) from None
        result.findings += unread
        for line in sentences(result, whole=not (options["since"] or options["until"])):
            say(line)
        if result.findings:
            raise SystemExit(1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def microseconds_of(since: date | None, until: date | None) -> tuple[int, int]:
    """The first and the last microsecond of the days asked for."""
    first = microseconds(datetime.combine(since, datetime.min.time(), UTC)) if since else 0
    after = datetime.combine(until + timedelta(days=1), datetime.min.time(), UTC) if until else None
    return first, microseconds(after) - 1 if after else evidence.LAST_MOMENT


def own_connection() -> psycopg.Connection:
    """The one of this process, which may read for as long as it takes."""
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    raw.execute("SET statement_timeout = 0")
    return raw


def public_keys(say: Say, paths: Sequence[Path] | None) -> Mapping[str, Any]:
    """The keys to believe, by name, and a word about where they are from. Raises CommandError."""
    try:
        found = evidence.read_keys(map(evidence.read_file, paths)) if paths else keys.public_keys()
    except (evidence.Refused, keys.KeyUnavailable, OSError) as reason:
        raise CommandError(str(reason)) from None
    if not found:
        raise CommandError(f"There is no public key in {keys.folder()}: give one with --key.")
    where = "given" if paths else f"in {keys.folder()}; for evidence give one that was kept elsewhere, with --key"
    say(f"Keys: {', '.join(sorted(found))}, {where}.")
    return found


def checkpoints(
    say: Say, path: Path | None, trusted: Mapping[str, Any]
) -> tuple[list[evidence.Checkpoint], list[Finding]]:
    """The true checkpoints of a file or a folder, and what is wrong with the others."""
    if path and not path.exists():
        raise CommandError(f"{path} does not exist.")
    path = path or (None if "://" in settings.CHECKPOINTS else Path(settings.CHECKPOINTS))
    files = sorted(path.glob("*.json")) if path and path.is_dir() else [path] if path and path.exists() else []
    found, wrong = [], []
    for file in files:
        try:
            found.append(evidence.read_checkpoint(evidence.read_file(file), trusted))
        except (evidence.Refused, OSError) as reason:
            wrong.append(Finding(0, f"{file} is no true checkpoint. {reason}"))
    if files:
        say(f"Checkpoints: {len(found):,} in {path}.")
    else:
        say(
            "No checkpoint: a log that was cut off, or sealed anew with its own key, is not noticed. Give --checkpoint."
        )
    return found, wrong


def told() -> Callable[[int, int], object]:
    """Progress, where somebody watches."""

    def tell(done: int, whole: int) -> None:
        if sys.stderr.isatty() and whole > 1:
            end = "\n" if done == whole else ""
            sys.stderr.write(f"\r{done * 100 // whole:>3} % read{end}")
            sys.stderr.flush()

    return tell


def sentences(result: Result, *, whole: bool) -> list[str]:
    """What was found, for people."""
    size = f"{result.events:,} events {'' if whole else 'of that time '}and {result.seals:,} seals were read"
    lines = [f"ALTERED: {one.sentence}." for one in result.findings] or [f"Nothing was altered: {size}."]
    if result.findings:
        lines.append(f"{size}.")
    if result.unsealed:
        since = f", the oldest of {evidence.when(result.oldest_unsealed)}" if result.oldest_unsealed else ""
        lines.append(f"{result.unsealed:,} events are not sealed yet{since}: nothing is claimed of them.")
    return [*lines, f"Log {result.log or 'without a seal'}.", NOT_COVERED]

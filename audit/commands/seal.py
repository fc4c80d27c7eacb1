"""`manage.py audit seal`: the process that seals the log each second and writes a checkpoint every ten minutes."""

from __future__ import annotations

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import CommandError
from django.db import Error, connection

from audit import checkpoints, sealing
from audit.commands.subcommand import Say
from audit.keys import KeyUnavailable
from audit.places import NotKept
from sen.logs import kind

log = logging.getLogger("sen.audit")
EACH_SECONDS = 1.0
AGAIN_SECONDS = 60.0
# Ours are sentences; another exception may quote a row, so of it only the kind is told.
SAID = (sealing.EpochMissing, KeyUnavailable, NotKept)


class SealLog:
    name = "seal"
    help = "Seal the log each second until told to stop; with --once, everything that can be sealed now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="seal what there is, then end")

    def run(self, say: Say, options: Mapping[str, Any]) -> None:
        if options["once"]:
            try:
                say(f"{seal_all():,} events sealed.")
            except SAID as reason:
                raise CommandError(str(reason)) from None
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        until(stop)


def seal_all() -> int:
    """Everything that can be sealed now, seal after seal; returns how many events."""
    total = 0
    while sealed := sealing.seal_once():
        total += sealed
    return total


def _catch_up() -> None:
    """One seal, or as many as it takes while they come full; what is written meanwhile waits for the next second."""
    while sealing.seal_once() >= sealing.BATCH // 2:
        pass


def until(stop: threading.Event) -> None:
    """Seal each second; whatever fails is tried again, the seal in a second and the checkpoint in a minute."""
    seals, written = Attempts("sealing", _catch_up), Attempts("checkpoint", _checkpoint, wait=AGAIN_SECONDS)
    while not stop.wait(EACH_SECONDS):
        if seals.tried():
            written.tried()


def _checkpoint() -> None:
    if checkpoints.is_due():
        checkpoints.write()


class Attempts:
    """Something tried again and again: says in a line that it fails, once a minute at most."""

    def __init__(self, what: str, act: Callable[[], object], wait: float = 0.0) -> None:
        self.what = what
        self.act = act
        self.wait = wait
        self.next = 0.0
        self.said = 0.0

    def tried(self) -> bool:
        """Try it if it is time; False when it failed."""
        if time.monotonic() < self.next:
            return False
        try:
            self.act()
        except (Error, OSError, *SAID) as error:
            self._failed(error)
            return False
        if self.said:
            log.warning("%s works again", self.what)
            self.said = 0.0
        return True

    def _failed(self, error: Exception) -> None:
        now = time.monotonic()
        self.next = now + self.wait
        if not self.said or now - self.said >= AGAIN_SECONDS:
            log.error("%s failed: %s", self.what, error if isinstance(error, SAID) else kind(error))
            self.said = now
        connection.close()  # a server that was restarted is met on a new one

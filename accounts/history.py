"""Which of our models pages show the history of, and how it is kept.

The history is for reading; the evidence is the log of events. Its known defects (security.md, 1.2) are closed here and
in the database, each with a test in tests/audit/test_history.py.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.db import models
from django.db.models.signals import pre_save

from accounts import reference
from accounts.acting import who_acts
from accounts.models import Assignment, Office, User
from sen.logs import request_number

SHOWN = 50
NOTHING = {"", "None"}


@dataclass(frozen=True)
class Line:
    """One change as a page shows it: when, by whom ("" for the system), and field, before, after."""

    at: datetime
    who: str
    added: bool
    changes: tuple[tuple[str, str, str], ...]


def register() -> None:
    """Keep who changed what on people, offices and roles. The evidence is the event log; this is for reading."""
    # A hash or a time of sign-in says nothing to a reader of a profile's history.
    auditlog.register(User, exclude_fields=["password", "last_login"])
    auditlog.register(Office, exclude_fields=["path"])  # follows from "part of"
    reference.register_offices()
    auditlog.register(Assignment)
    pre_save.connect(_name_actor, sender=LogEntry, dispatch_uid="accounts.history")


def _name_actor(sender: type[LogEntry], instance: LogEntry, **_: Any) -> None:
    """Whoever the action says it is done by, and the request's own number. Nothing that a client can claim is kept."""
    if isinstance(by := who_acts(), User):
        instance.actor = by
    instance.actor_email = instance.remote_addr = instance.remote_port = None
    instance.cid = request_number() or None


def of(row: models.Model) -> list[Line]:
    """The newest changes of a row, newest first."""
    entries = LogEntry.objects.get_for_object(row).select_related("actor")
    return [_line(entry) for entry in entries.order_by("-timestamp", "-id")[:SHOWN]]


def _line(entry: LogEntry) -> Line:
    # Of an addition every field is listed, with keys and relations that say nothing to a reader.
    added = entry.action == LogEntry.Action.CREATE
    pairs = {} if added else entry.changes_display_dict
    changes = tuple((name, _words(before), _words(after)) for name, (before, after) in pairs.items())
    return Line(entry.timestamp, entry.actor.name if entry.actor else "", added, changes)


def _words(value: object) -> str:
    return "nothing" if str(value) in NOTHING else str(value)

"""Which of our models pages show the history of."""

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.db import models

from accounts import reference
from accounts.models import Assignment, User

SHOWN = 50


def register() -> None:
    """Keep who changed what on people, offices and roles. The evidence is the event log; this is for reading."""
    # A hash or a time of sign-in says nothing to a reader of a profile's history.
    auditlog.register(User, exclude_fields=["password", "last_login"])
    reference.register_offices()
    auditlog.register(Assignment)


def of(row: models.Model) -> list[LogEntry]:
    """The newest changes of a row, newest first."""
    entries = LogEntry.objects.get_for_object(row).select_related("actor")
    return list(entries.order_by("-timestamp", "-id")[:SHOWN])

"""What iLeads keep for a person who leaves: the leads that were passed on to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from accounts import leaving
from accounts.leaving import Ending, Leave
from accounts.models import User
from audit.log import record
from ileads.models import Dissemination

WHY = "The recipient has left."


def register() -> None:
    leaving.register(Ending("iLeads passed on to them", "are taken back", _count, _take_back))


def _live(accounts: Sequence[User]) -> QuerySet[Dissemination]:
    return Dissemination.objects.live().filter(recipient__in=accounts)


def _count(accounts: Sequence[User]) -> int:
    return _live(accounts).count()


def _take_back(leave: Leave) -> dict[str, int]:
    """The rows by which they were read end with the other rows of that kind (`reports.leaving`)."""
    live = list(_live(leave.accounts).order_by("pk").select_for_update(of=("self",)).select_related("report"))
    for made in live:
        made.revoked_at, made.revoked_by, made.revoked_reason = leave.now, leave.by, WHY
        made.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
        record("ilead.taken_back", by=leave.by, on=made.report, recipient=made.recipient_id, reason=WHY)
    return {"iLeads passed on to them": len(live)}

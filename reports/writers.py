"""Who wrote what now waits for approval: its author, and whoever filed a version of it since it began to wait."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from reports.models import Report, Revision, StatusChange
from reports.states import Status


def waiting_versions(user: User) -> QuerySet[Revision]:
    """The versions, by this person under any account, that nobody has approved since they began to wait."""
    approved = StatusChange.objects.filter(report=OuterRef("report"), move="approve", at__gt=OuterRef("at"))
    waits = StatusChange.objects.filter(
        report=OuterRef("report"), to_status=Status.AWAITING_APPROVAL, at__lte=OuterRef("at")
    )
    return Revision.objects.filter(Exists(waits.exclude(Exists(approved))), by__person_key=user.person_key)


def wrote_what_waits(report: Report, user: User) -> bool:
    return waiting_versions(user).filter(report=report).exists()

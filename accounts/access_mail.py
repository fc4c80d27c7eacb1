"""Mail about requests for access: that one waits or was decided; never who asked, for what, or why."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from accounts.mailing import send_letters
from accounts.models import AccessRequest, OfficePermission, User
from audit.log import record

Status = AccessRequest.Status
# What is said of each state: the subject, a sentence, and the page where it goes on.
WORDS = {
    Status.REQUESTED: ("A request for access waits for your endorsement", "Somebody asks you to endorse their access."),
    Status.ENDORSED: ("A request for access waits for your decision", "A supervisor has endorsed a request."),
    Status.GRANTED: ("Your request for access was granted", "What you asked for is open to you now."),
    Status.REFUSED: ("Your request for access was refused", "The reason stands with your request."),
}


def send_request_mail(request_id: int, version: int, only: list[str] | None = None) -> list[str]:
    """Mail whoever is next about this move; nobody, once the request has moved on. The keys of those left over."""
    request = AccessRequest.objects.select_related("person__supervisor", "office", "endorsed_by").get(pk=request_id)
    if request.version != version or request.status not in WORDS:
        return []
    people = [one for one in _next(request) if only is None or str(one.pk) in only]
    subject, says = WORDS[Status(request.status)]
    mine = request.status in (Status.GRANTED, Status.REFUSED)
    path = "/accounts/request/" if mine else f"/accounts/requests/{request.pk}/"
    left = send_letters(f"request.{request.pk}.{version}", people, subject=subject, says=says, path=path)
    told = len(people) - len(left)
    record("notice.mailed", by=None, on=request.person, notice=f"request.{request.pk}.{version}", people=told)
    return left


def _next(request: AccessRequest) -> Iterable[User]:
    if request.status == Status.REQUESTED:
        return endorsers_of(request)
    if request.status == Status.ENDORSED:
        return granters_of(request)
    return [request.person] if request.person.is_active else []


def endorsers_of(request: AccessRequest) -> list[User]:
    """The supervisor on record; else who endorses at the office, or at the nearest above it where somebody does."""
    boss = request.person.supervisor
    if boss and boss.is_active and boss.person_key != request.person.person_key:
        return [boss]
    steps = request.office.ancestor_ids()
    rows = list(_holders("endorse_access", request).filter(content_object__in=steps))
    nearest = min((steps.index(row.content_object_id) for row in rows), default=None)
    return [] if nearest is None else [row.user for row in rows if row.content_object_id == steps[nearest]]


def granters_of(request: AccessRequest) -> list[User]:
    """Everybody who may grant it: not who endorsed it."""
    rows = _holders("grant_roles", request)
    if request.endorsed_by:
        rows = rows.exclude(user__person_key=request.endorsed_by.person_key)
    return [row.user for row in rows]


def _holders(permission: str, request: AccessRequest) -> QuerySet[OfficePermission]:
    live = OfficePermission.objects.filter(
        permission__codename=permission, until__gt=timezone.now(), user__status=User.Status.ACTIVE
    )
    return live.exclude(user__person_key=request.person.person_key).select_related("user").order_by("user_id")

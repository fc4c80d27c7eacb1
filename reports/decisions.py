"""What waits for a person's decision: reports that await approval, and visits that nobody has decided about yet."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from reports.kinds import KINDS
from reports.models import Report
from reports.states import Status
from reports.writers import waiting_versions

PERMISSIONS = (*(kind.permission("approve") for kind in KINDS), "decide_tav")


def waiting(user: User) -> QuerySet[Report]:
    """What `user` may decide now, the longest waiting first; never what they wrote themselves, under any account."""
    scope = Q(pk__in=[])
    for kind in KINDS:
        scope |= _reached(user, kind.permission("approve")) & Q(kind=kind.code, status=Status.AWAITING_APPROVAL)
    undecided = Q(kind="tav", legacy=False, tav__decision="pending")
    open_still = Q(status__in=(Status.SUBMITTED, Status.UNDER_REVIEW))
    scope |= _reached(user, "decide_tav") & undecided & open_still
    mine = Q(author__person_key=user.person_key) | Exists(waiting_versions(user).filter(report=OuterRef("pk")))
    found = Report.objects.visible_to(user).filter(scope).exclude(mine)
    return found.annotate(since=Coalesce("amended_at", "submitted_at")).order_by("since", "id")


def _reached(user: User, permission: str) -> Q:
    """The offices for which `user` holds this permission."""
    if permission in user.rights.everywhere:
        return Q()
    return Q(office__any_of=sorted(user.rights.offices.get(permission, ())))

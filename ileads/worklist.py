"""What is due for validation: iLeads to be checked again, and gang claims that have a day of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least

from accounts.models import User
from accounts.roles import own
from ileads.models import GangClaim, ILead
from reports.moves import FILED

AHEAD = timedelta(days=60)
PERMISSION = "validate_ilead"


def due(user: User, today: date) -> QuerySet[Any]:
    """The iLeads that `user` may see and that are due by the end of the time ahead, what is due first standing first.

    Each has `due`, the day of the iLead or of its first gang claim. Legacy ones are left out: nobody validates them.
    """
    last = today + AHEAD
    claims = GangClaim.objects.filter(validate_by__lte=last)
    first_claim = claims.filter(report_id=OuterRef("pk")).order_by("validate_by").values("validate_by")[:1]
    return (
        ILead.objects.visible_to(user)
        .filter(status__in=FILED, legacy=False)
        # Few are due: only for those is the first claim looked up.
        .filter(Q(validation_due__lte=last) | Q(pk__in=claims.order_by().values("report_id")))
        .annotate(due=Least("validation_due", Subquery(first_claim)))
        .order_by("due", "pk")
    )


def validated_by(user: User) -> Q:
    """The iLeads that `user` may validate: those of their offices, or those they wrote."""
    if PERMISSION in user.rights.everywhere:
        return Q()
    mine = Q(author=user) if own(PERMISSION) in user.rights.offices else Q(pk__in=[])
    offices = user.rights.offices.get(PERMISSION, frozenset())
    return mine | Q(office__any_of=sorted(offices)) if offices else mine


@dataclass(frozen=True)
class Line:
    """One iLead of the worklist, with what of it is due."""

    ilead: ILead
    due: date
    is_overdue: bool
    is_due_itself: bool
    claims: list[GangClaim] = field(default_factory=list)


def lines(rows: Iterable[Any], today: date) -> list[Line]:
    rows = list(rows)
    claims: dict[Any, list[GangClaim]] = defaultdict(list)
    found = GangClaim.objects.filter(report_id__in=[row.pk for row in rows], validate_by__lte=today + AHEAD)
    for claim in found.select_related("person").order_by("validate_by"):
        claims[claim.report_id].append(claim)
    return [
        Line(row, row.due, row.due < today, row.validation_due <= today + AHEAD, claims.get(row.pk, [])) for row in rows
    ]

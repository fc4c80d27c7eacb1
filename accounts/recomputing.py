"""Rights that follow from roles, made right again for everybody: after an upgrade changed what a role gives, or an
office changed its programme."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from accounts.access import action, recompute, rows_of
from accounts.models import Assignment, Office, OfficePermission, User
from audit.log import record

Rows = dict[tuple[str, int], datetime]


@action
def recompute_all(*, by: User | None) -> int:
    """Work out anew the rights of each person whose rows are not what their roles say; how many there were."""
    root = Office.objects.filter(parent__isnull=True).first()
    if root is None:
        return 0  # nothing is set up yet
    now = timezone.now()
    wanted, held = _wanted(root, now), _held(now)
    changed = sorted(key for key in wanted.keys() | held.keys() if wanted.get(key, {}) != held.get(key, {}))
    for user in User.objects.select_for_update().filter(pk__in=changed).order_by("pk"):
        record("user.rights_recomputed", by=by, on=user)
        recompute(user)
    return len(changed)


def _wanted(root: Office, now: datetime) -> dict[int, Rows]:
    live = Assignment.objects.live(now).select_related("office").order_by("user_id")
    return {
        user_id: rows_of(assignments, root)
        for user_id, assignments in groupby(live.iterator(), key=lambda one: one.user_id)
    }


def _held(now: datetime) -> dict[int, Rows]:
    held: dict[int, Rows] = defaultdict(dict)
    rows = OfficePermission.objects.filter(until__gt=now).values_list(
        "user_id", "permission__codename", "content_object_id", "until"
    )
    for user_id, codename, office_id, until in rows.iterator():
        held[user_id][codename, office_id] = until
    return dict(held)

"""New rows while the queue is open: an opaque mark says what the page has seen; no row is missed or shown twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone

SALT = "watch.live"
MOST = 50
# A report is stamped before its transaction commits, so one may appear that is a little older than the last look.
OVERLAP = timedelta(seconds=60)


def mark(rows: list[Any], now: datetime | None = None, before: dict[str, float] | None = None) -> str:
    """What has been seen by `now`: the time, and the rows filed so lately that they would be found again."""
    now = now or timezone.now()
    oldest = (now - OVERLAP).timestamp()
    seen = {**(before or {}), **{str(row.id)[:8]: row.submitted_at.timestamp() for row in rows}}
    lately = {key: at for key, at in seen.items() if at > oldest}
    return str(signing.dumps([now.timestamp(), lately], salt=SALT, compress=True))


def fresh(queue: QuerySet[Any], since: str, now: datetime | None = None) -> tuple[list[Any], str]:
    """The rows of `queue` filed since that mark, and the next mark. A mark that is not ours counts as now."""
    now = now or timezone.now()
    try:
        at, seen = signing.loads(since, salt=SALT)
    except signing.BadSignature:
        return [], mark([], now)
    looked = datetime.fromtimestamp(at, tz=now.tzinfo) - OVERLAP
    found = list(queue.filter(submitted_at__gt=looked).order_by("-urgency", "-submitted_at", "-id")[: MOST + len(seen)])
    rows = [row for row in found if str(row.id)[:8] not in seen][:MOST]
    return rows, mark(rows, now, seen)

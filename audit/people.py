"""What the page of a person says besides their acts: office, roles, how busy each day was, what they opened last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import Max
from django.utils.safestring import SafeString

from accounts.models import Assignment, User
from audit import counting
from audit.picture import NARROW, Bar, bars
from reports.models import Reading

DAYS = 30
MOST = 12


@dataclass(frozen=True)
class Busy:
    """Acts a day, as a picture and as its rows."""

    picture: SafeString
    days: list[Bar]
    median: float
    total: int


def roles_of(user: User) -> list[tuple[str, bool]]:
    """Every role the person was ever granted, in words, and whether it is still held; those held first."""
    held = {one.pk for one in user.live_assignments}
    rows = Assignment.objects.filter(user=user).select_related("office").order_by("-until")
    said = [(_role(row), row.pk in held) for row in rows]
    return sorted(said, key=lambda one: not one[1])


def _role(row: Assignment) -> str:
    end = row.revoked_at or row.until
    return f"{row.get_role_display()}, {row.office.name}, {row.granted_at:%b %-d, %Y} to {end:%b %-d, %Y}"


def busy_days(user: User) -> Busy:
    """The newest 30 days beside the person's own median of them, over the days on which they did anything."""
    last = counting.today()
    first = last - timedelta(days=DAYS - 1)
    found = counting.person_days(user.pk, first, last)
    shown = [
        Bar(f"{day:%b} {day.day}", f"{day:%A, %b} {day.day}", dict(found.get(day, {})))
        for day in (first + timedelta(days=step) for step in range(DAYS))
    ]
    usual = float(median([bar.total for bar in shown if bar.total] or [0]))
    total = sum(bar.total for bar in shown)
    said = f"Acts a day over {DAYS} days: {total:,} in all, {usual:g} on a usual day. The table beneath tells each day."
    return Busy(bars(said, shown, line=usual, width=NARROW), shown, usual, total)


def opened(user: User) -> list[dict[str, object]]:
    """The reports that this person opened last, by number, whoever may read them: the log names them to auditors."""
    rows = Reading.objects.filter(reader=user).values("report__number").annotate(last=Max("last_at"))
    return [{"number": row["report__number"], "last": row["last"]} for row in rows.order_by("-last")[:MOST]]

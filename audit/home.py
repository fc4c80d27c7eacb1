"""What auditors and privacy officers see first: alarms, the weekly review, the last seal and the newest events."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from accounts.models import User
from audit import counting, review, sealing, unusual
from audit.checkpoints import overdue_since
from audit.lines import lines
from audit.log import Subject, record
from audit.models import Event, Unusual
from audit.search import older_than, shown
from sen.home import Action, Block, Home, register

RECENT = timedelta(days=7)
FEW_WEEKS, FEW_EVENTS = 4, 10


def blocks(user: User) -> list[Block]:
    """The home of whoever reads the log. Its newest events are shown, so that is on record."""
    standing, due = sealing.standing(), review.due()
    newest = lines(older_than(shown(Event.objects.all()), None)[:FEW_EVENTS])
    record("audit.viewed", by=user, on=Subject("list", "", "audit log"), shown=len(newest))
    alarms = {"down": sealing.reason(standing), "overdue": overdue_since(), "hits": _hits()}
    return [
        Block("Alarms", "audit/home_alarms.html", alarms),
        Block(
            "Weekly review", "audit/home_reviews.html", {"due": due[:FEW_WEEKS], "more": max(len(due) - FEW_WEEKS, 0)}
        ),
        Block("Last seal", "audit/home_seal.html", {"last": standing.last_seal_at}),
        Block("Newest events", "audit/home_log.html", {"lines": newest}),
    ]


def _hits() -> list[tuple[unusual.Rule, int]]:
    since = counting.today() - RECENT
    counts = Counter(Unusual.objects.filter(day__gt=since).order_by().values_list("rule", flat=True))
    return [(rule, counts[rule.name]) for rule in unusual.RULES if counts[rule.name]]


def offer() -> None:
    """The address stands written out, since none can be looked up before all apps are ready."""
    action = Action("Open the review", "/audit/review/", "visibility")
    register(Home("read_audit", 10, blocks, action, waits=lambda user: bool(review.due()), alone=True))

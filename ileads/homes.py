"""What the iLeads app puts into the navigation and on home pages: what was passed on, what is to validate, reveals."""

from __future__ import annotations

from datetime import UTC

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from audit.log import Subject, record
from ileads import reveals, worklist
from ileads.models import Dissemination
from reports.lookup import READS
from reports.models import Report
from sen import home
from sen.home import Block, Home
from sen.ui import navigation

FEW = 5


def register() -> None:
    navigation.add(
        label="iLeads to validate",
        url_name="ileads:validation",
        permission=("validate_ilead", "disseminate_ilead"),
        icon="verified",
        order=36,
    )
    navigation.add(
        label="Legacy SSNs shown",
        url_name="ileads:reveals",
        permission=("run_privacy", "read_audit"),
        icon="visibility",
        order=62,
    )
    home.register(Home("run_privacy", 20, shown_today, alone=True))
    home.register(Home("validate_ilead", 35, to_validate))
    home.register(Home(READS, 45, passed_on))


def to_validate(user: User) -> list[Block]:
    """How many iLeads wait for this person; a figure alone, so nothing is read."""
    today = timezone.localdate()
    mine = worklist.due(user, today).filter(worklist.validated_by(user)).order_by()
    figures = mine.aggregate(count=Count("pk"), overdue=Count("pk", filter=Q(due__lt=today)))
    return [Block("iLeads to validate", "ileads/home_validation.html", figures)] if figures["count"] else []


def shown_today(user: User) -> list[Block]:
    """How many legacy SSNs were shown today (UTC) and how many attempts refused; figures alone, so nothing is read."""
    figures = reveals.counts(timezone.now().astimezone(UTC).date())
    return [Block("Legacy SSNs shown", "ileads/home_reveals.html", {"counts": figures})]


def passed_on(user: User) -> list[Block]:
    """What others have passed on to this person, newest first, while they may read it."""
    mine = Dissemination.objects.filter(recipient=user).live().order_by("-at")
    seen = mine.filter(report__in=Report.objects.visible_to(user).values("pk"))
    rows = list(seen.select_related("report__office", "by")[: FEW + 1])
    if not rows:
        return []
    shown = rows[:FEW]
    record("reports.listed", by=user, on=Subject("list", "", "passed on to me"), count=len(shown))
    return [Block("Passed on to you", "ileads/home_passed_on.html", {"rows": shown, "more": len(rows) > FEW})]

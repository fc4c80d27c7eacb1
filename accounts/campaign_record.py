"""The record of a campaign: figures by office and by who is asked, every assignment with its answer, the export."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts import campaign_reach
from accounts.campaign_picture import Progress
from accounts.campaign_words import opens
from accounts.campaigns import Answered
from accounts.models import Campaign, CampaignItem, User
from accounts.roles import Role
from audit.export import plain

Decision = CampaignItem.Decision
FEW, FEW_RUNNING = 20, 3
HEADINGS = (
    "person",
    "username",
    "role",
    "office",
    "office code",
    "until (UTC)",
    "last signed in (UTC)",
    "asked",
    "answer",
    "answered by",
    "answered at (UTC)",
    "reason",
)


def rows(items: QuerySet[CampaignItem]) -> QuerySet[CampaignItem]:
    """With all that a line shows, by name; the same few statements for any number of lines."""
    wanted = ("assignment__user", "assignment__office", "reviewer", "decided_by")
    return items.select_related(*wanted).order_by("assignment__user__name", "pk")


def opened_by(item: CampaignItem) -> list[tuple[str, str]]:
    return opens(Role(item.assignment.role), item.assignment.office)


def with_figures(page: Iterable[Campaign], user: User, *, whole: bool) -> list[tuple[Campaign, Progress | None, int]]:
    """Each campaign with its progress, for those who oversee it, and how many answers it waits for from `user`."""
    found = list(page)
    of_these = Q(campaign__in=found)
    every = CampaignItem.objects.filter(of_these).values("campaign").annotate(**campaign_reach.counts()).order_by()
    figures = {row["campaign"]: _progress(row) for row in every} if whole else {}
    mine = campaign_reach.waiting(campaign_reach.asked(user)).filter(of_these).values("campaign")
    asked = dict(mine.annotate(count=Count("pk")).order_by().values_list("campaign", "count"))
    return [(one, figures.get(one.pk), asked.get(one.pk, 0)) for one in found]


def running(user: User) -> list[tuple[Campaign, Progress | None, int]]:
    """The campaigns that take answers, with their progress; what ends first on top, the first few."""
    return with_figures(campaign_reach.running()[:FEW_RUNNING], user, whole=True)


def _progress(figures: Any) -> Progress:
    return Progress(figures)


def by_office(campaign: Campaign) -> list[dict[str, Any]]:
    """The figures of each office, those with most to answer first; the first few."""
    return _by(campaign, "assignment__office__name")


def by_reviewer(campaign: Campaign) -> list[dict[str, Any]]:
    """The figures of each supervisor on record; "" stands for those who are asked through their office."""
    return _by(campaign, "reviewer__name")


def _by(campaign: Campaign, name: str) -> list[dict[str, Any]]:
    grouped = campaign.items.values(name).annotate(**campaign_reach.counts()).order_by("-waiting", name)
    return [{**row, "name": row[name]} for row in grouped[:FEW]]


def said(given: Answered, decision: Decision) -> str:
    """What was done, in a sentence."""
    one = given.done == 1
    what = f"{given.done:,} assignment{'' if one else 's'} {'is' if one else 'are'} {decision.label.lower()}."
    ended = "" if decision is Decision.CONFIRMED or not given.done else " What they alone allowed is gone at once."
    gone = f" {given.gone:,} had ended before you answered." if given.gone else ""
    return what + ended + gone


# -- The export --------------------------------------------------------------------------------------------------------
def write(campaign: Campaign, file: Any) -> None:
    """Every assignment with its answer; no cell is one that a spreadsheet would run."""
    writer = csv.writer(file)
    writer.writerow(HEADINGS)
    writer.writerows([plain(cell) for cell in _cells(item)] for item in rows(campaign.items.all()))


def _cells(item: CampaignItem) -> list[str]:
    held = item.assignment
    return [
        held.user.name,
        held.user.username,
        held.get_role_display(),
        held.office.name,
        held.office.code,
        _utc(held.until),
        _utc(held.user.last_login),
        item.reviewer.name if item.reviewer else "who endorses for the office",
        item.standing,
        item.decided_by.name if item.decided_by else "",
        _utc(item.decided_at),
        item.reason,
    ]


def _utc(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""

"""Matches where people meet them: on the page of a planned operation, in the navigation, and after each filing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from audit.log import record
from reports import consequences, match_sides, match_words, matches, panels
from reports.match_sides import Sight
from reports.models import Report
from reports.panels import Panel
from reports.standing import Banner
from sen.ui import navigation


def register() -> None:
    """Every SPEAR that is filed, amended or given its outcome is compared with the others."""
    consequences.register("spear", matches.compare)
    panels.register(panels=of_report)
    navigation.add(
        label="Deconfliction",
        url_name="reports:deconfliction",
        permission=(match_sides.READ, match_sides.SETTLE),
        icon="near_me",
        order=33,
        count=matches.waiting,
    )


def of_report(report: Report, user: User) -> Iterable[Panel]:
    """What this operation may collide with, as far as this person may know; the reading is recorded."""
    if report.kind != "spear":
        return
    mine = match_sides.visible_to(user).filter(Q(a=report) | Q(b=report)).select_related("held_by", "settled_by")
    sights = match_sides.look(mine.order_by(F("settled_at").desc(nulls_first=True), "-raised_at"), user)
    known = [sight for sight in sights if sight.stands or (sight.match.settled_at and sight.is_whole)]
    if known:
        record("matches.listed", by=user, on=report, count=len(known))
    lines = [_line(sight, report) for sight in known]
    unsettled = [sight for sight in known if not sight.match.settled_at]
    yield Panel("Deconfliction", "reports/match_panel.html", {"lines": lines}, _banner(unsettled))


def _line(sight: Sight, report: Report) -> dict[str, Any]:
    return {
        "sight": sight,
        "others": [side for side in sight.open_sides if side.report.pk != report.pk],
        "why": match_words.in_short(sight),
        "state": match_words.state(sight),
    }


def _banner(unsettled: list[Sight]) -> Banner | None:
    """Two teams at one door cannot wait for the end of the page."""
    if not unsettled:
        return None
    if len(unsettled) > 1:
        heading = f"{len(unsettled)} other operations may collide with this one"
        return Banner("warning", heading, "", url=reverse("reports:deconfliction"), link="Open the matches")
    (sight,) = unsettled
    why = match_words.in_short(sight)
    url = reverse("reports:match", args=[sight.match.pk])
    heading = "Another operation may collide with this one"
    return Banner("warning", heading, f"{why}." if why else "", url=url, link="See why, and whom to call")

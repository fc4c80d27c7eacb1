"""The board of planned operations, and the way to what waits longest for one's decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from audit.log import Subject, record
from reports import decisions, overdue
from reports.board import FEW_OVERDUE, MOST, OVERDUE, BoardFilter, Drawer, Line, between, rows, whole_weeks
from reports.filters import DAY, FIRST_DAY, LAST_DAY
from reports.models import Report


@requires("read_spear")
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is planned, by day and office; above it what is over and has no outcome yet."""
    user = person(request)
    form = BoardFilter(request.GET, user)
    drawer = Drawer(form.zone, form.offers.events)
    late = drawer.lines(
        rows(form.narrowed(overdue.oldest_first(user)))[: MOST if _only_late(form) else FEW_OVERDUE + 1]
    )
    context: dict[str, Any] = {"form": form, "late": late, "few": FEW_OVERDUE, "only_late": _only_late(form)} | _ways(
        form
    )
    shown = late
    if not _only_late(form):
        lines = drawer.lines(planned(form)[: MOST + 1])
        shown = [*late, *lines]
        context |= {"is_cut": len(lines) > MOST, "most": MOST, "any": bool(lines)} | _around(form)
        context |= _drawn(form, drawer, lines[:MOST])
    record("board.viewed", by=user, on=Subject("list", "", "operations"), count=len(shown))
    return render(request, "reports/board.html", context)


def _only_late(form: BoardFilter) -> bool:
    return form.given.get("show") == OVERDUE


def planned(form: BoardFilter) -> QuerySet[Any]:
    """What takes place in the days asked for, or in the whole weeks of the calendar."""
    first, last = whole_weeks(form.first, form.last) if form.is_calendar else (form.first, form.last)
    found = between(Report.objects.visible_to(form.user), form.midnight(first), form.midnight(last + DAY))
    return rows(form.narrowed(found)).order_by("event_at", "id")


def _drawn(form: BoardFilter, drawer: Drawer, lines: list[Line]) -> dict[str, Any]:
    if form.is_calendar:
        return {"weeks": drawer.weeks(lines, form.first, form.last)}
    return {"days": drawer.days(lines, form.first)}


def _ways(form: BoardFilter) -> dict[str, Any]:
    """The addresses of the other view and of all that is overdue."""
    return {
        "board_url": reverse("reports:board"),
        "list_url": form.query(view=""),
        "calendar_url": form.query(view="calendar"),
        "late_url": form.query(show=OVERDUE, view=""),
    }


def _around(form: BoardFilter) -> dict[str, str]:
    """The addresses of the days before and after those shown; nothing past what can be asked for."""
    back, on = form.first - DAY * form.ahead, form.last + DAY
    return {
        "earlier": form.query(since=back.isoformat()) if back >= FIRST_DAY else "",
        "later": form.query(since=on.isoformat()) if on <= LAST_DAY else "",
    }


@requires(*decisions.PERMISSIONS)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Open what waits longest for this person's decision."""
    oldest = decisions.waiting(person(request)).values_list("number", flat=True).first()
    if oldest is None:
        messages.info(request, "Nothing waits for your decision.")
        return redirect("home")
    return redirect("reports:detail", number=oldest)

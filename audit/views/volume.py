"""How much happens, over time."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from audit import counting
from audit import volume as shown
from audit.log import Subject, record
from audit.picture import KINDS
from sen import times


@requires("read_audit")
@require_safe
def volume(request: HttpRequest) -> HttpResponse:
    """Events a day by kind over 90 days; with `?day=` those of each hour of one day."""
    day = _day(request.GET.get("day", ""))
    record("audit.volume_viewed", by=person(request), on=Subject("page", "", "volume"), day=day)
    context = {"kinds": KINDS, "days": shown.by_day(counting.today()), "day": day}
    if day:
        context |= {"hours": shown.by_hour(day), "hours_title": f"The hours of {times.day(day)}"}
    return render(request, "audit/volume.html", context)


def _day(given: str) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Http404 from None

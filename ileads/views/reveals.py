"""Who asked to see legacy SSNs, a day at a time, for privacy officers and auditors."""

from __future__ import annotations

from datetime import UTC, date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from audit.log import Subject, record
from ileads import reveals as attempts

FIRST = date(2020, 1, 1)


@requires("run_privacy", "read_audit")
@require_safe
def reveals(request: HttpRequest) -> HttpResponse:
    """Today (UTC) unless another day is asked for. Reading it is recorded."""
    today = timezone.now().astimezone(UTC).date()
    day = _day(request.GET.get("day", ""), today)
    lines, cut_off = attempts.lines(day), attempts.cut_off(day)
    about = Subject("list", "", "reveals of legacy SSNs")
    record("ssn.reveals_listed", by=person(request), on=about, day=day, count=len(lines) + len(cut_off))
    context = {
        "day": day,
        "is_today": day == today,
        "lines": lines,
        "cut_off": cut_off,
        "counts": attempts.counts(day),
        "alone": sum(line.alone for line in lines),
        "most": attempts.MOST,
        "earlier": _link(day - attempts.DAY) if day > FIRST else "",
        "later": _link(day + attempts.DAY) if day < today else "",
    }
    return render(request, "ileads/ssn_reveals.html", context)


def _day(text: str, today: date) -> date:
    """The day of the address; today for what is no day that a list could be of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if FIRST <= day <= today else today


def _link(day: date) -> str:
    return f"?day={day.isoformat()}"

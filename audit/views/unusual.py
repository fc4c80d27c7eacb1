"""Unusual use: what the rules found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from accounts.models import User
from audit import counting, unusual
from audit.log import Subject, record
from audit.models import CountedDay, Unusual

DAYS = 30
MOST = 200
AROUND = timedelta(minutes=30)
PAGE = Subject("page", "", "unusual use")


@dataclass(frozen=True)
class Line:
    """One hit: the rule, who, and the address of what that person did around then."""

    hit: Unusual
    rule: unusual.Rule
    username: str
    url: str


@requires("read_audit")
@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """The hits of the newest 30 days below the rules; `?rule=` leaves the others out."""
    chosen = unusual.BY_NAME.get(request.GET.get("rule", ""))
    recent = Unusual.objects.filter(day__gt=counting.today() - timedelta(days=DAYS))
    counts = Counter(recent.order_by().values_list("rule", flat=True))
    hits = recent.filter(rule=chosen.name) if chosen else recent
    shown = list(hits.order_by("-at", "-id")[:MOST])
    rule_name = chosen.name if chosen else ""
    record("audit.unusual_viewed", by=person(request), on=PAGE, shown=len(shown), rule=rule_name)
    rules = [(rule, counts[rule.name], rule is chosen) for rule in unusual.RULES]
    context: dict[str, Any] = {"rules": rules, "lines": lines_of(shown), "chosen": chosen, "days": DAYS, "most": MOST}
    context["hits_title"] = chosen.sentence if chosen else "Hits"
    context["counted_to"] = CountedDay.objects.order_by("-day").values_list("counted_to", flat=True).first()
    return render(request, "audit/unusual.html", context)


def lines_of(hits: list[Unusual]) -> list[Line]:
    """The hits with their people by name, in one query."""
    names = dict(User.objects.filter(pk__in={hit.actor_id for hit in hits}).values_list("pk", "username"))
    known = [(hit, unusual.BY_NAME[hit.rule]) for hit in hits if hit.rule in unusual.BY_NAME and hit.actor_id in names]
    return [Line(hit, rule, names[hit.actor_id], _url(hit, rule, names[hit.actor_id])) for hit, rule in known]


def _url(hit: Unusual, rule: unusual.Rule, username: str) -> str:
    """What the person did half an hour around it; on the whole day where the rule is about a day."""
    start, end = (hit.at - AROUND, hit.at + AROUND)
    if rule.of_day:
        start = counting.start_of(hit.day)
        end = start + counting.DAY - timedelta(minutes=1)
    stretch = urlencode({"since": _minute(start), "until": _minute(min(end, timezone.now()))})
    return f"{reverse('audit:person', args=[username])}?{stretch}"


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")

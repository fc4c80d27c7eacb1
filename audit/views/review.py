"""The weekly review and its signature."""

from __future__ import annotations

import csv
from datetime import UTC, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import confirming
from accounts.access import person, requires
from accounts.refusals import add_refusal
from audit import review as reviews
from audit.asking import SignForm
from audit.export import plain
from audit.log import Subject, record
from audit.models import Review
from audit.picture import KINDS
from audit.sealing import require_sealing


@requires("read_audit")
@require_safe
def weeks(request: HttpRequest) -> HttpResponse:
    """Every week of the log, the newest first, with who signed it."""
    newest = _week(request.GET["from"]).first_day if "from" in request.GET else None
    found = reviews.weeks(newest)
    record("audit.viewed", by=person(request), on=Subject("list", "", "weekly reviews"), shown=len(found))
    before = reviews.Week(found[-1].first_day - reviews.WEEK) if found else None
    older = f"?from={before.name}" if before and before.first_day >= reviews.first_week() else ""
    return render(request, "audit/weeks.html", {"weeks": found, "due": reviews.due(), "older": older})


def _week(name: str) -> reviews.Week:
    week = reviews.week_of(name)
    if week is None:
        raise Http404
    return week


@requires("read_audit")
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest, name: str) -> HttpResponse:
    """One week: what it shows, then the findings and the signature."""
    asked = _week(name)
    review = reviews.open_week(asked, by=person(request))
    form = SignForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with add_refusal(form):
            reviews.sign(review, by=person(request), findings=form.cleaned_data["findings"])
            messages.success(request, f"You signed the review of week {name}.")
            return redirect("audit:week", name)
    review.refresh_from_db()
    context: dict[str, Any] = {"week": reviews.Week(asked.first_day, review), "review": review, "form": form}
    context |= _shown(review)
    context["own_acts"] = review.own_acts if review.signed_at else reviews.own_acts(review, person(request))
    return render(request, "audit/week.html", context, status=422 if form.errors else 200)


def _shown(review: Review) -> dict[str, Any]:
    """The figures, and the week as the filter of the log is given it."""
    figures, last = reviews.figures_of(review), review.ends_at - timedelta(minutes=1)
    return {
        "figures": figures,
        "kinds": [(KINDS[kind], count) for kind, count in figures.kinds.items()],
        "since": f"{review.first_day}T00:00",
        "until": f"{last.astimezone(UTC):%Y-%m-%dT%H:%M}",
        "sign_label": f"Sign the review of week {review.week}",
    }


@requires("read_audit")
@sensitive_post_parameters(confirming.FIELD)
@require_POST
def export(request: HttpRequest, name: str) -> HttpResponse:
    """The review as CSV; that it was taken is on record before it leaves."""
    asked = _week(name)
    if not (confirmed := confirming.confirm(request)).fresh:
        back = reverse("audit:week", args=[name]), "Back to the review"
        return confirming.ask(request, confirmed, act="Export as CSV", back=back)
    require_sealing()
    review = reviews.open_week(asked, by=person(request))
    record("audit.exported", by=person(request), on=review)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-review-{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(["what", "figure"])
    writer.writerows([plain(str(cell)) for cell in line] for line in reviews.lines(review))
    return response

"""The pages of reports of former systems: the list, the search that leads to it, and one report to read."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, requires
from audit.log import Subject, record
from reports import historical, keyset
from reports.finding.facets import COUNTED
from reports.terms import answered, keep_terms

LIST = Subject("list", "", "historical reports")


@requires(historical.PERMISSION)
@require_safe
def historical_list(request: HttpRequest) -> HttpResponse:
    """Newest first, filtered by the address."""
    user, cursor = person(request), request.GET.get("after", "")
    form = historical.HistoricalFilter(request.GET, user)
    rows = form.apply(historical.visible_to(user))
    page = keyset.page(historical.lines(rows), historical.NEWEST_FIRST, cursor)
    record("historical.listed", by=user, on=LIST, count=len(page.rows), search=form.key)
    counted = 0 if cursor else rows.order_by().values("pk")[: COUNTED + 1].count()
    if form.kept and not cursor:
        answered(form.kept, counted, by=user)
    context = {
        "form": form,
        "rows": page.rows,
        "count": _count(counted, bool(form.tags)),
        "list_url": reverse("reports:historical_list"),
        "older": form.query(after=page.older) if page.older else "",
        "newer": form.query(after=page.newer) if page.newer else "",
    }
    return render(request, "reports/historical_list.html", context)


def _count(counted: int, is_narrowed: bool) -> str:
    """How many there are in words, counted no further than anybody needs."""
    figure = f"More than {COUNTED:,}" if counted > COUNTED else f"{counted:,}"
    return f"{figure} {'report' if counted == 1 else 'reports'}{' match' if is_narrowed else ''}" if counted else ""


@requires(historical.PERMISSION)
@require_POST
def historical_search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed and go to what it finds; a number in full leads to its report at once."""
    user = person(request)
    kept = keep_terms(request.POST.get("q", ""), by=user)
    if kept is None:
        return redirect("reports:historical_list")
    if found := historical.by_number(kept.terms, user):
        answered(kept, 1, by=user)
        return redirect("reports:historical_report", pk=found.pk)
    return redirect(f"{reverse('reports:historical_list')}?q={kept.pk}")


@requires(historical.PERMISSION)
@require_safe
def historical_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One report as it was read. Nothing on the page changes it."""
    user = person(request)
    report = historical.visible(pk, user)
    record("historical.viewed", by=user, on=report)
    return render(request, "reports/historical_report.html", {"report": report, "shown": historical.shown(report)})

"""The list of reports, and the search that leads to it."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, requires
from audit.log import Subject, record
from reports import keyset, outside
from reports.filters import FilterForm
from reports.lines import columns, lines
from reports.lookup import FILES, READS
from reports.models import Report
from reports.terms import keep_terms

NEWEST_FIRST = ("-submitted_at", "-id")
# Past this nobody needs the figure, and counting on would cost more than the page.
COUNTED = 1000


class CappedCount(Subquery):
    """How many rows a queryset has, counted no further than its slice goes."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@requires(*READS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first, filtered by the address."""
    user, cursor = person(request), request.GET.get("after", "")
    form = FilterForm(request.GET, user)
    reports = form.apply(Report.objects.visible_to(user))
    page = keyset.page(_rows(reports, counted=not cursor), NEWEST_FIRST, cursor)
    record("reports.listed", by=user, on=Subject("list", "", "reports"), count=len(page.rows), search=form.key)
    return render(
        request,
        "reports/listing.html",
        {
            "form": form,
            "list_url": reverse("reports:listing"),
            "looks_outside": bool(outside.kinds_with_bounds(user)),
            "looks_after": user.may_somewhere("name_readers"),
            "may_file": any(user.may_somewhere(name) for name in FILES),
            "lines": lines(page.rows, form.offers.events),
            "count": _count_in_words(page.rows, form.is_narrowed),
            "older": form.query(after=page.older) if page.older else "",
            "newer": form.query(after=page.newer) if page.newer else "",
        },
    )


def _rows(reports: QuerySet[Report], *, counted: bool) -> QuerySet[Any]:
    """What a line shows; on the first page each row also says how many there are, in the same statement."""
    if not counted:
        return columns(reports)
    return columns(reports.annotate(matches=CappedCount(reports.order_by().values("pk")[: COUNTED + 1])), "matches")


def _count_in_words(rows: list[Any], is_narrowed: bool) -> str:
    matches = getattr(rows[0], "matches", 0) if rows else 0
    if not matches:
        return ""
    figure = f"More than {COUNTED:,}" if matches > COUNTED else f"{matches:,}"
    return f"{figure} {'report' if matches == 1 else 'reports'}{' match' if is_narrowed else ''}"


@requires(*READS)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed and go to what it finds; a number in full leads to its report at once."""
    user, listing_url = person(request), reverse("reports:listing")
    kept = keep_terms(request.POST.get("q", ""), by=user)
    if kept is None:
        return redirect(listing_url)
    number = kept.terms.upper()
    if Report.objects.visible_to(user).filter(number=number).exists():
        return redirect("reports:detail", number=number)
    return redirect(f"{listing_url}?q={kept.pk}")

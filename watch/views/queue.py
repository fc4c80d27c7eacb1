"""The queue, its live rows and its search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, requires
from audit.log import Subject, record
from reports import keyset
from reports.finding.facets import COUNTED
from reports.terms import LONGEST, answered, keep_terms
from watch import live
from watch.queue import ORDER, QueueFilter, Rows, top, waiting

QUEUE = Subject("queue", "", "queue")


@requires("review_reports")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Most urgent first, newest first within; the first page takes new rows by itself."""
    user, now, cursor = person(request), timezone.now(), request.GET.get("after", "")
    form = QueueFilter(request.GET, user)
    page = keyset.page(waiting(user, form), ORDER, cursor) if request.GET else top(user)
    record("queue.viewed", by=user, on=QUEUE, count=len(page.rows), search=form.data.get("q", ""))
    if form.kept and not cursor:
        answered(form.kept, waiting(user, form).order_by()[: COUNTED + 1].count(), by=user)
    context = {
        "form": form,
        "rows": Rows(user, form.offers.events, now).draw(page.rows),
        "older": form.query(after=page.older) if page.older else "",
        "newer": form.query(after=page.newer) if page.newer else "",
        # Only the top of the list has a place for what is new.
        "live": "" if page.newer else reverse("watch:rows") + form.query(),
        "mark": live.mark(page.rows, now),
        "terms_limit": LONGEST,
    }
    return render(request, "watch/queue.html", context)


@requires("review_reports")
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Rows filed since the page last asked. A look that shows nothing is no reading, so only rows are recorded."""
    user, now = person(request), timezone.now()
    form = QueueFilter(request.GET, user)
    found, mark = live.fresh(waiting(user, form), request.GET.get("since", ""), now)
    if found:
        record("queue.viewed", by=user, on=QUEUE, count=len(found), live=True)
    drawn = Rows(user, form.offers.events, now).draw(found)
    return JsonResponse({"count": len(found), "mark": mark, "rows": drawn})


@requires("review_reports")
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Posted, so that the words stand in no address; the other filters stay."""
    user = person(request)
    kept = keep_terms(request.POST.get("q", ""), by=user)
    form = QueueFilter(request.GET, user)
    return redirect(reverse("watch:queue") + form.query(q=str(kept.pk) if kept else ""))

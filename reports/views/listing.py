"""The list of reports, and the search that leads to it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, requires
from audit.log import Subject, record
from reports import historical, outside
from reports.filters import ListingFilter
from reports.finding.asking import TOO_LONG
from reports.finding.listing import Answer, answer, steps
from reports.lines import Line, lines
from reports.lookup import FILES, READS
from reports.models import Report
from reports.terms import LONGEST, answered, keep_terms


@requires(*READS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first or best first, filtered by the address."""
    user, cursor = person(request), request.GET.get("after", "")
    form = ListingFilter(request.GET, user)
    found = answer(user, form, cursor)
    record("reports.listed", by=user, on=Subject("list", "", "reports"), count=len(found.rows), search=form.key)
    context = {
        "form": form,
        "answer": found,
        "list_url": reverse("reports:listing"),
        "search_url": reverse("reports:search") + form.query(q=""),
        "terms_limit": LONGEST,
        "looks_outside": bool(outside.kinds_with_bounds(user)),
        "looks_after": user.may_somewhere("name_readers"),
        "may_file": any(user.may_somewhere(name) for name in FILES),
        "lines": _lines(found, form),
        "count": found.in_words(is_narrowed=form.is_narrowed),
        "steps": [] if found.rows or not found.is_searched else steps(user, form),
        "older": form.query(after=found.older) if found.older else "",
        "newer": form.query(after=found.newer) if found.newer else "",
    }
    return render(request, "reports/listing.html", context)


def _lines(found: Answer, form: ListingFilter) -> list[Line]:
    drawn = lines(found.rows, form.offers.events)
    if not found.why:
        return drawn
    return [replace(line, why=found.why.get(row.id, [])) for row, line in zip(found.rows, drawn, strict=True)]


@requires(*READS)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed and go to what it finds; a number in full leads to its report at once.

    The filters of the address stay in force.
    """
    user, form = person(request), ListingFilter(request.GET, person(request))
    typed = request.POST.get("q", "")
    kept = keep_terms(typed, by=user)
    if kept is None:
        return redirect(reverse("reports:listing") + form.query(q="").removesuffix("?"))
    if len(typed.strip()) > LONGEST:
        messages.info(request, TOO_LONG)
    number = kept.terms.upper()
    if Report.objects.visible_to(user).filter(number=number).exists():
        answered(kept, 1, by=user)
        return redirect("reports:detail", number=number)
    if former := historical.by_number(kept.terms, user):
        answered(kept, 1, by=user)
        return redirect("reports:historical_report", pk=former.pk)
    return redirect(reverse("reports:listing") + form.query(q=str(kept.pk)))

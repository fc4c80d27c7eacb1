"""Reading outside one's own offices: all offices as stubs, opening one for a reason, who did, and the after-review."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Refused, person, requires
from accounts.models import User
from accounts.refusals import add_refusal
from audit.log import Subject, record
from reports import actions, keyset, outside
from reports.kinds import KINDS
from reports.lookup import READS, visible_report
from reports.models import OutsideReading, Report
from reports.outside_forms import OpenForm, ReviewForm, StubFilter

# By number: what a page's cursor holds can be read, and when a report was filed is not told.
BY_NUMBER = ("-number",)
NEWEST_FIRST = ("-opened_at", "-id")
LIST = Subject("list", "", "reports of all offices")
READINGS = Subject("list", "", "readings from outside")
FORM = ["GET", "HEAD", "POST"]


# -- Finding and opening -----------------------------------------------------------------------------------------------
@requires(*READS)
@require_safe
def all_offices(request: HttpRequest) -> HttpResponse:
    """What other offices have, as number, kind and office, as far as the rules let this person know of it."""
    user = person(request)
    allowed = outside.policies(user)
    form = StubFilter(request.GET, outside.kinds_of(allowed))
    found = form.apply(outside.stubs(user, allowed)).values_list("number", "kind", "office__name", named=True)
    page = keyset.page(found, BY_NUMBER, request.GET.get("after", "")) if allowed else keyset.Page([])
    record("reports.outside_listed", by=user, on=LIST, count=len(page.rows), filters=form.in_force)
    context = {
        "form": form,
        "list_url": reverse("reports:all_offices"),
        "allowed": allowed,
        "rows": [(row, KINDS[row.kind].plain) for row in page.rows],
        "older": form.query(after=page.older) if page.older else "",
        "newer": form.query(after=page.newer) if page.newer else "",
    }
    return render(request, "reports/all_offices.html", context)


def at_the_door(request: HttpRequest, number: str) -> HttpResponse:
    """What stands in the place of a report of another office: 403 with its stub and the question why, else 404.

    Where the rule asks for no reason it opens at once.
    """
    user = person(request)
    found = outside.stub(number, user)
    if found is None:
        raise Http404
    report, policy = found
    if policy == outside.Policy.ALLOWED:
        actions.open_outside(number, by=user, reason=outside.AT_ONCE)
        return redirect("reports:detail", number=report.number)
    record("report.stub_viewed", by=user, on=report)
    return _ask(request, report, OpenForm(), status=403)


@requires(*READS)
@require_http_methods(FORM)
def open_outside(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, then open the report; or go on reading one that was opened before."""
    user = person(request)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with add_refusal(form), suppress(Report.DoesNotExist):
            made = actions.open_outside(number, by=user, reason=form.reason, after=form.cleaned_data["after"])
            return redirect("reports:detail", number=made.report.number)
    report, earlier = _open_to(number, user)
    if report is None:
        return redirect("reports:detail", number=number)
    record("report.stub_viewed", by=user, on=report)
    if earlier and not form.is_bound:
        form = OpenForm(initial={"after": earlier.pk})
    return _ask(request, report, form, earlier, status=422 if form.errors else 200)


def _open_to(number: str, user: User) -> tuple[Report | None, OutsideReading | None]:
    """The report to ask about and the reading under way; no report where an office of theirs opens it. Else 404."""
    if found := outside.stub(number, user):
        return found[0], None
    report = visible_report(number, user)
    earlier = outside.under_way(report, user)
    return (report if earlier else None), earlier


def _ask(
    request: HttpRequest, report: Report, form: OpenForm, earlier: OutsideReading | None = None, *, status: int
) -> HttpResponse:
    context = {
        "report": report,
        "kind": report.declaration.plain,
        "form": form,
        "earlier": earlier,
        "hours": outside.hours(),
        "open_url": reverse("reports:open_outside", args=[report.number]),
        "back_url": reverse("reports:detail", args=[report.number]) if earlier else reverse("reports:all_offices"),
    }
    return render(request, "reports/outside_open.html", context, status=status)


# -- Looking after it --------------------------------------------------------------------------------------------------
@requires("name_readers", "grant_roles", "read_audit")
@require_safe
def outside_readings(request: HttpRequest) -> HttpResponse:
    """Who read reports of an office from outside, why and when: for the office, for review, for auditors."""
    user, cursor = person(request), request.GET.get("after", "")
    page = keyset.page(outside.looked_after_by(user), NEWEST_FIRST, cursor)
    waiting = list(outside.waiting_for(user).select_related("report__office")[:50]) if not cursor else []
    record("reports.outside_readings_listed", by=user, on=READINGS, count=len(page.rows))
    context = {
        "rows": [(one, one.report.declaration.plain) for one in page.rows],
        "waiting": waiting,
        "reads": outside.readable_of(page.rows, user),
        "reviews": user.may_somewhere("grant_roles"),
        "older": f"?after={page.older}" if page.older else "",
        "newer": f"?after={page.newer}" if page.newer else "",
    }
    return render(request, "reports/outside_readings.html", context)


@requires("grant_roles")
@require_http_methods(FORM)
def outside_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at one reading that was drawn for review, and sign it off."""
    user = person(request)
    drawn = OutsideReading.objects.filter(sampled=True).select_related("report__office", "reader__office")
    reading = get_object_or_404(drawn.select_related("reviewed_by"), pk=pk)
    if not reading.reviewed_by and not (verdict := outside.may_review(reading, user)):
        raise Refused(verdict.reason)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with add_refusal(form):
            actions.review_outside(pk, by=user, **form.cleaned_data)
            messages.success(request, f"The reading of {reading.report.number} is reviewed.")
            return redirect("reports:outside_readings")
    record("reports.outside_readings_listed", by=user, on=READINGS, count=1, reading=reading.pk)
    context = {"reading": reading, "kind": reading.report.declaration.plain, "form": form}
    return render(request, "reports/outside_review.html", context, status=422 if form.errors else 200)

"""Looking at who gave the information of an iLead where that is protected: with a reason, recorded, shown once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Refused, may, person, requires
from audit.log import record
from ileads.forms import RevealForm
from ileads.lookup import visible_ilead
from reports import protection
from reports.content import read
from reports.document import document
from reports.lookup import READS
from reports.models import Report

PROVIDER = "provider"


@requires(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: HttpRequest, number: str) -> HttpResponse:
    """GET asks why; POST records the look, then shows it in this one answer. A refused attempt is recorded too."""
    user = person(request)
    report = visible_ilead(number, user)
    _refuse(request, report)
    if PROVIDER in protection.opened(report, user):
        return redirect("reports:detail", number=number)
    form = RevealForm(request.POST if request.method == "POST" else None)
    shown = None
    if form.is_valid():
        # Before anything is read: what cannot be recorded is not answered.
        record("ilead.provider_revealed", by=user, on=report, reason=form.cleaned_data["reason"])
        parts = document(read(report), opened=[PROVIDER])
        shown = next((part for part in parts if part.name == PROVIDER), None)
    context = {"report": report, "form": form, "shown": shown, "looked": form.is_valid()}
    return render(request, "ileads/provider.html", context, status=422 if form.errors else 200)


def _refuse(request: HttpRequest, report: Report) -> None:
    """Record an attempt of somebody who may not, and refuse it."""
    user = person(request)
    if PROVIDER in protection.opened(report, user):
        return
    verdict = may(user, "reveal_provider", report.office, report.author_id)
    if not verdict:
        why = RevealForm(request.POST).data.get("reason", "").strip()[:300]
        record("ilead.provider_revealed", by=user, on=report, outcome="refused", reason=why)
        raise Refused(verdict.reason)

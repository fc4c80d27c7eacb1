"""Passing an iLead on to somebody who needs to know, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Refused, person, requires
from accounts.forms import ReasonForm
from accounts.refusals import add_refusal
from audit.log import record
from ileads import actions, dissemination
from ileads.forms import LONGEST, PassOnForm
from ileads.lookup import visible_ilead
from reports.lookup import gone_meanwhile
from reports.models import Report

PAGES = ["GET", "HEAD", "POST"]


@requires("disseminate_ilead")
@require_http_methods(PAGES)
@gone_meanwhile()
def pass_on(request: HttpRequest, number: str) -> HttpResponse:
    """Choose who, say why and until when; below, who has it and who had it."""
    user = person(request)
    report = visible_ilead(number, user)
    if not (verdict := dissemination.may_take_back(report, user)):
        raise Refused(verdict.reason)
    form = PassOnForm(request.POST or None)
    if form.is_valid() and _passed_on(request, report, form):
        return redirect("ileads:pass_on", number=number)
    record("report.readers_viewed", by=user, on=report)
    context = {
        "report": report,
        "form": form,
        "refused": dissemination.may_pass_on(report, user).reason,
        "rows": dissemination.standing_first(dissemination.of(report, user)),
    }
    return render(request, "ileads/pass_on.html", context, status=422 if form.errors else 200)


def _passed_on(request: HttpRequest, report: Report, form: PassOnForm) -> bool:
    typed = form.cleaned_data
    with add_refusal(form):
        actions.pass_on(
            report.pk,
            typed["recipient"],
            by=person(request),
            need_to_know=typed["need_to_know"],
            until=dissemination.end_of(typed["until"], report),
        )
        messages.success(request, f"{typed['recipient'].name} can now read {report.number}, and is told by mail.")
    return not form.errors


@requires("disseminate_ilead")
@require_http_methods(PAGES)
@gone_meanwhile()
def take_back(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    """Ask why, then end the dissemination at once."""
    user = person(request)
    report = visible_ilead(number, user)
    if not (verdict := dissemination.may_take_back(report, user)):
        raise Refused(verdict.reason)
    made = dissemination.live(report).select_related("recipient").filter(pk=pk).first()
    if made is None:
        raise Http404
    needed = f"Say why {made.recipient.name} no longer needs to know."
    form = ReasonForm(request.POST if request.method == "POST" else None, needed=needed, longest=LONGEST)
    if form.is_valid():
        actions.take_back(made.pk, by=user, reason=form.reason)
        messages.success(request, f"{made.recipient.name} can no longer read {report.number}.")
        return redirect("ileads:pass_on", number=number)
    context = {"report": report, "made": made, "form": form}
    return render(request, "ileads/take_back.html", context, status=422 if form.errors else 200)

"""Seeing one legacy SSN: a POST from the page of the iLead, answered once."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import confirming
from accounts.access import Refused, person, refusal, signed_in
from ileads import reveal as revealing
from ileads.forms import SSNForm
from ileads.models import LegacySSN
from ileads.models.reveal import Outcome, Purpose
from ileads.reveal import Asked, NotShown, Shown

SECONDS = 30
ACT = f"Show for {SECONDS} seconds"


# Not `requires`: whoever holds no such role is refused below, when the attempt is on record.
@signed_in
@sensitive_post_parameters(confirming.FIELD)
@require_POST
def reveal(request: HttpRequest, number: str, ssn: str) -> HttpResponse:
    """The number, or why not. `X-Event-Number` names the event of the decision."""
    form = SSNForm(request.POST)
    form.is_valid()
    asked = Asked(number, ssn, str(form["purpose"].value() or ""), str(form["reason"].value() or ""))
    try:
        shown = revealing.reveal(asked, by=person(request), confirm=partial(confirming.confirm, request))
    except NotShown as no:
        answer, event = _refused(request, asked, no, form), no.event
    else:
        answer, event = _shown(request, asked, shown), shown.event
    answer["X-Event-Number"] = str(event)
    return answer


def _shown(request: HttpRequest, asked: Asked, shown: Shown) -> HttpResponse:
    """Never stored by a browser (the gate says `no-store`), and left by itself where no script masks it."""
    context = {
        "number": f"{shown.clear[:3]}-{shown.clear[3:5]}-{shown.clear[5:]}",
        "ssn": shown.ssn,
        "ilead": asked.number,
        "purpose": Purpose(asked.purpose).label,
        "event": f"{shown.event:,}",
        "seconds": SECONDS,
        "today": revealing.shown_today(person(request)),
        "limit": settings.REVEALS_A_DAY,
    }
    answer = render(request, "ileads/ssn_shown.html", context)
    answer["Refresh"] = f"{SECONDS}; url={_page(asked)}"
    return answer


def _refused(request: HttpRequest, asked: Asked, no: NotShown, form: SSNForm) -> HttpResponse:
    if no.outcome in (Outcome.UNKNOWN, Outcome.NOT_VISIBLE):
        raise Http404
    if no.outcome == Outcome.NOT_GRANTED:
        raise Refused(refusal("reveal_ssn"))
    if no.outcome == Outcome.OUTSIDE:
        raise Refused(revealing.ONLY_READ)
    if no.outcome == Outcome.OVER_LIMIT:
        return _over_limit(request, asked)
    if no.outcome == Outcome.STALE:
        return confirming.ask(request, no.confirmed, act=ACT, back=(_page(asked), "Back to the iLead"))
    ssn = LegacySSN.objects.defer("value").select_related("person").get(pk=asked.ssn)
    context = {"form": form, "ssn": ssn, "ilead": asked.number, "act": ACT}
    return render(request, "ileads/ssn.html", context, status=422)


def _over_limit(request: HttpRequest, asked: Asked) -> HttpResponse:
    answer = render(
        request, "ileads/ssn_limit.html", {"ilead": asked.number, "limit": settings.REVEALS_A_DAY}, status=429
    )
    answer["Retry-After"] = str(revealing.seconds_to_midnight(person(request)))
    return answer


def _page(asked: Asked) -> str:
    return reverse("reports:detail", args=[asked.number])

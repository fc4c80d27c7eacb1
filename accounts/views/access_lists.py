"""Confirming a list of users of a former system: every line seen, some left out, the others granted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import carry_over, confirming
from accounts.access import Refused, person, requires
from accounts.carry_over import Confirmed
from accounts.models import AccessList
from audit.log import record

# So many are confirmed at a time, that each can be looked at and the press is answered soon.
AT_ONCE = 100


@requires("grant_roles")
@sensitive_post_parameters(confirming.FIELD)
@require_http_methods(["GET", "HEAD", "POST"])
def access_list(request: HttpRequest, pk: int) -> HttpResponse:
    made = get_object_or_404(AccessList, pk=pk)
    if request.method != "POST":
        return _page(request, made)
    if not (confirmed := confirming.confirm(request)).fresh:
        back = (reverse("accounts:access_list", args=[pk]), "Back to the list")
        return confirming.ask(request, confirmed, act="Confirm these lines", back=back)
    try:
        done = carry_over.confirm(made, by=person(request), seen=_seen(request), chosen=_chosen(request))
    except Refused as refused:
        messages.error(request, refused.reason)
        return _page(request, made, status=409)
    messages.success(request, f"{done.granted} granted, {done.left_out} left out.")
    return _page(request, made, done) if done.stay else redirect("accounts:access_list", pk=pk)


def _page(request: HttpRequest, made: AccessList, done: Confirmed | None = None, status: int = 200) -> HttpResponse:
    made.refresh_from_db()
    rows = carry_over.waiting(made)
    record("access.requests_listed", by=person(request), on=made)
    context = {"made": made, "rows": rows[:AT_ONCE], "left": rows.count(), "stay": done.stay if done else ()}
    return render(request, "accounts/access_list.html", context, status=status)


def _seen(request: HttpRequest) -> dict[int, int]:
    """The lines that the page showed, each with how often it had moved."""
    pairs = [said.partition(":") for said in request.POST.getlist("seen")[:AT_ONCE]]
    return {int(pk): int(version) for pk, _, version in pairs if _is_number(pk) and _is_number(version)}


def _chosen(request: HttpRequest) -> set[int]:
    return {int(said) for said in request.POST.getlist("line") if _is_number(said)}


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 16

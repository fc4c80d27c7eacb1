"""Asking for access, endorsing it, granting or refusing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import carry_over, confirming
from accounts import requests as acts
from accounts.access import Refused, person, requires, signed_in
from accounts.access_forms import LONGEST_REASON, EndorseForm, GrantUntilForm, RequestForm
from accounts.forms import ReasonForm
from accounts.models import AccessRequest, User
from audit.log import Subject, record

PAGE = 50
MOST_WAITING = 200
PAGES = ["GET", "HEAD"]
NEEDED = "Say why, so that the person knows what to do next."


@signed_in
@require_http_methods([*PAGES, "POST"])
def request_access(request: HttpRequest) -> HttpResponse:
    """Asks for a role; open to whoever is signed in, whatever else they still lack."""
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _own(request, form)
    status = _done(form, lambda: acts.ask(by=person(request), **form.cleaned_data))
    if status == 302:
        messages.success(request, "Your request is on its way. Your supervisor is told by mail.")
        return redirect("accounts:request")
    return _own(request, form, status)


def _own(request: HttpRequest, form: BaseForm, status: int = 200) -> HttpResponse:
    user = person(request)
    mine = AccessRequest.objects.filter(person=user).select_related("office").order_by("-asked_at", "-pk")
    context = {"form": form, "mine": mine[:PAGE], "held": user.live_assignments}
    return render(request, "accounts/request_access.html", context, status=status)


@signed_in
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(AccessRequest, pk=pk, person=person(request))
    form = RequestForm()
    try:
        acts.withdraw(row, by=person(request), version=_version(request))
    except acts.Changed as changed:
        messages.error(request, changed.reason)
        return _own(request, form, 409)
    messages.success(request, "Your request is withdrawn.")
    return redirect("accounts:request")


@signed_in
@require_http_methods(PAGES)
def requests(request: HttpRequest) -> HttpResponse:
    """What waits for this person, then every request that they may see."""
    user = person(request)
    waiting = acts.waiting_for(user)
    if "oldest" in request.GET and (oldest := waiting.first()):
        return redirect("accounts:request_page", pk=oldest.pk)
    found = Paginator(acts.visible_to(user).order_by("-asked_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    record("access.requests_listed", by=user, on=Subject("requests"), page=found.number)
    lists = carry_over.to_confirm() if user.may_somewhere("grant_roles") else ()
    context = {"waiting": waiting[:MOST_WAITING], "page": found, "lists": lists}
    return render(request, "accounts/requests.html", context)


@signed_in
@require_http_methods(PAGES)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    record("access.request_viewed", by=person(request), on=row.person, request=row.pk)
    return _page(request, row)


def _row(request: HttpRequest, pk: int) -> AccessRequest:
    return get_object_or_404(acts.visible_to(person(request)), pk=pk)


def _page(request: HttpRequest, row: AccessRequest, wrong: BaseForm | None = None, status: int = 200) -> HttpResponse:
    user = person(request)
    requested, endorsed = row.status == AccessRequest.Status.REQUESTED, row.status == AccessRequest.Status.ENDORSED
    context: dict[str, Any] = {
        "row": row,
        "held": User.objects.get(pk=row.person_id).live_assignments,
        "wrong": wrong,
        "may_endorse": requested and acts.may_endorse(user, row),
        "may_grant": endorsed and acts.may_grant(user, row),
        "may_refuse": row.is_open and acts.may_refuse(user, row),
        "own": user.pk == row.person_id,
        "apart": endorsed and acts.apart(row),
    }
    forms = (EndorseForm(), GrantUntilForm(initial={"until": row.until}), _reason_form())
    for name, form in zip(("endorse_form", "grant_form", "refuse_form"), forms, strict=True):
        context[name] = wrong if isinstance(wrong, type(form)) else form
    return render(request, "accounts/request_page.html", context, status=status)


def _reason_form(request: HttpRequest | None = None) -> ReasonForm:
    return ReasonForm(request.POST if request else None, needed=NEEDED, longest=LONGEST_REASON)


@signed_in
@require_POST
def endorse(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _row(request, pk), EndorseForm(request.POST)
    status = _done(
        form,
        lambda: acts.endorse(row, by=person(request), version=_version(request), note=form.cleaned_data["note"]),
    )
    return _answer(request, row, form, status, "Endorsed. An Access Control Manager is told by mail.")


@requires("grant_roles")
@sensitive_post_parameters(confirming.FIELD)
@require_POST
def grant_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Grants after the password, where it was last given more than ten minutes ago."""
    row, form = _row(request, pk), GrantUntilForm(request.POST)
    if form.is_valid() and not (confirmed := confirming.confirm(request)).fresh:
        back = (reverse("accounts:request_page", args=[pk]), "Back to the request")
        return confirming.ask(request, confirmed, act="Grant the role", back=back)
    status = _done(
        form,
        lambda: acts.grant(row, by=person(request), version=_version(request), until=form.cleaned_data["until"]),
    )
    return _answer(request, row, form, status, "Granted. It opens at the person's next request.")


@signed_in
@require_POST
def refuse_request(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _row(request, pk), _reason_form(request)
    status = _done(
        form,
        lambda: acts.refuse(row, by=person(request), version=_version(request), reason=form.cleaned_data["reason"]),
    )
    return _answer(request, row, form, status, "Refused. The person reads the reason.")


def _answer(request: HttpRequest, row: AccessRequest, form: BaseForm, status: int, said: str) -> HttpResponse:
    """On to the list when it is done; else the request as it stands now, with what is wrong."""
    if status != 302:
        return _page(request, _row(request, row.pk), form, status)
    messages.success(request, said)
    return redirect("accounts:requests")


def _done(form: BaseForm, act: Callable[[], object]) -> int:
    """Do it, if the form is right: 302 when it is done, 409 where the request has changed, 422 where it is refused."""
    if not form.is_valid():
        return 422
    try:
        act()
    except Refused as refused:
        form.add_error(None, refused.reason)
        return 409 if isinstance(refused, acts.Changed) else 422
    return 302


def _version(request: HttpRequest) -> int:
    """How often the request had moved when this page was opened; 0, which no request has, where it does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0

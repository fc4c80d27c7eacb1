"""Recertification campaigns: opening one, answering, its progress and its record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import campaign_reach, campaign_record, confirming
from accounts import campaigns as acts
from accounts.access import person, requires, signed_in
from accounts.campaign_forms import AnswerForm, CampaignForm
from accounts.campaign_picture import Progress
from accounts.models import Campaign, CampaignItem, User
from accounts.refusals import add_refusal
from audit.log import Subject, record

PAGE = 50
PAGES = ["GET", "HEAD", "POST"]


@signed_in
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """Those that one may open, the newest first, each with how far it has come."""
    user = person(request)
    found = campaign_reach.open_to(user).select_related("office").order_by("-opened_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    record("campaigns.listed", by=user, on=Subject("campaigns"), page=page.number)
    whole = campaign_reach.oversees(user)
    rows = campaign_record.with_figures(page, user, whole=whole)
    context = {"page": page, "rows": rows, "whole": whole, "can_open": user.may_somewhere("grant_roles")}
    return render(request, "accounts/campaigns.html", context)


@requires("grant_roles")
@require_http_methods(PAGES)
def open_campaign(request: HttpRequest) -> HttpResponse:
    form = CampaignForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with add_refusal(form):
            opened = acts.open_campaign(by=person(request), **form.cleaned_data)
            messages.success(request, "The campaign is open. Those who are asked are told by mail.")
            return redirect("accounts:campaign", opened.pk)
    return render(request, "accounts/campaign_open.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_http_methods(PAGES)
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """What this person is asked, to be answered many at once; to those who oversee it, its progress and its record."""
    user, found = person(request), _found(request, pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _answer(request, found, form):
        return redirect(request.get_full_path())
    record("campaign.viewed", by=user, on=found)
    whole = campaign_reach.oversees(user) and "mine" not in request.GET and request.method != "POST"
    context = {"campaign": found, "form": form, "whole": whole, "oversees": campaign_reach.oversees(user)}
    context |= _record_of(request, found) if whole else _asked_of(request, found)
    return render(request, "accounts/campaign.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Campaign:
    return get_object_or_404(campaign_reach.open_to(person(request)).select_related("office", "opened_by"), pk=pk)


def _answer(request: HttpRequest, found: Campaign, form: AnswerForm) -> bool:
    typed = form.cleaned_data
    with add_refusal(form):
        given = acts.answer(
            found, typed["items"], by=person(request), decision=typed["decision"], reason=typed["reason"]
        )
        messages.success(request, campaign_record.said(given, typed["decision"]))
    return not form.errors


def _asked_of(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    """What waits for this person; on asking, what a colleague of their offices is asked first."""
    user = person(request)
    mine = campaign_reach.waiting(campaign_reach.asked(user)).filter(campaign=found)
    others = campaign_reach.waiting(campaign_reach.may_answer(user)).filter(campaign=found).exclude(pk__in=mine)
    shown = others if "others" in request.GET else mine
    page = Paginator(campaign_record.rows(shown), PAGE).get_page(request.GET.get("page"))
    ticked = set(request.POST.getlist("item"))
    return {
        "page": page,
        "rows": [(item, campaign_record.opened_by(item), str(item.pk) in ticked) for item in page],
        "others": 0 if "others" in request.GET else others.count(),
        "of_others": "others" in request.GET,
        "mine": "mine" in request.GET,
    }


def _record_of(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    """The whole campaign: figures, who has still to answer, and every assignment with its answer."""
    page = Paginator(campaign_record.rows(found.items.all()), PAGE).get_page(request.GET.get("page"))
    mine = campaign_reach.waiting(campaign_reach.may_answer(person(request))).filter(campaign=found)
    return {
        "page": page,
        "progress": Progress(found.items.aggregate(**campaign_reach.counts())),
        "offices": campaign_record.by_office(found),
        "reviewers": campaign_record.by_reviewer(found),
        "for_me": mine.count(),
    }


@signed_in
@require_http_methods(PAGES)
def campaign_answer(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """One assignment: what it opens, when its holder last signed in, and the answer."""
    user, found = person(request), _found(request, pk)
    asked = get_object_or_404(_shown_to(user, found), pk=item)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data.setlist("item", [str(asked.pk)])
    form = AnswerForm(data)
    if form.is_valid() and _answer(request, found, form):
        return redirect("accounts:campaign", pk)
    record("user.viewed", by=user, on=asked.assignment.user, campaign=found.pk)
    asked = campaign_record.rows(found.items.all()).get(pk=item)
    takes = campaign_reach.waiting(campaign_reach.may_answer(user)).filter(pk=item).exists()
    context = {"campaign": found, "item": asked, "form": form, "takes": takes}
    context["opens"] = campaign_record.opened_by(asked)
    return render(request, "accounts/campaign_item.html", context, status=422 if form.errors else 200)


def _shown_to(user: User, found: Campaign) -> Any:
    """The items of a campaign that a person may open: their own to answer, or all of them."""
    items = CampaignItem.objects if campaign_reach.oversees(user) else campaign_reach.may_answer(user)
    return items.filter(campaign=found).select_related("assignment__user")


@requires("grant_roles", "explain_access")
@require_POST
def campaign_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as CSV, once the password was asked for; that it was taken is on record before it leaves."""
    found = get_object_or_404(Campaign, pk=pk)
    if not (confirmed := confirming.confirm(request)).fresh:
        back = (reverse("accounts:campaign", args=[pk]), "Back to the campaign")
        return confirming.ask(request, confirmed, act="Export as CSV", back=back)
    record("campaign.exported", by=person(request), on=found)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recertification-{pk}.csv"'
    campaign_record.write(found, response)
    return response

"""The pages about people: finding and changing profiles, granting and revoking roles."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import actions, confirming, history, marks, unused
from accounts.access import Refused, person, refusal, requires
from accounts.forms import GrantForm, PeopleSearch, ProfileForm, ReasonForm
from accounts.models import Assignment, User
from accounts.refusals import add_refusal
from audit.log import Subject, record
from audit.models import SearchTerms

PAGE = 50
# How many of what lies in the past the page of a person lists.
ENDED = 20
SOON = timedelta(days=30)
PAGES = ["GET", "HEAD", "POST"]


@requires("change_profiles", "grant_roles", "explain_access")
@require_http_methods(PAGES)
def people(request: HttpRequest) -> HttpResponse:
    """Everyone, page by page; a search is posted, so that the name searched for stands in no address."""
    form = PeopleSearch(request.POST or None)
    terms = form.cleaned_data["q"] if form.is_valid() else ""
    everyone = User.objects.select_related("office").order_by("name", "pk")
    if terms:
        found = list(everyone.filter(Q(name__icontains=terms) | Q(username__icontains=terms))[: PAGE + 1])
        _record_search(person(request), terms, len(found))
        context: dict[str, Any] = {"people": found[:PAGE], "terms": terms, "more": len(found) > PAGE}
    else:
        page = page_of(request, everyone)
        record("users.listed", by=person(request), on=Subject("users"), page=page.number)
        context = {"people": list(page), "page": page}
    return render(request, "accounts/people.html", {"form": form, **context})


def _record_search(by: User, terms: str, found: int) -> None:
    """The terms may be a name, so they lie apart from the event that names them."""
    with transaction.atomic():
        search = SearchTerms.objects.create(user_id=by.pk, terms=terms)
        record("users.listed", by=by, on=search, found=found)


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


@requires("change_profiles", "grant_roles", "explain_access")
@require_http_methods(PAGES)
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, as far as one's roles go: the profile to change, or what they hold, to grant and explain."""
    user, by = get_object_or_404(User.objects.select_related("office", "supervisor"), pk=pk), person(request)
    record("user.viewed", by=by, on=user)
    if by.may_somewhere("change_profiles"):
        return _profile(request, user)
    if request.method == "POST":
        raise Refused(refusal("change_profiles"))
    return render(request, "accounts/person.html", {"profile": user, **_access_of(user, by)})


def _access_of(user: User, by: User) -> dict[str, Any]:
    """What an access control manager grants by, and an auditor explains by; only the former is offered to act."""
    now = timezone.now()
    return {
        "roles": list(Assignment.objects.live().filter(user=user).select_related("office").order_by("until", "pk")),
        "ended": list(
            Assignment.objects.filter(Q(revoked_at__isnull=False) | Q(until__lte=now), user=user)
            .select_related("office")
            .order_by("-granted_at")[:ENDED]
        ),
        "requests": list(user.requests.select_related("office").order_by("-asked_at", "-pk")[:ENDED]),
        "trainings": list(user.trainings.filter(withdrawn_at__isnull=True)[:ENDED]),
        "factors": list(user.second_factors.all()),
        "sessions": user.sessions.filter(ended="").count(),
        "linked": user.identities.exists(),
        "may_grant": by.may_somewhere("grant_roles") and by.person_key != user.person_key,
        "may_reopen": by.may_somewhere("grant_roles") and unused.may_reopen(user, by),
        "reads_requests": by.may_somewhere("grant_roles"),
        "may_explain": by.may_somewhere("explain_access"),
    }


def _profile(request: HttpRequest, user: User) -> HttpResponse:
    pk = user.pk
    form = ProfileForm(request.POST or None, instance=user)
    mark, clash = request.POST.get("mark", "") or marks.mark_of(user, marks.fields_of(form)), None
    try:
        if form.is_valid() and _change(request, form, pk):
            return redirect("accounts:person", pk=pk)
    except marks.ChangedMeanwhile as changed:
        mark, clash = marks.mark_of(changed.row, marks.fields_of(form)), marks.differences(form, changed.row)
    # The form has written what was typed into its own copy; the heading names the person as stored.
    stored = User.objects.get(pk=pk)
    context = {"form": form, "profile": stored, "history": history.of(stored), "mark": mark, "clash": clash}
    context["may_reopen"] = unused.may_reopen(stored, person(request))
    return render(request, "accounts/person.html", context, status=200 if clash is None else 409)


def _change(request: HttpRequest, form: ProfileForm, pk: int) -> bool:
    with add_refusal(form):
        actions.change_profile(
            User(pk=pk), by=person(request), started=marks.started(request, form), **form.cleaned_data
        )
        messages.success(request, "The profile is saved.")
    return not form.errors


@requires("grant_roles")
@require_http_methods(["GET", "HEAD"])
def assignments(request: HttpRequest) -> HttpResponse:
    """Who holds which role now; what ends first stands first."""
    live = Assignment.objects.live().select_related("user", "office").order_by("until", "pk")
    page = page_of(request, live)
    record("assignments.listed", by=person(request), on=Subject("assignments"), page=page.number)
    soon = timezone.now() + SOON
    context = {"page": page, "rows": [(row, row.until <= soon) for row in page]}
    return render(request, "accounts/assignments.html", context)


@requires("grant_roles")
@require_http_methods(PAGES)
def grant(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("person", "")
    form = GrantForm(request.POST or None, initial={"user": chosen} if chosen.isdecimal() else None)
    if form.is_valid():
        if not (confirmed := confirming.confirm(request)).fresh:
            return confirming.ask(request, confirmed, act="Grant the role", back=_back())
        if _grant(request, form):
            return redirect("accounts:assignments")
    # The form offers everyone by name, so to show it is to show the people.
    record("users.listed", by=person(request), on=Subject("users"))
    return render(request, "accounts/grant.html", {"form": form})


def _grant(request: HttpRequest, form: GrantForm) -> bool:
    typed = form.cleaned_data
    with add_refusal(form):
        actions.grant_role(
            user=typed["user"], role=typed["role"], office=typed["office"], until=form.end, by=person(request)
        )
        messages.success(request, f"{typed['user'].name} is now {typed['role'].label} at {typed['office'].name}.")
    return not form.errors


@requires("grant_roles")
@require_http_methods(PAGES)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a role now; asks for the reason first."""
    assignment = get_object_or_404(Assignment.objects.select_related("user", "office"), pk=pk)
    if assignment.revoked_at or assignment.until <= timezone.now():
        return _has_ended(request)
    form = ReasonForm(request.POST if request.method == "POST" else None, needed="Say why the role ends.")
    if form.is_valid():
        if not (confirmed := confirming.confirm(request)).fresh:
            return confirming.ask(request, confirmed, act=f"Revoke {assignment.get_role_display()}", back=_back())
        return _revoke(request, assignment, form.reason)
    record("user.viewed", by=person(request), on=assignment.user)
    return render(request, "accounts/revoke.html", {"assignment": assignment, "form": form})


def _revoke(request: HttpRequest, assignment: Assignment, reason: str) -> HttpResponse:
    """Of two who revoke at once, and of two clicks, the second is told that it was done."""
    begun = timezone.now()
    ended = actions.revoke_role(assignment, by=person(request), reason=reason)
    if ended.revoked_at is None or ended.revoked_at < begun:
        return _has_ended(request)
    messages.success(request, f"{assignment.user.name} is no longer {assignment.get_role_display()}.")
    return redirect("accounts:assignments")


def _has_ended(request: HttpRequest) -> HttpResponse:
    messages.info(request, "This role has already ended, so nothing was changed.")
    return redirect("accounts:assignments")


def _back() -> tuple[str, str]:
    return reverse("accounts:assignments"), "Back to who holds which role"


@requires("change_profiles", "grant_roles", "explain_access")
@require_http_methods(["GET", "HEAD"])
def person_by_name(request: HttpRequest, username: str) -> HttpResponse:
    """An address that can be typed; it leads to the page of the person, whose address names nobody."""
    return redirect("accounts:person", pk=get_object_or_404(User, username=username).pk)

"""The way out: ending in one act everything that a person has, and opening an account again that nobody used."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import confirming, leaving, unused
from accounts.access import person, requires
from accounts.forms import ReasonForm
from accounts.leaving_forms import OffboardForm
from accounts.models import User
from accounts.refusals import add_refusal
from audit.log import record


@requires("grant_roles")
@sensitive_post_parameters(confirming.FIELD)
@require_http_methods(["GET", "HEAD", "POST"])
def offboard(request: HttpRequest, pk: int) -> HttpResponse:
    """Beforehand what will end, afterwards what ended."""
    user = get_object_or_404(User.objects.select_related("supervisor", "office"), pk=pk)
    form = OffboardForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        confirmed = confirming.confirm(request)
        if not confirmed.fresh:
            back = (reverse("accounts:person", args=[pk]), "Back to the person")
            return confirming.ask(request, confirmed, act="End everything", back=back)
        if _offboard(request, user, form):
            return redirect("accounts:offboard", pk=pk)
    record("user.viewed", by=person(request), on=user)
    accounts = leaving.accounts_of(user)
    context = {
        "profile": user,
        "accounts": accounts,
        "form": form,
        "before": leaving.before(accounts),
        "afterwards": leaving.afterwards(user) if user.status == User.Status.LEFT else None,
        "staff": User.objects.filter(supervisor=user, status=User.Status.ACTIVE).count(),
    }
    return render(request, "accounts/offboard.html", context)


def _offboard(request: HttpRequest, user: User, form: OffboardForm) -> bool:
    with add_refusal(form):
        leaving.offboard(user, by=person(request), reason=form.reason, drafts_to=form.cleaned_data["drafts_to"])
        messages.success(request, f"{user.name} has no access any more.")
    return not form.errors


@requires("grant_roles", "change_profiles")
@require_http_methods(["GET", "HEAD", "POST"])
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens a suspended account again; asks for the reason first."""
    user = get_object_or_404(User.objects.select_related("office"), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, needed="Say why the account opens again.")
    if form.is_valid():
        with add_refusal(form):
            unused.reactivate(user, by=person(request), reason=form.reason)
            messages.success(request, f"The account of {user.name} is open again.")
        if not form.errors:
            return redirect("accounts:person", pk=pk)
    record("user.viewed", by=person(request), on=user)
    return render(request, "accounts/reactivate.html", {"profile": user, "form": form})

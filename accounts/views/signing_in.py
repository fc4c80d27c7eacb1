"""Signing in and out, accepting the rules, staying signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, known_browsers, pages, prove_page, rules, sessions
from accounts import sign_in as check
from accounts.access import person, public, signed_in
from accounts.asking import own_page
from accounts.forms import SignInForm
from accounts.models import User
from accounts.tries import TooMany
from audit.log import record
from sen import errors, kept

# One sentence for an unknown name, a wrong password, an inactive account and a locked one.
NO = (
    "This username and password do not open an active account. Check both and try again. "
    "After three wrong tries wait 20 minutes, or set a new password."
)
NOT_YOURS = "What was typed before you signed in belongs to another account, so it was not sent."


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    next_url = own_page(request, request.POST.get("next", "") or request.GET.get("next", ""))
    if request.method != "POST":
        if request.user.is_authenticated:
            # Not a redirect: a page left open comes here by its own timer, which must not extend the session.
            return render(request, "accounts/still_signed_in.html", {"next_url": next_url})
        why = request.META.get(sessions.ENDED) or request.GET.get("why", "")
        return pages.sign_in(request, why=why, next_url=next_url)
    return _try(request, SignInForm(request.POST), next_url)


def _try(request: HttpRequest, form: SignInForm, next_url: str) -> HttpResponse:
    mark = request.POST.get(kept.FIELD, "")
    try:
        user = check.sign_in(request, **form.cleaned_data) if form.is_valid() else None
    except TooMany as error:
        return _too_many(request, error.retry_seconds)
    if user is None:
        if form.is_valid():
            form.add_error(None, NO)
        return pages.sign_in(request, form, kept=mark, next_url=next_url)
    return known_browsers.give(request, go_on(request, user, mark, next_url))


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    reason = f"Too many tries to sign in came from your address. Try again in {seconds} seconds."
    return errors.too_many(request, reason, seconds)


def go_on(request: HttpRequest, user: User, mark: str, next_url: str) -> HttpResponse:
    """To what the person was doing: the form that could not be taken, if there is one, else the page.

    Whoever has a second factor is asked for it first.
    """
    if mark and sessions.is_pending(request.session):
        return prove_page.show(request, kept=mark, next_url=next_url)
    form = kept.opened(mark) if mark else None
    if form and form.belongs_to(user.pk):
        return pages.send_again(request, form)
    if form:
        messages.warning(request, NOT_YOURS)
    return HttpResponseRedirect(next_url)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Open to anyone: who is signed out already, or has not accepted the rules, may leave too."""
    if request.user.is_authenticated:
        if request.method != "POST":
            return render(request, "accounts/sign_out.html")
        check.sign_out(request, person(request))
    response = redirect("accounts:sign_in")
    response["Location"] += f"?why={sessions.SIGNED_OUT}"
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rules_of_behavior(request: HttpRequest) -> HttpResponse:
    next_url = own_page(request, request.POST.get("next", "") or request.GET.get("next", ""))
    if request.method != "POST" or "accept" not in request.POST:
        return pages.rules(request, kept=request.POST.get(kept.FIELD, ""), next_url=next_url)
    actions.accept_rules(by=person(request), version=rules.VERSION)
    return go_on(request, person(request), request.POST.get(kept.FIELD, ""), next_url)


@signed_in
@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Stay signed in: somebody pressed the button of the warning."""
    sessions.touch(request.session, now=True)
    record("session.extended", by=person(request), on=person(request))
    return HttpResponse(status=204)

"""Changing a password, and setting one through a link sent by mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import known_browsers, open_sessions, password_links, passwords, sessions, sign_in
from accounts.access import person, public, signed_in
from accounts.confirming import WRONG
from accounts.models import User
from accounts.origin import origin_of
from accounts.password_forms import AskLinkForm, ChangePasswordForm, NewPasswordForm
from accounts.password_mail import hours
from accounts.refusals import add_refusal
from accounts.tries import TooMany
from sen import errors

PAGES = ["GET", "HEAD", "POST"]
# In the session, so that the link itself stands in the address for one redirect and in no Referer.
HELD, IN_SESSION = "password_link", "set"
TYPED = ("current_password", "new_password", "new_password_again")


@signed_in
@sensitive_post_parameters(*TYPED)
@require_http_methods(PAGES)
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=person(request))
    try:
        if form.is_valid() and _change(request, form):
            messages.success(request, "Your password is changed. Every other session of yours has ended.")
            return known_browsers.give(request, redirect("accounts:sessions"))
    except passwords.ChangedAtOnce:
        request.session.flush()  # it has just ended with the others
        return _to(open_sessions.PASSWORD)
    return render(request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200)


def _to(why: str) -> HttpResponse:
    """To the sign-in page, which says why."""
    response = redirect("accounts:sign_in")
    response["Location"] += f"?why={why}"
    return response


def _change(request: HttpRequest, form: ChangePasswordForm) -> bool:
    user = person(request)
    try:
        if not sign_in.confirm(request, user, form.cleaned_data["current_password"]):
            form.add_error("current_password", WRONG)
    except TooMany as error:
        form.add_error("current_password", f"Too many tries. Try again in {error.retry_seconds} seconds.")
    if not form.errors:
        with add_refusal(form, but=passwords.ChangedAtOnce):
            new = form.cleaned_data["new_password"]
            changed = passwords.change(by=user, password=new, keep=request.session.session_key)
            update_session_auth_hash(request, changed)
            known_browsers.remember(request, changed)
    return not form.errors


@public
@require_http_methods(PAGES)
def ask_reset(request: HttpRequest) -> HttpResponse:
    """One answer for every username, whoever asks."""
    form = AskLinkForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "accounts/ask_reset.html", {"form": form}, status=422 if form.errors else 200)
    try:
        passwords.ask_link(form.cleaned_data["username"], origin=origin_of(request), by=None)
    except TooMany as error:
        reason = f"Too many tries came from your address. Try again in {error.retry_seconds} seconds."
        return errors.too_many(request, reason, error.retry_seconds)
    within = hours(settings.PASSWORD_RESET_TIMEOUT)
    minutes = settings.RESET_EVERY_SECONDS // 60
    return render(request, "accounts/reset_asked.html", {"within": within, "minutes": minutes})


@public
@sensitive_post_parameters(*TYPED)
@require_http_methods(PAGES)
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    user, held = _user(uid), request.session.get(HELD)
    if user and token != IN_SESSION and password_links.opens(user, token):
        request.session[HELD] = [uid, token]
        return redirect("accounts:reset", uid, IN_SESSION)
    if user is None or token != IN_SESSION or not held or held[0] != uid or not password_links.opens(user, held[1]):
        return render(request, "accounts/link_void.html", {"reason": passwords.VOID}, status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid() and (changed := _set(request, form, held[1])):
        return _to_sign_in(request, changed)
    context = {"form": form, "first": user.status == User.Status.INVITED}
    return render(request, "accounts/reset.html", context, status=422 if form.errors else 200)


def _user(uid: str) -> User | None:
    if not (uid.isascii() and uid.isdigit() and len(uid) < 19):
        return None
    return User.objects.filter(pk=int(uid)).first()


def _set(request: HttpRequest, form: NewPasswordForm, token: str) -> User | None:
    with add_refusal(form):
        new = form.cleaned_data["new_password"]
        return passwords.set_by_link(form.user, token, password=new, origin=origin_of(request), by=None)


def _to_sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """To the sign-in page; who had the link is known in this browser, so nobody's tries keep them out of it."""
    if request.user == user:
        request.session.flush()  # it has just ended with the others
    else:
        request.session.pop(HELD, None)
    known_browsers.remember(request, user)
    return known_browsers.give(request, _to(sessions.PASSWORD_SET))

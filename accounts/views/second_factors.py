"""A second factor: giving it at sign-in, setting it up, removing it, recovery codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import confirming, passkeys, prove_page, readiness, sessions, sign_in, totp
from accounts import second_factors as factors
from accounts.access import person, requires, signed_in
from accounts.asking import own_page
from accounts.factor_forms import FIELD, AppForm, PasskeyForm, RecoveryForm, RemoveAllForm
from accounts.models import SecondFactor, User
from accounts.refusals import add_refusal
from accounts.views.signing_in import go_on
from audit.log import record
from sen import errors, kept

PAGES = ["GET", "HEAD", "POST"]
# The secret of an app that is being set up, encrypted: two tabs show the same one.
NEW_APP = "app_to_add"
WRONG_CODE = "This code is not right. Enter the one that your app shows now; each counts once."
WRONG_RECOVERY = "This is not one of your unused recovery codes. Check it, or use another one."
WRONG_PASSKEY = "This passkey was not accepted. Press the button to try again, or use another way."
LOCKED = (
    "Five wrong codes were given for this account, so you are signed out and no code is taken for {} minutes. "
    "After that sign in again. If you lost your second factor, ask an Access Control Manager."
)
WAIT = "Codes are not taken for another {} minutes, because five were wrong. Wait, or use a passkey if you have one."
BACK = "Back to your second factors"


# -- Giving it ---------------------------------------------------------------------------------------------------------
@signed_in
@sensitive_post_parameters(FIELD, "answer")
@require_http_methods(PAGES)
def prove(request: HttpRequest) -> HttpResponse:
    next_url = own_page(request, request.POST.get("next", "") or request.GET.get("next", ""))
    mark = request.POST.get(kept.FIELD, "")
    if not _is_asked(request):
        return go_on(request, person(request), mark, next_url)
    if request.POST.get("way") == prove_page.PASSKEY:
        return _prove_by_passkey(request, mark, next_url)
    if made := prove_page.FORMS.get(request.POST.get("way", "")):
        form = made(request.POST, auto_id=f"id_{request.POST['way']}_%s")
        return _prove_by_code(request, form, mark, next_url)
    return prove_page.show(request, kept=mark, next_url=next_url)


def _is_asked(request: HttpRequest) -> bool:
    """A session that was open before the second factor was set up is asked too, once it needs one."""
    if sessions.is_pending(request.session):
        return True
    return not sessions.is_proved(request.session) and bool(factors.of(person(request)))


def _prove_by_passkey(request: HttpRequest, mark: str, next_url: str) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if factors.prove_by_passkey(answer, session=request.session, by=person(request)).right:
        return go_on(request, person(request), mark, next_url)
    return prove_page.show(request, kept=mark, next_url=next_url, wrong=WRONG_PASSKEY)


def _prove_by_code(request: HttpRequest, form: Any, mark: str, next_url: str) -> HttpResponse:
    if form.is_valid():
        proof = factors.prove_by_code(form.cleaned_data[FIELD], session=request.session, by=person(request))
        if proof.right:
            return go_on(request, person(request), mark, next_url)
        minutes = -(-proof.wait_seconds // 60)
        if proof.locks:
            sign_in.sign_out(request, person(request))
            return errors.too_many(request, LOCKED.format(minutes), proof.wait_seconds)
        wrong = WRONG_RECOVERY if isinstance(form, RecoveryForm) else WRONG_CODE
        form.add_error(FIELD, WAIT.format(minutes) if proof.wait_seconds else wrong)
    return prove_page.show(request, form, kept=mark, next_url=next_url)


# -- One's own ---------------------------------------------------------------------------------------------------------
@signed_in
@require_http_methods(["GET", "HEAD"])
def second_factors(request: HttpRequest) -> HttpResponse:
    user = person(request)
    mine = factors.of(user)
    if mine and not sessions.is_proved(request.session):
        return _ask_first(request)
    has_app = any(one.kind == SecondFactor.Kind.TOTP for one in mine)
    context = {
        "factors": mine,
        "has_app": has_app,
        "codes_left": factors.codes_left(user),
        "must": readiness.must_prove(user),
        "lacks": readiness.must_prove(user) and not mine and not sessions.is_proved(request.session),
    }
    return render(request, "accounts/second_factors.html", context)


def _ask_first(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('accounts:prove')}?{urlencode({'next': request.path})}")


def _held_back(request: HttpRequest, act: str) -> HttpResponse | None:
    """What stands before a change of one's second factors: a proved session, and the password within ten minutes."""
    if factors.of(person(request)) and not sessions.is_proved(request.session):
        return _ask_first(request)
    confirmed = confirming.confirm(request)
    if confirmed.fresh:
        return None
    return confirming.ask(request, confirmed, act=act, back=(reverse("accounts:second_factors"), BACK))


@signed_in
@sensitive_post_parameters("code", confirming.FIELD)
@require_http_methods(PAGES)
def add_app(request: HttpRequest) -> HttpResponse:
    """The secret as a picture and as text; a code of it shows that the app has it."""
    if held := _held_back(request, "Set up an app"):
        return held
    user = person(request)
    form = AppForm(request.POST if "code" in request.POST else None)
    secret = _new_app(request, user)
    if form.is_valid():
        with add_refusal(form):
            codes = factors.add_app(secret, form.cleaned_data["code"], session=request.session, by=user)
            request.session.pop(NEW_APP, None)
            messages.success(request, "The app is set up. Your next sign-in asks for its code.")
            return _show_codes(request, codes) if codes else redirect("accounts:second_factors")
    context = {
        "form": form,
        "picture": totp.as_picture(secret, user.username),
        "link": totp.as_link(secret, user.username),
        "secret": totp.as_text(secret),
        "replaces": SecondFactor.objects.filter(user=user, kind=SecondFactor.Kind.TOTP).exists(),
    }
    return render(request, "accounts/add_app.html", context, status=422 if form.errors else 200)


def _new_app(request: HttpRequest, user: User) -> bytes:
    """The secret that this session is setting up; a new one, if it has none or it is another person's."""
    try:
        return totp.opened(request.session.get(NEW_APP, "").encode(), user.pk)
    except totp.Unreadable:
        secret = totp.new_secret()
        request.session[NEW_APP] = totp.sealed(secret, user.pk).decode()
        return secret


@signed_in
@sensitive_post_parameters("answer", confirming.FIELD)
@require_http_methods(PAGES)
def add_passkey(request: HttpRequest) -> HttpResponse:
    """The browser makes the passkey and sends it with its name."""
    if held := _held_back(request, "Set up a passkey"):
        return held
    user = person(request)
    form = PasskeyForm(request.POST if "answer" in request.POST else None)
    if form.is_valid():
        with add_refusal(form):
            typed = request.POST["answer"], form.cleaned_data["name"]
            codes = factors.add_passkey(*typed, session=request.session, by=user)
            messages.success(request, "The passkey is set up. Your next sign-in asks for a second factor.")
            return _show_codes(request, codes) if codes else redirect("accounts:second_factors")
    options = passkeys.ask_for_new(request.session, user, factors.of(user))
    context = {"form": form, "options": options}
    return render(request, "accounts/add_passkey.html", context, status=422 if form.errors else 200)


@signed_in
@sensitive_post_parameters(confirming.FIELD)
@require_http_methods(PAGES)
def remove_factor(request: HttpRequest, factor: UUID) -> HttpResponse:
    mine = get_object_or_404(SecondFactor, pk=factor, user=person(request))
    if request.method == "POST":
        if held := _held_back(request, "Remove it"):
            return held
        factors.remove(mine, session=request.session, by=person(request))
        messages.success(request, f"{mine.name} is removed. It no longer opens your account.")
        return redirect("accounts:second_factors")
    return render(request, "accounts/remove_factor.html", {"factor": mine})


@signed_in
@sensitive_post_parameters(confirming.FIELD)
@require_http_methods(PAGES)
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many are left; new ones are shown once, in the answer that makes them."""
    if request.method == "POST":
        if held := _held_back(request, "Make new recovery codes"):
            return held
        return _show_codes(request, factors.make_codes(session=request.session, by=person(request)))
    context = {"left": factors.codes_left(person(request)), "has_factor": bool(factors.of(person(request)))}
    return render(request, "accounts/recovery_codes.html", context)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    lines = ["SEN recovery codes. Each works once. Keep them apart from your password.", "", *codes, ""]
    file = "data:text/plain;charset=utf-8," + quote("\r\n".join(lines))
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "file": file})


# -- Somebody else's ---------------------------------------------------------------------------------------------------
@requires("grant_roles")
@sensitive_post_parameters(confirming.FIELD)
@require_http_methods(PAGES)
def remove_factors_of(request: HttpRequest, pk: int) -> HttpResponse:
    """For somebody who has lost every factor and every code."""
    user = get_object_or_404(User, pk=pk)
    record("user.viewed", by=person(request), on=user)
    form = RemoveAllForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        confirmed = confirming.confirm(request)
        back = (reverse("accounts:person", args=[pk]), "Back to the person")
        if not confirmed.fresh:
            return confirming.ask(request, confirmed, act="Remove the second factors", back=back)
        with add_refusal(form):
            factors.remove_all(user, by=person(request), reason=form.cleaned_data["reason"])
            messages.success(request, f"{user.name} has no second factor now. Their next sign-in asks to set one up.")
            return redirect("accounts:person", pk=pk)
    kinds = factors.of(user)
    context = {"profile": user, "form": form, "factors": kinds, "codes_left": factors.codes_left(user)}
    return render(request, "accounts/remove_factors_of.html", context, status=422 if form.errors else 200)

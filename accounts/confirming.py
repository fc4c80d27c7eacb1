"""Asking who it is once more before an act that nobody may do from a desk that somebody else has left."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import sessions, sign_in, single_sign_on
from accounts.access import person
from accounts.forms import LONGEST_PASSWORD
from accounts.tries import TooMany
from privacy import guarded
from sen import kept

# It says "password", so `sen.kept` neither keeps it nor shows it again.
FIELD = "confirm_password"
WRONG = (
    "This is not the password of your account. Check it and try again. "
    "After three wrong tries wait 20 minutes, or ask your System Control Officer."
)


@dataclass(frozen=True)
class Confirmed:
    """Whether the last password check counts still; if one was made just now and failed, what to say of it."""

    fresh: bool
    wrong: str = ""
    retry_seconds: int = 0


class ConfirmForm(guarded.Form):
    """The password of whoever is signed in."""

    confirm_password = forms.CharField(
        label="Your password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def is_fresh(session: SessionBase) -> bool:
    """Whether the password was last checked CONFIRM_AFTER_SECONDS ago at most (NIST SP 800-63B, reauthentication)."""
    # Ahead of the clock: it was put back since, and would keep the check fresh until it has caught up.
    age = time.time() - sessions.checked_at(session)
    return bool(-sessions.AHEAD_SECONDS <= age <= settings.CONFIRM_AFTER_SECONDS)


def confirm(request: HttpRequest) -> Confirmed:
    """Check the password that came with the form, if one did and is needed. It counts as a try to sign in."""
    if is_fresh(request.session):
        return Confirmed(True)
    password = request.POST.get(FIELD, "")
    if not password:
        return Confirmed(False, "Enter your password." if FIELD in request.POST else "")
    try:
        right = len(password) <= LONGEST_PASSWORD and sign_in.confirm(request, person(request), password)
    except TooMany as error:
        return Confirmed(False, f"Too many tries. Try again in {error.retry_seconds} seconds.", error.retry_seconds)
    return Confirmed(right, "" if right else WRONG)


def ask(request: HttpRequest, confirmed: Confirmed, *, act: str, back: tuple[str, str]) -> HttpResponse:
    """The page that asks: the form as it was typed, to be sent to the same address with the password.

    `act` is the button; `back` the address and the words of the way back. Answers 401; after a wrong password 422,
    or 429 where there were too many.
    """
    form = ConfirmForm({} if confirmed.wrong else None)
    form.fields[FIELD].error_messages["required"] = confirmed.wrong
    url, label = back
    context = {
        "form": form,
        "typed": kept.typed(request),
        "act": act,
        "minutes": settings.CONFIRM_AFTER_SECONDS // 60,
        "back_url": url,
        "back_label": label,
    }
    user = person(request)
    context |= {"agency": single_sign_on.may_confirm(user), "by_password": user.has_usable_password()}
    status = 429 if confirmed.retry_seconds else 422 if confirmed.wrong else 401
    page = render(request, "accounts/confirm.html", context, status=status)
    if confirmed.retry_seconds:
        page["Retry-After"] = str(confirmed.retry_seconds)
    return page

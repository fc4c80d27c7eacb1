"""The page that asks for the second factor, drawn alike for the view that owns it and for the gate that shows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import passkeys, second_factors, wrong_codes
from accounts.access import person
from accounts.factor_forms import ProveForm, RecoveryForm
from accounts.models import SecondFactor

APP, RECOVERY, PASSKEY = "app", "recovery", "passkey"
FORMS: dict[str, type[ProveForm] | type[RecoveryForm]] = {APP: ProveForm, RECOVERY: RecoveryForm}


def show(
    request: HttpRequest, form: Any = None, *, kept: str = "", next_url: str = "", wrong: str = ""
) -> HttpResponse:
    """`form` is the one that was sent and is wrong, `kept` a form to be sent on later, `wrong` why a passkey is not."""
    user = person(request)
    factors = second_factors.of(user)
    empty = {way: made(prefix=None, auto_id=f"id_{way}_%s") for way, made in FORMS.items()}
    context = {
        "forms": {way: form if isinstance(form, FORMS[way]) else empty[way] for way in FORMS},
        "wrong_form": form,
        "has_app": any(one.kind == SecondFactor.Kind.TOTP for one in factors),
        "passkey_options": passkeys.ask_for_proof(request.session, factors),
        "recovering": isinstance(form, RecoveryForm),
        "wrong": wrong,
        "kept": kept,
        "next_url": next_url,
        "wait_minutes": -(-wrong_codes.wait(user) // 60),
    }
    status = 422 if wrong or form is not None else 401 if kept else 200
    return render(request, "accounts/prove.html", context, status=status)

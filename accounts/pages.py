"""The pages around signing in, drawn alike for the view that owns them and for the gate that shows them in place."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import identity_provider, prove_page, sessions
from accounts import rules as rules_of_behavior
from accounts.forms import SignInForm
from accounts.readiness import Need
from sen.kept import Kept


def sign_in(
    request: HttpRequest, form: SignInForm | None = None, *, why: str = "", kept: str = "", next_url: str = ""
) -> HttpResponse:
    """The sign-in page; `kept` is a form that arrived from somebody signed out, carried along in a hidden field."""
    context = {
        "form": form or SignInForm(),
        "why": sessions.reason(why),
        "kept": kept,
        "next_url": next_url,
        "demonstration": demonstration_sign_ins(),
        "sso_label": settings.OIDC_LABEL if identity_provider.is_on() else "",
    }
    return render(request, "accounts/sign_in.html", context, status=401 if kept and not form else 200)


def mend(request: HttpRequest, lack: Need, *, kept: str) -> HttpResponse:
    """The page that mends what is lacking, in place of the one asked for, with the form that came along."""
    if lack.page == "accounts:prove":
        return prove_page.show(request, kept=kept, next_url=reverse("home"))
    if lack.page == "accounts:rules":
        return rules(request, kept=kept, next_url=reverse("home"))
    context = {"lack": lack, "kept": kept, "mend_url": reverse(lack.page)}
    return render(request, "accounts/mend.html", context, status=403)


def rules(request: HttpRequest, *, kept: str = "", next_url: str = "") -> HttpResponse:
    context = {"version": rules_of_behavior.VERSION, "kept": kept, "next_url": next_url}
    return render(request, "accounts/rules.html", context)


def send_again(request: HttpRequest, kept: Kept) -> HttpResponse:
    """What was typed before the sign-in, ready to be sent where it was going."""
    return render(request, "accounts/send_again.html", {"path": kept.path, "typed": kept.typed})


def demonstration_sign_ins() -> list[dict[str, Any]]:
    """The first sign-in of each role, in demonstration mode only."""
    if settings.MODE != "demonstration":
        return []
    try:
        demo = import_module("sen.demo")
    except ImportError:  # an installation may leave the demonstration out
        return []
    everyone: list[dict[str, Any]] = getattr(demo, "sign_ins", list)()
    first = {one["role"]: one for one in reversed(everyone)}
    return [one for one in everyone if first[one["role"]] is one]

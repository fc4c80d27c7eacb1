"""The agency's single sign-on: going to the identity provider and coming back, and linking one's own account."""

import logging

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts import confirming, identity_provider, readiness, sessions, single_sign_on
from accounts.access import Refused, public
from accounts.asking import ask_to_mend, own_page
from accounts.identity_provider import NotBelieved, Unreachable
from accounts.models import Identity, User

log = logging.getLogger("accounts.single_sign_on")

DOWN = "The sign-in of the agency does not answer. Try again in a few minutes, or sign in with username and password."
UNKNOWN = (
    "Your agency account is not linked with an active account here. "
    "Sign in with username and password and link it, or ask your System Control Officer."
)
NOT_BELIEVED = (
    "The sign-in of the agency did not confirm who you are, so nobody was signed in. "
    "Begin again from the sign-in page; do not use the browser's back button on the way."
)
NOT_LINKED = "Your account here is linked with no agency account, so none can confirm you. Give your password instead."
NOT_CONFIRMED = (
    "The sign-in of the agency did not show that you signed in just now with the account that is linked with yours, so "
    "nothing is confirmed. Close this window and begin again from the page that asked."
)
LINKED = "Your agency account is linked. From now on you may sign in with it."


# Open to anyone, since it begins a sign-in; who is signed in links their account here and is asked for more below.
@public
@require_http_methods(["GET", "HEAD", "POST"])
def sso(request: HttpRequest) -> HttpResponse:
    if not identity_provider.is_on():
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    if user and "confirm" in request.POST and not sessions.is_pending(request.session):
        return _go_to_confirm(request, user)
    if user and (lack := readiness.first_lack(user, request.session)):
        return ask_to_mend(request, lack)
    if request.method != "POST":
        return _own_link(request, user) if user else redirect("accounts:sign_in")
    if user and (answer := _before_linking(request, user)):
        return answer
    next_url = reverse("accounts:sso") if user else own_page(request, request.POST.get("next", ""))
    try:
        return HttpResponseRedirect(single_sign_on.start(request, next_url=next_url, return_url=_return_url(request)))
    except Unreachable as error:
        return _down(request, error)


def _go_to_confirm(request: HttpRequest, user: User) -> HttpResponse:
    """To the provider, to sign in there anew; nothing that a person lacks here stands before it."""
    if not single_sign_on.may_confirm(user):
        raise Refused(NOT_LINKED)
    try:
        address = single_sign_on.start(request, next_url="", return_url=_return_url(request), confirms=True)
    except Unreachable as error:
        return _down(request, error)
    return HttpResponseRedirect(address)


def _own_link(request: HttpRequest, user: User) -> HttpResponse:
    linked = Identity.objects.filter(user=user, issuer=settings.OIDC_ISSUER).first()
    context = {"linked": linked, "may_link": single_sign_on.may_link(user, request.session)}
    return render(request, "accounts/single_sign_on.html", context)


def _before_linking(request: HttpRequest, user: User) -> HttpResponse | None:
    """What stands between a signed-in person and the provider: a proved session, and the password given lately."""
    back = (reverse("accounts:sso"), "Back")
    if not single_sign_on.may_link(user, request.session):
        raise Refused(single_sign_on.NEEDS_FACTOR)
    if not (confirmed := confirming.confirm(request)).fresh:
        return confirming.ask(request, confirmed, act="Go on", back=back)
    if "unlink" in request.POST:
        single_sign_on.unlink(user, by=user)
        messages.success(request, "The link is removed. Sign in with username and password.")
        return redirect("accounts:sso")
    return None


@public
@require_GET
@sensitive_variables("proof", "flow")
def sso_return(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser back; whatever is wrong, nobody is signed in and it is on record."""
    if not identity_provider.is_on():
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    try:
        flow = single_sign_on.take(request.session, request.GET, user)
        proof = identity_provider.redeem(
            request.GET["code"], verifier=flow.verifier, nonce=flow.nonce, return_url=_return_url(request)
        )
    except NotBelieved as why:
        single_sign_on.refused(request, str(why))
        return _no(request, NOT_BELIEVED, 403)
    except Unreachable as error:
        return _down(request, error)
    if user and flow.confirms:
        return _confirmed(request, user, proof, flow)
    if user:
        return _link(request, user, proof)
    return HttpResponseRedirect(flow.next_url) if single_sign_on.enter(request, proof) else _no(request, UNKNOWN, 403)


def _confirmed(
    request: HttpRequest, user: User, proof: identity_provider.Proof, flow: single_sign_on.Flow
) -> HttpResponse:
    """In the window that was opened for it; the page that asked stays as it was, with what was typed."""
    if not single_sign_on.confirm(request, proof, flow, user):
        return _no(request, NOT_CONFIRMED, 403)
    return render(request, "accounts/sso_confirmed.html", {"minutes": settings.CONFIRM_AFTER_SECONDS // 60})


def _link(request: HttpRequest, user: User, proof: identity_provider.Proof) -> HttpResponse:
    try:
        if not single_sign_on.may_link(user, request.session):
            raise Refused(single_sign_on.NEEDS_FACTOR)
        single_sign_on.link(user, proof.subject, by=user)
    except Refused as error:
        single_sign_on.refused(request, "it could not be linked")
        return _no(request, error.reason, 409)
    messages.success(request, LINKED)
    return redirect("accounts:sso")


def _down(request: HttpRequest, error: Unreachable) -> HttpResponse:
    log.warning("the identity provider: %s", error)
    single_sign_on.refused(request, "the provider did not answer")
    return _no(request, DOWN, 503)


def _no(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    return render(request, "accounts/sso_refused.html", {"reason": reason}, status=status)


def _return_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("accounts:sso_return"))

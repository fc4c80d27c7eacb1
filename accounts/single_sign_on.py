"""Signing in with the agency's account: going to the provider, coming back, and whom its subject is linked with here.

A subject that nobody is linked with opens nothing and makes no account: a person links their own, signed in with
password and second factor, or an operator does (`manage.py link_identity`).
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts import identity_provider, readiness, sessions, sign_in
from accounts.access import Refused, action
from accounts.identity_provider import NotBelieved, Proof
from accounts.models import Identity, User
from accounts.origin import origin_of
from audit.log import Subject, record

FLOW = "single_sign_on"
MINUTES = 10

TAKEN = "This agency account is linked with another person here. Ask your System Control Officer."
OTHER = "You are linked with another agency account. Remove that link first, then link this one."
NEEDS_FACTOR = (
    "Linking needs a sign-in with your password and a second factor. "
    "Set up a second factor, sign out, sign in with both, then link."
)


@dataclass(frozen=True)
class Flow:
    """What this browser went to the provider with; it counts once, for ten minutes, for whoever it was begun by."""

    state: str
    nonce: str
    verifier: str
    next_url: str
    user: int | None
    at: float
    # Whoever is signed in here gives their password or card there once more, before an act that asks for it.
    confirms: bool = False


def start(request: HttpRequest, *, next_url: str, return_url: str, confirms: bool = False) -> str:
    """The address to go to. What is needed on the way back stays in the session. Raises Unreachable."""
    known = identity_provider.provider()
    signed_in = request.user.pk if request.user.is_authenticated else None
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    flow = Flow(state, nonce, verifier, next_url, signed_in, time.time(), confirms)
    request.session[FLOW] = vars(flow)
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": return_url,
        "scope": "openid",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": create_s256_code_challenge(flow.verifier),
        "code_challenge_method": "S256",
    }
    # Not on the word of a session that is open there (OpenID Connect Core 1.0, section 3.1.2.1).
    asked |= {"prompt": "login", "max_age": "0"} if confirms else {}
    return f"{known.authorize_url}{'&' if '?' in known.authorize_url else '?'}{urlencode(asked)}"


def take(session: SessionBase, answer: QueryDict, user: User | None) -> Flow:
    """The flow that this answer belongs to, used up whatever comes of it. Raises NotBelieved."""
    kept = session.pop(FLOW, None)
    if kept is None:
        raise NotBelieved("nobody began it here")
    flow = Flow(**kept)
    if not hmac.compare_digest(flow.state.encode(), answer.get("state", "").encode()):
        raise NotBelieved("it answers another sign-in")
    if not 0 <= time.time() - flow.at <= MINUTES * 60:
        raise NotBelieved("it came too late")
    if flow.user != (user.pk if user else None):
        raise NotBelieved("somebody else has signed in meanwhile")
    if answer.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise NotBelieved("it is from another issuer")
    if "error" in answer or not answer.get("code"):
        raise NotBelieved("the provider did not sign anybody in")
    return flow


def known_as(proof: Proof) -> User | None:
    """Whom the subject is linked with here, if that account is active."""
    found = Identity.objects.select_related("user").filter(issuer=settings.OIDC_ISSUER, subject=proof.subject).first()
    return found.user if found and found.user.is_active else None


def enter(request: HttpRequest, proof: Proof) -> bool:
    """Sign in whoever the subject is linked with; False for nobody, an inactive account alike, recorded."""
    user = known_as(proof)
    if user is None:
        refused(request, "nobody active is linked with it")
        return False
    sign_in.begin(request, user, proved=bool(proof.means & set(settings.OIDC_SECOND_FACTORS)))
    # The provider may have let in whoever sat at an open session of it: then nothing was checked just now.
    sessions.checked(request.session, proof.signed_in_at)
    return True


def may_confirm(user: User) -> bool:
    """Whether this person can show at the provider that it is still they, in place of the password."""
    return identity_provider.is_on() and Identity.objects.filter(user=user, issuer=settings.OIDC_ISSUER).exists()


def confirm(request: HttpRequest, proof: Proof, flow: Flow, user: User) -> bool:
    """Count a sign-in at the provider that was made since, by whoever is signed in here; False, recorded, for less."""
    if known_as(proof) != user:
        refused(request, "another person signed in to confirm")
        return False
    if proof.signed_in_at < flow.at - identity_provider.SKEW_SECONDS:
        refused(request, "nobody signed in anew to confirm")
        return False
    sign_in.confirmed(request, user, way="agency account")
    return True


def refused(request: HttpRequest, why: str) -> None:
    user = request.user if isinstance(request.user, User) else None
    on = user or Subject("user", "", "an agency account")
    record("identity.refused", by=user, on=on, outcome="refused", origin=origin_of(request), why=why)


def may_link(user: User, session: SessionBase) -> bool:
    """Only who is in order and has proved this session with a second factor: a stolen password links nothing."""
    return sessions.is_proved(session) and readiness.first_lack(user, session) is None


@action
def link(user: User, subject: str, *, by: User | None) -> Identity:
    """Link a person with a subject of the provider. `by` is that person, or nobody: an operator."""
    if by is not None and by.pk != user.pk:
        raise Refused("Only the person may link their own account.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Refused("This account is not active.")
    there = Identity.objects.filter(user=user, issuer=settings.OIDC_ISSUER).first()
    if there and there.subject == subject:
        return there
    if there:
        raise Refused(OTHER)
    try:
        with transaction.atomic():
            identity = Identity.objects.create(
                user=user, issuer=settings.OIDC_ISSUER, subject=subject, linked_at=timezone.now()
            )
    except IntegrityError:
        raise Refused(TAKEN) from None
    record("identity.linked", by=by, on=user)
    return identity


@action
def unlink(user: User, *, by: User | None) -> bool:
    """End the link; False where there was none. `by` is that person, or nobody: an operator."""
    if by is not None and by.pk != user.pk:
        raise Refused("Only the person may remove their own link.")
    User.objects.select_for_update().get(pk=user.pk)
    gone, _ = Identity.objects.filter(user=user, issuer=settings.OIDC_ISSUER).delete()
    if gone:
        record("identity.unlinked", by=by, on=user)
    return bool(gone)

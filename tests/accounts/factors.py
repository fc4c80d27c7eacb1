"""People of the real kind, who need a second factor; their app, and a passkey in software."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client, RequestFactory
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts import actions, rules, second_factors, sessions, sign_in, totp, training
from accounts.models import Office, User
from accounts.roles import Role
from accounts.session_store import SessionStore
from tests.cast import PASSWORD

UP, AT = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.AT


@cache
def _hash() -> str:
    """One costly hash for all of them."""
    return make_password(PASSWORD)


def real(username: str, role: Role | None = Role.ACM) -> User:
    """Somebody who is no demonstration person: trained, rules signed, in office."""
    office = Office.objects.get(code="HQ")
    user = actions.add_user(
        by=None,
        password_hash=_hash(),
        username=username,
        person_key=f"R-{username}",
        name=username.title(),
        email=f"{username}@example.gov",
        programme=office.programme,
        office=office,
        status=User.Status.ACTIVE,
    )
    actions.accept_rules(by=user, version=rules.VERSION)
    training.record_training(user, completed_on=timezone.localdate(), evidence="Course 2026", by=None)
    if role:
        until = timezone.now() + timedelta(days=90)
        actions.grant_role(user=user, role=role, office=office, until=until, by=None)
    return user


def proved_session() -> SessionBase:
    session = SessionStore()
    session.create()
    sessions.begin(session)
    sessions.second_factor_given(session)
    return session


def with_app(user: User) -> tuple[bytes, list[str]]:
    """The secret of an app that this person set up a while ago, and the recovery codes made with it."""
    secret = totp.new_secret()
    codes = second_factors.add_app(secret, code(secret), session=proved_session(), by=user)
    return secret, codes


def code(secret: bytes, steps: int = 0) -> str:
    return totp.code_at(secret, totp.step_now() + steps)


def half_open(user: User) -> Client:
    """A browser in which the password has been given; without the cost of its hash."""
    browser, request = Client(), RequestFactory().post("/sign-in/")
    request.session = SessionStore()
    sign_in.begin(request, User.objects.select_related("office").get(pk=user.pk))
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return browser


def prove(browser: Client, typed: str, way: str = "app", **more: str) -> Any:
    return browser.post("/accounts/second-factor/", {"one_time_password": typed, "way": way, **more})


def signed_in(user: User, secret: bytes) -> Client:
    """Signed in with password and code. The code is the next one: the present one was used to set the app up."""
    browser = half_open(user)
    assert prove(browser, code(secret, 1)).status_code == 302
    return browser


class Passkey:
    """An authenticator in software: it makes one key and answers what a page asks."""

    def __init__(self, origin: str = "", rp_id: str = "") -> None:
        self.origin = origin or settings.SITE_URL
        self.rp_id = rp_id or re.sub(r"^https?://|:\d+$", "", self.origin)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = os.urandom(32)
        self.counter = 0

    def _client_data(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(type=kind, challenge=websafe_decode(options["challenge"]), origin=self.origin)

    def _written(self, **response: bytes) -> str:
        name = websafe_encode(self.credential)
        encoded = {field: websafe_encode(value) for field, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded})

    def create(self, options: dict[str, Any]) -> str:
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AttestedCredentialData.create(b"\0" * 16, self.credential, public)
        mark = hashlib.sha256(self.rp_id.encode()).digest()
        auth = AuthenticatorData.create(mark, UP | AT, self.counter, data)
        made = AttestationObject.create("none", auth, {})
        return self._written(clientDataJSON=self._client_data("webauthn.create", options), attestationObject=made)

    def get(self, options: dict[str, Any], counts: int = 1) -> str:
        self.counter += counts
        client = self._client_data("webauthn.get", options)
        auth = AuthenticatorData.create(hashlib.sha256(self.rp_id.encode()).digest(), UP, self.counter)
        signature = self.key.sign(auth + client.hash, ec.ECDSA(SHA256()))
        return self._written(clientDataJSON=client, authenticatorData=auth, signature=signature)


def options_in(page: Any) -> dict[str, Any]:
    """What a page asks of the browser."""
    context = page.context
    asked: dict[str, Any] = json.loads(context["options"] if "options" in context else context["passkey_options"])
    return asked


def add_passkey(browser: Client, key: Passkey, name: str = "work phone") -> Any:
    options = options_in(browser.get("/accounts/second-factors/passkey/"))
    return browser.post("/accounts/second-factors/passkey/", {"name": name, "answer": key.create(options)})

"""Speaking with the agency's identity provider (OpenID Connect): where it answers, its keys, what its tokens say."""

from __future__ import annotations

import hmac
import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

# Signatures that only the holder of a private key can make: never `none`, never a secret that the client shares.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
PUBLIC_KEYS = frozenset({"RSA", "EC", "OKP"})
SKEW_SECONDS = 60
TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 256 * 1024
FRESH_SECONDS = 600
# A token under a key that is not known makes us look again, but not at every token.
LOOK_AGAIN_SECONDS = 30
LONGEST_SUBJECT = 255
# Nothing packed, which could unpack without end, and no other address than the one asked.
ONLY_THERE: dict[str, Any] = {"headers": {"Accept-Encoding": "identity"}, "allow_redirects": False}


class Unreachable(Exception):
    """The provider is down, slow, or answers what is not an answer; the message says which, for the log."""


class NotBelieved(Exception):
    """What came back does not prove who it is about; the message says why, for the record."""


@dataclass(frozen=True)
class Provider:
    """Where the provider answers, and the public keys with which it signs."""

    authorize_url: str
    token_url: str
    keys: KeySet
    asked_at: float


@dataclass(frozen=True)
class Proof:
    """Who the provider says signed in with it, by which means (RFC 8176), and when, as far as it says (else 0)."""

    subject: str
    means: frozenset[str]
    signed_in_at: float = 0


_known: dict[str, Provider] = {}
_one_at_a_time = threading.Lock()


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def provider(*, newer_than: float = 0) -> Provider:
    """The provider as it describes itself, remembered for ten minutes. Raises Unreachable."""
    issuer = settings.OIDC_ISSUER
    with _one_at_a_time:
        known = _known.get(issuer)
        if known and known.asked_at > max(time.monotonic() - FRESH_SECONDS, newer_than):
            return known
        _known[issuer] = _ask(issuer)
        return _known[issuer]


def forget() -> None:
    """Ask the provider anew at the next sign-in."""
    _known.clear()


def _ask(issuer: str) -> Provider:
    said = _fetch("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise Unreachable("it describes itself under another name")
    authorize, token, keys = (_address(said, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    return Provider(authorize, token, _public_keys(_fetch("GET", keys)), time.monotonic())


def _address(said: dict[str, Any], name: str) -> str:
    """An address of the provider, never reached less safely than the issuer itself."""
    address, scheme = str(said.get(name, "")), urlsplit(settings.OIDC_ISSUER).scheme
    if urlsplit(address).scheme not in {"https", scheme} or not urlsplit(address).netloc:
        raise Unreachable(f"it names no safe {name}")
    return address


def _public_keys(said: dict[str, Any]) -> KeySet:
    given = said.get("keys")
    keys = [k for k in given if isinstance(k, dict)] if isinstance(given, list) else []
    usable = [k for k in keys if k.get("kty") in PUBLIC_KEYS and k.get("use", "sig") == "sig"]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Unreachable("its keys cannot be read") from error


def _fetch(method: str, url: str, **more: Any) -> dict[str, Any]:
    """A JSON object from the provider, no longer and no later than we wait for, from nowhere else than asked."""
    until = time.monotonic() + TIMEOUT_SECONDS
    try:
        with requests.request(method, url, timeout=TIMEOUT_SECONDS, stream=True, **ONLY_THERE, **more) as answer:
            body = b""
            while piece := answer.raw.read1(16 * 1024):
                body += piece
                if len(body) > LONGEST_ANSWER or time.monotonic() > until:
                    raise Unreachable("its answer is too long or too slow")
    # HTTPError is of the layer below, which `requests` does not translate while a body is read piece by piece.
    except (requests.RequestException, HTTPError, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    return _object(answer.status_code, body)


def _object(status: int, body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreachable("its answer is not JSON") from error
    if status == 400 and isinstance(said, dict):
        raise NotBelieved("the provider did not take the code")
    if status != 200 or not isinstance(said, dict):
        raise Unreachable(f"it answered {status}")
    return said


def redeem(code: str, *, verifier: str, nonce: str, return_url: str) -> Proof:
    """Exchange the code for a token and read it. Raises Unreachable and NotBelieved."""
    known = provider()
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_url,
        "client_id": settings.OIDC_CLIENT_ID,
        "code_verifier": verifier,
    }
    secret = settings.OIDC_CLIENT_SECRET
    auth = (quote(settings.OIDC_CLIENT_ID, safe=""), quote(secret, safe="")) if secret else None
    said = _fetch("POST", known.token_url, data=fields, auth=auth)
    return read(str(said.get("id_token", "")), nonce=nonce, known=known)


def read(token: str, *, nonce: str, known: Provider) -> Proof:
    """What a token proves; under a key that is not known yet, the provider is asked for its keys once more."""
    try:
        claims = _claims(token, known)
    except NotBelieved:
        if time.monotonic() - known.asked_at < LOOK_AGAIN_SECONDS:
            raise
        claims = _claims(token, provider(newer_than=known.asked_at))
    _check_claims(claims, nonce)
    means = claims.get("amr", [])
    said = {one for one in means if isinstance(one, str)} if isinstance(means, list) else set()
    # Ahead of our clock within the allowance, it counts as now.
    signed_in_at = min(max(_seconds(claims.get("auth_time")), 0), time.time())
    return Proof(claims["sub"], frozenset(said), signed_in_at)


def _claims(token: str, known: Provider) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, known.keys, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotBelieved("its signature does not hold") from error


def _check_claims(claims: dict[str, Any], nonce: str) -> None:
    """OpenID Connect Core 1.0, section 3.1.3.7."""
    now, subject = time.time(), claims.get("sub")
    audience = claims.get("aud")
    ours = audience if isinstance(audience, list) else [audience]
    checks = {
        "it is from another issuer": claims.get("iss") == settings.OIDC_ISSUER,
        "it is for another client": settings.OIDC_CLIENT_ID in ours,
        "it was given to another client": claims.get("azp", None if len(ours) > 1 else settings.OIDC_CLIENT_ID)
        == settings.OIDC_CLIENT_ID,
        "it has expired": _seconds(claims.get("exp")) > now - SKEW_SECONDS,
        "it is of the future": 0 < _seconds(claims.get("iat")) <= now + SKEW_SECONDS,
        "its sign-in is still to come": _seconds(claims.get("auth_time", 0)) <= now + SKEW_SECONDS,
        "it does not count yet": _seconds(claims.get("nbf", 0)) <= now + SKEW_SECONDS,
        "it answers another sign-in": hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "it names nobody": isinstance(subject, str) and 0 < len(subject.strip()) <= LONGEST_SUBJECT,
    }
    for why, holds in checks.items():
        if not holds:
            raise NotBelieved(why)


def _seconds(value: Any) -> float:
    """A time of a token; what is no number is long past."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else -1.0

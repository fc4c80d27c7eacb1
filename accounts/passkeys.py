"""Passkeys (WebAuthn): what a browser is asked for, and whether its answer is one that this person's passkey gave."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import SecondFactor, User

# Which question this session was asked; it is taken out by the first answer, so that no answer counts twice.
ADDING, PROVING = "passkey_to_add", "passkey_to_prove"
LONGEST_ANSWER = 20_000
# What reading bytes that a stranger made may raise.
MALFORMED = (ValueError, TypeError, LookupError, AssertionError, AttributeError, RecursionError, struct.error)


class NotGenuine(Exception):
    """An answer that this site did not ask for, that another key gave, or that was given before."""


@dataclass(frozen=True)
class New:
    """A passkey that was just made: what to store of it."""

    credential: bytes
    stored: bytes
    counter: int


def _server() -> Fido2Server:
    """For the address of this installation alone: its own host and its own origin, no other below the same name."""
    site = urlsplit(settings.SITE_URL)
    own = f"{site.scheme}://{site.netloc}"
    party = PublicKeyCredentialRpEntity(id=site.hostname or "", name="SEN")
    return Fido2Server(party, AttestationConveyancePreference.NONE, verify_origin=lambda origin: origin == own)


def _handle(user: User) -> bytes:
    """What an authenticator keeps in place of the person: the same for all their passkeys, and it tells nothing."""
    return salted_hmac("accounts.passkeys", str(user.pk), algorithm="sha256").digest()


def _known(factors: Iterable[SecondFactor]) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(one.stored)) for one in factors if one.kind == SecondFactor.Kind.PASSKEY]


def ask_for_new(session: SessionBase, user: User, factors: Iterable[SecondFactor]) -> str:
    """What the browser needs to make a passkey, as JSON; the question is noted in the session."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=_handle(user), name=user.username, display_name=user.username),
        _known(factors),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=_open_question(session, ADDING),
    )
    session[ADDING] = state
    return json.dumps(dict(options.public_key))


def ask_for_proof(session: SessionBase, factors: Sequence[SecondFactor]) -> str:
    """What the browser needs to prove with one of these passkeys, as JSON; "" where there is none."""
    known = _known(factors)
    if not known:
        return ""
    options, state = _server().authenticate_begin(
        known, UserVerificationRequirement.PREFERRED, challenge=_open_question(session, PROVING)
    )
    session[PROVING] = state
    return json.dumps(dict(options.public_key))


def _open_question(session: SessionBase, name: str) -> bytes | None:
    """The question that waits for its answer: two tabs of one browser ask the same."""
    state = session.get(name)
    return websafe_decode(state["challenge"]) if state else None


def made(session: SessionBase, answer: str) -> New:
    """The passkey that the browser made. Raises NotGenuine."""
    state = session.pop(ADDING, None)
    try:
        data = _server().register_complete(state, _read(answer))
        credential = data.credential_data
    except MALFORMED as error:
        raise NotGenuine from error
    if credential is None:
        raise NotGenuine
    return New(credential.credential_id, bytes(credential), data.counter)


@dataclass(frozen=True)
class Answer:
    """An answer whose signature is right: by which passkey, and how often that one says it has signed."""

    credential: bytes
    counter: int


def proved(session: SessionBase, answer: str, factors: Sequence[SecondFactor]) -> Answer:
    """Which of these passkeys gave this answer to the question of this session. Raises NotGenuine."""
    state = session.pop(PROVING, None)
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        _server().authenticate_complete(state, _known(factors), response)
    except MALFORMED as error:
        raise NotGenuine from error
    return Answer(bytes(response.raw_id), response.response.authenticator_data.counter)


def counts_on(stored: int, counter: int) -> bool:
    """Whether the counter goes on; one that stands still or goes back may be a copy. Some keys never count: 0."""
    return counter > stored or (counter == 0 and stored == 0)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise NotGenuine
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise NotGenuine
    return read

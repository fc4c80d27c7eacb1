"""Codes of an authenticator app (RFC 6238): the secret, how it is kept, and which step of time a code belongs to."""

from __future__ import annotations

import base64
import os
import time

import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

ISSUER = "SEN"
SECRET_BYTES, DIGITS, STEP_SECONDS = 20, 6, 30
# A phone's clock may be off by a step either way.
DRIFT = (-1, 0, 1)


class Unreadable(Exception):
    """A secret that no key of ours opens for this person."""


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def sealed(secret: bytes, user_id: int) -> bytes:
    """The secret as it is stored: encrypted with the newest key, and good for this person alone."""
    return _box(user_id).encrypt(secret)


def opened(stored: bytes, user_id: int) -> bytes:
    """The secret of a stored one. Raises Unreadable where it is another person's or its key is gone."""
    try:
        return _box(user_id).decrypt(stored)
    except InvalidToken as error:
        raise Unreadable from error


def _box(user_id: int) -> MultiFernet:
    return MultiFernet([Fernet(_key(main, user_id)) for main in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(main: str, user_id: int) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.totp:%d" % user_id)
    return base64.urlsafe_b64encode(derive.derive(main.encode()))


def code_at(secret: bytes, step: int) -> str:
    # SHA-1 is what every app knows; as an HMAC it is sound.
    totp = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    return totp.generate(step * STEP_SECONDS).decode()


def step_now() -> int:
    return int(time.time()) // STEP_SECONDS


def step_of(secret: bytes, code: str, *, after: int = 0) -> int | None:
    """The step of time that the code belongs to; None for a wrong code and for one of a step not later than `after`."""
    now, typed = step_now(), code.encode()
    matching = [now + off for off in DRIFT if bytes_eq(code_at(secret, now + off).encode(), typed)]
    return next((step for step in matching if step > after), None)


def as_text(secret: bytes) -> str:
    """For typing into an app: groups of four letters and digits."""
    plain = base64.b32encode(secret).decode()
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def as_link(secret: bytes, account: str) -> str:
    """The address that an app on this same phone takes up."""
    totp = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    return totp.get_provisioning_uri(account, ISSUER)


def as_picture(secret: bytes, account: str) -> str:
    """The QR code that an app reads, as the address of a picture."""
    picture = segno.make(as_link(secret, account), error="m")
    return picture.svg_data_uri(scale=5, border=4, light="#fff", omitsize=False)

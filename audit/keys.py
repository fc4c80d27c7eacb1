"""The keys of seals and checkpoints: `seal.pem` in the key folder, and the public half of every key ever used."""

from __future__ import annotations

import logging
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from audit.evidence import key_id
from audit.files import write_once

log = logging.getLogger("sen.audit")
PRIVATE = "seal.pem"


class KeyUnavailable(Exception):
    """A key cannot be used; the message says which file and what to do."""


def folder() -> Path:
    return Path(settings.KEY_DIR)


def signing_key() -> Ed25519PrivateKey:
    """The key that signs today. Outside production one is made when there is none. Raises KeyUnavailable."""
    path = folder() / PRIVATE
    if not settings.PRODUCTION and not path.exists():
        _make_own()
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyUnavailable(f"{path} does not exist: make it with `manage.py audit key`.") from None
    except OSError as error:
        raise KeyUnavailable(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnavailable(f"{path} holds no private key that can be read without a password.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnavailable(f"{path} holds a key of another kind: seals are signed with Ed25519.")
    if key_id(key.public_key()) not in public_keys():
        raise KeyUnavailable(f"{path} has no public half beside it, so nobody could check its seals: restore the .pub.")
    return key


def public_keys() -> dict[str, Ed25519PublicKey]:
    """Every public key in the folder by its name (`evidence.key_id`). Raises KeyUnavailable for a file that is none."""
    keys = (public_key(path) for path in sorted(folder().glob("*.pub")))
    return {key_id(key): key for key in keys}


def public_key(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise KeyUnavailable(f"{path} holds no public key.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnavailable(f"{path} holds a key of another kind: seals are signed with Ed25519.")
    return key


def make() -> Path:
    """Make a pair and return the path of its public half; what is there is never replaced. Raises KeyUnavailable."""
    key = Ed25519PrivateKey.generate()
    public = folder() / f"seal-{key_id(key.public_key())}.pub"
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        # The public half first: there is never a seal whose key nobody knows.
        write_once(public, _public_pem(key), 0o644)
        write_once(folder() / PRIVATE, _private_pem(key), 0o600)
    except FileExistsError:
        raise KeyUnavailable(f"{folder() / PRIVATE} exists already: move it away first; keep every *.pub.") from None
    except OSError as error:
        raise KeyUnavailable(f"{folder()} cannot take a key: {error.strerror}.") from None
    return public


def _make_own() -> None:
    """For a demonstration or a test, and said so. Another process may do the same at the same moment."""
    try:
        log.warning("Made a key for the seals of this %s: %s.", settings.MODE, make())
    except KeyUnavailable:
        if not (folder() / PRIVATE).exists():
            raise


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

"""A sealed value: a model field that shows eight bullets to everything and opens for one row of one column alone.

AES-256-GCM (NIST SP 800-38D) under a random nonce of 96 bits. The associated data names the version, key, model, field
and row, so a ciphertext moved elsewhere does not open. Stored: version (1 byte), key (4), nonce (12), text with tag.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import FieldError, ValidationError
from django.db import models

from ileads import keys
from privacy.fields import BinaryField
from privacy.mask import BULLETS

VERSION = 1
HEAD, NONCE, TAG = 5, 12, 16


class CannotOpen(Exception):
    """A sealed value does not open; the message says why, and holds neither the value nor what is stored of it."""


class NotSealed(ValueError):
    """Something was to be saved or searched that is no value sealed for this very row."""


class Sealed(str):
    """What a sealed attribute holds. As a text it is eight bullets, so whatever shows, stores or sends texts says that.

    What is stored of it is kept beside, for `open_sealed` and for saving alone. Two of them are never equal.
    """

    __slots__ = ("_stored",)
    _stored: bytes

    def __new__(cls, stored: bytes) -> Sealed:
        made = super().__new__(cls, BULLETS)
        object.__setattr__(made, "_stored", bytes(stored))
        return made

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError("A sealed value does not change.")

    def __repr__(self) -> str:
        return BULLETS

    def __str__(self) -> str:
        return BULLETS

    def __format__(self, spec: str) -> str:
        return format(BULLETS, spec)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return str, (BULLETS,)

    def __getstate__(self) -> None:
        return None

    def __copy__(self) -> Sealed:
        return self

    def __deepcopy__(self, memo: Any) -> Sealed:
        return self

    @property
    def key(self) -> int:
        """The version of the key that it is sealed with."""
        return int.from_bytes(self._stored[1:HEAD], "big")


class _Checked(bytes):
    """What `SealedField.pre_save` found to open in its row: nothing else reaches the database."""


class SealedField(BinaryField[Any, Any]):
    """A column of sealed values. It has no form field and no search, and takes what `seal` made for its row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"editable": False})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", list(args), kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Sealed:
        if isinstance(value, Sealed):
            return value
        raise ValidationError("A sealed value is made by the import alone.")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if not isinstance(value, Sealed):
            raise NotSealed("Only what `seal` made for this row can be saved in a sealed field.")
        try:
            open_sealed(value, for_=model_instance, field=self.attname)
        except CannotOpen as error:
            raise NotSealed(f"This value is not sealed for this row. {error}") from None
        return _Checked(value._stored)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not isinstance(value, _Checked):
            raise NotSealed("A sealed field is saved with its row, never written or searched by itself.")
        return super().get_db_prep_value(bytes(value), connection, prepared)

    def get_lookup(self, lookup_name: str) -> NoReturn:
        raise FieldError("A sealed field cannot be searched.")

    get_transform = get_lookup

    def value_to_string(self, obj: models.Model) -> str:
        return BULLETS

    def formfield(self, **kwargs: Any) -> None:
        return None


def seal(clear: str, *, for_: models.Model, field: str = "value", ring: keys.Keyring | None = None) -> Sealed:
    """Seal a text for one field of one row, whose key is made before it is saved. Raises `keys.Unavailable`."""
    ring = ring or keys.load()
    head, nonce = bytes([VERSION]) + ring.current.to_bytes(4, "big"), secrets.token_bytes(NONCE)
    return Sealed(
        head + nonce + AESGCM(ring.key(ring.current)).encrypt(nonce, clear.encode(), _place(head, for_, field))
    )


def open_sealed(value: object, *, for_: models.Model, field: str = "value", ring: keys.Keyring | None = None) -> str:
    """The clear text. Only `ileads.reveal`, which records it first, and `ileads.rotation` may call this (a house rule).

    Raises `CannotOpen` for whatever was moved, changed or cut, and without its key.
    """
    if not isinstance(value, Sealed):
        raise CannotOpen("It is not a sealed value.")
    stored = value._stored
    if len(stored) < HEAD + NONCE + TAG or stored[0] != VERSION:
        raise CannotOpen("It is cut, or was not sealed by this release.")
    try:
        key = (ring or keys.load()).key(value.key)
    except keys.Unavailable as error:
        raise CannotOpen(str(error)) from None
    place, nonce = _place(stored[:HEAD], for_, field), stored[HEAD : HEAD + NONCE]
    try:
        return AESGCM(key).decrypt(nonce, stored[HEAD + NONCE :], place).decode()
    except (InvalidTag, UnicodeDecodeError):
        raise CannotOpen("It was changed, moved from another row, or sealed with another key.") from None


def _place(head: bytes, row: models.Model, field: str) -> bytes:
    """The associated data: how it was sealed, and for which field of which row."""
    return head + json.dumps([row._meta.label, field, str(row.pk)]).encode()

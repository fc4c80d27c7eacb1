"""Recovery codes: letters that stand in, once each, for a second factor that was lost."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

HOW_MANY = 10
# Letters alone, without those that are taken for one another: 10 of 23 letters are 45 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
LENGTH = 10
SALT = "accounts.recovery"


def new_codes() -> list[str]:
    """Ten codes, each in two groups of five."""
    codes = ("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def plain(typed: str) -> str:
    """A code as it is compared, however it was typed."""
    return "".join(letter for letter in typed.casefold() if not letter.isspace() and letter != "-")


def could_be(typed: str) -> bool:
    code = plain(typed)
    return len(code) == LENGTH and set(code) <= set(LETTERS)


def hash_of(typed: str, user_id: int) -> str:
    """What is stored: nobody who reads the table can make a code of it, and it is good for this person alone."""
    return hashes_of(typed, user_id)[0]


def hashes_of(typed: str, user_id: int) -> list[str]:
    """Under the key of now and under former ones."""
    value, keys = f"{user_id}:{plain(typed)}", (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(SALT, value, secret=key, algorithm="sha256").hexdigest() for key in keys]

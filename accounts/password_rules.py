"""What a password may be: long and not easily guessed; every character is allowed, and none must be of some kind."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

# Shorter parts of a name stand in many an innocent word.
SHORTEST_PART = 4
RULES = (
    "At least 12 characters. A few words in a row do well; spaces and every other character are allowed. "
    "It may hold neither your name nor your username, and may not be one of the passwords that many people use. "
    "It never has to be changed just because time has passed."
)


class NotOneself:
    """A validator: no part of the person's username, name or e-mail address."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError where one is found, whatever its capitals."""
        if isinstance(user, User) and any(part in password.casefold() for part in _parts(user)):
            raise ValidationError(
                "This password holds a part of your name, username or e-mail address. Choose one without.",
                code="oneself",
            )

    def get_help_text(self) -> str:
        return "Your password may hold neither your name nor your username."


def _parts(user: User) -> set[str]:
    said = f"{user.username} {user.name} {user.email.partition('@')[0]}".casefold()
    return {part for part in re.split(r"[\W_\d]+", said) if len(part) >= SHORTEST_PART}


def check(password: str, user: User) -> None:
    """Raises ValidationError with a sentence for each rule that the password breaks."""
    validate_password(password, user)

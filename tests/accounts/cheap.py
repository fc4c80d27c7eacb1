"""Passwords that cost next to nothing to check, for tests of what stands around the check."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from audit.log import record
from tests.cast import PASSWORD


@pytest.fixture
def cheap(db: None, settings: Any) -> None:
    """The agent and the colleague have their password in a cheap hash, and every new one is made so."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    hashed = make_password(PASSWORD)
    with transaction.atomic():
        for user in User.objects.filter(username__in=("agent", "colleague")):
            user.password = hashed
            user.save(update_fields=["password"])
            record("user.changed", by=None, on=user)

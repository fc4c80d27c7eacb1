"""Authentication against our own users, and guardian's answer about offices limited to live rows."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts import memory
from accounts.access import may
from accounts.models import Office, User


class OfficeBackend(BaseBackend):
    """`user.has_perm("accounts.<permission>", office)`: yes if a live guardian row reaches that office.

    A global permission (no object) is always no: it would silently override every office.
    """

    def get_user(self, user_id: int) -> User | None:
        return memory.signed_in(user_id)

    def has_perm(self, user_obj: AbstractBaseUser | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        if not isinstance(user_obj, User) or not isinstance(obj, Office):
            return False
        return bool(may(user_obj, perm.removeprefix("accounts."), obj))

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Passwords are checked by `accounts.sign_in`, behind its limits; nothing else may check them."""
        return

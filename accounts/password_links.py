"""The link by which somebody sets a password without one: signed, for one person as they stand now, and for a while."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

SALT = "accounts.password_links"
# Whose link may set a password: who works here, and who was invited to.
OPEN_TO = frozenset({User.Status.ACTIVE, User.Status.INVITED})


def path_for(user: User) -> str:
    """The address of the page, to be sent to the person's own mailbox and kept nowhere else."""
    token = signing.TimestampSigner(salt=SALT).sign(_state(user))
    return reverse("accounts:reset", args=[str(user.pk), token])


def opens(user: User, token: str) -> bool:
    """Whether this link is for this person as they stand now, and not too old. A sign-in, too, makes it void."""
    try:
        state = signing.TimestampSigner(salt=SALT).unsign(token, max_age=lives_for(user))
    except signing.BadSignature:
        return False
    return user.status in OPEN_TO and constant_time_compare(state, _state(user))


def lives_for(user: User) -> int:
    """For how many seconds a link opens; who was invited may read the mail some days later."""
    seconds = settings.INVITATION_SECONDS if user.status == User.Status.INVITED else settings.PASSWORD_RESET_TIMEOUT
    return int(seconds)


def _state(user: User) -> str:
    """What the link is void without: used once, the password is another."""
    about = [user.pk, user.password, user.last_login and user.last_login.isoformat(), user.email, user.status]
    return salted_hmac(SALT, repr(about), algorithm="sha256").hexdigest()

"""Passwords: changing one's own, setting one through a link sent by mail, inviting somebody to their first."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import known_accounts, open_sessions, password_links, password_rules, password_tasks, tries
from accounts.access import Refused, action
from accounts.actions import require
from accounts.models import User
from audit.log import Origin, Subject, record

VOID = "This link opens nothing. It was used, is too old, or was not copied whole. Ask for a new one."
SAME = "This is your present password. Choose another."
AT_ONCE = "Your password was changed elsewhere at this very moment, so this change was not made. Sign in with that one."
ACTIVE_ALREADY = "This account has a password already. Its owner sets a new one through the sign-in page."


class ChangedAtOnce(Refused):
    """Of two changes at once this is the second, whose session the first has ended."""


def change(*, by: User, password: str, keep: str | None) -> User:
    """Give oneself another password; every session but the one under `keep` ends. Raises ValidationError.

    Of two at once the second waits here, and not where each would hold what the other asks for. Raises ChangedAtOnce.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        return _change(by=by, password=password, keep=keep)


@action
def _change(*, by: User, password: str, keep: str | None) -> User:
    user = User.objects.select_for_update().get(pk=by.pk)
    if user.password != by.password:
        raise ChangedAtOnce(AT_ONCE)
    if check_password(password, user.password):
        raise ValidationError({"new_password": SAME})
    _set(user, password)
    _tell(user, record("password.changed", by=by, on=user))
    open_sessions.end_all(user, by=by, why=open_sessions.PASSWORD, but=keep)
    return user


@action
def set_by_link(user: User, token: str, *, password: str, origin: Origin, by: None) -> User:
    """Set the password of whoever was sent this link; all their sessions end. An invited account is active now.

    It signs nobody in and takes no second factor away. Raises Refused for a link that opens nothing.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not password_links.opens(user, token):
        raise Refused(VOID)
    first = user.status == User.Status.INVITED
    if first:
        user.status = User.Status.ACTIVE
    _set(user, password)
    _tell(user, record("password.reset", by=by, on=user, origin=origin, first=first))
    open_sessions.end_all(user, by=by, why=open_sessions.PASSWORD)
    return user


@action
def ask_link(username: str, *, origin: Origin, by: None) -> None:
    """Have a link sent to whoever this is, if they may have one. It does the same, and costs the same, for nobody.

    Raises TooMany.
    """
    user = known_accounts.find(username)
    due = tries.may_ask_link(username, origin.address)
    sends = user if user and due and user.status in password_links.OPEN_TO else None
    on, outcome = user or Subject("user", "", "an unknown username"), "done" if sends else "refused"
    record("password.reset_asked", by=by, on=on, outcome=outcome, origin=origin)
    password_tasks.mail_link.defer(user_id=sends.pk if sends else 0)


@action
def invite(user: User, *, by: User | None) -> None:
    """Send a new account's owner the link by which they choose their first password."""
    require(by, "grant_roles")
    if user.status != User.Status.INVITED:
        raise Refused(ACTIVE_ALREADY)
    record("user.invited", by=by, on=user)
    password_tasks.mail_link.defer(user_id=user.pk)


def _set(user: User, password: str) -> None:
    """Raises ValidationError where the password breaks a rule."""
    try:
        password_rules.check(password, user)
    except ValidationError as error:
        raise ValidationError({"new_password": error.messages}) from None
    user.password = make_password(password)
    user.save(update_fields=["password", "status"])


def _tell(user: User, number: int) -> None:
    password_tasks.mail_changed.defer(user_id=user.pk, number=number)

"""Checking a username and a password, behind limits that are asked before any hash is computed."""

from django.contrib.auth import SESSION_KEY, login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest

from accounts import devices, known_browsers, open_sessions, sessions, tries
from accounts.known_accounts import find
from accounts.models import SecondFactor, SignInAttempt, User
from accounts.origin import origin_of
from accounts.tries import Place, TooMany
from audit.log import Origin, Subject, record

BACKEND = "accounts.backends.OfficeBackend"


def sign_in(request: HttpRequest, username: str, password: str) -> User | None:
    """The person, now signed in; None for an unknown name, a wrong password, an inactive account and a locked one.

    The four cannot be told apart, neither by the answer nor by its time: each costs one hash. Raises TooMany.
    """
    origin, user = origin_of(request), find(username)
    place = Place(origin.address, known_browsers.known(request, user))
    attempt, locked = _count(username, place, user, origin)
    if not _is_right(user, password, locked) or user is None:
        _refuse(user, origin, "locked" if locked else "wrong")
        return None
    tries.forgive(attempt)
    known_browsers.remember(request, user)
    begin(request, user)
    return user


def confirm(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the password of who is signed in; counted, limited and recorded like a try to sign in.

    Raises TooMany.
    """
    origin, known = origin_of(request), find(user.username)
    # Whoever is signed in is no stranger: where the browser is not known, the session is.
    place = Place(origin.address, known_browsers.known(request, known) or origin.session)
    attempt, locked = _count(user.username, place, known, origin)
    if not _is_right(known, password, locked):
        _refuse(known, origin, "locked" if locked else "wrong")
        return False
    tries.forgive(attempt)
    confirmed(request, user, way="password")
    return True


def confirmed(request: HttpRequest, user: User, *, way: str) -> None:
    """It is still they: the session goes on under a new key, and for ten minutes no act asks again."""
    with transaction.atomic():
        sessions.confirmed(request.session)
        user.origin = origin_of(request)
        record("session.confirmed", by=user, on=user, way=way)


def sign_out(request: HttpRequest, user: User) -> None:
    """End the session; the event and the end of the session are one change."""
    with transaction.atomic():
        record("session.signed_out", by=user, on=user)
        logout(request)


def _is_right(user: User | None, password: str, locked: bool) -> bool:
    """Whether the password opens the account; costs one hash whatever the answer."""
    if user is None or locked or not user.is_active:
        make_password(password)
        return False
    return check_password(password, user.password)


def _count(username: str, place: Place, user: User | None, origin: Origin) -> tuple[SignInAttempt, bool]:
    try:
        return tries.count(username, place)
    except TooMany:
        _refuse(user, origin, "too many")
        raise


def _refuse(user: User | None, origin: Origin, why: str) -> None:
    on = user or Subject("user", "", "an unknown username")
    record("session.refused", by=None, on=on, outcome="refused", origin=origin, why=why)


def begin(request: HttpRequest, user: User, *, proved: bool = False) -> None:
    """A new session under a new key; the time of sign-in and its event are one change.

    Whoever has a second factor is asked for it next, unless the sign-in itself has proved it (`proved`).
    """
    asked = not proved and SecondFactor.objects.filter(user=user).exists()
    with transaction.atomic():
        if SESSION_KEY in request.session:
            request.session.flush()
        login(request, user, backend=BACKEND)
        sessions.begin(request.session)
        if asked:
            sessions.ask_second_factor(request.session)
        if proved:
            sessions.second_factor_given(request.session)
        user.origin = origin_of(request)
        device = devices.in_words(request.headers.get("User-Agent", ""))
        open_sessions.opened(request.session.session_key or "", user, device=device, pending=asked)
        record("session.signed_in", by=user, on=user, second_factor="asked" if asked else "")

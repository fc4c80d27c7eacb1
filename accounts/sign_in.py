"""Checking a username and a password, behind limits that are asked before any hash is computed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import sessions
from accounts.models import SecondFactor, SignInAttempt, User
from accounts.origin import origin_of
from audit.log import Origin, Subject, record

BACKEND = "accounts.backends.OfficeBackend"
MINUTE = timedelta(minutes=1)


class TooMany(Exception):
    """More tries from one address than SIGN_INS_PER_MINUTE; `retry_seconds` until the next is looked at."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(retry_seconds)
        self.retry_seconds = retry_seconds


def sign_in(request: HttpRequest, username: str, password: str) -> User | None:
    """The person, now signed in; None for an unknown name, a wrong password, an inactive account and a locked one.

    The four cannot be told apart, neither by the answer nor by its time: each costs one hash. Raises TooMany.
    """
    origin, user = origin_of(request), _find(username)
    attempt, locked = _count(username, origin, user)
    if not _is_right(user, password, locked) or user is None:
        _refuse(user, origin, "locked" if locked else "wrong")
        return None
    _forgive(attempt)
    begin(request, user)
    return user


def confirm(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the password of who is signed in; counted, limited and recorded like a try to sign in.

    Raises TooMany.
    """
    origin, known = origin_of(request), _find(user.username)
    attempt, locked = _count(user.username, origin, known)
    if not _is_right(known, password, locked):
        _refuse(known, origin, "locked" if locked else "wrong")
        return False
    _forgive(attempt)
    with transaction.atomic():
        sessions.confirmed(request.session)
        user.origin = origin_of(request)
        record("session.confirmed", by=user, on=user)
    return True


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


def _find(username: str) -> User | None:
    """The account, whatever capitals were typed; the exact spelling wins if two differ in nothing else."""
    found = list(User.objects.select_related("office").filter(username__iexact=username))
    return min(found, key=lambda user: user.username != username, default=None)


def _count(username: str, origin: Origin, user: User | None) -> tuple[SignInAttempt, bool]:
    """Note this try before it is looked at, so that tries sent together count each other. Says if it is locked out."""
    now = timezone.now()
    with transaction.atomic():
        _one_at_a_time(origin.address)
        if wait := _wait(origin.address, now):
            _refuse(user, origin, "too many")
        else:
            locked = _locked(username, origin.address, now)
            # A try while locked counts for the address alone, or the lock would never end for who keeps trying.
            name = "" if locked else hash_of(username)
            attempt = SignInAttempt.objects.create(username_hash=name, address=origin.address, at=now)
    if wait:
        raise TooMany(wait)
    return attempt, locked


def _one_at_a_time(address: str) -> None:
    """Tries from one address are counted one after another; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sign-in'), hashtext(%s))", [address])


def _wait(address: str, now: datetime) -> int:
    """Seconds until this address may try again; 0 if it may now."""
    limit = settings.SIGN_INS_PER_MINUTE
    recent = SignInAttempt.objects.filter(address=address, at__gt=now - MINUTE).order_by("-at")
    full = list(recent.values_list("at", flat=True)[limit - 1 : limit])
    return max(1, int((full[0] + MINUTE - now).total_seconds()) + 1) if full else 0


def _locked(username: str, address: str, now: datetime) -> bool:
    """Whether the last LOCKOUT_FAILURES tries failed within LOCKOUT_SECONDS, and the newest of them not longer ago."""
    span, needed = timedelta(seconds=settings.LOCKOUT_SECONDS), settings.LOCKOUT_FAILURES
    failures = SignInAttempt.objects.filter(username_hash=hash_of(username), address=address, at__gt=now - 2 * span)
    newest = list(failures.order_by("-at").values_list("at", flat=True)[:needed])
    return len(newest) == needed and newest[0] > now - span and newest[-1] > newest[0] - span


def hash_of(username: str) -> str:
    """What is typed as a username may be a password typed too early, so it is not kept in clear."""
    return salted_hmac("accounts.sign_in", username.casefold(), algorithm="sha256").hexdigest()


def _refuse(user: User | None, origin: Origin, why: str) -> None:
    on = user or Subject("user", "", "an unknown username")
    record("session.refused", by=None, on=on, outcome="refused", origin=origin, why=why)


def _forgive(attempt: SignInAttempt) -> None:
    """Earlier failures no longer count for the lockout, but all tries still count for the address."""
    same = SignInAttempt.objects.filter(username_hash=attempt.username_hash, address=attempt.address)
    same.update(username_hash="")
    old = timezone.now() - max(2 * timedelta(seconds=settings.LOCKOUT_SECONDS), MINUTE)
    SignInAttempt.objects.filter(at__lt=old).delete()


def begin(request: HttpRequest, user: User, *, proved: bool = False) -> None:
    """A new session under a new key; the time of sign-in and its event are one change.

    Whoever has a second factor is asked for it next, unless the sign-in itself has proved it (`proved`).
    """
    asked = not proved and SecondFactor.objects.filter(user=user).exists()
    with transaction.atomic():
        login(request, user, backend=BACKEND)
        sessions.begin(request.session)
        if asked:
            sessions.ask_second_factor(request.session)
        if proved:
            sessions.second_factor_given(request.session)
        user.origin = origin_of(request)
        record("session.signed_in", by=user, on=user, second_factor="asked" if asked else "")

"""Counting tries to sign in: how often, from where, in which browser, and when the next is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInAttempt

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class TooMany(Exception):
    """More tries from one address than SIGN_INS_PER_MINUTE; `retry_seconds` until the next is looked at."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(retry_seconds)
        self.retry_seconds = retry_seconds


@dataclass(frozen=True)
class Place:
    """Where a try comes from: a browser that is known for this name (`device`), else a stranger's address."""

    address: str
    device: str = ""

    @property
    def key(self) -> str:
        return self.device or self.address

    @property
    def same(self) -> Q:
        return Q(device=self.device) if self.device else Q(device="", address=self.address)


def count(name: str, place: Place) -> tuple[SignInAttempt, bool]:
    """Note this try before it is looked at, so that tries sent together count each other. Says if it is locked out.

    Raises TooMany; then nothing is noted.
    """
    now, name_hash = timezone.now(), hash_of(name)
    with transaction.atomic():
        _one_at_a_time("place", place.key)
        if wait := _wait(place, now):
            raise TooMany(wait)
        if not place.device:
            _one_at_a_time("name", name_hash)
        locked = _locked(name_hash, place, now) or _spent(name_hash, place, now)
        # A try while locked counts for the place alone, or the lock would never end for who keeps trying.
        values = {"address": place.address, "device": place.device, "at": now}
        attempt = SignInAttempt.objects.create(username_hash="" if locked else name_hash, **values)
    return attempt, locked


def may_ask_link(name: str, address: str) -> bool:
    """Note that a link to set a password was asked for; whether one is due: for one name one in RESET_EVERY_SECONDS.

    These tries lock no sign-in and are locked by none, but count for the address. Raises TooMany.
    """
    now, place, name_hash = timezone.now(), Place(address), hash_of(f"reset {name}")
    with transaction.atomic():
        _one_at_a_time("place", place.key)
        if wait := _wait(place, now):
            raise TooMany(wait)
        _one_at_a_time("name", name_hash)
        since = now - timedelta(seconds=settings.RESET_EVERY_SECONDS)
        due = not _since(since, now).filter(username_hash=name_hash).exists()
        SignInAttempt.objects.create(username_hash=name_hash if due else "", address=address, at=now)
    return due


def forgive(attempt: SignInAttempt) -> None:
    """Earlier failures no longer count against the name, but all tries still count for where they came from."""
    place = Place(attempt.address, attempt.device)
    SignInAttempt.objects.filter(place.same, username_hash=attempt.username_hash).update(username_hash="")
    old = timezone.now() - max(2 * timedelta(seconds=settings.LOCKOUT_SECONDS), DAY)
    SignInAttempt.objects.filter(at__lt=old).delete()


def hash_of(username: str) -> str:
    """What is typed as a username may be a password typed too early, so it is not kept in clear."""
    return salted_hmac("accounts.sign_in", username.casefold(), algorithm="sha256").hexdigest()


def _one_at_a_time(what: str, key: str) -> None:
    """Tries from one place, and a stranger's for one name, are counted in turn, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sign-in ' || %s), hashtext(%s))", [what, key])


def _since(start: datetime, now: datetime) -> QuerySet[SignInAttempt]:
    """Newest first. What lies ahead was noted before the clock was put back, and must not lock anybody until then."""
    return SignInAttempt.objects.filter(at__gt=start, at__lte=now + MINUTE).order_by("-at")


def _wait(place: Place, now: datetime) -> int:
    """Seconds until a further try is looked at from here; 0 if it is now."""
    limit = settings.SIGN_INS_PER_MINUTE
    full = list(_since(now - MINUTE, now).filter(place.same).values_list("at", flat=True)[limit - 1 : limit])
    return max(1, int((full[0] + MINUTE - now).total_seconds()) + 1) if full else 0


def _locked(name_hash: str, place: Place, now: datetime) -> bool:
    """Whether the last LOCKOUT_FAILURES tries failed within LOCKOUT_SECONDS, and the newest of them not longer ago."""
    span, needed = timedelta(seconds=settings.LOCKOUT_SECONDS), settings.LOCKOUT_FAILURES
    failures = _since(now - 2 * span, now).filter(place.same, username_hash=name_hash)
    newest = list(failures.values_list("at", flat=True)[:needed])
    return bool(len(newest) == needed and newest[0] > now - span and newest[-1] > newest[0] - span)


def _spent(name_hash: str, place: Place, now: datetime) -> bool:
    """Whether all that is looked at in a day was tried: by all strangers together, or in this known browser."""
    tried = _since(now - DAY, now).filter(username_hash=name_hash, device=place.device)
    return bool(len(tried.values_list("pk", flat=True)[: settings.FAILURES_A_DAY]) >= settings.FAILURES_A_DAY)

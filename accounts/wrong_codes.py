"""Counting wrong codes of a person, whatever browser they come from, so that nobody can try until one fits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInAttempt, User

# Five in 20 minutes and 30 in a day: of a million codes three are right at any time, so 0.009 % in a day of trying.
MOST = 5
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def one_at_a_time(user: User) -> None:
    """What concerns the second factors of a person happens one after another; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('second factor'), %s)", [user.pk % 2**31])


def wait(user: User) -> int:
    """Seconds until a code of this person is looked at again; 0 if it is now."""
    now, span = timezone.now(), timedelta(seconds=settings.LOCKOUT_SECONDS)
    wrong = list(_of(user, now).values_list("at", flat=True)[: settings.FAILURES_A_DAY])
    ends = [now]
    if len(wrong) >= MOST and wrong[MOST - 1] > wrong[0] - span:
        ends.append(wrong[0] + span)
    if len(wrong) >= settings.FAILURES_A_DAY:
        ends.append(wrong[-1] + DAY)
    seconds = (max(ends) - now).total_seconds()
    return int(seconds) + 1 if seconds > 0 else 0


def note(user: User) -> bool:
    """One more wrong code. Whether it was the one that locks."""
    SignInAttempt.objects.create(username_hash=_mark(user), address=user.origin.address, at=timezone.now())
    return wait(user) > 0


def forgive(user: User) -> None:
    """A right code: those before it no longer count for the person, but still for the address."""
    SignInAttempt.objects.filter(username_hash=_mark(user)).update(username_hash="")


def _of(user: User, now: datetime) -> QuerySet[SignInAttempt]:
    """Newest first. What lies ahead was noted before the clock was put back, and must not lock anybody until then."""
    return SignInAttempt.objects.filter(username_hash=_mark(user), at__gt=now - DAY, at__lte=now + MINUTE).order_by(
        "-at"
    )


def _mark(user: User) -> str:
    """Whoever could try knew the password; another password ends both the trying and the wait."""
    return salted_hmac("accounts.wrong_codes", f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()

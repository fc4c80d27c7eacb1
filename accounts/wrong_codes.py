"""Counting wrong codes of a person, whatever browser they come from, so that nobody can try until one fits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInAttempt, User

# Five of a million codes, of which three are right at any time, in 20 minutes: 0.11 % in a day of trying.
MOST = 5


def one_at_a_time(user: User) -> None:
    """What concerns the second factors of a person happens one after another; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('second factor'), %s)", [user.pk % 2**31])


def wait(user: User) -> int:
    """Seconds until a code of this person is looked at again; 0 if it is now."""
    now, span = timezone.now(), timedelta(seconds=settings.LOCKOUT_SECONDS)
    wrong = list(_of(user, now - 2 * span).order_by("-at").values_list("at", flat=True)[:MOST])
    locked = len(wrong) == MOST and wrong[-1] > wrong[0] - span and wrong[0] > now - span
    return int((wrong[0] + span - now).total_seconds()) + 1 if locked else 0


def note(user: User) -> bool:
    """One more wrong code. Whether it was the one that locks."""
    SignInAttempt.objects.create(username_hash=_mark(user), address=user.origin.address, at=timezone.now())
    return wait(user) > 0


def forgive(user: User) -> None:
    """A right code: those before it no longer count for the person, but still for the address."""
    SignInAttempt.objects.filter(username_hash=_mark(user)).update(username_hash="")


def _of(user: User, since: datetime) -> QuerySet[SignInAttempt]:
    return SignInAttempt.objects.filter(username_hash=_mark(user), at__gt=since)


def _mark(user: User) -> str:
    return salted_hmac("accounts.wrong_codes", str(user.pk), algorithm="sha256").hexdigest()

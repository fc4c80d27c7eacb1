"""Accounts that nobody uses: their people are warned once, and some days later the account is disabled.

The clock of the machine is not trusted alone. Nobody is disabled who was not warned UNUSED_WARNING_DAYS before, so a
clock set forward disables nobody by itself; and a run that would touch a great share of all accounts touches none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.access import Refused, action, may, refusal
from accounts.models import Assignment, User
from accounts.roles import Role
from audit.log import record

# More than a fifth of all accounts in one run, and more than a handful: a clock is wrong, or somebody should look.
MOST_SHARE, HANDFUL = 0.2, 10
# When somebody last signed in, or was added.
USED = Coalesce("last_login", "created_at", output_field=DateTimeField())
NOTE = "Disabled: nobody signed in for {days} days."


@dataclass
class Run:
    """The keys of whom one run warned, disabled and kept; `held_back`: how many were due, had it not been too many."""

    warned: list[int] = field(default_factory=list)
    disabled: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    held_back: int = 0


def look(now: datetime | None = None, *, however_many: bool = False) -> Run:
    """Warn and disable whoever is due. Who is told of what was not done is told by the jobs that this queues."""
    now = now or timezone.now()
    warn, disable = list(_to_warn(now)), list(_to_disable(now))
    if not however_many and _is_too_much(len(warn) + len(disable)):
        return _held_back(len(warn) + len(disable), now)
    run = Run()
    for user in disable:
        if _is_last_manager(user, now):
            run.kept.append(user.pk)
        elif disable_unused(user, now=now, by=None):
            run.disabled.append(user.pk)
    run.warned = [user.pk for user in warn if warn_unused(user, now=now, by=None)]
    if run.kept:
        _say("kept", now)
    return run


def due_on(user: User) -> datetime:
    """When the account of a warned person is disabled if they do not sign in."""
    assert user.unused_warned_at  # noqa: S101 - asked only of whom was warned
    return user.unused_warned_at + timedelta(days=settings.UNUSED_WARNING_DAYS)


def _idle_since(moment: datetime) -> QuerySet[User]:
    """Active people who last signed in before `moment`, or never did and were added before it.

    The longest silence first, so that of the Access Control Managers the one who was here last remains. The invented
    people of a demonstration are left alone: they never sign in.
    """
    active = User.objects.filter(status=User.Status.ACTIVE, is_demonstration=False)
    return active.alias(used=USED).filter(used__lt=moment).order_by("used", "pk")


def _to_warn(now: datetime) -> QuerySet[User]:
    """Once: until they sign in, a warning stands, whatever the clock does meanwhile."""
    early = timedelta(days=settings.UNUSED_DAYS - settings.UNUSED_WARNING_DAYS)
    return _idle_since(now - early).filter(Q(unused_warned_at=None) | Q(last_login__gt=F("unused_warned_at")))


def _to_disable(now: datetime) -> QuerySet[User]:
    warned = Q(unused_warned_at__lte=now - timedelta(days=settings.UNUSED_WARNING_DAYS))
    used_since = Q(last_login__gt=F("unused_warned_at"))
    return _idle_since(now - timedelta(days=settings.UNUSED_DAYS)).filter(warned).exclude(used_since)


def _is_too_much(count: int) -> bool:
    everybody = User.objects.filter(status=User.Status.ACTIVE, is_demonstration=False).count()
    return count > HANDFUL and count > MOST_SHARE * everybody


def _is_last_manager(user: User, now: datetime) -> bool:
    """Whether nobody else could grant a role or open this very account again."""
    managers = Assignment.objects.live(now).filter(role=Role.ACM, user__status=User.Status.ACTIVE)
    return managers.filter(user=user).exists() and not managers.exclude(user=user).exists()


def _held_back(count: int, now: datetime) -> Run:
    _say("held-back", now, count)
    return Run(held_back=count)


def _say(what: str, now: datetime, count: int = 0) -> None:
    """Once on a day: the same job is not queued twice."""
    from accounts.tasks import mail_unused

    mail_unused.defer(what=what, day=now.date().isoformat(), count=count)


# -- The acts ----------------------------------------------------------------------------------------------------------
@action
def warn_unused(user: User, *, now: datetime, by: User | None) -> bool:
    """Tell one person that their account will be disabled; False where they have come back meanwhile."""
    from accounts.tasks import mail_unused_warning

    found = _to_warn(now).select_for_update(of=("self",)).filter(pk=user.pk).first()
    if found is None:
        return False
    found.unused_warned_at = now
    found.save(update_fields=["unused_warned_at"])
    record("user.warned_unused", by=by, on=found, due=due_on(found).date().isoformat())
    mail_unused_warning.defer(user_id=found.pk, warned=now.isoformat())
    return True


@action
def disable_unused(user: User, *, now: datetime, by: User | None) -> bool:
    """Disable one account; False where its person has come back meanwhile. The roles stay, and give nothing."""
    found = _to_disable(now).select_for_update(of=("self",)).filter(pk=user.pk).first()
    if found is None:
        return False
    found.status, found.status_note = User.Status.SUSPENDED, NOTE.format(days=settings.UNUSED_DAYS)
    found.save(update_fields=["status", "status_note"])
    record("user.disabled_unused", by=by, on=found, days=settings.UNUSED_DAYS)
    return True


def may_reopen(user: User, by: User) -> bool:
    """Whether `by`, who is entitled to open accounts again, may open this one."""
    return user.status == User.Status.SUSPENDED and user.person_key != by.person_key


@action
def reactivate(user: User, *, by: User, reason: str) -> User:
    """Open a suspended account again. Its person has until the next warning runs out to sign in. Raises Refused."""
    if not (may(by, "grant_roles") or may(by, "change_profiles")):
        raise Refused(refusal("grant_roles"))
    if by.person_key == user.person_key:
        raise Refused("You cannot open your own account again. Ask another officer.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.status != User.Status.SUSPENDED:
        raise Refused(f"This account is {user.get_status_display().lower()}, so there is nothing to open again.")
    user.status, user.status_note, user.unused_warned_at = User.Status.ACTIVE, "", None
    user.save(update_fields=["status", "status_note", "unused_warned_at"])
    record("user.reactivated", by=by, on=user, reason=reason)
    return user

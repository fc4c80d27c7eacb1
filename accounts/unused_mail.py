"""Mail about accounts that nobody uses: to their people, and to those who look after accounts."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.mailing import send_letters
from accounts.models import Assignment, User
from accounts.roles import Role
from accounts.unused import due_on
from audit.log import Subject, record

KEPT = (
    "The only Access Control Manager left has not signed in for {days} days. The account was not disabled, since "
    "nobody could grant a role any more. See to it that this person signs in, or that another one is named."
)
HELD_BACK = (
    "{count} accounts were due at once to be warned or disabled because nobody used them. That is so many that nothing "
    "was done. Have the clock of the server checked; if it is right, an operator runs: manage.py disable_unused "
    "--however-many"
)


def send_warning(user_id: int, warned: str) -> None:
    """Tell one person, unless they have signed in meanwhile. Sent again, a mail bears the same Message-ID."""
    user = User.objects.get(pk=user_id)
    stands = user.unused_warned_at == datetime.fromisoformat(warned) and user.status == User.Status.ACTIVE
    used = user.last_login and user.unused_warned_at and user.last_login > user.unused_warned_at
    if not stands or used:
        return
    day = due_on(user).date()
    says = (
        f"You have not used SEN for a while. Sign in before {day:%b} {day.day}, {day.year}, or your account is "
        f"disabled on that day: accounts that nobody uses for {settings.UNUSED_DAYS} days are."
    )
    send_letters(f"unused.{warned}", [user], subject="Your account in SEN will be disabled", says=says, path="/")
    record("notice.mailed", by=None, on=user, notice=f"unused.{warned}", people=1)


def send_told(what: str, day: str, count: int, only: list[str] | None = None) -> list[str]:
    """Tell those who look after accounts what was not done and why; the keys of those who got no mail."""
    held = Assignment.objects.live().filter(role__in=[Role.ACM, Role.SCO, Role.ADMINISTRATOR])
    people = User.objects.filter(pk__in=held.values("user"), status=User.Status.ACTIVE).order_by("pk")
    if only is not None:
        people = people.filter(pk__in=only)
    says = KEPT.format(days=settings.UNUSED_DAYS) if what == "kept" else HELD_BACK.format(count=count)
    found = list(people)
    left = send_letters(f"unused.{what}.{day}", found, subject="Accounts that nobody uses", says=says, path="/people/")
    about = Subject("list", "", "accounts that nobody uses")
    record("notice.mailed", by=None, on=about, notice=f"unused.{what}.{day}", people=len(found) - len(left))
    return left

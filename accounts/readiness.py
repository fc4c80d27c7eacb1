"""What must be in order before somebody may work: a proved session, signed rules, training, a second factor.

One table, in the order in which they are asked for. `accounts.middleware.Gate` lets through, until all is in order,
only the pages that mend what is lacking; the checklist shows every line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts import rules, sessions
from accounts.models import User
from accounts.roles import SECOND_FACTOR_ROLES

Lacks = Callable[[User, SessionBase], bool]


@dataclass(frozen=True)
class Need:
    """One thing that must be in order: its name, the page where it is mended, and what may be opened meanwhile."""

    code: str
    label: str
    page: str
    lacks: Lacks
    opens: frozenset[str] = frozenset()


def has_training(user: User) -> bool:
    """Whether privacy training was completed within a year (PIA: annual privacy training is required of all)."""
    return user.trained_until is not None and user.trained_until >= timezone.localdate()


def must_prove(user: User) -> bool:
    """Whether this person works only with a second factor: by a role that they hold, or because everybody must.

    The invented people of a demonstration share a password that stands on its sign-in page; they may have one.
    """
    if user.is_demonstration:
        return False
    return settings.SECOND_FACTOR == "all" or any(a.role in SECOND_FACTOR_ROLES for a in user.live_assignments)


# Once the password is right: the ways to mend what is lacking, and to ask for access meanwhile.
MENDING = frozenset(
    {
        "accounts:before_you_start",
        "accounts:extend",
        "accounts:rules",
        "accounts:sessions",
        "accounts:end_session",
        "accounts:change_password",
    }
)
ASKING = frozenset({"accounts:request", "accounts:withdraw"})
SETTING_UP = frozenset(
    {"accounts:second_factors", "accounts:add_app", "accounts:add_passkey", "accounts:recovery_codes", "accounts:prove"}
)

NEEDS: tuple[Need, ...] = (
    Need(
        "second factor given",
        "Your second factor at this sign-in",
        "accounts:prove",
        lambda user, session: sessions.is_pending(session),
    ),
    Need(
        "rules",
        "Rules of Behavior, signed each year",
        "accounts:rules",
        lambda user, session: not rules.accepted(user),
        MENDING,
    ),
    Need(
        "training",
        "Privacy training, completed each year",
        "accounts:before_you_start",
        lambda user, session: not has_training(user),
        MENDING | ASKING | SETTING_UP,
    ),
    Need(
        "second factor",
        "A second factor, such as an app on your phone",
        "accounts:second_factors",
        lambda user, session: must_prove(user) and not sessions.is_proved(session),
        MENDING | ASKING | SETTING_UP,
    ),
)


def first_lack(user: User, session: SessionBase) -> Need | None:
    """What must be mended first; None when everything is in order. It asks the database nothing."""
    return next((need for need in NEEDS if need.lacks(user, session)), None)

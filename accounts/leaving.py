"""The way out: one act ends everything that a person has, under every account of theirs.

What other apps keep for a person they register here, since accounts knows none of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts import campaign_handing, open_sessions
from accounts.access import Refused, action, recompute
from accounts.actions import require
from accounts.models import AccessRequest, Assignment, Identity, RecoveryCode, SecondFactor, User
from accounts.roles import Role
from audit.log import record
from audit.models import Event

# Who leads an office can take over what somebody of it had begun.
LEADS = (Role.SUPERVISOR, Role.SAC, Role.FOD)
WITHDRAWN = "The person left."


@dataclass(frozen=True)
class Leave:
    """One person leaving: every account of theirs, who ends it, why, and who takes over what was begun."""

    accounts: Sequence[User]
    by: User
    reason: str
    heir: User | None
    now: datetime


@dataclass(frozen=True)
class Ending:
    """One kind of thing that ends: its name, what becomes of it, how many there are, and the act.

    The act says how many of what it ended. It locks what it changes, in the order of the keys, and records each.
    """

    title: str
    becomes: str
    count: Callable[[Sequence[User]], int]
    end: Callable[[Leave], dict[str, int]]


_endings: list[Ending] = []


def register(*endings: Ending) -> None:
    """What an app keeps for a person; each title once."""
    _endings.extend(endings)


@dataclass(frozen=True)
class Before:
    """What the page shows beforehand of one kind of thing."""

    title: str
    becomes: str
    count: int


@dataclass(frozen=True)
class Afterwards:
    """What the page shows once all has ended: when, by which account, why, and how many of what."""

    at: datetime
    who: str
    reason: str
    ended: dict[str, int]


def accounts_of(user: User) -> list[User]:
    """Every account of the same person, whose ending is one act: a second account must not stay open."""
    return list(User.objects.filter(person_key=user.person_key).select_related("office").order_by("pk"))


def before(accounts: Sequence[User]) -> list[Before]:
    """Everything that will end; what there is none of is left out."""
    found = [Before(one.title, one.becomes, one.count(accounts)) for one in (*OWN, *_endings)]
    return [one for one in found if one.count]


def afterwards(user: User) -> Afterwards | None:
    """What the newest offboarding of this account ended, as its event says."""
    told = Event.objects.filter(object_type=User.audit_type, object_id=user.audit_id, code="user.offboarded")
    event = told.order_by("-pk").first()
    if event is None:
        return None
    said = json.loads(event.payload)
    return Afterwards(event.at, event.actor, said["reason"], said["ended"])


def heirs(user: User) -> Q:
    """Who may take over: active people who lead an office, and the supervisor on record; never the person."""
    leads = Assignment.objects.live().filter(role__in=LEADS)
    may = Q(pk__in=leads.values("user")) | Q(pk=user.supervisor_id or 0)
    return may & Q(status=User.Status.ACTIVE) & ~Q(person_key=user.person_key)


@action
def offboard(user: User, *, by: User, reason: str, drafts_to: User | None = None) -> dict[str, int]:
    """End everything that the person of `user` has; what ended, by name. Refused for oneself and again.

    What was begun goes to `drafts_to`, else to the supervisor on record; without either it stays closed.
    """
    require(by, "grant_roles")
    if by.person_key == user.person_key:
        raise Refused("You cannot end your own access. Ask another Access Control Manager.")
    accounts = _locked(user)
    user = next(one for one in accounts if one.pk == user.pk)
    if all(one.status == User.Status.LEFT for one in accounts) and not before(accounts):
        raise Refused("This person has left already, and nothing of theirs is open.")
    leave = Leave(accounts, by, reason, _heir(user, drafts_to), timezone.now())
    ended: dict[str, int] = {}
    for ending in (*OWN, *_endings):
        ended |= {title: count for title, count in ending.end(leave).items() if count}
    _close(leave)
    heir = leave.heir.pk if leave.heir else None
    for one in accounts:
        record("user.offboarded", by=by, on=one, reason=reason, drafts_to=heir, ended=ended)
    return ended


def _locked(user: User) -> list[User]:
    """Every account of the person, locked before anything of theirs: what is under way commits first or is refused."""
    accounts = User.objects.select_for_update().filter(person_key=user.person_key).order_by("pk")
    return list(accounts)


def _heir(user: User, named: User | None) -> User | None:
    """Whoever is named, if they may; else the supervisor on record, who must still be active."""
    wanted = named.pk if named else user.supervisor_id or 0
    heir = User.objects.filter(heirs(user), pk=wanted).first()
    if named and heir is None:
        raise Refused("Choose somebody else for the drafts: only an active supervisor can take them over.")
    return heir


def _close(leave: Leave) -> None:
    """Without a password: should the account ever be opened again, neither it nor an old session opens with the old."""
    for account in leave.accounts:
        account.status, account.status_note = User.Status.LEFT, "Left the agency or no longer needs SEN."
        account.unused_warned_at = None
        account.set_unusable_password()
        account.save(update_fields=["status", "status_note", "unused_warned_at", "password"])
        recompute(account)


# -- What accounts itself keeps for a person ---------------------------------------------------------------------------
def _roles(accounts: Sequence[User]) -> int:
    return Assignment.objects.live().filter(user__in=accounts).count()


def _end_roles(leave: Leave) -> dict[str, int]:
    live = Assignment.objects.live(leave.now).filter(user__in=leave.accounts).order_by("pk")
    held = list(live.select_for_update(of=("self",)).select_related("user", "office"))
    for one in held:
        one.revoked_by, one.revoked_at, one.revoked_reason = leave.by, leave.now, leave.reason[:500]
        one.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
        office, reason = one.office.code, leave.reason
        record("assignment.revoked", by=leave.by, on=one.user, role=one.role, office=office, reason=reason)
    return {"Roles": len(held)}


def _requests(accounts: Sequence[User]) -> int:
    return AccessRequest.objects.filter(person__in=accounts, status__in=AccessRequest.OPEN).count()


def _end_requests(leave: Leave) -> dict[str, int]:
    mine = AccessRequest.objects.filter(person__in=leave.accounts, status__in=AccessRequest.OPEN).order_by("pk")
    waiting = list(mine.select_for_update(of=("self",)).select_related("person"))
    for one in waiting:
        one.status, one.version = AccessRequest.Status.WITHDRAWN, one.version + 1
        one.decided_by, one.decided_at, one.decision = leave.by, leave.now, WITHDRAWN
        one.save(update_fields=["status", "version", "decided_by", "decided_at", "decision"])
        record("access.withdrawn", by=leave.by, on=one.person, request=one.pk)
    return {"Requests for access": len(waiting)}


def _sessions(accounts: Sequence[User]) -> int:
    return open_sessions.live(accounts[0]).count()


def _end_sessions(leave: Leave) -> dict[str, int]:
    """Those in the list; one that is not there ends too, for the person is no longer active."""
    return {"Open sessions": sum(open_sessions.end_all(one, by=leave.by) for one in leave.accounts)}


def _factors(accounts: Sequence[User]) -> int:
    return SecondFactor.objects.filter(user__in=accounts).count()


def _end_factors(leave: Leave) -> dict[str, int]:
    RecoveryCode.objects.filter(user__in=leave.accounts).delete()
    return {"Second factors": SecondFactor.objects.filter(user__in=leave.accounts).delete()[0]}


def _identities(accounts: Sequence[User]) -> int:
    return Identity.objects.filter(user__in=accounts).count()


def _end_identities(leave: Leave) -> dict[str, int]:
    return {"Links with the agency's sign-in": Identity.objects.filter(user__in=leave.accounts).delete()[0]}


OWN: tuple[Ending, ...] = (
    Ending(
        "Answers to a recertification",
        "are asked of whoever endorses access at the office",
        campaign_handing.count,
        campaign_handing.hand_on,
    ),
    Ending("Roles", "end now and are gone at the next click", _roles, _end_roles),
    Ending("Requests for access", "are withdrawn", _requests, _end_requests),
    Ending("Open sessions", "end", _sessions, _end_sessions),
    Ending("Second factors", "are removed, with the recovery codes", _factors, _end_factors),
    Ending("Links with the agency's sign-in", "are removed", _identities, _end_identities),
)

"""Deciding: what a person may do and where, why not, and the guardian rows that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.contrib.auth.models import Permission
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from accounts.acting import acting
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import GRANTS, PERMISSIONS, ROLE_LABELS, Reach, Role, own

if TYPE_CHECKING:
    from django.http import HttpRequest

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Verdict:
    """An answer that carries its reason. Falsy when it is no; `reason` is the sentence that the page shows."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


class Refused(Exception):
    """An act that may not happen, with the sentence that says why and what to do next."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rights:
    """Permission (wide or own form) -> the offices it reaches; `everywhere` holds those that reach the whole tree.

    `until` is the end of what ends first: later these are no longer the rights.
    """

    offices: dict[str, frozenset[int]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()
    until: datetime = FOREVER
    # What others have worked out from these rights, by a name of theirs; it is forgotten with them.
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def somewhere(self, permission: str) -> bool:
        return permission in self.offices or own(permission) in self.offices

    def at(self, permission: str, office_id: int) -> bool:
        return permission in self.everywhere or office_id in self.offices.get(permission, frozenset())


# One query: the person's guardian rows, each expanded to its office and those below. The date is part of the predicate.
# What reaches the whole tree, or only one's own reports, needs no list of offices.
EXPAND = """
SELECT permission.codename, array_agg(below.id) FILTER (WHERE below.id IS NOT NULL), bool_or(base.parent_id IS NULL),
       min(held.until)
FROM accounts_officepermission held
JOIN auth_permission permission ON permission.id = held.permission_id
JOIN accounts_office base ON base.id = held.content_object_id
LEFT JOIN (
    SELECT id, unnest(string_to_array(trim(BOTH '/' FROM path), '/'))::bigint AS above_id FROM accounts_office
) below ON below.above_id = base.id AND base.parent_id IS NOT NULL AND permission.codename NOT LIKE '%%\\_own'
WHERE held.user_id = %s AND held.until > %s
GROUP BY permission.codename
"""


def rights_of(user: User) -> Rights:
    """What `user` may do now. Nobody inactive may do anything."""
    if not user.is_active:
        return Rights()
    with connection.cursor() as cursor:
        cursor.execute(EXPAND, [user.pk, timezone.now()])
        rows = cursor.fetchall()
    return Rights(
        offices={codename: frozenset(offices or ()) for codename, offices, _, _ in rows},
        everywhere=frozenset(codename for codename, _, everywhere, _ in rows if everywhere),
        until=min((until for _, _, _, until in rows), default=FOREVER),
    )


def may(user: User, permission: str, office: Office | None = None, author_id: int | None = None) -> Verdict:
    """Whether `user` holds `permission` at `office` (anywhere, if none is named), or over what they wrote."""
    rights = user.rights
    if office is None:
        return YES if rights.somewhere(permission) else Verdict(False, refusal(permission))
    if rights.at(permission, office.pk):
        return YES
    if author_id == user.pk and own(permission) in rights.offices:
        return YES
    return Verdict(False, refusal(permission, office))


def refusal(permission: str, office: Office | None = None) -> str:
    """Why not, and what to do next."""
    roles = [ROLE_LABELS[role] for role, grants in GRANTS.items() if permission in grants]
    place = f" for {office.name}" if office else ""
    return (
        f"Your roles do not let you {PERMISSIONS[permission]}{place}. It needs one of: {', '.join(roles)}. "
        "If your duties require it, ask your supervisor to request the role from an Access Control Manager."
    )


def hold(by: User) -> None:
    """Lock the actor's assignments until the act commits, so that a revocation and an act cannot pass each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM accounts_user WHERE id = %s FOR SHARE", [by.pk])
        (status,) = cursor.fetchone()
        cursor.execute("SELECT 1 FROM accounts_assignment WHERE user_id = %s FOR SHARE", [by.pk])
    by.status = status
    by.marks = None
    for remembered in ("rights", "live_assignments", "role_line"):
        by.__dict__.pop(remembered, None)


# Two who take away each other's roles wait for each other; the database lets one of them go on.
AT_ONCE = (
    "Somebody changed the same at this very moment, so nothing was done. Reload the page to see how it stands now."
)


def action(act: Callable[P, T]) -> Callable[P, T]:
    """Every write is an action: one transaction, the actor's rights locked and looked up afresh. `by=` is required."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        by: Any = kwargs["by"]
        try:
            with transaction.atomic(), acting(by):
                if by is not None:
                    hold(by)
                return act(*args, **kwargs)
        except OperationalError as error:
            if isinstance(error.__cause__, DeadlockDetected):
                raise Refused(AT_ONCE) from error
            raise

    return run


def recompute(user: User) -> None:
    """Make the guardian rows of `user` what all live assignments say. Call it in the transaction that changed one."""
    root = Office.objects.get(parent__isnull=True)
    wanted = rows_of(Assignment.objects.live().filter(user=user).select_related("office"), root)
    permissions = dict(
        Permission.objects.filter(content_type__app_label="accounts", content_type__model="office").values_list(
            "codename", "pk"
        )
    )
    OfficePermission.objects.filter(user=user).delete()
    OfficePermission.objects.bulk_create(
        OfficePermission(user=user, permission_id=permissions[codename], content_object_id=office_id, until=until)
        for (codename, office_id), until in wanted.items()
    )


def rows_of(assignments: Iterable[Assignment], root: Office) -> dict[tuple[str, int], datetime]:
    """The (permission, office) pairs that these assignments give together, each until the last of them ends."""
    wanted: dict[tuple[str, int], datetime] = {}
    for assignment in assignments:
        for key in _rows_of(assignment, root):
            wanted[key] = max(assignment.until, wanted.get(key, assignment.until))
    return wanted


def _rows_of(assignment: Assignment, root: Office) -> Iterable[tuple[str, int]]:
    """The (permission, office) pairs that one assignment gives; a wider reach includes the narrower."""
    for permission, grant in GRANTS[Role(assignment.role)].items():
        if grant.programme and grant.programme != assignment.office.programme:
            continue
        yield own(permission), assignment.office_id
        if grant.reach is not Reach.OWN:
            yield permission, (root.pk if grant.reach is Reach.ALL else assignment.office_id)


# -- What a view declares; `accounts.middleware.Gate` refuses a view that declares nothing ---------------------------


@dataclass(frozen=True)
class Declared:
    """How a view may be reached: by anyone, by whoever is signed in, or with one of some permissions."""

    public: bool = False
    permissions: tuple[str, ...] = ()

    def verdict(self, user: User) -> Verdict:
        if self.public or not self.permissions or any(user.may_somewhere(name) for name in self.permissions):
            return YES
        return Verdict(False, refusal(self.permissions[0]))


View = TypeVar("View", bound=Callable[..., Any])


def _declare(view: View, declared: Declared) -> View:
    view.access = declared  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anyone may ask for this view, signed in or not."""
    return _declare(view, Declared(public=True))


def signed_in(view: View) -> View:
    """Anyone signed in, with the Rules of Behavior accepted."""
    return _declare(view, Declared())


def requires(*permissions: str) -> Callable[[View], View]:
    """Whoever holds one of these permissions somewhere; which rows they reach is the view's own question."""
    unknown = set(permissions) - PERMISSIONS.keys()
    if unknown or not permissions:
        raise ValueError(f"unknown permissions: {sorted(unknown)}")
    return lambda view: _declare(view, Declared(permissions=permissions))


def person(request: HttpRequest) -> User:
    """The signed-in person of a request that the gate let through."""
    assert isinstance(request.user, User)  # noqa: S101 - the gate has made sure; this tells the type checker
    return request.user

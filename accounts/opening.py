"""What a grant would open before it is given, and who can see the reports of an office: worked out from the roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.explain import REPORTS, Held, carries, reaches
from accounts.models import Assignment, Office, User
from accounts.roles import APART, GRANTS, PERMISSIONS, Reach, Role

# What opens reports in the lists; historical reports belong to no office that stands.
READS = ("read_sir", "read_spear", "read_ilead", "read_tav")


@dataclass(frozen=True)
class Power:
    """One thing that a grant lets somebody do, how far, and whether they could not do it so far before."""

    words: str
    reach: str
    is_new: bool


@dataclass(frozen=True)
class Opening:
    """What a role at an office would open: in all, and beyond what one person has already."""

    role: Role
    office: Office
    person: User | None
    powers: tuple[Power, ...]
    # What the role has at offices of another programme alone.
    elsewhere: tuple[tuple[str, str], ...]
    offices: tuple[str, ...]
    kinds: tuple[tuple[str, int, int], ...]
    apart: tuple[Role, ...]
    conflicts: tuple[Role, ...]

    @property
    def everywhere(self) -> bool:
        return any(grant.reach is Reach.ALL for grant in GRANTS[self.role].values())


def opening(role: Role, office: Office, person: User | None = None) -> Opening:
    """What granting `role` at `office` would open; to `person`, what of it is new."""
    proposed = Assignment(role=role, office=office)
    held = Held(person) if person else None
    below = Office.objects.filter(path__startswith=office.path).order_by("path").values_list("name", flat=True)
    has = [name for name in GRANTS[role] if carries(proposed, name)]
    return Opening(
        role,
        office,
        person,
        powers=tuple(_power(role, name, office, held) for name in has),
        elsewhere=tuple((PERMISSIONS[name], GRANTS[role][name].programme) for name in GRANTS[role] if name not in has),
        offices=tuple(below) if any(_is_local(role, name) for name in has) else (),
        kinds=tuple(REPORTS.opened(role, office, person)),
        apart=tuple(sorted(_apart(role))),
        conflicts=tuple(sorted(_apart(role) & _held_by(person))) if person else (),
    )


def _is_local(role: Role, permission: str) -> bool:
    return GRANTS[role][permission].reach is Reach.OFFICE


def _power(role: Role, permission: str, office: Office, held: Held | None) -> Power:
    reach = GRANTS[role][permission].reach
    words = {
        Reach.OWN: "what they wrote themselves",
        Reach.OFFICE: f"{office.name} and the offices below it",
        Reach.ALL: "every office",
    }
    return Power(PERMISSIONS[permission], words[reach], not (held and _has(held, permission, reach, office)))


def _has(held: Held, permission: str, reach: Reach, office: Office) -> bool:
    """Whether what they hold already reaches as far."""
    if reach is Reach.OWN or not held.user.is_active:
        return held.somewhere(permission)
    if reach is Reach.ALL:
        return any(_is_whole(one, permission) for one in held.assignments)
    return any(reaches(one, permission, office) for one in held.assignments)


def _is_whole(one: Assignment, permission: str) -> bool:
    if not carries(one, permission):
        return False
    reach = GRANTS[Role(one.role)][permission].reach
    return reach is Reach.ALL or (reach is Reach.OFFICE and one.office.parent_id is None)


def _apart(role: Role) -> set[Role]:
    """The roles that nobody may hold together with this one."""
    return {other for pair in APART if role in pair for other in pair - {role}}


def _held_by(person: User) -> set[Role]:
    """Over every account of the same person, as the grant itself compares them."""
    live = Assignment.objects.live().filter(user__person_key=person.person_key)
    return {Role(role) for role in live.values_list("role", flat=True)}


# -- Who can see an office --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Reader:
    """One person, and each role by which they see reports of the office, with the kinds that it opens."""

    user: User
    through: tuple[tuple[Assignment, str], ...]


def readers(office: Office) -> QuerySet[User]:
    """Active people with a role that reads the reports of `office`, by name."""
    through = _reading(office).values("user")
    return User.objects.filter(status=User.Status.ACTIVE, pk__in=through).order_by("name", "pk")


def _reading(office: Office) -> QuerySet[Assignment]:
    """The live assignments that read some kind of report of this office."""
    found = Q(pk__in=[])
    for role, grants in GRANTS.items():
        for permission in READS:
            if (grant := grants.get(permission)) is None or grant.reach is Reach.OWN:
                continue
            place = Q() if grant.reach is Reach.ALL else Q(office_id__in=office.ancestor_ids())
            if grant.programme:
                place &= Q(office__programme=grant.programme)
            found |= Q(role=role.value) & place
    return Assignment.objects.live().filter(found)


def through(office: Office, people: Iterable[User]) -> list[Reader]:
    """The roles of these people that read reports of the office: one statement for all."""
    held = _reading(office).filter(user__in=[user.pk for user in people])
    by_user: dict[int, list[tuple[Assignment, str]]] = {}
    for one in held.select_related("office", "granted_by", "request").order_by("until", "pk"):
        by_user.setdefault(one.user_id, []).append((one, kinds_read(one, office)))
    return [Reader(user, tuple(by_user.get(user.pk, ()))) for user in people]


def kinds_read(one: Assignment, office: Office) -> str:
    """Such as: SIRs, SPEARs."""
    return ", ".join(PERMISSIONS[name].removeprefix("read ") for name in READS if reaches(one, name, office))

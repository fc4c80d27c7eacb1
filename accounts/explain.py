"""Why somebody may or may not see or do something: each step in words, worked out from the roles that they hold.

It stands beside the answers that pages and actions give, so an explanation says of itself whether the two agree.
Other apps register what they know of their own rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone

from accounts import readiness, rules
from accounts.models import Assignment, Office, User
from accounts.roles import GRANTS, PERMISSIONS, ROLE_LABELS, Reach, Role


class Step(NamedTuple):
    """One thing that is asked on the way to an answer, how it came out, and what to do where it did not hold."""

    holds: bool
    says: str
    then: str = ""


class Way(NamedTuple):
    """One of several ways to the same thing; it is open when each of its steps holds."""

    label: str
    steps: tuple[Step, ...]

    @property
    def is_open(self) -> bool:
        return all(step.holds for step in self.steps)


@dataclass(frozen=True)
class Answer:
    """Whether a person may do one thing: every step must hold, and one of the ways, if there are any, be open.

    `actual` is what the pages themselves would answer.
    """

    act: str
    steps: tuple[Step, ...]
    actual: bool
    ways: tuple[Way, ...] = ()

    @property
    def explained(self) -> bool:
        return all(step.holds for step in self.steps) and (not self.ways or any(way.is_open for way in self.ways))

    @property
    def agrees(self) -> bool:
        return self.explained == self.actual

    @property
    def stopped_at(self) -> Step | None:
        """The first step that does not hold; of several ways, of the first, which is the usual one."""
        if self.explained:
            return None
        asked = (*self.steps, *(self.ways[0].steps if self.ways else ()))
        return next((step for step in asked if not step.holds), None)


def carries(assignment: Assignment, permission: str) -> bool:
    """Whether this role, given at this office, has the permission at all."""
    grant = GRANTS[Role(assignment.role)].get(permission)
    return grant is not None and grant.programme in ("", assignment.office.programme)


def reaches(assignment: Assignment, permission: str, office: Office) -> bool:
    """Whether this role lets its holder do so at `office`, whoever wrote what."""
    if not carries(assignment, permission):
        return False
    reach = GRANTS[Role(assignment.role)][permission].reach
    return reach is Reach.ALL or (reach is Reach.OFFICE and office.path.startswith(assignment.office.path))


def day(at: datetime) -> str:
    return f"{timezone.localtime(at):%b %-d, %Y}"


@dataclass
class Held:
    """A person with the roles that they hold now, each looked up once."""

    user: User
    given: Sequence[Assignment] | None = None
    # What others have looked up for this explanation, by a name of theirs.
    known: dict[str, Any] = field(default_factory=dict, repr=False)
    _steps: dict[tuple[str, int, bool], Step] = field(default_factory=dict, repr=False)

    @cached_property
    def assignments(self) -> list[Assignment]:
        if self.given is not None:
            return list(self.given)
        live = Assignment.objects.live().filter(user=self.user)
        return list(live.select_related("office", "granted_by", "request").order_by("until", "pk"))

    @cached_property
    def offices(self) -> dict[int, str]:
        return dict(Office.objects.values_list("pk", "name"))

    def somewhere(self, permission: str) -> bool:
        return self.user.is_active and any(carries(one, permission) for one in self.assignments)

    def step(self, permission: str, office: Office, author_id: int | None = None) -> Step:
        """Whether a role of theirs lets them do so at `office`, or over what they wrote."""
        is_own = author_id == self.user.pk
        key = (permission, office.pk, is_own)
        if key not in self._steps:
            self._steps[key] = self._step(permission, office, is_own)
        return self._steps[key]

    def _step(self, permission: str, office: Office, is_own: bool) -> Step:
        words = PERMISSIONS[permission]
        if not self.user.is_active:
            return Step(False, "An account that is not active has no rights.", ACTIVE_NEEDED)
        for one in self.assignments:
            if reaches(one, permission, office):
                return Step(
                    True, f"They may {words}: {self.describe(one)}, which {self._through(one, permission, office)}."
                )
        having = [one for one in self.assignments if carries(one, permission)]
        if having and is_own:
            return Step(True, f"They may {words} where they wrote it themselves: {self.describe(having[0])}.")
        needed = f"It needs one of: {roles_with(permission)}; at {office.name} or above it."
        if having:
            too_short = "; ".join(self._too_short(one, permission) for one in having)
            return Step(False, f"Their role does not let them {words} for {office.name}: {too_short}.", needed)
        return Step(False, f"No role of theirs lets them {words}.", needed)

    def describe(self, one: Assignment) -> str:
        """A role, where, until when, and who gave it."""
        by = one.granted_by.name if one.granted_by else "the system's operator"
        asked = getattr(one, "request", None)
        request = f", as asked for in request {asked.pk}" if asked else ""
        return (
            f"{ROLE_LABELS[Role(one.role)]} at {one.office.name}, until {day(one.until)} "
            f"(granted by {by} on {day(one.granted_at)}{request})"
        )

    def _through(self, one: Assignment, permission: str, office: Office) -> str:
        if GRANTS[Role(one.role)][permission].reach is Reach.ALL:
            return "reaches every office"
        if one.office_id == office.pk:
            return f"reaches {office.name}"
        below = office.path.removeprefix(one.office.path).strip("/").split("/")
        line = " > ".join([one.office.name, *(self.offices.get(int(pk), "an office") for pk in below)])
        return f"reaches {office.name}, which lies below it ({line})"

    def _too_short(self, one: Assignment, permission: str) -> str:
        label = f"{ROLE_LABELS[Role(one.role)]} at {one.office.name}"
        if GRANTS[Role(one.role)][permission].reach is Reach.OWN:
            return f"{label} reaches only what they wrote"
        return f"{label} reaches that office and those below it"


ACTIVE_NEEDED = "A System Control Officer changes the status of the account."


def roles_with(permission: str) -> str:
    return ", ".join(ROLE_LABELS[role] for role, grants in GRANTS.items() if permission in grants)


# -- What must be in order before anything else ----------------------------------------------------------------------
def in_order(user: User) -> tuple[Step, ...]:
    """What stands before every page: the account, the signed rules, the training and the second factor."""
    return (_active(user), _rules(user), _training(user), _second_factor(user))


def _active(user: User) -> Step:
    status = User.Status(user.status).label.lower()
    return Step(user.is_active, f"The account is {status}.", ACTIVE_NEEDED)


def _rules(user: User) -> Step:
    then = "They sign the rules when they next sign in."
    if user.rules_accepted_at is None:
        return Step(False, "They have not signed the Rules of Behavior.", then)
    signed = f"version {user.rules_version} on {day(user.rules_accepted_at)}"
    if rules.accepted(user):
        return Step(True, f"They signed the Rules of Behavior: {signed}.")
    return Step(False, f"They signed the Rules of Behavior too long ago, or before they changed: {signed}.", then)


def _training(user: User) -> Step:
    if user.trained_until is None:
        return Step(False, "No privacy training is recorded.", TRAINING_NEEDED)
    until = f"{user.trained_until:%b %-d, %Y}"
    if readiness.has_training(user):
        return Step(True, f"Privacy training counts until {until}.")
    return Step(False, f"Privacy training counted until {until}.", TRAINING_NEEDED)


TRAINING_NEEDED = "An Access Control Manager records the training once it is completed."


def _second_factor(user: User) -> Step:
    if not readiness.must_prove(user):
        return Step(True, "No role of theirs asks for a second factor.")
    if user.second_factors.exists():
        return Step(True, "They have set up the second factor that their role asks for, and give it at each sign-in.")
    return Step(
        False, "Their role asks for a second factor, and none is set up.", "They set one up at the next sign-in."
    )


# -- What other apps know ---------------------------------------------------------------------------------------------
MakesActs = Callable[[Held, Any, Answer], Iterable[Answer]]


@dataclass
class Reports:
    """What the reports app tells of its reports, and what each app says may be done with one of them."""

    find: Callable[[str], Any] = lambda number: None
    facts: Callable[[Any], Sequence[tuple[str, str]]] = lambda report: ()
    sees: Callable[[Held, Any], Answer] | None = None
    # How many reports of each kind a grant would open, in all and beyond what a person reads already.
    opened: Callable[[Role, Office, User | None], Sequence[tuple[str, int, int]]] = lambda role, office, user: ()
    # How many people read single reports of an office beside their roles, in words.
    single: Callable[[Office], Sequence[tuple[str, int]]] = lambda office: ()
    acts: list[MakesActs] = field(default_factory=list)


REPORTS = Reports()


@dataclass(frozen=True)
class Explanation:
    """All that is said of one person and one report."""

    before: tuple[Step, ...]
    sees: Answer
    acts: tuple[Answer, ...]

    @property
    def is_in_order(self) -> bool:
        return all(step.holds for step in self.before)

    @property
    def may_see(self) -> bool:
        """Whether the report is among those that this person's lists would show."""
        return self.sees.explained

    @property
    def disagrees(self) -> bool:
        """An explanation that the system's own answer contradicts is of no use to anybody, and a fault to be told."""
        return not all(answer.agrees for answer in (self.sees, *self.acts))


def explain(user: User, report: Any) -> Explanation:
    """Why `user` may or may not see `report`, and each thing that could be done with it."""
    held = Held(user)
    assert REPORTS.sees  # noqa: S101 - the reports app has registered it
    sees = REPORTS.sees(held, report)
    acts = tuple(answer for make in REPORTS.acts for answer in make(held, report, sees))
    return Explanation(in_order(user), sees, acts)

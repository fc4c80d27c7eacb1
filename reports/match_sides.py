"""Who learns what of a match: both operations, or one of them and whom to call about the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from reports.deconfliction import is_planned, the_rule
from reports.models import SPEAR, DeconflictionRule, Match, Report
from reports.models.matches import MatchQuerySet
from reports.models.windows import window_in_words

READ, SETTLE = "read_spear", "settle_matches"
LONG_TEXTS = ("narrative", "synopsis", "objective", "restricted_reason", "legal_hold_reason", "outcome_note")


@dataclass(frozen=True)
class Side:
    """One operation of a match as a person may see it; a closed one has no report.

    `contact` and `phone` of a closed side are known to the JIOC alone, who calls there.
    """

    report: Any = None
    may_open: bool = False
    contact: str = ""
    phone: str = ""

    @property
    def is_open(self) -> bool:
        return self.report is not None

    @property
    def window(self) -> str:
        """When it is planned, by the clocks of its zone."""
        plan = self.report
        return window_in_words(plan.event_at, plan.planned_end, plan.event_zone) if plan else ""


@dataclass(frozen=True)
class Sight:
    """A match as a person may see it. `mine` stands first: the operation that brings them here, if only one does."""

    match: Match
    sides: tuple[Side, Side]
    settles: bool
    stands: bool
    rule: DeconflictionRule

    @property
    def is_whole(self) -> bool:
        return all(side.is_open for side in self.sides)

    @property
    def open_sides(self) -> list[Side]:
        return [side for side in self.sides if side.is_open]

    @property
    def sentence(self) -> str:
        """All that is said of a restricted operation."""
        return (
            f"A restricted operation may collide with yours. Call this desk: {self.rule.desk}, {self.rule.desk_phone}."
        )


def visible_to(user: User) -> MatchQuerySet:
    """The matches that `user` may know of.

    The JIOC's are all. Others know of those of an operation that they may read, or of which they are the contact;
    of a restricted one, only if they are named on it, whatever else they are.
    """
    if user.may_somewhere(SETTLE):
        return Match.objects.all()
    if not user.may_somewhere(READ):
        return Match.objects.none()
    readable = Report.objects.visible_to(user).filter(kind="spear")
    return Match.objects.filter(
        Q(a__in=readable) | Q(b__in=readable) | contact_of("a", user) | contact_of("b", user),
    )


def contact_of(side: str, user: User) -> Q:
    return Q(**{f"{side}__spear__contact": user, f"{side}__restricted": False})


def concerning(user: User) -> Q:
    """The matches of a person's own operations: those that they wrote or are the contact of, or have taken up."""
    return Q(held_by=user) | Q(a__author=user) | Q(b__author=user) | contact_of("a", user) | contact_of("b", user)


def look(matches: Iterable[Match], user: User) -> list[Sight]:
    """These matches, which `user` may know of, each with what they may see of it: two statements for all."""
    matches = list(matches)
    keys = {key for match in matches for key in (match.a_id, match.b_id)}
    plans: Any = SPEAR.objects.select_related("office", "contact").defer(*LONG_TEXTS).in_bulk(keys) if keys else {}
    readable = set(Report.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    rule = the_rule()
    return [_sight(match, plans, readable, user, rule) for match in matches]


def _sight(match: Match, plans: dict[UUID, Any], readable: set[UUID], user: User, rule: DeconflictionRule) -> Sight:
    settles = user.may_somewhere(SETTLE)
    a, b = (_side(plans[key], readable, settles) for key in (match.a_id, match.b_id))
    stands = match.stands and all(is_planned(plans[key]) for key in (match.a_id, match.b_id))
    mine_first = (b, a) if b.may_open and not a.may_open else (a, b)
    return Sight(match, mine_first, settles, stands, rule)


def _side(plan: Any, readable: set[UUID], settles: bool) -> Side:
    if not plan.restricted or plan.pk in readable:
        return Side(plan, plan.pk in readable, plan.contact.name, plan.contact_phone)
    return Side(contact=plan.contact.name, phone=plan.contact_phone) if settles else Side()

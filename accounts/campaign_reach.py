"""Whom a campaign asks about which assignment, and how far it has come. Nobody answers for their own access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Assignment, Campaign, CampaignItem, OfficePermission, User
from accounts.roles import Role

Items = QuerySet[CampaignItem]
Decision = CampaignItem.Decision
OVERSEES = ("grant_roles", "explain_access")
# Somebody's supervisor on record who can no longer answer is as good as none.
UNLED = Q(reviewer=None) | ~Q(reviewer__status=User.Status.ACTIVE)


def still_live(now: datetime | None = None) -> Q:
    """Items whose assignment is in force: what was revoked or ran out meanwhile needs no answer."""
    return Q(assignment__revoked_at=None, assignment__until__gt=now or timezone.now())


def _endorsers() -> QuerySet[OfficePermission]:
    """Who could answer for an item by endorsing at its office, other than the person it is about."""
    path = ExpressionWrapper(OuterRef("assignment__office__path"), output_field=CharField())
    endorsing: QuerySet[OfficePermission] = (
        OfficePermission.objects.filter(
            permission__codename="endorse_access", until__gt=timezone.now(), user__status=User.Status.ACTIVE
        )
        .annotate(reached=path)
        .filter(reached__startswith=F("content_object__path"))
        .exclude(user__person_key=OuterRef("assignment__user__person_key"))
    )
    return endorsing


def _endorsed_by(user: User) -> Q:
    """Items at the offices where `user` endorses access; at none, no item."""
    if "endorse_access" in user.rights.everywhere:
        return Q(pk__isnull=False)
    return Q(assignment__office__in=user.rights.offices.get("endorse_access", ()))


def _left_over(user: User) -> Q:
    """Items that nobody else can answer fall to the access control managers."""
    return UNLED & ~Q(Exists(_endorsers())) if user.may_somewhere("grant_roles") else Q(pk=None)


def _of_others(user: User) -> Items:
    """Nobody answers for themselves; who may no longer sign in, for nobody."""
    if not user.is_active:
        return CampaignItem.objects.none()
    return CampaignItem.objects.exclude(assignment__user__person_key=user.person_key)


def asked(user: User) -> Items:
    """What `user` is asked first: their own staff, and at their offices whoever has no supervisor on record."""
    return _of_others(user).filter(Q(reviewer=user) | (UNLED & _endorsed_by(user)) | _left_over(user))


def may_answer(user: User) -> Items:
    """What `user` may answer: also for the staff of a colleague of their offices who is away."""
    return _of_others(user).filter(Q(reviewer=user) | _endorsed_by(user) | _left_over(user))


def waiting(items: Items, now: datetime | None = None) -> Items:
    """Those without an answer while there is time to give one."""
    moment = now or timezone.now()
    running = Q(campaign__ended_at=None, campaign__deadline__gt=moment)
    return items.filter(still_live(moment), running, decision=Decision.WAITING)


def oversees(user: User) -> bool:
    """Whether `user` sees every campaign whole: access control managers, auditors, the privacy officer."""
    return any(user.may_somewhere(name) for name in OVERSEES)


def open_to(user: User) -> QuerySet[Campaign]:
    """The campaigns that `user` may open: all of them, or those in which they answer or have answered."""
    if oversees(user):
        return Campaign.objects.all()
    mine = may_answer(user).filter(campaign=OuterRef("pk"))
    answered = CampaignItem.objects.filter(campaign=OuterRef("pk"), decided_by=user)
    return Campaign.objects.filter(Exists(mine) | Exists(answered))


def running() -> QuerySet[Campaign]:
    """The campaigns that still take answers, what ends first on top."""
    return Campaign.objects.filter(ended_at=None, deadline__gt=timezone.now()).order_by("deadline", "pk")


def counts(prefix: str = "") -> dict[str, Any]:
    """The figures of a campaign as aggregates; `prefix` leads to its items."""

    def those(**asked: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in asked.items()})

    now = timezone.now()
    open_ones, item = those(decision=Decision.WAITING), f"{prefix}id"
    live = those(assignment__revoked_at=None, assignment__until__gt=now)
    return {
        "total": Count(item),
        "waiting": Count(item, filter=open_ones & live),
        "confirmed": Count(item, filter=those(decision=Decision.CONFIRMED)),
        "dropped": Count(item, filter=those(decision=Decision.DROPPED)),
        "lapsed": Count(item, filter=those(decision=Decision.LAPSED)),
        "gone": Count(item, filter=those(decision=Decision.GONE) | (open_ones & ~live)),
    }


def has_other_manager(user: User) -> bool:
    """Whether another person than `user` is an access control manager who could answer for them."""
    others = Assignment.objects.live().filter(role=Role.ACM, user__status=User.Status.ACTIVE)
    return others.exclude(user__person_key=user.person_key).exists()


def people_asked(campaign: Campaign, among: Items | None = None) -> list[User]:
    """Everybody who is asked about something that still waits (`among` some of it); in a fixed number of statements."""
    items = CampaignItem.objects.all() if among is None else among
    open_items = waiting(items.filter(campaign=campaign))
    led = open_items.exclude(UNLED).values("reviewer")
    unled = open_items.filter(UNLED)
    offices = unled.filter(assignment__office__path__startswith=OuterRef("content_object__path"))
    endorsing = OfficePermission.objects.filter(
        Exists(offices.exclude(assignment__user__person_key=OuterRef("user__person_key"))),
        permission__codename="endorse_access",
        until__gt=timezone.now(),
    )
    chosen = Q(pk__in=led) | Q(pk__in=endorsing.values("user"))
    if unled.filter(~Exists(_endorsers())).exists():
        chosen |= Q(pk__in=Assignment.objects.live().filter(role=Role.ACM).values("user"))
    return list(User.objects.filter(chosen, status=User.Status.ACTIVE).order_by("pk"))

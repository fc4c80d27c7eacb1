"""Deconfliction: where and against whom operations are planned, and the pairs of them that were found to match."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Office, User
from accounts.roles import Role
from privacy.fields import (
    BigAutoField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DateTimeRangeField,
    FloatField,
    ForeignKey,
    JSONField,
    Personal,
    TextField,
    UUIDField,
)
from reports.models.report import Report
from reports.models.spear import SPEAR
from reports.states import Status

NO, YES = Personal.NO, Personal.YES
# A plan in one of these states, or with one of these outcomes, collides with nothing.
GONE = (Status.RETURNED, Status.VOIDED)
CALLED_OFF = (SPEAR.Outcome.CANCELLED, SPEAR.Outcome.POSTPONED)


class PlannedPlace(models.Model):
    """One place of one planned operation with its window, as the search for matches reads it. Derived, not evidence."""

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="planned_places")
    location_id = UUIDField(personal=NO)
    # Both ends belong to the window: a gap of exactly the limit still matches.
    window = DateTimeRangeField(personal=NO)
    latitude = FloatField(personal=YES, null=True)
    longitude = FloatField(personal=YES, null=True)
    # The normal form of street and city (see `reports.sameness`); the state apart, since it is often left out.
    address_key = CharField(
        personal=YES, max_length=640, blank=True, unguarded="Made of columns that are guarded themselves."
    )
    state = CharField(personal=NO, max_length=80, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (
            GistIndex(
                Func(F("longitude"), F("latitude"), function="point", output_field=models.Field()),
                F("window"),
                name="planned_place_near",
            ),
            models.Index(fields=["address_key"], condition=~Q(address_key=""), name="planned_place_address"),
        )

    def __str__(self) -> str:
        return f"place of report {self.report_id}"


class PlannedTarget(models.Model):
    """One target of one planned operation with its window, under each key by which it can be the same as another."""

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="planned_targets")
    # The person or organization of the plan.
    row_id = UUIDField(personal=NO)
    window = DateTimeRangeField(personal=NO)
    key = CharField(personal=YES, max_length=340, unguarded="Made of columns that are guarded themselves.")
    # Two people of one name are not the same when both are known to be born on other days, or have other A-Numbers.
    born = DateField(personal=YES, null=True)
    a_number = CharField(personal=YES, max_length=10, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=["key"], name="planned_target_key"),)

    def __str__(self) -> str:
        return f"target of report {self.report_id}"


class MatchQuerySet(models.QuerySet["Match"]):
    """Matches …"""

    def standing(self) -> MatchQuerySet:
        """… whose two operations are still planned and still match."""
        return self.filter(stands=True).exclude(not_planned("a") | not_planned("b"))

    def ended(self) -> MatchQuerySet:
        """… that no longer match: a plan was changed, called off, given back or voided."""
        return self.filter(Q(stands=False) | not_planned("a") | not_planned("b"))

    def open(self) -> MatchQuerySet:
        """… that stand and wait to be settled."""
        return self.standing().filter(settled_at__isnull=True)


def not_planned(side: str) -> Q:
    """The operation of this side counts no more. Asked when it is read, so no void or return is ever missed."""
    return Q(**{f"{side}__status__in": GONE}) | Q(**{f"{side}__spear__outcome__in": CALLED_OFF})


class Match(models.Model):
    """Two planned operations that may collide, from when it was found until the JIOC settles it."""

    audit_type: ClassVar[str] = "match"
    audited: ClassVar[tuple[str, str, str]] = ("match", "id", "change")

    class Outcome(models.TextChoices):
        COORDINATED = "coordinated", "Coordinated: both go ahead"
        MOVED = "moved", "One was moved or postponed"
        CANCELLED = "cancelled", "One was cancelled"
        JOINED = "joined", "The two became one operation"
        NO_CONFLICT = "no_conflict", "No conflict after all"

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    objects = MatchQuerySet.as_manager()
    # In the order of their keys, so that each pair stands once.
    a = ForeignKey(Report, models.CASCADE, personal=NO, related_name="matches_a")
    b = ForeignKey(Report, models.CASCADE, personal=NO, related_name="matches_b")
    raised_at = DateTimeField(personal=NO)
    # Each reason as `reports.deconfliction` found it, so that the page can explain it in words.
    reasons = JSONField(personal=YES, default=list, unguarded="A copy of columns that are guarded themselves.")
    # Whether the newest versions of the two still match.
    stands = BooleanField(personal=NO, default=True)
    changed_at = DateTimeField(personal=NO)
    held_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")
    outcome = CharField("outcome", personal=NO, max_length=15, choices=Outcome, blank=True)
    note = TextField("what was agreed", personal=YES, max_length=2000, blank=True)
    settled_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")
    settled_at = DateTimeField(personal=NO, null=True, blank=True)

    class Meta:
        ordering = ("-raised_at",)
        default_permissions = ()
        verbose_name_plural = "matches"
        constraints = (
            models.UniqueConstraint(fields=["a", "b"], name="match_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="match_in_order"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="") & ~Q(note="")),
                name="match_settled_together",
            ),
        )
        indexes = (models.Index(fields=["-raised_at"], condition=Q(settled_at__isnull=True), name="match_open"),)

    def __str__(self) -> str:
        return f"match {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        # Never the number of either: one of them may be restricted, now or later.
        return "a match of two operations"

    def other(self, report_id: uuid.UUID) -> uuid.UUID:
        """The side that is not this report."""
        return self.b_id if report_id == self.a_id else self.a_id


class EarlierSettlement(models.Model):
    """How a match was settled before it was opened again, because one of the two plans had changed."""

    audited: ClassVar[tuple[str, str, str]] = ("match", "match_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    match = ForeignKey(Match, models.CASCADE, personal=NO, related_name="earlier")
    outcome = CharField("outcome", personal=NO, max_length=15, choices=Match.Outcome)
    note = TextField(
        "what was agreed", personal=YES, max_length=2000, unguarded="A copy of a column that is guarded itself."
    )
    settled_by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    settled_at = DateTimeField(personal=NO)

    class Meta:
        ordering = ("-settled_at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"earlier settlement of match {self.match_id}"


class MatchNotice(models.Model):
    """Whoever was told of a match: a person of one side, its office, or the JIOC (then of neither side)."""

    # Opening the match marks one's notice as seen, so reading excuses that.
    audited: ClassVar[tuple[str, str, str]] = ("match", "match_id", "change,read")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    match = ForeignKey(Match, models.CASCADE, personal=NO, related_name="notices")
    report = ForeignKey(Report, models.CASCADE, personal=NO, null=True, related_name="+")
    person = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    office = ForeignKey(Office, models.PROTECT, personal=NO, null=True, related_name="+")
    role = CharField(personal=NO, max_length=20, choices=[(r.value, r.label) for r in Role], blank=True)
    made_at = DateTimeField(personal=NO)
    seen_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("made_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, office__isnull=True, role="")
                | (Q(person__isnull=True, office__isnull=False) & ~Q(role="")),
                name="matchnotice_to_somebody",
            ),
            models.UniqueConstraint(
                fields=["match", "report", "person", "office", "role"],
                name="matchnotice_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"notice of match {self.match_id}"

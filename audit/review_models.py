"""What the auditor's pages keep of their own: counts of the log, unusual use found in it, and the weekly reviews."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from privacy.fields import (
    BigAutoField,
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    JSONField,
    Personal,
    PositiveIntegerField,
    TextField,
)

NO, YES = Personal.NO, Personal.YES
# An id may happen to look like a number of somebody; a job must not stop at it.
COPIED = "copied from the log, which was guarded when it was written"


class CountedDay(models.Model):
    """How much happened on one day (UTC): made of the log, can be made anew from it, and is no evidence.

    `hours` is `{kind: [events of each of the 24 hours]}`, `codes` is `{code: {outcome: events}}`, `gaps` the times at
    which sealing stood still: `[[last seal before, seconds]]`. Events from `counted_to` on are not in it yet.
    """

    day = DateField(personal=NO, primary_key=True)
    hours = JSONField(personal=NO)
    codes = JSONField(personal=NO)
    gaps = JSONField(personal=NO, default=list)
    counted_to = DateTimeField(personal=NO)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"counts of {self.day}"


class PersonDay(models.Model):
    """How many events of each kind one person made on one day (UTC); as little evidence as `CountedDay`."""

    id = BigAutoField(personal=NO, primary_key=True)
    day = DateField(personal=NO)
    actor_id = BigIntegerField(personal=YES)
    reads = PositiveIntegerField(personal=NO)
    changes = PositiveIntegerField(personal=NO)
    accesses = PositiveIntegerField(personal=NO)
    refusals = PositiveIntegerField(personal=NO)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["actor_id", "day"], name="personday_once"),)
        indexes = (models.Index(fields=["day"], name="personday_day"),)

    def __str__(self) -> str:
        return f"counts of a person on {self.day}"


class Unusual(models.Model):
    """One time that one of the rules of unusual use held. Found in the log, can be found again; it decides nothing."""

    id = BigAutoField(personal=NO, primary_key=True)
    day = DateField(personal=NO)
    rule = CharField(personal=NO, max_length=30)
    actor_id = BigIntegerField(personal=YES)
    at = DateTimeField(personal=NO)
    object_type = CharField(personal=NO, max_length=40, blank=True, unguarded=COPIED)
    object_id = CharField(personal=NO, max_length=60, blank=True, unguarded=COPIED)
    object_label = CharField(personal=NO, max_length=120, blank=True, unguarded=COPIED)
    said = CharField("what was found", personal=NO, max_length=120, unguarded="made of figures and typed by nobody")

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["day", "rule", "actor_id", "object_id"], name="unusual_once"),)
        indexes = (models.Index(fields=["-at", "-id"], name="unusual_newest"),)

    def __str__(self) -> str:
        return f"{self.rule} on {self.day}"


class Review(models.Model):
    """The review of one ISO week of the log by an auditor. Once signed, the database refuses every change of it."""

    audit_type: ClassVar[str] = "review"
    # Its first opening makes the row, so a reading excuses it; what a signature says only the signature writes.
    audited: ClassVar[tuple[str, str, str]] = ("review", "week", "read,change")

    week = CharField(personal=NO, primary_key=True, max_length=8)
    first_day = DateField(personal=NO, unique=True)
    ends_at = DateTimeField(personal=NO)
    opened_at = DateTimeField(personal=NO)
    opened_by = BigIntegerField(personal=YES)
    figures = JSONField("what the reviewer saw", personal=NO, default=dict)
    findings = TextField(personal=YES, blank=True, max_length=4000)
    own_acts = PositiveIntegerField("acts of the reviewer in it", personal=NO, default=0)
    signed_at = DateTimeField(personal=NO, null=True, blank=True)
    signed_by = BigIntegerField(personal=YES, null=True, blank=True)
    signer = TextField(personal=YES, blank=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, signer="")
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(findings="") & ~Q(signer="")),
                name="review_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(signed_at__gte=F("ends_at")), name="review_of_a_past_week"
            ),
        )

    def __str__(self) -> str:
        return self.week

    @property
    def audit_id(self) -> str:
        return self.week

    @property
    def audit_label(self) -> str:
        return f"review of week {self.week}"

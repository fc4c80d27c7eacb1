"""Links between reports: made and unmade by hand with a reason, or made when one report gives rise to another."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from privacy.fields import CharField, DateTimeField, ForeignKey, Personal, UUIDField
from reports.models.report import Report

NO, YES = Personal.NO, Personal.YES


class Relation(models.Model):
    """One report belongs with another. It is never deleted: unmade, it stays with who unmade it and why."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "of_id", "change")

    class Type(models.TextChoices):
        LED_TO = "led_to", "Led to"
        RELATED = "related", "Belongs with"

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    of = ForeignKey(Report, models.CASCADE, personal=NO, related_name="relations")
    to = ForeignKey(Report, models.CASCADE, personal=NO, related_name="relations_back")
    type = CharField(personal=NO, max_length=10, choices=Type, default=Type.RELATED)
    reason = CharField(personal=YES, max_length=300)
    made_by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    made_at = DateTimeField(personal=NO)
    unmade_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")
    unmade_at = DateTimeField(personal=NO, null=True, blank=True)
    unmade_reason = CharField(personal=YES, max_length=300, blank=True)

    class Meta:
        ordering = ("made_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["of", "to"], condition=Q(unmade_at__isnull=True), name="relation_once"),
            models.CheckConstraint(condition=~Q(of=F("to")), name="relation_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="relation_has_reason"),
            models.CheckConstraint(
                condition=Q(unmade_at__isnull=True, unmade_by__isnull=True, unmade_reason="")
                | (Q(unmade_at__isnull=False, unmade_by__isnull=False) & ~Q(unmade_reason="")),
                name="relation_unmade_together",
            ),
        )

    def __str__(self) -> str:
        return f"relation {self.pk}"

"""Completed training. Everybody with access completes privacy training each year (PIA)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.people import User
from privacy.fields import BigAutoField, CharField, DateField, DateTimeField, ForeignKey, Personal

NO, YES = Personal.NO, Personal.YES


class Training(models.Model):
    """That a person completed a training on a day, and what shows it. A false one is withdrawn, never deleted."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", "Privacy training"

    audited: ClassVar[tuple[str, str, str]] = ("user", "user_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    user = ForeignKey(User, models.PROTECT, personal=YES, related_name="trainings")
    kind = CharField(personal=NO, max_length=10, choices=Kind, default=Kind.PRIVACY)
    completed_on = DateField(personal=NO)
    evidence = CharField(personal=YES, max_length=200, help_text="Such as the number of the certificate.")
    recorded_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    recorded_at = DateTimeField(personal=NO)
    withdrawn_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    withdrawn_at = DateTimeField(personal=NO, null=True)
    withdrawn_reason = CharField(personal=YES, max_length=500, blank=True)

    class Meta:
        ordering = ("-completed_on", "-id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["user", "kind", "completed_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="training_once",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True) | ~Q(recorded_by=models.F("user")),
                name="training_not_by_oneself",
            ),
        )

    def __str__(self) -> str:
        return f"training {self.pk}"

"""One iLead passed on to one person: the need to know stated for it, and how it ended."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from ileads.models.ilead import ILead
from privacy.fields import CharField, DateTimeField, ForeignKey, Personal, UUIDField

NO, YES = Personal.NO, Personal.YES


class DisseminationQuerySet(models.QuerySet["Dissemination"]):
    """Disseminations …"""

    def live(self) -> DisseminationQuerySet:
        """… that let somebody read now."""
        return self.filter(revoked_at__isnull=True, until__gt=timezone.now())


class Dissemination(models.Model):
    """One iLead passed on to one person for a stated need to know. It is never deleted: taken back, it stays."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    report = ForeignKey(ILead, models.CASCADE, personal=NO, related_name="disseminations")
    recipient = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    need_to_know = CharField("why they need to know", personal=YES, max_length=500)
    at = DateTimeField(personal=NO)
    by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    until = DateTimeField("until", personal=NO)
    revoked_at = DateTimeField(personal=NO, null=True, blank=True)
    revoked_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")
    revoked_reason = CharField(personal=YES, max_length=500, blank=True)

    objects = DisseminationQuerySet.as_manager()

    class Meta:
        ordering = ("at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["report", "recipient"], condition=Q(revoked_at__isnull=True), name="dissemination_once"
            ),
            models.CheckConstraint(condition=~Q(need_to_know=""), name="dissemination_needs_to_know"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="dissemination_until_later"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")),
                name="dissemination_revoked_together",
            ),
        )

    def __str__(self) -> str:
        return f"dissemination {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.until > timezone.now()

    @property
    def was_taken_back(self) -> bool:
        """Rather than having ended by itself, and been closed when it was passed on anew."""
        return self.revoked_at is not None and self.revoked_at < self.until

"""Recertification: a campaign asks supervisors to confirm or drop each assignment; what nobody answers ends."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.grants import Assignment
from accounts.models.people import Office, User
from accounts.roles import Role
from privacy.fields import BigAutoField, CharField, DateTimeField, ForeignKey, Personal

NO, YES = Personal.NO, Personal.YES


class Campaign(models.Model):
    """A review of the assignments in an office subtree, of one role or of all, answered by a deadline."""

    audit_type: ClassVar[str] = "campaign"
    audited: ClassVar[tuple[str, str, str]] = ("campaign", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    name = CharField(personal=NO, max_length=120)
    office = ForeignKey(Office, models.PROTECT, personal=NO, related_name="+", help_text="With the offices below it.")
    role = CharField(
        personal=NO, max_length=20, blank=True, choices=[(role.value, role.label) for role in Role], help_text="Or all."
    )
    opened_by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    opened_at = DateTimeField(personal=NO)
    deadline = DateTimeField(personal=NO)
    reminded_at = DateTimeField(personal=NO, null=True)
    ended_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("-opened_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(deadline__gt=F("opened_at")), name="campaign_ends_after_start"),
        )

    def __str__(self) -> str:
        return f"campaign {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return f"campaign {self.pk}"


class CampaignItem(models.Model):
    """One assignment under review: waiting, confirmed, dropped, or lapsed because nobody answered by the deadline."""

    class Decision(models.TextChoices):
        WAITING = "", "Waiting"
        CONFIRMED = "confirmed", "Confirmed"
        DROPPED = "dropped", "Dropped"
        LAPSED = "lapsed", "Ended unanswered"
        GONE = "gone", "Ended before it was answered"

    audited: ClassVar[tuple[str, str, str]] = ("campaign", "campaign_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    campaign = ForeignKey(Campaign, models.PROTECT, personal=NO, related_name="items")
    assignment = ForeignKey(Assignment, models.PROTECT, personal=NO, related_name="reviews")
    # Who is asked first: the person's supervisor when the campaign opened. Others entitled to endorse may answer too.
    reviewer = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    decision = CharField(personal=NO, max_length=10, blank=True, choices=Decision, default=Decision.WAITING)
    decided_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    decided_at = DateTimeField(personal=NO, null=True)
    reason = CharField(personal=YES, max_length=500, blank=True)

    class Meta:
        ordering = ("id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["campaign", "assignment"], name="campaign_item_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="campaign_item_decided_together",
            ),
        )

    def __str__(self) -> str:
        return f"item {self.pk} of campaign {self.campaign_id}"

    @property
    def standing(self) -> str:
        """The answer in words; what was revoked or ran out meanwhile waits for none."""
        held = self.assignment
        over = held.revoked_at is not None or held.until <= timezone.now()
        decision = self.Decision.GONE if over and not self.decision else self.Decision(self.decision)
        return str(decision.label)

"""Who asked to see a legacy SSN, what for, and what was decided: one row an attempt, added and never changed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from privacy.fields import BigIntegerField, CharField, DateTimeField, ForeignKey, Personal, UUIDField
from reports.models import Report

NO, YES = Personal.NO, Personal.YES
LONGEST_REASON = 500


class Purpose(models.TextChoices):
    """What a legacy SSN may be needed for (5 U.S.C. 552a(b)(1): a need for the record in the performance of duties)."""

    IDENTIFY = "identify", "To tell whether two records are about one person"
    CASE = "case", "For an investigation or a removal case that is open"
    SAFETY = "safety", "For somebody's safety"
    COURT = "court", "For a court, a subpoena or a disclosure that the law requires"
    REDRESS = "redress", "For a correction or a complaint of the person"


class Outcome(models.TextChoices):
    """What was decided of an attempt; all but the first are refusals."""

    GRANTED = "granted", "Granted"
    UNKNOWN = "unknown", "Refused: no such iLead or number"
    NOT_VISIBLE = "not_visible", "Refused: may not read this iLead"
    NOT_GRANTED = "not_granted", "Refused: holds no role that reveals"
    OUTSIDE = "outside", "Refused: reads this iLead outside their offices"
    BAD_PURPOSE = "bad_purpose", "Refused: no purpose chosen"
    BAD_REASON = "bad_reason", "Refused: no reason that can be kept"
    OVER_LIMIT = "over_limit", "Refused: daily limit reached"
    STALE = "stale", "Refused: password to be given again"
    SEALING_DOWN = "sealing_down", "Refused: the audit log was not sealed"


class Reveal(models.Model):
    """One attempt that was decided. An attempt without a row here was cut off before anything was shown.

    `ssn_id` and `report` are empty where the attempt named none that exists. `attempt` and `decision` are the numbers
    of the two events; the decision's event names this row in its batch.
    """

    audited: ClassVar[tuple[str, str, str]] = ("report", "id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    at = DateTimeField(personal=NO)
    by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    report = ForeignKey(Report, models.PROTECT, personal=NO, null=True, related_name="+")
    # Not a foreign key: the history stays when a number is destroyed.
    ssn_id = UUIDField(personal=NO, null=True)
    purpose = CharField(personal=NO, max_length=20, choices=Purpose, blank=True)
    reason = CharField(personal=YES, max_length=LONGEST_REASON, blank=True)
    outcome = CharField(personal=NO, max_length=20, choices=Outcome)
    attempt = BigIntegerField(personal=NO, unique=True)
    decision = BigIntegerField(personal=NO, unique=True)

    class Meta:
        ordering = ("-decision",)
        default_permissions = ()
        indexes = (
            models.Index(fields=["at"], name="reveal_at"),
            models.Index(fields=["by", "at"], condition=Q(outcome="granted"), name="reveal_granted"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(outcome="granted")
                | (Q(ssn_id__isnull=False, report__isnull=False) & ~Q(purpose="") & ~Q(reason="")),
                name="reveal_granted_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"reveal {self.pk}"

    @property
    def is_granted(self) -> bool:
        return self.outcome == Outcome.GRANTED

"""What the watch writes: summaries of reports, their versions, and the offices they were released to."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from privacy.fields import (
    BigAutoField,
    CharField,
    DateTimeField,
    ForeignKey,
    Personal,
    PositiveIntegerField,
    TextField,
    UUIDField,
)
from reports.models import Notice, Report

NO, YES = Personal.NO, Personal.YES


class Summary(models.Model):
    """The watch's words about one report, its own object with its own distribution (SEN PIA)."""

    audit_type: ClassVar[str] = "summary"
    audited: ClassVar[tuple[str, str, str]] = ("summary", "id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    report = ForeignKey(Report, models.PROTECT, personal=NO, related_name="summaries")
    version = PositiveIntegerField(personal=NO, default=1)
    text = TextField(personal=YES, max_length=4000)
    of_version = PositiveIntegerField(personal=NO, help_text="The version of the report that it sums up.")
    written_by = ForeignKey(User, models.PROTECT, personal=YES, related_name="summaries")
    written_at = DateTimeField(personal=NO)
    released_at = DateTimeField(personal=NO, null=True, blank=True)
    released_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-written_at",)
        verbose_name_plural = "summaries"
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="summary_released_together",
            ),
            models.UniqueConstraint(fields=["report"], name="summary_one_for_a_report"),
        )

    def __str__(self) -> str:
        return f"summary {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return f"summary of {self.report.number}"


class SummaryVersion(models.Model):
    """One released wording of a summary, kept whole."""

    audited: ClassVar[tuple[str, str, str]] = ("summary", "summary_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    summary = ForeignKey(Summary, models.CASCADE, personal=NO, related_name="versions")
    version = PositiveIntegerField(personal=NO)
    text = TextField(personal=YES, unguarded="A copy of a column that is guarded itself.")
    of_version = PositiveIntegerField(personal=NO)
    by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    at = DateTimeField(personal=NO)
    note = CharField(personal=YES, max_length=300, blank=True)

    class Meta:
        ordering = ("-version",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["summary", "version"], name="summary_version_once"),)

    def __str__(self) -> str:
        return f"version {self.version}"


class SummaryNotice(Notice):
    """An office that a summary was released to."""

    audited: ClassVar[tuple[str, str, str]] = ("summary", "summary_id", "change")

    summary = ForeignKey(Summary, models.CASCADE, personal=NO, related_name="notices")
    chosen_by_hand = CharField(
        personal=NO, max_length=10, default="rule", choices=[("rule", "By rule"), ("hand", "By hand")]
    )

    class Meta(Notice.Meta):
        constraints = (  # type: ignore[assignment]
            *Notice.Meta.constraints,
            models.UniqueConstraint(fields=["summary", "version", "office", "role"], name="summarynotice_once"),
        )

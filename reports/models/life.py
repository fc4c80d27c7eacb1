"""The life of a report: drafts, the key of a submission, versions, readings, moves, notices."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Office, User
from accounts.roles import Role
from privacy.fields import (
    BigAutoField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    JSONField,
    Personal,
    PositiveIntegerField,
    UUIDField,
)
from reports.models.report import Report
from reports.states import Status

NO, YES = Personal.NO, Personal.YES


class Draft(models.Model):
    """A report being written: the answers as typed. Not evidence, seen by its author alone.

    `answers` is `{section: {input name: [values]}, rows: [{"key": uuid, "data": {input name: [values]}}]}`;
    `saved` says at which version each part was last saved, and by which open page.
    """

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    author = ForeignKey(User, models.PROTECT, personal=YES, related_name="drafts")
    kind = CharField(personal=NO, max_length=20)
    answers = JSONField(personal=YES, default=dict)
    saved = JSONField(personal=NO, default=dict)
    version = PositiveIntegerField(personal=NO, default=0)
    created_at = DateTimeField(personal=NO, auto_now_add=True)
    saved_at = DateTimeField(personal=NO, auto_now=True)
    amends = ForeignKey(Report, models.CASCADE, personal=NO, null=True, blank=True, related_name="amendments")
    base_version = PositiveIntegerField(personal=NO, null=True, blank=True)
    begun_from = ForeignKey(Report, models.CASCADE, personal=NO, null=True, blank=True, related_name="+")
    start = CharField(personal=NO, max_length=20, blank=True)
    reason = CharField(personal=YES, max_length=500, blank=True)

    class Meta:
        ordering = ("-saved_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(amends__isnull=True, base_version__isnull=True)
                | Q(amends__isnull=False, base_version__isnull=False),
                name="draft_amends_a_version",
            ),
            models.UniqueConstraint(fields=["author", "amends"], name="draft_one_amendment_each"),
        )

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Submission(models.Model):
    """The idempotency key of a submit: a double click, a retry or a killed worker makes one report."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    key = UUIDField(personal=NO, primary_key=True)
    author = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    body_hash = CharField(personal=NO, max_length=64, unguarded="A hash, made by us.")
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="submissions", db_constraint=True)
    version = PositiveIntegerField(personal=NO)
    at = DateTimeField(personal=NO)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"submission {self.key}"


class Revision(models.Model):
    """One version of a report, kept whole: the report and its rows as they then were."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="revisions")
    version = PositiveIntegerField(personal=NO)
    content = JSONField(personal=YES, unguarded="A copy of columns that are guarded themselves.")
    by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    at = DateTimeField(personal=NO)
    reason = CharField(personal=YES, max_length=500, blank=True)

    class Meta:
        ordering = ("-version",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["report", "version"], name="revision_once"),)

    def __str__(self) -> str:
        return f"version {self.version}"


class Reading(models.Model):
    """Who read which version of a report, first and last when."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "read")

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="readings")
    version = PositiveIntegerField(personal=NO)
    reader = ForeignKey(User, models.PROTECT, personal=YES, related_name="readings")
    first_at = DateTimeField(personal=NO)
    last_at = DateTimeField(personal=NO)

    class Meta:
        ordering = ("-last_at",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["report", "version", "reader"], name="reading_once"),)

    def __str__(self) -> str:
        return f"reading of version {self.version}"


class StatusChange(models.Model):
    """One move in the life of a report."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="moves")
    move = CharField(personal=NO, max_length=20)
    from_status = CharField(personal=NO, max_length=20, choices=Status, blank=True)
    to_status = CharField(personal=NO, max_length=20, choices=Status)
    by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    at = DateTimeField(personal=NO)
    reason = CharField(personal=YES, max_length=500, blank=True)

    class Meta:
        ordering = ("at", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.move} of report {self.report_id}"


class Notice(models.Model):
    """An office told of something in one of its roles; one entitled person acknowledges for it."""

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    office = ForeignKey(Office, models.PROTECT, personal=NO, related_name="+")
    role = CharField(personal=NO, max_length=20, choices=[(r.value, r.label) for r in Role])
    urgent = BooleanField(personal=NO, default=False)
    version = PositiveIntegerField(personal=NO, default=1)
    made_at = DateTimeField(personal=NO)
    acknowledged_at = DateTimeField(personal=NO, null=True, blank=True)
    acknowledged_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ("made_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="%(class)s_acknowledged_together",
            ),
        )
        indexes = (
            models.Index(
                fields=["office", "role", "-made_at"],
                condition=Q(acknowledged_at__isnull=True),
                name="%(class)s_open",
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.pk}"


class ReportNotice(Notice):
    """An office told that a report was filed."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="notices")

    class Meta(Notice.Meta):
        constraints = (  # type: ignore[assignment]
            *Notice.Meta.constraints,
            models.UniqueConstraint(fields=["report", "office", "role"], name="reportnotice_once"),
        )

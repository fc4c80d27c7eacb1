"""Photos and documents on a report or a draft: what they are, whether the scanner let them through, and their bytes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from privacy.fields import (
    BigAutoField,
    BigIntegerField,
    BinaryField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    Personal,
    PositiveIntegerField,
    TextField,
    UUIDField,
)
from reports.models.life import Draft
from reports.models.report import Report

NO, YES = Personal.NO, Personal.YES


class Attachment(models.Model):
    """One photo or document. Nobody gets a byte of it before the scanner has let it through.

    `id` is made by the page that uploads, so a repeated upload is the same attachment. The media type is decided by
    content. On a draft it belongs to the draft's author; filing takes it to the report.
    """

    audit_type: ClassVar[str] = "attachment"
    audited: ClassVar[tuple[str, str, str]] = ("attachment", "id", "change")

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for the virus scanner"
        RELEASED = "released", "Checked"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    report = ForeignKey(Report, models.CASCADE, personal=NO, null=True, related_name="attachments")
    draft = ForeignKey(Draft, models.CASCADE, personal=NO, null=True, related_name="attachments")
    name = CharField("file name", personal=YES, max_length=150)
    caption = CharField("what it shows", personal=YES, max_length=200, blank=True)
    media_type = CharField(personal=NO, max_length=80)
    size = PositiveIntegerField(personal=NO)
    sha256 = CharField(personal=NO, max_length=64, unguarded="A hash, made by us.")
    width = PositiveIntegerField(personal=NO, null=True)
    height = PositiveIntegerField(personal=NO, null=True)
    pages = PositiveIntegerField(personal=NO, null=True)
    state = CharField(personal=NO, max_length=10, choices=State, default=State.WAITING)
    # Why it was refused, in words for whoever uploaded it.
    refused_because = CharField(personal=NO, max_length=300, blank=True)
    withdrawn_because = CharField(personal=YES, max_length=300, blank=True)
    withdrawn_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    # What was noted in the file and is left out of the served copy, such as where a photo was taken.
    had_location = BooleanField(personal=NO, default=False)
    # The text of a document, with what looks like an SSN left out; it is searched.
    text = TextField(personal=YES, blank=True)
    by = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    at = DateTimeField(personal=NO)
    checked_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("at", "id")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(report__isnull=True, draft__isnull=False) | Q(report__isnull=False, draft__isnull=True),
                name="attachment_of_one",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", checked_at__isnull=True)
                | (~Q(state="waiting") & Q(checked_at__isnull=False))
                | Q(state="withdrawn"),
                name="attachment_checked_or_waiting",
            ),
        )
        indexes = (models.Index(fields=["at"], condition=Q(state="waiting"), name="attachment_waiting"),)

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return f"attachment {str(self.pk)[:8]}"


class AttachmentPiece(models.Model):
    """Some bytes of one copy of an attachment, sealed: bound to that attachment, copy, position and count of pieces.

    The `original` is what was uploaded, kept for evidence. `served` is what readers get: a photo without what the
    camera noted. `thumbnail` is a small picture that we made.
    """

    audited: ClassVar[tuple[str, str, str]] = ("attachment", "attachment_id", "change")

    class Copy(models.TextChoices):
        ORIGINAL = "original", "Original"
        SERVED = "served", "Served"
        THUMBNAIL = "thumbnail", "Thumbnail"

    id = BigAutoField(personal=NO, primary_key=True)
    attachment = ForeignKey(Attachment, models.CASCADE, personal=NO, related_name="pieces", db_index=False)
    copy = CharField(personal=NO, max_length=10, choices=Copy)
    position = PositiveIntegerField(personal=NO)
    # Of the whole copy, in bytes before sealing; the same on each of its pieces.
    total = BigIntegerField(personal=NO)
    sealed = BinaryField(personal=YES)

    class Meta:
        ordering = ("position",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["attachment", "copy", "position"], name="attachment_piece_once"),
        )

    def __str__(self) -> str:
        return f"piece of attachment {self.attachment_id}"

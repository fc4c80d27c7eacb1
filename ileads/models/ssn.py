"""A social security number that a former system held: sealed, on a person of an iLead, brought in and never typed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from ileads.sealed import SealedField
from privacy.fields import CharField, DateTimeField, ForeignKey, Personal, UUIDField
from reports.models import Person, Report

NO, YES = Personal.NO, Personal.YES


class LegacySSN(models.Model):
    """One legacy SSN (SEN PIA: in iLeads alone, masked). Its key is made before it is sealed, and names its place.

    The database takes a new one only for a person of the iLead that it names, changes nothing of one but the sealed
    value, and lets the run-time role remove none.
    """

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    report = ForeignKey(Report, models.PROTECT, personal=NO, related_name="legacy_ssns", editable=False)
    person = ForeignKey(Person, models.PROTECT, personal=NO, related_name="legacy_ssns", editable=False)
    value = SealedField("legacy SSN", personal=YES)
    source = CharField("system it came from", personal=NO, max_length=60, editable=False)
    source_id = CharField("record there", personal=NO, max_length=120, editable=False)
    imported_at = DateTimeField(personal=NO, editable=False)

    class Meta:
        verbose_name = "legacy SSN"
        default_permissions = ()
        ordering = ("person__position", "imported_at", "id")
        constraints = (models.UniqueConstraint(fields=["source", "source_id"], name="legacy_ssn_once"),)

    def __str__(self) -> str:
        return f"legacy SSN {self.pk}"

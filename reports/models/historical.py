"""What came from former systems: reports of types that nobody files any more, and the rows that became legacy reports.

SPOT rows have no model on purpose: without one no list, count, search or form can come to hold them (SEN PIA: kept,
not viewable). Their table is made by a migration, and `reports.imports.spot` appends to it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from privacy.fields import (
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    JSONField,
    OneToOneField,
    Personal,
    SearchVectorField,
    TextField,
    UUIDField,
)
from reports.models.report import Report

NO, YES = Personal.NO, Personal.YES


class HistoricalReport(models.Model):
    """A report of a type that takes no new data. It is read and never changed: the database itself refuses."""

    class Type(models.TextChoices):
        AMO = "amo", "AMO"
        OPPRED = "oppred", "OPPRED"
        LEARA = "leara", "LEARA"

    audit_type: ClassVar[str] = "historical report"
    audited: ClassVar[tuple[str, str, str]] = ("historical report", "id", "change")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    type = CharField(personal=NO, max_length=10, choices=Type)
    number = CharField(personal=NO, max_length=40)
    period_from = DateField("from", personal=NO)
    period_to = DateField("to", personal=NO)
    office_code = CharField("office as it was", personal=NO, max_length=80, blank=True)
    office = ForeignKey(Office, models.PROTECT, personal=NO, null=True, blank=True, related_name="+")
    title = CharField(personal=YES, max_length=300)
    summary = TextField(personal=YES, blank=True)
    platform = CharField(personal=NO, max_length=300, blank=True)
    activity = CharField(personal=NO, max_length=300, blank=True)
    arrest = TextField(personal=YES, blank=True)
    charge = CharField(personal=YES, max_length=300, blank=True)
    requesting_agency = CharField(personal=NO, max_length=300, blank=True)
    assistance = CharField("kind of assistance", personal=NO, max_length=300, blank=True)
    payload = JSONField("as it was read", personal=YES)
    imported_at = DateTimeField(personal=NO)
    checksum = CharField("checksum of its source", personal=NO, max_length=64, unguarded="A hash, made by us.")
    words = SearchVectorField(personal=YES)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["type", "checksum"], name="historical_once"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="historical_period"),
        )
        indexes = (
            models.Index(F("period_from").desc(), F("id").desc(), name="historical_newest"),
            models.Index(fields=["type", "-period_from", "-id"], name="historical_type_newest"),
            models.Index(fields=["office_code", "-period_from", "-id"], name="historical_office_newest"),
            models.Index(fields=["number"], name="historical_number"),
            GinIndex(fields=["words"], name="historical_words"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return f"{self.get_type_display()} {self.number}"


class LegacySource(models.Model):
    """The row of a former system that became a report: kept as it was read, and known again by its checksum."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    report = OneToOneField(Report, models.CASCADE, personal=NO, primary_key=True, related_name="legacy_source")
    payload = JSONField("as it was read", personal=YES)
    imported_at = DateTimeField(personal=NO)
    checksum = CharField(
        "checksum of its source", personal=NO, max_length=64, unique=True, unguarded="A hash, made by us."
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"source of {self.report_id}"

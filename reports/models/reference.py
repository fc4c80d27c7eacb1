"""Reference data that an administrator edits: event types, thresholds, approval, deconfliction, who is told."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from accounts.models import Office
from accounts.roles import Role
from privacy.fields import (
    ArrayField,
    BigAutoField,
    BooleanField,
    CharField,
    DecimalField,
    ForeignKey,
    Personal,
    PositiveIntegerField,
    PositiveSmallIntegerField,
)
from reports.models.sir import Seizure

NO = Personal.NO


class EventType(models.Model):
    """What can have happened. `asks` names the lists of rows that the form then shows."""

    class Asks(models.TextChoices):
        ARRESTS = "arrests", "Arrests"
        ASSAULTS = "assaults", "Assaults"
        USES_OF_FORCE = "uses_of_force", "Uses of force"
        DISCHARGES = "discharges", "Discharges"
        SEIZURES = "seizures", "Seizures"
        CASUALTIES = "casualties", "Injuries and deaths"

    audit_type: ClassVar[str] = "event type"
    audited: ClassVar[tuple[str, str, str]] = ("event type", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    kind = CharField("kind of report", personal=NO, max_length=20, default="sir")
    code = CharField(
        personal=NO,
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$", "Use small letters, digits and hyphens.")],
    )
    label = CharField(personal=NO, max_length=80)
    short = CharField("short label", personal=NO, max_length=24, help_text="As it reads in the queue.")
    asks = ArrayField(
        CharField(personal=NO, max_length=20, choices=Asks),
        personal=NO,
        default=list,
        blank=True,
        verbose_name="asks for",
    )
    always_urgent = BooleanField("urgent whatever the quantity", personal=NO, default=False)
    position = PositiveSmallIntegerField(personal=NO, default=100)
    active = BooleanField(personal=NO, default=True, help_text="An inactive type cannot be chosen for new reports.")

    class Meta:
        ordering = ("kind", "position", "label")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "label"],
                name="eventtype_label_once",
                violation_error_message="This kind of report has an event type of that name already.",
            ),
        )

    def __str__(self) -> str:
        return self.label


class Threshold(models.Model):
    """When a seizure warrants immediate notice to headquarters (SEN PIA: by quantity or circumstance; no figure)."""

    class Measure(models.TextChoices):
        QUANTITY = "quantity", "Quantity"
        VALUE = "estimated_value", "Estimated value in US dollars"

    audit_type: ClassVar[str] = "threshold"
    audited: ClassVar[tuple[str, str, str]] = ("threshold", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    goods = CharField(
        "class of goods",
        personal=NO,
        max_length=20,
        choices=Seizure.Class,
        blank=True,
        help_text="Leave empty for goods of any class.",
    )
    measure = CharField(personal=NO, max_length=20, choices=Measure)
    at_least = DecimalField(
        personal=NO,
        max_digits=14,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"), "The figure must be more than zero.")],
    )
    unit = CharField(personal=NO, max_length=10, choices=Seizure.Unit, blank=True, help_text="For a quantity.")
    active = BooleanField(personal=NO, default=True)

    class Meta:
        ordering = ("goods", "measure", "at_least")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(measure="estimated_value", unit="") | (Q(measure="quantity") & ~Q(unit="")),
                name="threshold_unit_for_quantity",
                violation_error_message="A quantity needs its unit; a value needs none.",
            ),
            models.UniqueConstraint(fields=["goods", "measure", "unit"], name="threshold_once"),
        )

    def __str__(self) -> str:
        goods = self.get_goods_display() or "Any goods"
        unit = self.get_unit_display() if self.unit else "US dollars"
        return f"{goods}: at least {self.at_least.normalize():f} {unit}"


class ApprovalRule(models.Model):
    """Whether a kind of report waits for a supervisor's approval. Without a rule, what the kind declares holds."""

    audit_type: ClassVar[str] = "approval rule"
    audited: ClassVar[tuple[str, str, str]] = ("approval rule", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    kind = CharField("kind of report", personal=NO, max_length=20, unique=True)
    needed = BooleanField("a supervisor approves it before it counts", personal=NO, default=True)

    class Meta:
        ordering = ("kind",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"Approval of {self.kind}"


class DeconflictionRule(models.Model):
    """When two planned operations match, and whom to call about one that may not be named. There is one rule."""

    audit_type: ClassVar[str] = "deconfliction rule"
    audited: ClassVar[tuple[str, str, str]] = ("deconfliction rule", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    only = BooleanField(personal=NO, default=True, unique=True, editable=False)
    gap_hours = PositiveSmallIntegerField(
        "hours between two operations at one place, at most",
        personal=NO,
        default=12,
        validators=[MaxValueValidator(24 * 14, "Choose at most 336 hours (14 days).")],
    )
    distance_m = PositiveIntegerField(
        "meters between two places, at most",
        personal=NO,
        default=1000,
        validators=[MaxValueValidator(50_000, "Choose at most 50,000 meters.")],
    )
    target_days = PositiveSmallIntegerField(
        "days between two operations against one target, at most",
        personal=NO,
        default=7,
        validators=[MaxValueValidator(90, "Choose at most 90 days.")],
    )
    desk = CharField("desk to call", personal=NO, max_length=120, default="JIOC deconfliction desk")
    desk_phone = CharField("its phone", personal=NO, max_length=30, default="202-555-0100")

    class Meta:
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(only=True), name="deconflictionrule_one"),)

    def __str__(self) -> str:
        return "When two operations match"


class RoutingRule(models.Model):
    """Who is told when a report of a kind is filed. The rules add up; an inactive one tells nobody."""

    class To(models.TextChoices):
        OWN = "own", "The report's own SAC or FOD"
        OFFICE = "office", "A named office"

    audit_type: ClassVar[str] = "routing rule"
    audited: ClassVar[tuple[str, str, str]] = ("routing rule", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    kind = CharField("kind of report", personal=NO, max_length=20)
    on_summary = BooleanField(
        "proposes offices for the summary",
        personal=NO,
        default=False,
        help_text="Otherwise it tells them when the report is filed.",
    )
    event_type = ForeignKey(
        EventType, models.PROTECT, personal=NO, null=True, blank=True, help_text="Leave empty for all."
    )
    urgent_only = BooleanField(personal=NO, default=False)
    within = ForeignKey(
        Office,
        models.PROTECT,
        personal=NO,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="reports of this office and below",
        help_text="Leave empty for the whole agency.",
    )
    to = CharField("who is told", personal=NO, max_length=10, choices=To)
    to_office = ForeignKey(
        Office, models.PROTECT, personal=NO, null=True, blank=True, related_name="+", verbose_name="the named office"
    )
    to_role = CharField("in the role of", personal=NO, max_length=20, choices=[(r.value, r.label) for r in Role])
    active = BooleanField(personal=NO, default=True)

    class Meta:
        ordering = ("kind", "urgent_only", "id")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(to="own", to_office__isnull=True) | Q(to="office", to_office__isnull=False),
                name="routing_names_its_office",
                violation_error_message="Choose the named office, or the report's own SAC or FOD.",
            ),
        )

    def __str__(self) -> str:
        place = self.to_office.code if self.to_office else "own SAC or FOD"
        return f"{self.kind.upper()} to {place}, {Role(self.to_role).label}"

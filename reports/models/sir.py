"""The Significant Incident Report: an event that has already occurred, and a row for each thing that happened in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from privacy.fields import (
    BooleanField,
    CharField,
    DateTimeField,
    DecimalField,
    OneToOneField,
    Personal,
    PositiveIntegerField,
    TextField,
)
from reports.kinds import KINDS, Kind, Rows, Section
from reports.models.report import Report
from reports.models.rows import (
    Identifier,
    Notification,
    Organization,
    Person,
    Related,
    Row,
    YesNoUnknown,
    lines,
    person_key,
    yes_no_unknown,
)

NO, YES = Personal.NO, Personal.YES


class SIR(Report):
    """A Significant Incident Report (SEN PIA: arrests, assaults on employees, discharges, significant seizures)."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_ptr_id", "change")

    class Stage(models.TextChoices):
        INITIAL = "initial", "Initial"
        UPDATE = "update", "Update"
        FINAL = "final", "Final"

    report_ptr = OneToOneField(
        Report, models.CASCADE, personal=NO, parent_link=True, primary_key=True, related_name="sir"
    )
    stage = CharField("this report is", personal=NO, max_length=10, choices=Stage, default=Stage.INITIAL)
    significance = TextField(
        "why it is significant",
        personal=YES,
        max_length=1000,
        help_text="What makes this momentous or notable for agents and staff in the field.",
    )
    actions_taken = TextField("actions taken", personal=YES, max_length=5000, blank=True)
    ufad_handed_over = BooleanField("Handed over to UFAD", personal=NO, default=False)
    ufad_handed_over_at = DateTimeField("handed over at", personal=NO, null=True, blank=True)
    ufad_note = CharField("hand-over note", personal=YES, max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = "Significant Incident Report"
        constraints = (
            models.CheckConstraint(
                condition=Q(ufad_handed_over_at__isnull=True) | Q(ufad_handed_over=True), name="sir_ufad_together"
            ),
        )

    def clean(self) -> None:
        super().clean()
        if self.ufad_handed_over_at and not self.ufad_handed_over:
            raise ValidationError({"ufad_handed_over": "Tick this too, since you gave the time of the hand-over."})

    def time_errors(self) -> dict[str, str]:
        at: datetime | None = self.event_at  # not yet given while the form is being filled
        if at and at > self.present + timedelta(minutes=1):
            return {
                "event_at": "This is in the future. A SIR tells of what has happened: check the day and the time zone."
            }
        return super().time_errors()


class Arrest(Row):
    """One arrest of one person."""

    in_line: ClassVar[tuple[str, ...]] = ("person", "charge")
    identifies: ClassVar[Mapping[str, str]] = {"warrant_number": "other"}

    class Kind(models.TextChoices):
        CRIMINAL = "criminal", "Criminal"
        ADMINISTRATIVE = "administrative", "Administrative"

    person = person_key("who was arrested")
    kind = CharField("kind of arrest", personal=NO, max_length=15, choices=Kind)
    charge = CharField("charge", personal=YES, max_length=200)
    warrant = yes_no_unknown("on a warrant")
    warrant_number = CharField("warrant number", personal=YES, max_length=60, blank=True)
    resisted = yes_no_unknown("resisted")

    class Meta(Row.Meta):
        verbose_name = "arrest"

    def line(self) -> str:
        return f"{self.person.line()}: {self.charge}"

    def clean(self) -> None:
        if self.warrant_number and self.warrant != YesNoUnknown.YES:
            raise ValidationError({"warrant": "Answer yes, since you gave a warrant number."})


class Seizure(Row):
    """Goods of one class that were seized."""

    in_line: ClassVar[tuple[str, ...]] = ("goods", "quantity", "unit")
    identifies: ClassVar[Mapping[str, str]] = {"serial_numbers": "serial"}

    class Class(models.TextChoices):
        FENTANYL = "fentanyl", "Narcotics: fentanyl"
        HEROIN = "heroin", "Narcotics: heroin"
        COCAINE = "cocaine", "Narcotics: cocaine"
        METHAMPHETAMINE = "methamphetamine", "Narcotics: methamphetamine"
        MARIJUANA = "marijuana", "Narcotics: marijuana"
        OTHER_DRUG = "other_drug", "Narcotics: other"
        CURRENCY = "currency", "Currency"
        FIREARM = "firearm", "Firearm"
        AMMUNITION = "ammunition", "Ammunition"
        COUNTERFEIT = "counterfeit", "Counterfeit goods"
        VEHICLE = "vehicle", "Vehicle"
        DOCUMENT = "document", "Document"
        DIGITAL = "digital", "Digital asset"
        CULTURAL = "cultural", "Cultural property"
        OTHER = "other", "Other"

    class Unit(models.TextChoices):
        GRAM = "g", "grams"
        KILOGRAM = "kg", "kilograms"
        OUNCE = "oz", "ounces"
        POUND = "lb", "pounds"
        LITER = "l", "liters"
        USD = "USD", "US dollars"
        ROUND = "rounds", "rounds"
        ITEM = "items", "items"

    goods = CharField("class of goods", personal=NO, max_length=20, choices=Class)
    description = CharField("description", personal=YES, max_length=300)
    quantity = DecimalField(
        "quantity",
        personal=NO,
        max_digits=14,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"), "The quantity must be more than zero.")],
    )
    unit = CharField("unit", personal=NO, max_length=10, choices=Unit)
    estimated_value = DecimalField(
        "estimated value in US dollars",
        personal=NO,
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0, "The value cannot be negative.")],
    )
    serial_numbers = lines("serial numbers", "One to a line.")
    possessor = person_key("found with", required=False)
    owner = person_key("owned by", required=False)
    disposition = CharField("disposition", personal=NO, max_length=200, blank=True)

    class Meta(Row.Meta):
        verbose_name = "seizure"
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="seizure_quantity_over_zero"),)

    def line(self) -> str:
        return f"{self.get_goods_display()}: {self.quantity.normalize():f} {self.get_unit_display()}"


class Assault(Row):
    """An assault on an employee: physical, attempted or a threat."""

    in_line: ClassVar[tuple[str, ...]] = ("kind", "employee")

    class Kind(models.TextChoices):
        PHYSICAL = "physical", "Physical"
        ATTEMPTED = "attempted", "Attempted"
        THREAT = "threat", "Threat"

    employee = person_key("employee assaulted")
    assailant = person_key("assailant", required=False)
    kind = CharField("kind of assault", personal=NO, max_length=10, choices=Kind)
    weapon = CharField("weapon", personal=NO, max_length=120, blank=True, help_text="Write None if there was none.")
    circumstance = CharField("circumstance", personal=YES, max_length=300, blank=True)
    injury = CharField("injury", personal=YES, max_length=300, blank=True)
    treatment = CharField("treatment", personal=YES, max_length=300, blank=True)

    class Meta(Row.Meta):
        verbose_name = "assault"

    def line(self) -> str:
        return f"{self.get_kind_display()} assault on {self.employee.line()}"


class UseOfForce(Row):
    """One use of force by one employee; several in one field are undercounted, so each is a row."""

    in_line: ClassVar[tuple[str, ...]] = ("kind", "employee")

    class Kind(models.TextChoices):
        PHYSICAL = "physical", "Physical control"
        OC = "oc", "Pepper spray"
        BATON = "baton", "Baton or impact weapon"
        ECW = "ecw", "Electronic control weapon"
        CANINE = "canine", "Canine"
        LESS_LETHAL = "less_lethal", "Less-lethal munition"
        POINTED = "pointed", "Firearm pointed"
        FIREARM = "firearm", "Firearm discharged"
        OTHER = "other", "Other"

    employee = person_key("who used force")
    subject = person_key("on whom", required=False)
    kind = CharField("kind of force", personal=NO, max_length=15, choices=Kind)
    reason = CharField("reason", personal=YES, max_length=300)
    injuries = CharField("injuries", personal=YES, max_length=300, blank=True)
    body_camera = yes_no_unknown("body camera recording")

    class Meta(Row.Meta):
        verbose_name = "use of force"

    def line(self) -> str:
        return f"{self.get_kind_display()} by {self.employee.line()}"


class Discharge(Row):
    """One discharge of a firearm that involves an employee."""

    in_line: ClassVar[tuple[str, ...]] = ("shooter",)

    shooter = person_key("who fired")
    intentional = yes_no_unknown("intentional")
    rounds = PositiveIntegerField(
        "rounds fired", personal=NO, validators=[MinValueValidator(1, "At least one round was fired.")]
    )
    hits = PositiveIntegerField("rounds that hit", personal=NO, null=True, blank=True)
    target = CharField("target", personal=YES, max_length=120, blank=True)
    firearm = CharField("firearm", personal=NO, max_length=120, blank=True)
    on_duty = yes_no_unknown("on duty")

    class Meta(Row.Meta):
        verbose_name = "discharge"
        constraints = (
            models.CheckConstraint(condition=Q(hits__isnull=True) | Q(hits__lte=F("rounds")), name="discharge_hits"),
            models.CheckConstraint(condition=Q(rounds__gte=1), name="discharge_rounds"),
        )

    def line(self) -> str:
        return f"{self.shooter.line()}: {self.rounds} fired"

    def clean(self) -> None:
        rounds: int | None = self.rounds  # not yet given while the form is being filled
        if self.hits is not None and rounds is not None and self.hits > rounds:
            raise ValidationError({"hits": f"Rounds that hit cannot exceed rounds fired ({rounds})."})


class Casualty(Row):
    """A person injured or dead."""

    in_line: ClassVar[tuple[str, ...]] = ("severity", "person")

    class Severity(models.TextChoices):
        MINOR = "minor", "Minor injury"
        SERIOUS = "serious", "Serious injury"
        CRITICAL = "critical", "Critical injury"
        DEATH = "death", "Death"

    person = person_key("who was hurt or died")
    severity = CharField("severity", personal=YES, max_length=10, choices=Severity)
    hospital = CharField("hospital", personal=NO, max_length=160, blank=True)
    next_of_kin_notified = yes_no_unknown("next of kin notified")
    consulate_notified = yes_no_unknown("consulate notified")

    class Meta(Row.Meta):
        verbose_name = "injury or death"

    def line(self) -> str:
        return f"{self.get_severity_display()}: {self.person.line()}"


KINDS.register(
    Kind(
        code="sir",
        prefix="SIR",
        noun="SIR",
        label="Significant Incident Report (SIR)",
        line="Something has happened: an arrest, an assault, a discharge, a seizure.",
        model=SIR,
        types="What kind of event",
        past=True,
        icon="priority_high",
        turn=10,
        parts=(
            Section("what", "What happened", ("event_types", "title", "synopsis", "significance", "stage")),
            Section(
                "where",
                "When and where",
                (
                    "event_at",
                    "event_precision",
                    "office",
                    "programme",
                    "place_name",
                    "place_address",
                    "place_city",
                    "place_state",
                    "place_country",
                    "place_facility",
                    "place_latitude",
                    "place_longitude",
                ),
            ),
            Rows("people", "People", Person, "person", empty="No people yet. Add each person the report speaks of."),
            Rows("arrests", "Arrests", Arrest, "arrest", asked_by_event=True, minimum=1),
            Rows("assaults", "Assaults", Assault, "assault", asked_by_event=True, minimum=1),
            Rows(
                "uses_of_force",
                "Uses of force",
                UseOfForce,
                "use of force",
                hint="One for each use.",
                asked_by_event=True,
                minimum=1,
            ),
            Rows("discharges", "Discharges", Discharge, "discharge", asked_by_event=True, minimum=1),
            Rows("seizures", "Seizures", Seizure, "seizure", asked_by_event=True, minimum=1),
            Rows("casualties", "Injuries and deaths", Casualty, "injury or death", asked_by_event=True, minimum=1),
            Section("narrative", "Narrative", ("narrative", "actions_taken")),
            Section(
                "flags",
                "Flags and marking",
                (
                    "media_interest",
                    "congressional_interest",
                    "foreign_national",
                    "minor_involved",
                    "sensitive_source",
                    "sar_present",
                    "marking",
                    "restricted",
                    "restricted_reason",
                    "legal_hold",
                    "legal_hold_reason",
                ),
            ),
            Rows("notifications", "Verbal notifications", Notification, "verbal notification", optional=True),
            Rows("identifiers", "Other identifiers", Identifier, "identifier", optional=True),
            Rows("organizations", "Organizations", Organization, "organization", optional=True),
            Rows("related", "Related reports", Related, "related report", optional=True),
            Section(
                "case",
                "Case, operation and hand-over",
                (
                    "icm_case_number",
                    "operation_name",
                    "supervisor",
                    "ufad_handed_over",
                    "ufad_handed_over_at",
                    "ufad_note",
                ),
                optional=True,
            ),
        ),
    )
)

"""Rows that a report can have many of: people and organisations in it, and what happened to each."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from privacy.fields import (
    ArrayField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    Personal,
    PositiveSmallIntegerField,
    TextField,
    UUIDField,
)
from reports.models.report import Report

NO, YES = Personal.NO, Personal.YES


class YesNoUnknown(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Unknown"


def yes_no_unknown(label: str, **kwargs: Any) -> CharField[str, str]:
    return CharField(label, personal=NO, max_length=7, choices=YesNoUnknown, blank=True, **kwargs)


class Row(models.Model):
    """One row of a report. Its key is made in the draft and kept, so that versions can be compared row by row."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")
    # The answers that `line` says already, so that a document does not say them again below it.
    in_line: ClassVar[tuple[str, ...]] = ()
    # By what this row is found: attributes that hold names, with who bears them, and fields that hold identifiers,
    # with their type (fields that only together say something are joined by +; "" takes the type of the row).
    names: ClassVar[Mapping[str, str]] = {}
    identifies: ClassVar[Mapping[str, str]] = {}

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    report = ForeignKey(Report, models.CASCADE, personal=NO, related_name="%(class)s_rows", editable=False)
    position = PositiveSmallIntegerField(personal=NO, default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ("position",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Not asked of the database one by one: `clean` says the same beside the field, and the filing holds it."""

    def line(self) -> str:
        """The summary line of this row in a list."""
        raise NotImplementedError


def lines(label: str, hint: str) -> ArrayField[list[str], list[str]]:
    """Several short values of one kind, typed one to a line."""
    return ArrayField(
        CharField(personal=YES, max_length=200),
        personal=YES,
        default=list,
        blank=True,
        verbose_name=label,
        help_text=hint,
        size=20,
    )


class Person(Row):
    """A person in one report. Sameness across reports is computed and shown, never merged."""

    in_line: ClassVar[tuple[str, ...]] = ("last_name", "first_name", "middle_name", "suffix")
    names: ClassVar[Mapping[str, str]] = {"full_name": "person", "aliases": "alias"}
    identifies: ClassVar[Mapping[str, str]] = {
        "a_number": "a_number",
        "phones": "phone",
        "emails": "email",
        "addresses": "address",
        "handles": "handle",
    }

    class Role(models.TextChoices):
        SUBJECT = "subject", "Subject"
        TARGET = "target", "Target"
        ARRESTEE = "arrestee", "Arrestee"
        WITNESS = "witness", "Witness"
        VICTIM = "victim", "Victim"
        COMPLAINANT = "complainant", "Complainant"
        SOURCE = "source", "Source"
        EMPLOYEE = "employee", "Employee"
        OTHER_OFFICER = "other_officer", "Officer of another agency"
        DETAINEE = "detainee", "Detainee"
        VISITOR = "visitor", "Visitor"

    class Population(models.TextChoices):
        PUBLIC = "public", "Member of the public"
        ICE = "ice", "ICE personnel"
        OTHER = "other", "Another agency"

    class Sex(models.TextChoices):
        FEMALE = "F", "Female"
        MALE = "M", "Male"
        OTHER = "X", "Another or unspecified"

    role = CharField("role in this report", personal=NO, max_length=20, choices=Role)
    population = CharField("who they are", personal=NO, max_length=10, choices=Population, default=Population.PUBLIC)
    last_name = CharField("last name", personal=YES, max_length=80, help_text="Write Unknown if it is not known.")
    first_name = CharField("first name", personal=YES, max_length=80, blank=True)
    middle_name = CharField("middle name", personal=YES, max_length=80, blank=True)
    suffix = CharField("suffix", personal=YES, max_length=20, blank=True)
    aliases = lines("aliases", "One to a line.")
    date_of_birth = DateField("date of birth", personal=YES, null=True, blank=True)
    age_from = PositiveSmallIntegerField(
        "age, from", personal=YES, null=True, blank=True, help_text="If the date of birth is not known."
    )
    age_to = PositiveSmallIntegerField("age, to", personal=YES, null=True, blank=True)
    a_number = CharField(
        "A-Number", personal=YES, max_length=10, blank=True, help_text="Seven to nine digits, with or without the A."
    )
    citizenship = CharField(
        "citizenship",
        personal=YES,
        max_length=2,
        blank=True,
        help_text="Two letters of the country, such as US or GT.",
        validators=[RegexValidator(r"^[A-Z]{2}$", "Enter two capital letters, such as US or GT.")],
    )
    sex = CharField("sex", personal=YES, max_length=1, choices=Sex, blank=True)
    description = TextField("description", personal=YES, max_length=1000, blank=True)
    phones = lines("phones", "One to a line.")
    emails = lines("e-mail addresses", "One to a line.")
    addresses = lines("addresses", "One to a line.")
    handles = lines("online handles", "One to a line, such as service: name.")
    caution = CharField("caution", personal=YES, max_length=200, blank=True, help_text="Such as armed or violent.")

    class Meta(Row.Meta):
        verbose_name = "person"
        constraints = (
            models.CheckConstraint(
                condition=Q(date_of_birth__isnull=True) | Q(date_of_birth__year__gte=1900), name="person_born_from_1900"
            ),
            models.CheckConstraint(
                condition=Q(a_number="") | Q(a_number__regex=r"^A[0-9]{9}$"), name="person_a_number"
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_to__gte=F("age_from")),
                name="person_age_range",
            ),
        )

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name, self.suffix) if part)

    def line(self) -> str:
        given = " ".join(part for part in (self.first_name, self.middle_name, self.suffix) if part)
        return f"{self.last_name.upper()}, {given}" if given else self.last_name.upper()

    def clean(self) -> None:
        errors: dict[str, str] = {}
        self.a_number = normal_a_number(self.a_number, errors)
        if self.date_of_birth and self.date_of_birth > timezone.now().date():
            errors["date_of_birth"] = "This date is in the future."
        if self.date_of_birth and self.date_of_birth.year < 1900:
            errors["date_of_birth"] = "This is before 1900. Check the year."
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            errors["age_to"] = f"This is below the lower age ({self.age_from})."
        if errors:
            raise ValidationError(errors)


def normal_a_number(typed: str, errors: dict[str, str]) -> str:
    """An A-Number as `A` and nine digits, from seven to nine digits typed in any usual way."""
    if not typed:
        return ""
    digits = typed.strip().upper().removeprefix("A").replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 9):
        errors["a_number"] = "An A-Number is seven to nine digits, with or without the A, such as A012345678."
        return typed
    return f"A{digits:0>9}"


def person_key(label: str, *, required: bool = True, **kwargs: Any) -> ForeignKey[Any, Any]:
    """A person of the same report."""
    return ForeignKey(
        Person,
        models.PROTECT,
        personal=YES,
        related_name="+",
        verbose_name=label,
        null=not required,
        blank=not required,
        **kwargs,
    )


class Identifier(Row):
    """Another identifier of a person. There is no type for a Social Security number (PIA: none is collected)."""

    in_line: ClassVar[tuple[str, ...]] = ("type", "value")
    identifies: ClassVar[Mapping[str, str]] = {"value": ""}

    class Type(models.TextChoices):
        PASSPORT = "passport", "Passport"
        DRIVER = "driver", "Driver's licence"
        FBI = "fbi", "FBI number"
        FIN = "fin", "Fingerprint identification number"
        STATE = "state", "State identification number"
        PLATE = "plate", "Vehicle plate"
        VIN = "vin", "Vehicle identification number"
        OTHER = "other", "Other"

    person = person_key("whose it is", required=False)
    type = CharField("kind of identifier", personal=NO, max_length=10, choices=Type)
    value = CharField("value", personal=YES, max_length=80)
    issuer = CharField("issued by", personal=NO, max_length=80, blank=True)

    class Meta(Row.Meta):
        verbose_name = "identifier"

    def line(self) -> str:
        return f"{self.get_type_display()}: {self.value}"


class Organization(Row):
    """A business, group or agency in the report."""

    in_line: ClassVar[tuple[str, ...]] = ("name",)
    names: ClassVar[Mapping[str, str]] = {"name": "organization"}
    identifies: ClassVar[Mapping[str, str]] = {"ein": "ein"}

    name = CharField("name", personal=NO, max_length=160)
    kind = CharField("kind", personal=NO, max_length=80, blank=True, help_text="Such as business, carrier or agency.")
    ein = CharField(
        "EIN",
        personal=NO,
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{2}-[0-9]{7}$", "An EIN reads like 12-3456789.")],
    )

    class Meta(Row.Meta):
        verbose_name = "organization"

    def line(self) -> str:
        return self.name


class Related(Row):
    """Another report that belongs with this one, by its number."""

    in_line: ClassVar[tuple[str, ...]] = ("number",)
    identifies: ClassVar[Mapping[str, str]] = {"number": "report"}

    number = CharField(
        "report number",
        personal=NO,
        max_length=30,
        validators=[
            RegexValidator(r"^[A-Z]+-[0-9]{4}-[A-Z0-9]+-[0-9]{6}$", "A report number reads like SIR-2026-MIA-000123.")
        ],
    )
    why = CharField("how they belong together", personal=YES, max_length=300, blank=True)

    class Meta(Row.Meta):
        verbose_name = "related report"

    def line(self) -> str:
        return self.number


class Notification(Row):
    """Somebody told by word of mouth: who, by whom, when."""

    in_line: ClassVar[tuple[str, ...]] = ("told",)

    told = CharField("who was told", personal=YES, max_length=120, help_text="Name or desk, such as the duty desk.")
    told_office = CharField("of which office or agency", personal=NO, max_length=120, blank=True)
    told_by = CharField("told by", personal=YES, max_length=120, blank=True)
    told_at = DateTimeField("when", personal=NO, null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = "verbal notification"

    def line(self) -> str:
        return self.told

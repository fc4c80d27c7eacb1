"""The SPEAR: an enforcement operation that is planned, with its window, places, targets and warrants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from privacy.fields import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    OneToOneField,
    Personal,
    PositiveSmallIntegerField,
    TextField,
)
from reports.kinds import KINDS, Kind, Rows, Section, Span, Start, Wrong
from reports.models import aftermath, windows
from reports.models.report import Report, coordinate
from reports.models.rows import Organization, Person, Related, Row, lines, yes_no_unknown

if TYPE_CHECKING:
    from reports.content import Filled

NO, YES = Personal.NO, Personal.YES


class SPEAR(Report):
    """A planned enforcement operation (SEN PIA: planned searches, arrests, seizures). It begins at `event_at`."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_ptr_id", "change")

    Outcome = aftermath.Outcome

    report_ptr = OneToOneField(
        Report, models.CASCADE, personal=NO, parent_link=True, primary_key=True, related_name="spear"
    )
    planned_end = DateTimeField("planned end", personal=NO)
    objective = TextField("objective", personal=YES, max_length=1000, help_text="What the operation is to achieve.")
    contact = ForeignKey(
        User,
        models.PROTECT,
        personal=YES,
        related_name="+",
        verbose_name="contact officer",
        help_text="Whoever is called when another operation is near.",
    )
    contact_phone = CharField(
        "contact's phone", personal=YES, max_length=30, help_text="A number that is answered day and night."
    )
    participating_units = lines("participating units", "One to a line.")
    participating_agencies = lines("participating agencies", "One to a line.")
    personnel_count = PositiveSmallIntegerField("personnel", personal=NO, null=True, blank=True)
    tactical_team = BooleanField("Tactical team", personal=NO, default=False)
    air_support = BooleanField("Air support", personal=NO, default=False)
    prosecutor_coordinated = yes_no_unknown("coordinated with the prosecutor")

    outcome = CharField("outcome", personal=NO, max_length=10, choices=Outcome, blank=True)
    outcome_at = DateTimeField("when it was carried out, or when that was decided", personal=NO, null=True, blank=True)
    outcome_note = TextField("what came of it", personal=YES, max_length=2000, blank=True)
    outcome_by = ForeignKey(
        User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+", verbose_name="recorded by"
    )

    class Meta:
        default_permissions = ()
        verbose_name = "SPEAR"
        indexes = (models.Index(fields=["planned_end"], condition=Q(outcome=""), name="spear_without_outcome"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at__isnull=True) | (~Q(outcome="") & Q(outcome_at__isnull=False)),
                name="spear_outcome_together",
            ),
        )

    def time_errors(self) -> dict[str, str]:
        """A planned window lies in the future when it is filed; a later version may keep the start that it had."""
        start: datetime | None = self.event_at  # not yet given while the form is being filled
        end: datetime | None = self.planned_end
        errors = super().time_errors()
        if start and start < self.present and not (self.before and windows.same(self.before.event_at, start)):
            errors = {"event_at": "This is in the past. A SPEAR is a plan: report what has happened in a SIR."}
        return errors | (windows.window_errors(start, end) if start and end else {})


class PlannedLocation(Row):
    """One place where the operation happens."""

    in_line: ClassVar[tuple[str, ...]] = ("address", "city", "state")
    identifies: ClassVar[Mapping[str, str]] = {"address+city": "address"}

    address = CharField("street address", personal=YES, max_length=200, blank=True)
    city = CharField("city", personal=NO, max_length=80, blank=True)
    state = CharField("state or province", personal=NO, max_length=40, blank=True)
    latitude = coordinate("latitude", 90)
    longitude = coordinate("longitude", 180)
    sensitive = BooleanField(
        "Sensitive location",
        personal=NO,
        default=False,
        help_text="Such as a school, hospital, place of worship or courthouse.",
    )

    class Meta(Row.Meta):
        verbose_name = "location"
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="plannedlocation_both_coordinates",
            ),
        )

    def line(self) -> str:
        where = ", ".join(part for part in (self.address, self.city, self.state) if part)
        return where or f"{self.latitude}, {self.longitude}"

    def clean(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: "Give both latitude and longitude, or neither."})
        if not self.address and self.latitude is None:
            raise ValidationError({"address": "Give the street address, or the coordinates below."})


class Warrant(Row):
    """A warrant on which the operation rests."""

    in_line: ClassVar[tuple[str, ...]] = ("type", "number")
    # Its type says what it is for; its number is one of many that courts give.
    identifies: ClassVar[Mapping[str, str]] = {"number": "other"}

    class Type(models.TextChoices):
        SEARCH = "search", "Search warrant"
        ARREST = "arrest", "Arrest warrant"
        ADMINISTRATIVE = "administrative", "Administrative warrant"
        OTHER = "other", "Other"

    type = CharField("kind of warrant", personal=NO, max_length=15, choices=Type)
    court = CharField("court or issuer", personal=NO, max_length=160)
    number = CharField("warrant number", personal=YES, max_length=60)
    expires = DateField("expires on", personal=NO, null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = "warrant"

    def line(self) -> str:
        return f"{self.get_type_display()} {self.number}"


def wrong_between(filled: Filled) -> Iterable[Wrong]:
    """A warrant must still be good when the operation begins; until that is known, today."""
    start: datetime | None = getattr(filled.report, "event_at", None)
    needed = start.date() if start else timezone.localdate()
    for row in filled.rows.get("warrants", []):
        if isinstance(row, Warrant) and row.expires and row.expires < needed:
            yield Wrong("warrants", "expires", _too_old(row.expires), key=str(row.pk))


def _too_old(expires: date) -> str:
    day = f"{expires:%b} {expires.day}, {expires.year}"
    if expires < timezone.localdate():
        return f"This warrant expired on {day}. Renew it and enter the new day, or remove it."
    return f"This warrant expires on {day}, before the operation begins. Renew it or remove it."


def remarks(report: Any) -> Iterable[str]:
    return windows.remarks(report.event_at, report.planned_end)


WINDOW = ("event_at", "event_zone", "planned_end")


def plan_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a new version has another window, place or target: then it is matched and approved again.

    What has been carried out or cancelled is no plan any more: mending a name in it asks nobody for approval. With
    another start it is one again.
    """
    if before["fields"].get("event_at") != after["fields"].get("event_at"):
        return True
    if after["fields"]["outcome"] in (SPEAR.Outcome.EXECUTED, SPEAR.Outcome.CANCELLED):
        return False
    if any(before["fields"].get(name) != after["fields"].get(name) for name in WINDOW):
        return True
    return any(before["rows"].get(name) != after["rows"].get(name) for name in ("locations", "people", "organizations"))


KINDS.register(
    Kind(
        code="spear",
        prefix="SPEAR",
        noun="SPEAR",
        label="Planned operation (SPEAR)",
        line="Something is planned: a search, an arrest, a seizure. Other operations nearby are found at once.",
        model=SPEAR,
        types="What kind of activity",
        words={
            "event_types": ("kind of activity", ""),
            "title": ("title", "One line that tells the watch what is planned."),
            "synopsis": ("synopsis", "Two or three sentences that a manager can read in half a minute."),
            "narrative": ("plan", "How it is to be done, in order."),
            "event_at": ("planned start", ""),
            "media_interest": ("Media expected", ""),
        },
        approval=True,
        approved_again=plan_changed,
        renews=aftermath.renew,
        wrong=wrong_between,
        remarks=remarks,
        pending=aftermath.pending,
        moves=(aftermath.OUTCOME,),
        starts=(
            Start(
                "what-happened",
                "Report what happened",
                "sir",
                "Tells what happened in it",
                aftermath.what_happened,
                aftermath.not_executed,
                awaited=aftermath.executed,
            ),
        ),
        spans=(Span("Planned window", "event_at", "planned_end"),),
        icon="event",
        turn=20,
        parts=(
            Section("what", "What is planned", ("event_types", "title", "synopsis", "objective")),
            Section(
                "when",
                "When and by whom",
                ("event_at", "planned_end", "office", "programme", "contact", "contact_phone"),
            ),
            Rows(
                "locations",
                "Locations",
                PlannedLocation,
                "location",
                hint="Each is compared with every other planned operation: give its address with the city, its "
                "coordinates, or both.",
                empty="Add each place where the operation happens, by its address with the city, its coordinates, or "
                "both. Each is compared with every other planned operation.",
                minimum=1,
            ),
            Rows(
                "people",
                "Targets and other people",
                Person,
                "person",
                empty="Nobody yet. Add each target, and say how dangerous they may be.",
            ),
            Rows("organizations", "Target organizations", Organization, "organization", optional=True),
            Rows("warrants", "Warrants", Warrant, "warrant", empty="No warrant yet."),
            Section("narrative", "The plan", ("narrative",)),
            Section(
                "units",
                "Units and support",
                (
                    "participating_units",
                    "participating_agencies",
                    "personnel_count",
                    "tactical_team",
                    "air_support",
                    "prosecutor_coordinated",
                ),
                optional=True,
            ),
            Section(
                "flags",
                "Flags and marking",
                (
                    "media_interest",
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
            Rows("related", "Related reports", Related, "related report", optional=True),
            Section(
                "case",
                "Case and operation",
                ("operation_name", "icm_case_number", "supervisor"),
                optional=True,
            ),
            Section("outcome", "Outcome", ("outcome", "outcome_at", "outcome_note", "outcome_by"), by_move=True),
        ),
    )
)

"""The report that every kind extends, and the people named to read a restricted one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from accounts.models import Office, Programme, User
from privacy.fields import (
    ArrayField,
    BigAutoField,
    BooleanField,
    CharField,
    DateTimeField,
    DecimalField,
    ForeignKey,
    Personal,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    TextField,
    UUIDField,
)
from reports.kinds import KINDS, Kind
from reports.states import ACTIVE, Status

NO, YES = Personal.NO, Personal.YES


# What a row of `ReportReader` gives: reading a restricted report of a kind that one may read, or reading one report
# of whatever kind that was shared for a stated need to know, while it is not restricted; or reading one report outside
# one's offices for a stated reason, for a limited time, while it is not restricted.
NAMED, SHARED, OUTSIDE = "read_report", "read_shared", "read_outside"


class Precision(models.TextChoices):
    EXACT = "exact", "Exact to the minute"
    HOUR = "hour", "Within about an hour"
    DAY = "day", "The day only"


def coordinate(label: str, limit: int) -> DecimalField[Any, Any]:
    """Degrees, to a tenth of a meter; beyond `limit` there is no such place."""
    said = f"{label.capitalize()} lies between -{limit} and {limit} degrees."
    return DecimalField(
        label,
        personal=YES,
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-limit, said), MaxValueValidator(limit, said)],
    )


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports …"""

    def visible_to(self, user: User) -> ReportQuerySet:
        """… that `user` may see: the one predicate behind every list, row, search, count and mail."""
        return self.filter(visible(user))

    def active(self) -> ReportQuerySet:
        """… that the watch still has to deal with."""
        return self.filter(status__in=ACTIVE)

    def urgent_first(self) -> ReportQuerySet:
        """… as the queue shows them: most urgent first, newest first within."""
        return self.order_by("-urgency", "-submitted_at", "-id")

    def newest_first(self) -> ReportQuerySet:
        return self.order_by("-submitted_at", "-id")

    def light(self) -> ReportQuerySet:
        """… without the long texts, for lists."""
        return self.defer("narrative", "synopsis", "restricted_reason", "legal_hold_reason")


def visible(user: User) -> Q:
    """The predicate of `visible_to`. A restricted report is read by those named on it and nobody else."""
    kinds_by_reach: dict[frozenset[int] | None, list[str]] = {}
    own_kinds: list[str] = []
    for kind in KINDS:
        permission = kind.permission("read")
        if not user.may_somewhere(permission):
            continue
        own_kinds.append(kind.code)
        reach = None if permission in user.rights.everywhere else user.rights.offices.get(permission, frozenset())
        kinds_by_reach.setdefault(reach, []).append(kind.code)
    if not own_kinds:
        return Q(pk__in=[])
    scope = Q(author=user, kind__in=own_kinds, restricted=False)
    for reach, kinds in kinds_by_reach.items():
        if reach is None:
            scope |= Q(kind__in=kinds, restricted=False)
        elif reach:
            scope |= Q(kind__in=kinds, restricted=False, office__any_of=sorted(reach))
    if None in kinds_by_reach and len(kinds_by_reach[None]) == len(list(KINDS)):
        scope = Q(restricted=False)
    named = ReportReader.objects.filter(user=user, until__gt=Now())
    rows = {
        given: is_among(named.filter(permission__codename=given).values("content_object_id"))
        for given in (NAMED, SHARED, OUTSIDE)
    }
    shared = Q(rows[SHARED], restricted=False)
    in_it = Q(rows[NAMED], restricted=True, kind__in=own_kinds)
    found = scope | in_it | shared
    outside = [code for code in own_kinds if KINDS[code].permission("read") not in user.rights.everywhere]
    return found | (Q(rows[OUTSIDE], restricted=False) & _opened_by_rule(user, outside)) if outside else found


def is_among(keys: models.QuerySet[Any, Any]) -> models.Func:
    """Whether the key of a report is one of some few, as an array: each arm is then answered from an index.

    As `IN`, one of them makes the planner read every report there is for somebody who may see few.
    """
    made = models.BooleanField()
    return models.Func(
        F("pk"), ArraySubquery(keys), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=made
    )


def _opened_by_rule(user: User, kinds: list[str]) -> Q:
    """What was opened outside one's offices stays open no longer than the rule of a role that one holds."""
    from reports.models.outside import OutsideRule

    return Q(kind__in=OutsideRule.objects.opening_to(user, kinds).values("kind"))


class Report(models.Model):
    """A filed report: what every kind has. The typed rows are its newest version; `Revision` keeps each whole."""

    audit_type: ClassVar[str] = "report"
    audited: ClassVar[tuple[str, str, str]] = ("report", "id", "change")
    # By what it is found: as rows declare it.
    identifies: ClassVar[Mapping[str, str]] = {"icm_case_number": "case", "place_address+place_city": "address"}

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    # In the "C" collation, so that the last number of a series is the greatest.
    number = CharField(personal=NO, max_length=30, unique=True, editable=False, db_collation="C")
    kind = CharField(personal=NO, max_length=20, editable=False)
    status = CharField(personal=NO, max_length=20, choices=Status, default=Status.SUBMITTED, editable=False)
    version = PositiveIntegerField(personal=NO, default=1, editable=False)
    urgency = PositiveSmallIntegerField(personal=NO, default=0, editable=False)
    urgent_because = CharField(personal=NO, max_length=300, blank=True, editable=False)

    title = CharField(personal=YES, max_length=200, help_text="One line that tells the watch what happened.")
    event_types = ArrayField(
        CharField(personal=NO, max_length=40),
        personal=NO,
        default=list,
        verbose_name="event types",
        help_text="Choose all that apply.",
    )
    synopsis = TextField(
        personal=YES, max_length=1000, help_text="Two or three sentences that a manager can read in half a minute."
    )
    narrative = TextField(personal=YES, max_length=60000, help_text="What happened, in order.")
    programme = CharField(personal=NO, max_length=5, choices=Programme)
    office = ForeignKey(Office, models.PROTECT, personal=NO, related_name="reports", verbose_name="originating office")
    author = ForeignKey(User, models.PROTECT, personal=YES, related_name="reports", editable=False)
    supervisor = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")
    event_at = DateTimeField("when it happened", personal=NO)
    event_zone = CharField(personal=NO, max_length=40, editable=False)
    event_precision = CharField(
        "how exact is that time", personal=NO, max_length=10, choices=Precision, default=Precision.EXACT
    )

    place_name = CharField(
        "place", personal=YES, max_length=120, blank=True, help_text="Such as a business or landmark."
    )
    place_facility = CharField("facility", personal=NO, max_length=120, blank=True)
    place_address = CharField("street address", personal=YES, max_length=200, blank=True)
    place_city = CharField("city", personal=NO, max_length=80, blank=True)
    place_state = CharField("state or province", personal=NO, max_length=40, blank=True)
    place_country = CharField(
        "country",
        personal=NO,
        max_length=2,
        blank=True,
        default="US",
        help_text="Two letters, such as US or MX.",
        validators=[RegexValidator(r"^[A-Z]{2}$", "Enter two capital letters, such as US or MX.")],
    )
    place_latitude = coordinate("latitude", 90)
    place_longitude = coordinate("longitude", 180)

    operation_name = CharField(personal=NO, max_length=120, blank=True)
    icm_case_number = CharField(
        "ICM case number",
        personal=NO,
        max_length=30,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9-]+$", "Use letters, digits and hyphens only.")],
    )
    marking = CharField("handling marking", personal=NO, max_length=80, default="Law enforcement sensitive")
    sar_present = BooleanField(
        "A Suspicious Activity Report exists",
        personal=NO,
        default=False,
        help_text="Tick only that one exists. SARs themselves are not kept here.",
    )
    sensitive_source = BooleanField("Sensitive source", personal=NO, default=False)
    media_interest = BooleanField("Media interest", personal=NO, default=False)
    congressional_interest = BooleanField("Congressional interest", personal=NO, default=False)
    foreign_national = BooleanField("Foreign national involved", personal=NO, default=False)
    minor_involved = BooleanField("Minor involved", personal=NO, default=False)
    legal_hold = BooleanField("Legal hold", personal=NO, default=False)
    legal_hold_reason = CharField("why it is on hold", personal=YES, max_length=300, blank=True)
    restricted = BooleanField(
        "Restricted",
        personal=NO,
        default=False,
        help_text="Only people whom you name can read it. Nobody else can, at any rank.",
    )
    restricted_reason = CharField("why it is restricted", personal=YES, max_length=300, blank=True)

    # Brought from an older system: it keeps its number, times and author, and nobody amends it.
    legacy = BooleanField(personal=NO, default=False, editable=False)
    legacy_author = CharField(personal=YES, max_length=150, blank=True, editable=False)

    people_count = PositiveSmallIntegerField(personal=NO, default=0, editable=False)
    held_by = ForeignKey(
        User, models.PROTECT, personal=YES, null=True, blank=True, related_name="held_reports", editable=False
    )
    created_at = DateTimeField(personal=NO, editable=False)
    submitted_at = DateTimeField(personal=NO, editable=False)
    attested_at = DateTimeField(personal=NO, editable=False)
    amended_at = DateTimeField(personal=NO, null=True, editable=False)
    closed_at = DateTimeField(personal=NO, null=True, editable=False)

    objects = ReportQuerySet.as_manager()
    # The filed report that this one would be the next version of, while its answers are being checked.
    before: ClassVar[Report | None] = None
    # When the act takes place that checks its answers: one act has one present.
    asked_at: ClassVar[datetime | None] = None

    class Meta:
        default_permissions = ()
        permissions = (
            (NAMED, "read this report, though restricted"),
            (SHARED, "read this report, for a stated need to know"),
            (OUTSIDE, "read this report of another office, for a stated reason"),
        )
        indexes = (
            models.Index(
                F("urgency").desc(),
                F("submitted_at").desc(),
                F("id").desc(),
                include=["office", "kind", "restricted"],
                condition=Q(status__in=ACTIVE),
                name="report_queue",
            ),
            models.Index(
                F("submitted_at").desc(),
                F("id").desc(),
                include=["office", "kind", "status", "restricted"],
                name="report_newest",
            ),
            models.Index(fields=["office", "-submitted_at", "-id"], name="report_office_newest"),
            models.Index(fields=["author", "-submitted_at"], name="report_author"),
            models.Index(fields=["event_at"], name="report_event_at"),
            models.Index(fields=["held_by"], condition=Q(held_by__isnull=False), name="report_held"),
            GinIndex(fields=["event_types"], name="report_event_types"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(event_types__len__gt=0) | ~Q(kind__in=("sir", "spear", "ilead")) | Q(legacy=True),
                name="report_has_event_type",
            ),
            # A SIR tells of what has happened (SEN PIA); the column is here, so is the rule. A minute forgives clocks.
            models.CheckConstraint(
                condition=~Q(kind="sir") | Q(event_at__lte=F("submitted_at") + timedelta(minutes=1)),
                name="report_sir_in_the_past",
            ),
            # An iLead tells of what was learned.
            models.CheckConstraint(
                condition=~Q(kind="ilead") | Q(event_at__lte=F("submitted_at") + timedelta(minutes=1)),
                name="report_ilead_in_the_past",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.UNDER_REVIEW, held_by__isnull=False)
                | (~Q(status=Status.UNDER_REVIEW) & Q(held_by__isnull=True)),
                name="report_held_while_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True))
                | Q(status=Status.VOIDED),
                name="report_closed_together",
            ),
            models.CheckConstraint(
                condition=Q(restricted=False) | ~Q(restricted_reason=""), name="report_restricted_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(legal_hold=False) | ~Q(legal_hold_reason=""), name="report_hold_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(place_latitude__isnull=True, place_longitude__isnull=True)
                | Q(place_latitude__isnull=False, place_longitude__isnull=False),
                name="report_both_coordinates",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="report_version_from_1"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return self.number

    @property
    def declaration(self) -> Kind:
        return KINDS.of(self)

    @property
    def typed(self) -> Any:
        """The report with the answers of its kind."""
        model = self.declaration.model
        return self if isinstance(self, model) else model._default_manager.get(pk=self.pk)

    @property
    def author_name(self) -> str:
        """Who wrote it: for a legacy report by somebody without an account here, the name that came with it."""
        return self.legacy_author or self.author.name

    @property
    def present(self) -> datetime:
        """The moment by which its answers lie in the past or the future."""
        return self.asked_at or timezone.now()

    @property
    def urgent(self) -> bool:
        return self.urgency > 0

    def clean(self) -> None:
        """Rules between fields, each with its message beside the field."""
        errors: dict[str, str] = {}
        if self.restricted and not self.restricted_reason:
            errors["restricted_reason"] = "Say why only named people may read this report."
        if self.legal_hold and not self.legal_hold_reason:
            errors["legal_hold_reason"] = "Say what the hold is for."
        if (self.place_latitude is None) != (self.place_longitude is None):
            missing = "place_latitude" if self.place_latitude is None else "place_longitude"
            errors[missing] = "Give both latitude and longitude, or neither."
        errors |= self.time_errors()
        if errors:
            raise ValidationError(errors)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Not asked of the database one by one: `clean` says the same beside the field, and the filing holds it."""

    def time_errors(self) -> dict[str, str]:
        """What is wrong with the event's time; a kind about the past or the future adds to it."""
        at: datetime | None = self.event_at  # not yet given while the form is being filled
        if at and at.year < 2000:
            return {"event_at": "This is before the year 2000. Check the year."}
        return {}


class ReportReader(UserObjectPermissionBase):
    """A person named to read one restricted report: guardian's row, on the report itself, until a date."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "content_object_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    content_object = ForeignKey(Report, models.CASCADE, personal=NO, related_name="readers")
    until = DateTimeField(personal=NO)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()

    def __str__(self) -> str:
        return f"reader of report {self.content_object_id}"

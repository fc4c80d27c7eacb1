"""The iLead: information of possible intelligence value, its gang and warrant claims, and its life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from ileads.models.ssn import LegacySSN
from privacy.fields import (
    ArrayField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    OneToOneField,
    Personal,
    TextField,
)
from reports.kinds import KINDS, Kind, Reveal, Rows, Section, Wrong
from reports.models import Identifier, Organization, Person, Related, Report, Row
from reports.models.rows import person_key
from reports.moves import FILED, Move

if TYPE_CHECKING:
    from reports.content import Filled

NO, YES = Personal.NO, Personal.YES
VALID_FOR_YEARS = 5


def in_five_years() -> date:
    """When an iLead is to be validated unless its author says otherwise."""
    today = timezone.now().date()
    try:
        return today.replace(year=today.year + VALID_FOR_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year + VALID_FOR_YEARS, day=28)


class ILead(Report):
    """An intelligence lead of ERO (SEN PIA). Its information was obtained at `event_at`."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_ptr_id", "change")

    class Method(models.TextChoices):
        INTERVIEW = "interview", "Interview of the subject"
        RECORDS = "records", "Review of criminal records"
        INSPECTION = "inspection", "Visual inspection of the person"
        POSSESSIONS = "possessions", "Visual inspection of possessions"
        THIRD_PARTY = "third_party", "Information from somebody else"
        OPEN_SOURCE = "open_source", "Open source"
        OTHER = "other", "Other"

    class Custody(models.TextChoices):
        ICE = "ice", "In ICE custody"
        OTHER = "other", "In the custody of another agency"
        AT_LARGE = "at_large", "At large"
        REMOVED = "removed", "Removed"
        UNKNOWN = "unknown", "Unknown"

    class Threat(models.TextChoices):
        VIOLENT = "violent", "Violent"
        NON_VIOLENT = "non_violent", "Non-violent"
        GANG = "gang", "Gang affiliate"
        UNKNOWN = "unknown", "Unknown"

    class Protected(models.TextChoices):
        NO = "none", "None is mentioned"
        LAWFUL = "lawful", "Some is mentioned, and the suspicion rests on facts apart from it"

    class Reliability(models.TextChoices):
        A = "A", "A: reliable"
        B = "B", "B: usually reliable"
        C = "C", "C: fairly reliable"
        D = "D", "D: not usually reliable"
        E = "E", "E: unreliable"
        F = "F", "F: cannot be judged"

    class Validity(models.TextChoices):
        ONE = "1", "1: confirmed"
        TWO = "2", "2: probably true"
        THREE = "3", "3: possibly true"
        FOUR = "4", "4: doubtful"
        FIVE = "5", "5: improbable"
        SIX = "6", "6: cannot be judged"

    report_ptr = OneToOneField(
        Report, models.CASCADE, personal=NO, parent_link=True, primary_key=True, related_name="ilead"
    )
    methods = ArrayField(
        CharField(personal=NO, max_length=15, choices=Method),
        personal=NO,
        default=list,
        verbose_name="how it was obtained",
        help_text="Choose all that apply.",
    )
    custody = CharField("custody of the subject", personal=YES, max_length=10, choices=Custody)
    threat = CharField("threat assessment", personal=YES, max_length=12, choices=Threat)
    basis = TextField(
        "basis of suspicion",
        personal=YES,
        max_length=3000,
        help_text="Facts that you can put into words: what was seen, said or found, when, and by whom. "
        "A hunch, a neighborhood, or where somebody comes from is no basis by itself.",
    )
    first_amendment = CharField(
        "protected speech, religion, press, assembly or petition",
        personal=NO,
        max_length=10,
        choices=Protected,
        help_text="What people say, believe, print, protest or ask of the government is protected by the First "
        "Amendment. None of it is a basis of suspicion. If the iLead mentions any, say so here.",
    )
    first_amendment_note = CharField("what is mentioned and why", personal=YES, max_length=300, blank=True)
    reliability = CharField("reliability of the source", personal=NO, max_length=1, choices=Reliability, blank=True)
    validity = CharField("validity of the information", personal=NO, max_length=1, choices=Validity, blank=True)

    provider_name = CharField("who gave the information", personal=YES, max_length=160, blank=True)
    provider_contact = CharField("how to reach them", personal=YES, max_length=160, blank=True)
    provider_relation = CharField("how they know", personal=YES, max_length=200, blank=True)
    provider_protected = BooleanField(
        "Protect who gave the information",
        personal=NO,
        default=True,
        help_text="Their name is closed to other readers, and each look at it is recorded.",
    )

    validation_due = DateField("to be validated by", personal=NO, default=in_five_years)
    validated_at = DateTimeField("validated at", personal=NO, null=True, blank=True)
    validated_by = ForeignKey(
        User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+", verbose_name="validated by"
    )
    validation_note = CharField("what was checked", personal=YES, max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = "iLead"
        indexes = (models.Index(fields=["validation_due"], name="ilead_validation_due"),)

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.first_amendment == self.Protected.LAWFUL and not self.first_amendment_note:
            errors["first_amendment_note"] = "Say what is mentioned, and why the suspicion does not rest on it."
        due: date | None = self.validation_due
        filed: date | None = self.before.validation_due if isinstance(self.before, ILead) else None
        if due and due != filed and due < self.present.date():
            errors["validation_due"] = "This day is past. Choose the day by which it is to be validated."
        if errors:
            raise ValidationError(errors)

    def time_errors(self) -> dict[str, str]:
        at: datetime | None = self.event_at
        if at and at > self.present + timedelta(minutes=1):
            return {"event_at": "This is in the future. Give the day and time when the information was obtained."}
        return super().time_errors()


class GangClaim(Row):
    """One criterion by which somebody is said to belong to a gang, with its evidence. Never a bare yes."""

    in_line: ClassVar[tuple[str, ...]] = ("person", "gang", "criterion")
    names: ClassVar[Mapping[str, str]] = {"gang": "organization"}

    class Standing(models.TextChoices):
        MEMBER = "member", "Member"
        ASSOCIATE = "associate", "Associate"

    class Criterion(models.TextChoices):
        ADMISSION = "admission", "Admits it"
        TATTOO = "tattoo", "Tattoos of the gang"
        SYMBOLS = "symbols", "Clothing, colors or symbols of the gang"
        PHOTOGRAPH = "photograph", "Photographs with the gang or its signs"
        NAMED = "named", "Named by a reliable source"
        CORROBORATED = "corroborated", "Named by another source and corroborated"
        WRITINGS = "writings", "Correspondence or writings"
        ARRESTED_WITH = "arrested_with", "Arrested with members of the gang"
        FREQUENTS = "frequents", "Frequents the gang's places, seen with its members"
        IDENTIFIED = "identified", "Identified by another agency's gang unit"

    person = person_key("who")
    gang = CharField("gang", personal=YES, max_length=120)
    standing = CharField("member or associate", personal=YES, max_length=10, choices=Standing)
    criterion = CharField("criterion claimed", personal=YES, max_length=15, choices=Criterion)
    evidence = TextField(
        "evidence for this criterion",
        personal=YES,
        max_length=2000,
        help_text="What was seen, said or found that meets this criterion, when, and by whom.",
        error_messages={"required": "Give the evidence for this criterion, or remove the claim."},
    )
    confirmed_by = CharField("confirmed by", personal=YES, max_length=160, blank=True)
    validate_by = DateField(
        "to be validated by",
        personal=NO,
        null=True,
        blank=True,
        help_text="If this claim is to be checked before the iLead is.",
    )

    class Meta(Row.Meta):
        verbose_name = "gang claim"
        constraints = (models.CheckConstraint(condition=~Q(evidence=""), name="gangclaim_has_evidence"),)

    def line(self) -> str:
        return f"{self.person.line()}: {self.gang}, {self.get_criterion_display().lower()}"


class WarrantClaim(Row):
    """An outstanding warrant that somebody is said to have."""

    in_line: ClassVar[tuple[str, ...]] = ("person", "agency")
    identifies: ClassVar[Mapping[str, str]] = {"number": "other"}

    person = person_key("who is wanted")
    agency = CharField("issuing agency", personal=NO, max_length=160)
    number = CharField("warrant number", personal=YES, max_length=60, blank=True)
    offense = CharField("offense", personal=YES, max_length=200, blank=True)
    checked_at = DateTimeField("checked at", personal=NO)

    class Meta(Row.Meta):
        verbose_name = "outstanding warrant"

    def line(self) -> str:
        return f"{self.person.line()}: {self.agency}"

    def clean(self) -> None:
        at: datetime | None = self.checked_at
        if at and at > timezone.now() + timedelta(minutes=1):
            raise ValidationError({"checked_at": "This is in the future. Give when the warrant was last checked."})


def wrong_between(filled: Filled) -> Iterable[Wrong]:
    """An iLead tells of somebody (data dictionary: subject)."""
    roles = {person.role for person in filled.people().values()}
    if roles and Person.Role.SUBJECT not in roles:
        yield Wrong("people", "", "Add whom the information is about, in the role of subject.")
    filed = filled.report.before
    if filed and LegacySSN.objects.filter(report_id=filed.pk).exclude(person_id__in=filled.people()).exists():
        yield Wrong("people", "", "A person with a masked legacy SSN cannot be removed. Keep that person.")


def validation_errors(report: Any) -> dict[str, str]:
    if report.validation_due <= timezone.now().date():
        return {"validation_due": "Choose a later day: by then it is to be validated again."}
    return {}


def set_validator(report: Any, by: Any, now: datetime) -> None:
    report.validated_by, report.validated_at = by, now


VALIDATE = Move(
    name="validate",
    label="Validate",
    done="validated",
    from_states=FILED,
    to_state=None,
    permission="validate_ilead",
    says="Say that the information was checked again, and until when it holds. If it no longer holds, void the iLead.",
    event="ilead.validated",
    asks=("validation_note", "validation_due"),
    needs=("validation_note", "validation_due"),
    check=validation_errors,
    sets=set_validator,
    icon="verified",
)

KINDS.register(
    Kind(
        code="ilead",
        turn=30,
        prefix="ILEAD",
        noun="iLead",
        label="Intelligence lead (iLead)",
        line="You learned something of possible intelligence value: a gang, a warrant, a threat.",
        model=ILead,
        types="What it is about",
        words={
            "event_types": ("what it is about", ""),
            "title": ("title", "One line that tells a reader what was learned."),
            "event_at": ("when the information was obtained", ""),
            "narrative": ("the information", "What was learned, in order, and from what."),
            "place_facility": ("facility", "Where the subject is held, if anywhere."),
        },
        past=True,
        approval=True,
        wrong=wrong_between,
        moves=(VALIDATE,),
        aliases=("ERO LEAD",),
        warning=(
            "Do not enter Social Security numbers anywhere in an iLead, free text included. "
            "Names, dates of birth and A-Numbers may be entered."
        ),
        icon="lightbulb",
        parts=(
            Section("what", "What was learned", ("event_types", "title", "synopsis", "methods")),
            Section(
                "where",
                "When and where",
                ("event_at", "event_precision", "office", "programme", "custody", "place_facility"),
            ),
            Rows("people", "The subject and other people", Person, "person", minimum=1, empty="Add the subject first."),
            Section("basis", "Basis and threat", ("basis", "first_amendment", "first_amendment_note", "threat")),
            Rows(
                "gang_claims",
                "Gang claims",
                GangClaim,
                "gang claim",
                hint="One for each criterion that is met, each with its evidence: a tattoo and an admission are two.",
                empty="No claim. Nobody is said to belong to a gang.",
            ),
            Rows("warrant_claims", "Outstanding warrants", WarrantClaim, "outstanding warrant", empty="No warrant."),
            Section("narrative", "The information", ("narrative", "reliability", "validity")),
            Section(
                "provider",
                "Who gave the information",
                ("provider_name", "provider_contact", "provider_relation", "provider_protected"),
                hint="Closed to other readers unless you say otherwise.",
                optional=True,
                protected="see_provider",
                protected_by="provider_protected",
                closed_says="Protected. Only the author and their supervisor see who gave this information.",
                reveal=Reveal("reveal_provider", "ileads:provider", "Show who gave this"),
            ),
            Section(
                "flags",
                "Flags and marking",
                (
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
            Rows("identifiers", "Other identifiers", Identifier, "identifier", optional=True),
            Rows("organizations", "Organizations", Organization, "organization", optional=True),
            Rows("related", "Related reports", Related, "related report", optional=True),
            Section("case", "Case and validation", ("icm_case_number", "supervisor", "validation_due"), optional=True),
            Section("validation", "Validation", ("validated_at", "validated_by", "validation_note"), by_move=True),
        ),
    )
)

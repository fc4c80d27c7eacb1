"""The TAV: another agency asks to interview an ERO detainee; somebody decides, and the outcome is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from privacy.fields import (
    CharField,
    DateTimeField,
    ForeignKey,
    OneToOneField,
    Personal,
    TextField,
)
from reports.kinds import KINDS, Kind, Rows, Section, Span, Start, Wrong
from reports.models import windows
from reports.models.aftermath import EARLIEST
from reports.models.report import Report
from reports.models.rows import Person, Related, Row, yes_no_unknown
from reports.moves import COMMON, Move
from reports.states import Status

if TYPE_CHECKING:
    from reports.content import Filled

NO, YES = Personal.NO, Personal.YES


class TAV(Report):
    """A request to interview a detainee (SEN PIA). The visit is asked for at `event_at`."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_ptr_id", "change")
    identifies: ClassVar[Mapping[str, str]] = {**Report.identifies, "case_reference": "case"}

    class Level(models.TextChoices):
        FEDERAL = "federal", "Federal"
        STATE = "state", "State"
        LOCAL = "local", "Local"
        TRIBAL = "tribal", "Tribal"
        TERRITORIAL = "territorial", "Territorial"
        FOREIGN = "foreign", "Foreign"
        INTERNATIONAL = "international", "International"

    class Decision(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        DENIED = "denied", "Denied"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Conflict(models.TextChoices):
        NONE = "none", "None known"
        POSSIBLE = "possible", "Possible"
        YES = "yes", "Yes"

    report_ptr = OneToOneField(
        Report, models.CASCADE, personal=NO, parent_link=True, primary_key=True, related_name="tav"
    )
    agency = CharField("requesting agency", personal=NO, max_length=160)
    agency_level = CharField("level of that agency", personal=NO, max_length=15, choices=Level)
    purpose = TextField("purpose of the interview", personal=YES, max_length=2000)
    case_reference = CharField(
        "their case reference", personal=NO, max_length=80, help_text="Write None if the agency gave none."
    )
    requested_end = DateTimeField("asked for until", personal=NO, null=True, blank=True)
    planned_start = DateTimeField("planned from", personal=NO, null=True, blank=True)
    planned_end = DateTimeField("planned until", personal=NO, null=True, blank=True)
    detainee_consent = yes_no_unknown("the detainee consents")
    counsel_represented = yes_no_unknown("represented by counsel")
    counsel_notified = yes_no_unknown("counsel notified")
    interpreter = yes_no_unknown("interpreter needed")
    consular_notice = yes_no_unknown("consular notice given")
    escort_present = yes_no_unknown("escort present")

    decision = CharField("decision", personal=NO, max_length=10, choices=Decision, default=Decision.PENDING)
    decision_reason = TextField("reason of the decision", personal=YES, max_length=1000, blank=True)
    conflict = CharField("conflict with operations", personal=NO, max_length=10, choices=Conflict, blank=True)
    conflict_note = CharField(
        "what the conflict is", personal=YES, max_length=300, blank=True, help_text="Needed when there may be one."
    )
    decided_by = ForeignKey(
        User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+", verbose_name="decided by"
    )
    decided_at = DateTimeField("decided at", personal=NO, null=True, blank=True)

    actual_start = DateTimeField("began", personal=NO, null=True, blank=True)
    actual_end = DateTimeField("ended", personal=NO, null=True, blank=True)
    outcome = TextField("outcome", personal=YES, max_length=2000, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = "TAV"
        constraints = (
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    ~Q(decision="pending")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_reason="")
                    & ~Q(conflict="")
                ),
                name="tav_decided_together",
            ),
        )

    def clean(self) -> None:
        super().clean()
        errors = {}
        for start, end in (("event_at", "requested_end"), ("planned_start", "planned_end")):
            first, last = getattr(self, start), getattr(self, end)
            if first and last and windows.lasts(first, last).total_seconds() <= 0:
                errors[end] = "This is not after the beginning. Check both days and times."
        if self.planned_end and not self.planned_start:
            errors["planned_start"] = "Give the beginning too, since you gave the end."
        if errors:
            raise ValidationError(errors)


class Visitor(Row):
    """Somebody of the requesting agency who is to see the detainee."""

    in_line: ClassVar[tuple[str, ...]] = ("name", "title")
    names: ClassVar[Mapping[str, str]] = {"name": "person"}
    identifies: ClassVar[Mapping[str, str]] = {"badge": "other", "contact": "contact"}

    name = CharField("name", personal=YES, max_length=160)
    title = CharField("title or rank", personal=NO, max_length=80, blank=True)
    badge = CharField("badge or credential", personal=YES, max_length=40, blank=True)
    contact = CharField("phone or e-mail", personal=YES, max_length=120, blank=True)
    identity_verified = yes_no_unknown("identity verified")

    class Meta(Row.Meta):
        verbose_name = "visitor"

    def line(self) -> str:
        return f"{self.name}, {self.title}" if self.title else self.name


def wrong_between(filled: Filled) -> Iterable[Wrong]:
    """Somebody in detention is visited, and is known by an A-Number (TAV data dictionary)."""
    detained = [p for p in filled.people().values() if p.role == Person.Role.DETAINEE]
    if filled.people() and not detained:
        yield Wrong("people", "", "Add the detainee whom the agency wants to interview, in the role of detainee.")
    for person in detained:
        if not person.a_number:
            yield Wrong("people", "a_number", "Give the detainee's A-Number.", key=str(person.pk))


def decision_errors(report: Any) -> dict[str, str]:
    if report.actual_start and report.decision != TAV.Decision.APPROVED:
        return {"decision": "The visit has taken place, so its approval cannot be taken back any more."}
    if report.conflict in (TAV.Conflict.POSSIBLE, TAV.Conflict.YES) and not report.conflict_note.strip():
        return {"conflict_note": "Say which operation it may conflict with, and how."}
    return {}


def set_decider(report: Any, by: Any, now: datetime) -> None:
    report.decided_by, report.decided_at = by, now


def undecided(report: Any, now: datetime) -> str:
    return "Nobody has decided about the visit yet." if report.decision == TAV.Decision.PENDING else ""


def unfinished(report: Any, now: datetime) -> str:
    """A TAV closes only with a decision and an outcome."""
    if report.decision == TAV.Decision.PENDING:
        return "This TAV has no decision yet. Somebody entitled decides first; then record the outcome."
    return "" if report.outcome else "This TAV has no outcome yet. Record the outcome before you close it."


def _is_ahead(at: datetime | None) -> bool:
    return bool(at and at > timezone.now())


def outcome_errors(report: Any) -> dict[str, str]:
    start, end = report.actual_start, report.actual_end
    if ahead := next((name for name in ("actual_start", "actual_end") if _is_ahead(getattr(report, name))), ""):
        return {ahead: "This is in the future. Record the outcome after the visit."}
    if start and start.year < EARLIEST:
        return {"actual_start": "This is long before the visit was asked for. Check the year."}
    if end and not start:
        return {"actual_start": "Give when it began too, since you gave when it ended."}
    if start and end and windows.lasts(start, end).total_seconds() <= 0:
        return {"actual_end": "This is not after it began. Check both days and times."}
    if start and report.decision != TAV.Decision.APPROVED:
        return {"actual_start": "The visit was not approved, so it cannot have begun. Leave this empty."}
    return {}


def lead_answers(filled: Filled) -> dict[str, Any]:
    """The answers of an iLead that the visit knows already."""
    report: Any = filled.report
    return {
        "what": {"title": [report.title]},
        "where": {"office": [str(report.office_id)], "place_facility": [report.place_facility]},
    }


OPEN = (Status.SUBMITTED, Status.UNDER_REVIEW)


def pending(report: Any, now: datetime) -> tuple[str, str] | None:
    """What a filed TAV still waits for: a decision, and after the visit its outcome."""
    if report.status not in OPEN:
        return None
    if report.decision == TAV.Decision.PENDING:
        return "No decision yet", "A supervisor or the Field Office Director approves or denies the visit."
    end = report.planned_end or report.planned_start or report.requested_end or report.event_at
    if report.outcome or (report.decision == TAV.Decision.APPROVED and end > now):
        return None
    return "No outcome yet", "Record what came of the visit. The TAV closes only with a decision and an outcome."


NAMED = {move.name: move for move in COMMON}

DECIDE = Move(
    name="decide",
    label="Decide",
    done="decided",
    from_states=OPEN,
    to_state=None,
    permission="decide_tav",
    says="Approve or deny the visit, or say that the agency has withdrawn it. The reason is kept.",
    event="tav.decided",
    by_another=True,
    asks=("decision", "conflict", "conflict_note", "decision_reason"),
    needs=("decision", "conflict", "decision_reason"),
    check=decision_errors,
    sets=set_decider,
    icon="verified_user",
)
OUTCOME = Move(
    name="outcome",
    label="Record the outcome",
    done="given its outcome",
    said="recorded the outcome of",
    from_states=OPEN,
    to_state=None,
    permission="amend_tav",
    says="Say when the visit took place and what came of it.",
    event="tav.outcome",
    asks=("actual_start", "actual_end", "outcome"),
    needs=("outcome",),
    check=outcome_errors,
    hindered=undecided,
    icon="flag",
)
# A Field Office Director closes a TAV though taking up is the watch's: it closes from wherever it stands.
CLOSE = replace(NAMED["close"], from_states=OPEN, hindered=unfinished)
REOPEN = replace(
    NAMED["reopen"], to_state=Status.SUBMITTED, says="It comes back to the queue for anybody on the watch to take up."
)

KINDS.register(
    Kind(
        code="tav",
        prefix="TAV",
        noun="TAV",
        label="Agency visit (TAV)",
        line="Another agency asks to interview a detainee.",
        model=TAV,
        words={
            "title": ("title", "One line that tells the watch who wants to see whom."),
            "narrative": ("account of the request", "How the request came, and what was agreed."),
            "synopsis": ("synopsis", "Two or three sentences that a manager can read in half a minute."),
            "agency": ("requesting agency", "In full, such as Monroe County Sheriff's Office."),
            "purpose": ("purpose of the interview", "What they want to ask about, and why this detainee."),
            "event_at": ("asked for from", "When the agency would like to begin."),
            "conflict": ("conflict with operations", "Whether the visit may get in the way of a planned operation."),
            "decision_reason": ("reason of the decision", "The officer who filed this TAV reads it."),
            "actual_start": ("visit began", "Leave both empty if no visit took place."),
            "actual_end": ("visit ended", ""),
            "place_facility": ("detention facility", ""),
        },
        needs=("place_facility",),
        wrong=wrong_between,
        pending=pending,
        moves=(DECIDE, OUTCOME, CLOSE, REOPEN),
        starts=(
            Start(
                "lead",
                "Start an iLead",
                "ilead",
                "Came of the visit",
                lead_answers,
                copies=("people",),
                roles={Person.Role.DETAINEE: Person.Role.SUBJECT},
            ),
        ),
        # The first that is known tells when the visit is, at a glance.
        spans=(
            Span("Took place", "actual_start", "actual_end"),
            Span("Planned", "planned_start", "planned_end"),
            Span("Asked for", "event_at", "requested_end"),
        ),
        aliases=("ERO TAV",),
        icon="groups",
        turn=40,
        parts=(
            Section(
                "what",
                "The request",
                ("title", "agency", "agency_level", "purpose", "case_reference", "synopsis"),
            ),
            Section(
                "when",
                "When and where",
                (
                    "event_at",
                    "requested_end",
                    "planned_start",
                    "planned_end",
                    "office",
                    "programme",
                    "place_facility",
                    "place_city",
                    "place_state",
                ),
            ),
            Rows(
                "people",
                "The detainee and other people",
                Person,
                "person",
                minimum=1,
                empty="Add the detainee first.",
                first={"role": Person.Role.DETAINEE},
            ),
            Rows(
                "visitors",
                "Visitors",
                Visitor,
                "visitor",
                minimum=1,
                empty="No visitor yet. Add everybody who is to come.",
            ),
            Section(
                "care",
                "Consent, counsel and consulate",
                (
                    "detainee_consent",
                    "counsel_represented",
                    "counsel_notified",
                    "interpreter",
                    "consular_notice",
                    "escort_present",
                ),
            ),
            Section("narrative", "Narrative", ("narrative",)),
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
            Rows("related", "Related reports", Related, "related report", optional=True),
            Section("case", "Case", ("icm_case_number", "supervisor"), optional=True),
            Section(
                "decision",
                "Decision",
                ("decision", "decision_reason", "conflict", "conflict_note", "decided_by", "decided_at"),
                by_move=True,
            ),
            Section("outcome", "Outcome", ("actual_start", "actual_end", "outcome"), by_move=True),
        ),
    )
)

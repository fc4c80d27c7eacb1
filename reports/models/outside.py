"""Reading outside one's own offices (PIA: subjects move): the policy, and each reading for a stated reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import Assignment, User
from accounts.roles import GRANTS, Role
from privacy.fields import BigAutoField, BooleanField, CharField, DateTimeField, ForeignKey, Personal, TextField
from reports.kinds import KINDS
from reports.models.report import Report

NO, YES = Personal.NO, Personal.YES


class OutsideRuleQuerySet(models.QuerySet["OutsideRule"]):
    """Rules …"""

    def opening_to(self, user: User, kinds: Iterable[str]) -> OutsideRuleQuerySet:
        """… that open reports of these kinds to `user`: of a role held now, at an office where it reads the kind."""
        held = Assignment.objects.filter(user=user, role=OuterRef("role"), revoked_at=None, until__gt=Now()).order_by()
        applies = Q(pk__in=[])
        for code in kinds:
            for programme, roles in _reading(code).items():
                there = held.filter(office__programme=programme) if programme else held
                applies |= Q(Exists(there), kind=code, role__in=roles)
        return self.exclude(policy=OutsideRule.Policy.REFUSED).filter(applies).order_by()


@cache
def _reading(code: str) -> dict[str, list[str]]:
    """The roles that read this kind, by the programme at whose offices alone they do ("" at any)."""
    found: dict[str, list[str]] = {}
    for role, grants in GRANTS.items():
        if grant := grants.get(KINDS[code].permission("read")):
            found.setdefault(grant.programme, []).append(role.value)
    return found


class OutsideRule(models.Model):
    """What a role may do with reports of a kind outside its offices. Where no rule stands, such a report is a 404."""

    class Policy(models.TextChoices):
        REFUSED = "refused", "Not found"
        STUB = "stub", "Number, kind and office; opening asks for a reason"
        ALLOWED = "allowed", "Opens at once; recorded and reviewed like the others"

    audit_type: ClassVar[str] = "outside rule"
    audited: ClassVar[tuple[str, str, str]] = ("outside rule", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    role = CharField(personal=NO, max_length=20, choices=[(role.value, role.label) for role in Role])
    kind = CharField("kind of report", personal=NO, max_length=20)
    policy = CharField(personal=NO, max_length=10, choices=Policy, default=Policy.REFUSED)

    objects = OutsideRuleQuerySet.as_manager()

    class Meta:
        ordering = ("role", "kind")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["role", "kind"],
                name="outside_rule_once",
                violation_error_message="There is a rule for this role and kind already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.kind}"

    def clean(self) -> None:
        """A rule opens nothing to a role that reads no report of the kind anywhere."""
        kind = KINDS.get(self.kind)
        if kind is None:
            raise ValidationError({"kind": "Choose one of the kinds of report."})
        if self.role in set(Role) and kind.permission("read") not in GRANTS[Role(self.role)]:
            raise ValidationError({"kind": f"A {Role(self.role).label} reads no {kind.noun}, so no rule opens one."})


class OutsideReading(models.Model):
    """One person opened one report of another office, for a reason, until a time; and what its review found.

    The right itself is a guardian row on the report (`ReportReader`, OUTSIDE) that ends at the same time.
    """

    class Finding(models.TextChoices):
        NONE = "", "Not reviewed"
        JUSTIFIED = "justified", "The reason is borne out"
        NOT_JUSTIFIED = "not_justified", "The reason is not borne out"

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    report = ForeignKey(Report, models.PROTECT, personal=NO, related_name="outside_readings")
    reader = ForeignKey(User, models.PROTECT, personal=YES, related_name="+")
    reason = TextField(personal=YES, max_length=500)
    opened_at = DateTimeField(personal=NO)
    until = DateTimeField(personal=NO)
    sampled = BooleanField(personal=NO, default=False, help_text="Chosen, at random, for review.")
    finding = CharField(personal=NO, max_length=15, blank=True, choices=Finding, default=Finding.NONE)
    note = TextField(personal=YES, max_length=500, blank=True)
    reviewed_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    reviewed_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("-opened_at", "-id")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="outside_reading_ends_after_start"),
            models.CheckConstraint(
                condition=Q(finding="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (~Q(finding="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)),
                name="outside_reading_reviewed_together",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("reader")),
                name="outside_reading_reviewed_by_another",
            ),
        )
        indexes = (
            models.Index(fields=["-opened_at", "-id"], name="outside_reading_newest"),
            models.Index(fields=["report", "-opened_at"], name="outside_reading_by_report"),
        )

    def __str__(self) -> str:
        return f"reading {self.pk} of report {self.report_id}"

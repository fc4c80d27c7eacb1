"""A request for access, from asking to the grant, and the list by which users of a former system are carried over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.grants import Assignment
from accounts.models.people import Office, User
from accounts.roles import Role
from privacy.fields import (
    BigAutoField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    OneToOneField,
    Personal,
    PositiveIntegerField,
    TextField,
)

NO, YES = Personal.NO, Personal.YES


class AccessList(models.Model):
    """A file of existing users brought in with a stated need to know. Nobody on it has access until an ACM confirms."""

    audit_type: ClassVar[str] = "access_list"
    audited: ClassVar[tuple[str, str, str]] = ("access_list", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    checksum = CharField(personal=NO, max_length=64, unique=True, unguarded="A hash of the file, made by us.")
    lines = PositiveIntegerField(personal=NO)
    brought_in_at = DateTimeField(personal=NO)
    confirmed_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    confirmed_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("-brought_in_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="access_list_confirmed_together",
            ),
        )

    def __str__(self) -> str:
        return f"list {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return f"list {self.pk} of existing users"


class AccessRequest(models.Model):
    """One person asks for one role at one office: REQUESTED, ENDORSED by a supervisor, GRANTED or REFUSED by an ACM.

    `version` counts the moves, so that nobody decides what they did not see.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", "Awaiting endorsement"
        ENDORSED = "endorsed", "Awaiting the Access Control Manager"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN: ClassVar[tuple[str, ...]] = ("requested", "endorsed")
    audited: ClassVar[tuple[str, str, str]] = ("user", "person_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    person = ForeignKey(User, models.PROTECT, personal=YES, related_name="requests")
    role = CharField(personal=NO, max_length=20, choices=[(role.value, role.label) for role in Role])
    office = ForeignKey(Office, models.PROTECT, personal=NO, related_name="+")
    reason = TextField("need to know", personal=YES, max_length=1000)
    until = DateField("last day", personal=NO)
    status = CharField(personal=NO, max_length=10, choices=Status, default=Status.REQUESTED)
    version = PositiveIntegerField(personal=NO, default=1)
    asked_at = DateTimeField(personal=NO)
    carried_over = ForeignKey(AccessList, models.PROTECT, personal=NO, null=True, related_name="requests")
    endorsed_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    endorsed_at = DateTimeField(personal=NO, null=True)
    endorsement = TextField(personal=YES, max_length=1000, blank=True)
    decided_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    decided_at = DateTimeField(personal=NO, null=True)
    decision = TextField(personal=YES, max_length=1000, blank=True)
    assignment = OneToOneField(Assignment, models.PROTECT, personal=NO, null=True, related_name="request")

    class Meta:
        ordering = ("asked_at", "id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["person", "role", "office"],
                condition=Q(status__in=("requested", "endorsed")),
                name="request_once_open",
            ),
            models.CheckConstraint(
                condition=Q(endorsed_by__isnull=True) | ~Q(endorsed_by=F("person")), name="request_endorsed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(status="withdrawn") | ~Q(decided_by=F("person")),
                name="request_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="granted", assignment__isnull=False)
                | (~Q(status="granted") & Q(assignment__isnull=True)),
                name="request_granted_has_assignment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("granted", "refused", "withdrawn")) | Q(decided_at__isnull=False),
                name="request_ended_has_time",
            ),
            # What was carried over was endorsed by the list; everything else that is decided for was endorsed by name.
            models.CheckConstraint(
                condition=~Q(status__in=("endorsed", "granted"))
                | Q(endorsed_by__isnull=False)
                | Q(carried_over__isnull=False),
                name="request_endorsed_first",
            ),
        )
        indexes = (models.Index(fields=["status", "asked_at"], name="request_by_status"),)

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

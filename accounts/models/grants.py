"""The roles that people hold at offices, and the guardian rows and marks that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionBase

from accounts.models.people import Office, User
from accounts.roles import Role
from privacy.fields import BigAutoField, CharField, DateTimeField, ForeignKey, Personal, UUIDField

if TYPE_CHECKING:
    from datetime import datetime

NO, YES = Personal.NO, Personal.YES


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments …"""

    def live(self, at: datetime | None = None) -> AssignmentQuerySet:
        """… in force at `at` (now unless said)."""
        from django.utils import timezone

        moment = at or timezone.now()
        return self.filter(revoked_at__isnull=True, until__gt=moment)


class Assignment(models.Model):
    """A role at an office until a date, granted by an access control manager. The truth behind every guardian row."""

    audit_type: ClassVar[str] = "assignment"
    audited: ClassVar[tuple[str, str, str]] = ("user", "user_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    user = ForeignKey(User, models.PROTECT, personal=YES, related_name="assignments")
    role = CharField(personal=NO, max_length=20, choices=[(role.value, role.label) for role in Role])
    office = ForeignKey(Office, models.PROTECT, personal=NO, related_name="assignments")
    until = DateTimeField(personal=NO)
    granted_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, related_name="+")
    granted_at = DateTimeField(personal=NO)
    revoked_by = ForeignKey(User, models.PROTECT, personal=YES, null=True, blank=True, related_name="+")
    revoked_at = DateTimeField(personal=NO, null=True, blank=True)
    revoked_reason = CharField(personal=YES, max_length=500, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("role", "office__name")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("granted_at")), name="assignment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True) | Q(revoked_at__isnull=False),
                name="assignment_revoked_together",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")), name="assignment_not_by_oneself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} at office {self.office_id}"


class OfficePermission(UserObjectPermissionBase):
    """A guardian row: this person has this permission at this office and below, until then.

    Written by `accounts.access.recompute` alone, from live assignments.
    """

    audited: ClassVar[tuple[str, str, str]] = ("user", "user_id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    content_object = ForeignKey(Office, models.CASCADE, personal=NO, related_name="permission_rows")
    until = DateTimeField(personal=NO)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()

    def __str__(self) -> str:
        return f"permission {self.permission_id} at office {self.content_object_id}"


class Version(models.Model):
    """A mark that is new whenever what it is about has changed: a person with their rights, or the reference data.

    Written by triggers alone, in the transaction of the change; `accounts.memory` reads it at every request.
    """

    about = CharField(personal=NO, max_length=30, primary_key=True)
    mark = UUIDField(personal=NO)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.about

"""People's accounts and the offices they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from accounts import lookups  # noqa: F401 - makes `any_of` known before any query is built
from accounts.roles import Role
from audit.log import Origin
from privacy.fields import (
    BigAutoField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    EmailField,
    ForeignKey,
    Personal,
)

if TYPE_CHECKING:
    from accounts.access import Rights
    from accounts.memory import Marks
    from accounts.models.grants import Assignment

NO, YES = Personal.NO, Personal.YES


class Programme(models.TextChoices):
    HSI = "HSI", "HSI"
    ERO = "ERO", "ERO"
    OTHER = "OTHER", "Other"


class Office(models.Model):
    """A place in the tree of the agency: headquarters, a programme, a SAC or FOD, a sub-office.

    `path` lists the ids from the root to this office (`/1/4/17/`), so that "and below" is a prefix.
    """

    class Kind(models.TextChoices):
        HQ = "hq", "Headquarters"
        PROGRAMME = "programme", "Programme"
        SAC = "sac", "SAC office"
        FOD = "fod", "ERO field office"
        SUB = "sub", "Sub-office"
        CENTER = "center", "Operations center"

    audit_type: ClassVar[str] = "office"
    audited: ClassVar[tuple[str, str, str]] = ("office", "id", "change")

    id = BigAutoField(personal=NO, primary_key=True)
    code = CharField(
        "code",
        personal=NO,
        max_length=8,
        unique=True,
        help_text="Two to eight capital letters or digits, as in report numbers.",
    )
    name = CharField(personal=NO, max_length=120)
    kind = CharField(personal=NO, max_length=10, choices=Kind)
    programme = CharField(personal=NO, max_length=5, choices=Programme)
    parent = ForeignKey(
        "self", models.PROTECT, personal=NO, null=True, blank=True, related_name="children", verbose_name="part of"
    )
    path = CharField(personal=NO, max_length=200, unique=True, editable=False)
    time_zone = CharField(personal=NO, max_length=40, default="America/New_York")
    active = BooleanField(personal=NO, default=True, help_text="An inactive office takes no new reports.")

    class Meta:
        ordering = ("name",)
        default_permissions = ()
        constraints = (
            # A right at the root reaches every office, so there is one root, whatever its kind.
            models.UniqueConstraint(
                fields=["parent"], condition=Q(parent__isnull=True), nulls_distinct=False, name="office_one_root"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9]{2,8}$"), name="office_code_form"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def clean(self) -> None:
        """Only the one root is part of nothing: who holds a role there reaches every office."""
        if self.parent_id is None and Office.objects.filter(parent=None).exclude(pk=self.pk).exists():
            raise ValidationError({"parent": "Choose the office that this one is part of. Only headquarters has none."})

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return self.code

    def ancestor_ids(self) -> list[int]:
        """This office and those above it, nearest first."""
        return [int(step) for step in reversed(self.path.strip("/").split("/"))]


class UserManager(BaseUserManager["User"]):
    """Finds people by username. People are made by `accounts.actions`, not here."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person's account. `person_key` (employee number) says which accounts are the same person."""

    class Status(models.TextChoices):
        INVITED = "invited", "Invited"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        LEFT = "left", "Left"

    audit_type: ClassVar[str] = "user"
    audited: ClassVar[tuple[str, str, str]] = ("user", "id", "change,access")
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    id = BigAutoField(personal=NO, primary_key=True)
    username = CharField(personal=YES, max_length=60, unique=True)
    person_key = CharField("employee number", personal=YES, max_length=40)
    name = CharField(personal=YES, max_length=150)
    email = EmailField("e-mail", personal=YES)
    phone = CharField(personal=YES, max_length=30, blank=True)
    programme = CharField(personal=NO, max_length=5, choices=Programme)
    office = ForeignKey(
        Office,
        models.PROTECT,
        personal=NO,
        null=True,
        blank=True,
        related_name="people",
        verbose_name="office of record",
    )
    supervisor = ForeignKey("self", models.PROTECT, personal=YES, null=True, blank=True, related_name="staff")
    status = CharField(personal=NO, max_length=10, choices=Status, default=Status.INVITED)
    status_note = CharField(
        "why", personal=NO, max_length=200, blank=True, editable=False, help_text="Why the account is as it is."
    )
    # The end of the last day on which the newest privacy training counts; written with `Training` alone.
    trained_until = DateField(personal=NO, null=True, blank=True, editable=False)
    # When the person was told that the account will be disabled because nobody uses it; empty once they sign in.
    unused_warned_at = DateTimeField(personal=NO, null=True, blank=True, editable=False)
    is_demonstration = BooleanField(personal=NO, default=False, editable=False)
    rules_version = CharField(personal=NO, max_length=20, blank=True, editable=False)
    rules_accepted_at = DateTimeField(personal=NO, null=True, blank=True, editable=False)
    created_at = DateTimeField(personal=NO, auto_now_add=True)

    objects = UserManager()
    origin: Origin = Origin()
    # Under which marks this person was read, for what else is remembered of a request; None: nothing is remembered.
    marks: Marks | None = None

    class Meta:
        ordering = ("name",)
        default_permissions = ()
        constraints = (
            # guardian and Django would give a superuser everything; there is none, not even by mistake.
            models.CheckConstraint(condition=Q(is_superuser=False), name="user_no_superuser"),
            models.CheckConstraint(
                condition=Q(rules_version="", rules_accepted_at__isnull=True)
                | (~Q(rules_version="") & Q(rules_accepted_at__isnull=False)),
                name="user_rules_together",
            ),
        )

    def __str__(self) -> str:
        return f"user {self.pk}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == self.Status.ACTIVE

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def audit_label(self) -> str:
        return f"user {self.pk}"

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def rights(self) -> Rights:
        """What this person may do, looked up once; a new request asks whether it has changed, so a revocation bites."""
        from accounts.access import rights_of

        return rights_of(self)

    def may_somewhere(self, permission: str) -> bool:
        return self.rights.somewhere(permission)

    @cached_property
    def role_line(self) -> str:
        """The roles held now, for the header."""
        return ", ".join(sorted({Role(a.role).label for a in self.live_assignments}))

    @cached_property
    def live_assignments(self) -> list[Assignment]:
        from accounts.models.grants import Assignment

        return list(Assignment.objects.live().filter(user=self).select_related("office"))

    @property
    def office_line(self) -> str:
        return self.office.name if self.office else ""

"""What signing in leaves behind: tries, second factors, recovery codes, open sessions, identities of the agency."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.people import User
from privacy.fields import (
    BigAutoField,
    BigIntegerField,
    BinaryField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    Personal,
    UUIDField,
)

NO, YES = Personal.NO, Personal.YES


class SignInAttempt(models.Model):
    """A failed or throttled sign-in, counted for the lockout; the evidence is the event, not this row."""

    id = BigAutoField(personal=NO, primary_key=True)
    username_hash = CharField(personal=NO, max_length=64, unguarded="A hash, made by us.")
    address = CharField(personal=YES, max_length=64)
    # A browser in which this person has signed in before is counted apart, so that nobody else's tries lock it out.
    device = CharField(personal=NO, max_length=64, blank=True, unguarded="A random mark, made by us.")
    at = DateTimeField(personal=NO)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=["username_hash", "at"], name="attempt_by_name"),
            models.Index(fields=["address", "at"], name="attempt_by_address"),
            models.Index(fields=["device", "at"], condition=~Q(device=""), name="attempt_by_device"),
        )

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class SecondFactor(models.Model):
    """An authenticator app (RFC 6238) or a passkey (WebAuthn) with which a person proves, after the password, that
    it is they."""

    class Kind(models.TextChoices):
        TOTP = "totp", "Authenticator app"
        PASSKEY = "passkey", "Passkey"

    audited: ClassVar[tuple[str, str, str]] = ("user", "user_id", "change,access")

    id = UUIDField(personal=NO, primary_key=True, default=uuid.uuid4, editable=False)
    user = ForeignKey(User, models.PROTECT, personal=YES, related_name="second_factors")
    kind = CharField(personal=NO, max_length=10, choices=Kind)
    name = CharField(personal=YES, max_length=60, help_text="So that you know it again, such as: phone.")
    # The app's secret, encrypted; or the public key of the passkey with what the standard keeps beside it.
    stored = BinaryField(personal=NO)
    credential = BinaryField(personal=NO, null=True, unique=True)
    # The last time step that was accepted (a code counts once), or the passkey's counter.
    last_step = BigIntegerField(personal=NO, default=0)
    added_at = DateTimeField(personal=NO)
    last_used_at = DateTimeField(personal=NO, null=True)

    class Meta:
        ordering = ("added_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="totp", credential__isnull=True) | Q(kind="passkey", credential__isnull=False),
                name="second_factor_passkey_has_credential",
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(kind="totp"), name="second_factor_one_app"),
        )

    def __str__(self) -> str:
        return f"second factor of user {self.user_id}"


class RecoveryCode(models.Model):
    """A code that stands in, once, for a lost second factor. Kept as a keyed hash."""

    audited: ClassVar[tuple[str, str, str]] = ("user", "user_id", "change,access")

    id = BigAutoField(personal=NO, primary_key=True)
    user = ForeignKey(User, models.PROTECT, personal=YES, related_name="recovery_codes")
    code_hash = CharField(personal=NO, max_length=64, unguarded="A hash, made by us.")
    used_at = DateTimeField(personal=NO, null=True)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once"),)

    def __str__(self) -> str:
        return f"recovery code of user {self.user_id}"


class OpenSession(models.Model):
    """A session somebody has open, with place and device, so that they can see and end it. The evidence is events."""

    key = CharField(personal=NO, max_length=40, primary_key=True, unguarded="A random key, made by us.")
    user = ForeignKey(User, models.CASCADE, personal=YES, related_name="sessions")
    started_at = DateTimeField(personal=NO)
    seen_at = DateTimeField(personal=NO)
    address = CharField(personal=YES, max_length=64)
    device = CharField(personal=YES, max_length=120)
    # While the password alone has been given the session opens nothing, so it counts for nothing either.
    pending = BooleanField(personal=NO, default=False)
    # Why it was ended from elsewhere, for the browser that still asks with it; empty while it is open.
    ended = CharField(personal=NO, max_length=12, blank=True)

    class Meta:
        ordering = ("-seen_at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"session of user {self.user_id}"


class Identity(models.Model):
    """Who a person is to the agency's identity provider (OpenID Connect: issuer and subject)."""

    audited: ClassVar[tuple[str, str, str]] = ("user", "user_id", "change,access")

    id = BigAutoField(personal=NO, primary_key=True)
    user = ForeignKey(User, models.PROTECT, personal=YES, related_name="identities")
    issuer = CharField(personal=NO, max_length=200, unguarded="An address, set by an operator.")
    subject = CharField(personal=YES, max_length=255, unguarded="A key of the identity provider.")
    linked_at = DateTimeField(personal=NO)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_of_one_person"),
            models.UniqueConstraint(fields=["issuer", "user"], name="identity_one_per_issuer"),
        )

    def __str__(self) -> str:
        return f"identity of user {self.user_id}"

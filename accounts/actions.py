"""Every change to people, offices and what people may do."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone

from accounts.access import Refused, action, may, recompute
from accounts.marks import Started
from accounts.models import Assignment, Office, User
from accounts.roles import APART, Role
from audit.log import Subject, record


def require(by: User | None, permission: str) -> None:
    """Refuse unless `by` holds `permission`; the system itself (`None`) may, in commands run by an operator."""
    if by is not None and not (verdict := may(by, permission)):
        raise Refused(verdict.reason)


@action
def add_office(*, by: User | None, **values: Any) -> Office:
    """Add an office under its parent. Raises ValidationError with messages by field."""
    require(by, "edit_reference")
    office = Office(**values)
    office.path = "new"
    office.full_clean(exclude=["path"])
    office.path = f"/new-{office.code}/"
    office.save()
    office.path = f"{office.parent.path if office.parent else '/'}{office.pk}/"
    office.save(update_fields=["path"])
    record("reference.created", by=by, on=office)
    return office


@action
def change_office(
    office: Office, *, by: User | None, started: Started | None = None, reason: str = "", **values: Any
) -> Office:
    """Change an office; when it moves in the tree, everything below moves with it."""
    require(by, "edit_reference")
    office = Office.objects.select_for_update().get(pk=office.pk)
    if started:
        started.check(office)
    was, programme = office.path, office.programme
    for name, value in values.items():
        setattr(office, name, value)
    parent = office.parent
    if parent and parent.path.startswith(was):
        raise ValidationError({"parent": "An office cannot be part of itself or of an office below it."})
    office.path = f"{parent.path if parent else '/'}{office.pk}/"
    office.full_clean()
    office.save()
    below = list(Office.objects.select_for_update().filter(path__startswith=was).exclude(pk=office.pk).order_by("pk"))
    record("reference.changed", by=by, on=office, batch=[str(o.pk) for o in below], reason=reason)
    if office.path != was:
        for other in below:
            other.path = office.path + other.path.removeprefix(was)
            other.save(update_fields=["path"])
    if office.programme != programme:
        _follow_programme(office, by=by)
    return office


def _follow_programme(office: Office, *, by: User | None) -> None:
    """Some roles give more at an office of one programme, so whoever holds a role there has other rights now."""
    held = Assignment.objects.live().filter(office=office).values("user")
    for user in User.objects.select_for_update().filter(pk__in=held).order_by("pk"):
        record("user.rights_recomputed", by=by, on=user)
        recompute(user)


@action
def add_user(*, by: User | None, password: str | None = None, password_hash: str = "", **values: Any) -> User:
    """Add a person's account. `password_hash` lets demonstration people share one costly hash."""
    require(by, "grant_roles")
    user = User(**values)
    user.password = password_hash or make_password(password)
    user.full_clean()
    user.save()
    record("user.created", by=by, on=user)
    return user


@action
def change_profile(user: User, *, by: User, started: Started | None = None, **values: Any) -> User:
    """Change name, contact, office of record, supervisor or status (PIA: all that a System Control Officer may do)."""
    require(by, "change_profiles")
    user = User.objects.select_for_update().get(pk=user.pk)
    if started:
        started.check(user)
    was = user.status
    for name, value in values.items():
        setattr(user, name, value)
    if user.status != was:
        # Why it was so is over; whoever is let in again is warned anew before the account is disabled for want of use.
        user.status_note, user.unused_warned_at = "", None
    user.full_clean()
    user.save()
    record("user.changed", by=by, on=user, fields=sorted(values))
    return user


@action
def grant_role(*, user: User, role: Role, office: Office, until: datetime, by: User | None) -> Assignment:
    """Assign a role at an office until a date. Raises Refused for oneself and for roles that must be held apart."""
    require(by, "grant_roles")
    if by is not None and by.person_key == user.person_key:
        raise Refused("You cannot grant a role to yourself. Ask another Access Control Manager.")
    _lock_accounts(user)
    refuse_together(user, role)
    if by is not None:
        _refuse_again(user, role, office, until)
    now = timezone.now()
    if until <= now:
        raise Refused("The end date is in the past. Choose a later date.")
    assignment = Assignment.objects.create(
        user=user, role=role, office=office, until=until, granted_by=by, granted_at=now
    )
    record("assignment.granted", by=by, on=user, role=role, office=office.code, until=until.isoformat())
    recompute(user)
    return assignment


def _lock_accounts(user: User) -> None:
    """Every account of the same person, so that roles granted to two of them at once are seen by each other."""
    accounts = User.objects.select_for_update().filter(person_key=user.person_key).order_by("pk")
    list(accounts.values_list("pk", flat=True))


def _refuse_again(user: User, role: Role, office: Office, until: datetime) -> None:
    """Of two who grant the same at once, and of two clicks, the second is told that it was done."""
    if Assignment.objects.live().filter(user=user, role=role, office=office, until__gte=until).exists():
        raise Refused(f"{user.name} is {role.label} at {office.name} until that day or longer. Choose a later day.")


def refuse_together(user: User, role: Role) -> None:
    """Separation of duties, over every account of the same person. Raises Refused with the sentence."""
    held = Assignment.objects.live().filter(user__person_key=user.person_key).values_list("role", flat=True)
    refuse_with(role, {Role(one) for one in held})


def refuse_with(role: Role, held: Set[Role]) -> None:
    """The same, where it is known what the person holds."""
    for pair in APART:
        others = pair - {role}
        if role in pair and others & held:
            (other,) = others
            raise Refused(
                f"{role.label} and {Role(other).label} may not be held by one person. Revoke the other first."
            )


@action
def revoke_role(assignment: Assignment, *, by: User | None, reason: str = "") -> Assignment:
    """End an assignment now; what it alone gave is gone at the person's next request."""
    require(by, "grant_roles")
    # The person before their roles, as every act locks them, so that a revocation and an act wait and never deadlock.
    _lock_accounts(assignment.user)
    locked = Assignment.objects.select_for_update(of=("self",)).select_related("user", "office")
    assignment = locked.get(pk=assignment.pk)
    if by is not None and by.person_key == assignment.user.person_key:
        raise Refused("You cannot change your own roles. Ask another Access Control Manager.")
    if assignment.revoked_at:
        return assignment
    return end_assignment(assignment, by=by, reason=reason)


def end_assignment(assignment: Assignment, *, by: User | None, reason: str, **why: Any) -> Assignment:
    """End a locked assignment within an action that has found `by` entitled to it; `by` None is the system."""
    assignment.revoked_by, assignment.revoked_at, assignment.revoked_reason = by, timezone.now(), reason
    assignment.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
    record(
        "assignment.revoked",
        by=by,
        on=assignment.user,
        role=assignment.role,
        office=assignment.office.code,
        reason=reason,
        **why,
    )
    recompute(assignment.user)
    return assignment


@action
def accept_rules(*, by: User, version: str) -> None:
    """Record that a person signed the Rules of Behavior (PIA: all must sign before they have access)."""
    by.rules_version, by.rules_accepted_at = version, timezone.now()
    record("user.rules_accepted", by=by, on=by, version=version)
    by.save(update_fields=["rules_version", "rules_accepted_at"])


@action
def save_reference(row: models.Model, *, by: User | None, started: Started | None = None) -> models.Model:
    """Add or change one row of reference data (event type, threshold, routing rule), checked whole."""
    require(by, "edit_reference")
    added = row._state.adding
    if started and not added:
        started.check(type(row)._default_manager.select_for_update().get(pk=row.pk))
    row.full_clean()
    try:
        row.save()
    except IntegrityError as error:  # another administrator was faster with the same key
        raise ValidationError("Somebody else has just saved the same entry. Reload the page to see it.") from error
    record(
        "reference.created" if added else "reference.changed",
        by=by,
        on=Subject(row.audit_type, str(row.pk), str(row)),  # type: ignore[attr-defined]
    )
    return row

"""Asking for a role, endorsing it, granting or refusing it: who may move a request, and what each move does."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import access_tasks, passwords
from accounts.access import YES, Refused, Verdict, action, may
from accounts.actions import grant_role, refuse_together
from accounts.models import AccessRequest, Office, User
from accounts.roles import Role
from audit.log import record

Status = AccessRequest.Status
LONGEST = timedelta(days=5 * 365)
OWN_ENDORSEMENT = "You cannot endorse what you ask for yourself, whichever account it is for. Ask another supervisor."
OWN_GRANT = "You cannot decide what you ask for yourself. Ask another Access Control Manager."
BOTH = "You endorsed this request, so somebody else grants it. Ask another Access Control Manager."


# -- Which requests somebody sees, and what they may do with one -------------------------------------------------------
def endorsed_by(user: User) -> Q:
    """Those that `user` may vouch for: at the offices where they endorse, and of the people whom they supervise."""
    rights = user.rights
    if "endorse_access" in rights.everywhere:
        return Q(pk__isnull=False)
    return Q(office__in=rights.offices.get("endorse_access", frozenset())) | Q(person__supervisor=user)


def visible_to(user: User) -> QuerySet[AccessRequest]:
    """One's own, those one may vouch for, and for who grants roles all of them."""
    rows = AccessRequest.objects.select_related("person__office", "office", "endorsed_by", "decided_by")
    if user.may_somewhere("grant_roles"):
        return rows
    return rows.filter(endorsed_by(user) | Q(person__person_key=user.person_key))


def waiting_for(user: User) -> QuerySet[AccessRequest]:
    """What waits for `user`, oldest first: to be endorsed, or to be granted. Lists are confirmed on their own page."""
    mine = Q(status=Status.REQUESTED) & endorsed_by(user)
    if user.may_somewhere("grant_roles"):
        own = User.objects.filter(person_key=user.person_key)
        mine |= Q(status=Status.ENDORSED, carried_over=None) & ~Q(endorsed_by__in=own)
    rows = AccessRequest.objects.select_related("person", "office")
    return rows.filter(mine).exclude(person__person_key=user.person_key).order_by("asked_at", "pk")


def may_endorse(user: User, request: AccessRequest) -> Verdict:
    if user.person_key == request.person.person_key:
        return Verdict(False, OWN_ENDORSEMENT)
    if request.person.supervisor_id == user.pk:
        return YES
    return may(user, "endorse_access", request.office)


def may_grant(user: User, request: AccessRequest) -> Verdict:
    """Whoever grants roles, but neither the person nor who endorsed it, by any of their accounts."""
    if not (verdict := may(user, "grant_roles")):
        return verdict
    if user.person_key == request.person.person_key:
        return Verdict(False, OWN_GRANT)
    if request.endorsed_by and user.person_key == request.endorsed_by.person_key:
        return Verdict(False, BOTH)
    return YES


def apart(request: AccessRequest) -> str:
    """Why this role and one that the person holds may not meet in one person; "" where they may."""
    try:
        refuse_together(request.person, Role(request.role))
    except Refused as refused:
        return refused.reason
    return ""


def may_refuse(user: User, request: AccessRequest) -> Verdict:
    """Whoever grants roles; and while it waits for an endorsement, whoever may give one."""
    if user.person_key == request.person.person_key:
        return Verdict(False, "You cannot refuse what you ask for yourself. Withdraw it.")
    if request.status == Status.REQUESTED and may_endorse(user, request):
        return YES
    return may(user, "grant_roles")


def may_withdraw(user: User, request: AccessRequest) -> Verdict:
    return YES if user.pk == request.person_id else Verdict(False, "Only who asked can withdraw a request.")


# -- The moves ---------------------------------------------------------------------------------------------------------
@action
def ask(*, by: User, role: Role, office: Office, reason: str, until: date) -> AccessRequest:
    """Ask for a role at an office until a day. Raises Refused where it could never be granted, or stands already."""
    check_day(until)
    check_office(office)
    refuse_together(by, role)
    _refuse_held(by, role, office, until)
    try:
        with transaction.atomic():
            request = AccessRequest.objects.create(
                person=by, role=role, office=office, reason=reason, until=until, asked_at=timezone.now()
            )
    except IntegrityError as error:
        raise Refused("You have asked for this role at this office already. Your request is below.") from error
    record("access.requested", by=by, on=by, role=role, office=office.code, until=until.isoformat())
    _tell(request)
    return request


def check_office(office: Office) -> None:
    if not office.active:
        raise Refused("This office is closed. Choose another.")


def check_day(until: date) -> None:
    """A last day that a role can have. Raises Refused."""
    if until < timezone.localdate():
        raise Refused("The last day has passed. Choose today or a later day.")
    if until > timezone.localdate() + LONGEST:
        raise Refused("A role is given for five years at most. Choose an earlier last day.")


def _refuse_held(user: User, role: Role, office: Office, until: date) -> None:
    held = user.assignments.live().filter(role=role, office=office, until__gte=end_of(until, office))
    if held.exists():
        raise Refused(f"You are {role.label} at {office.name} until that day already. Nothing needs to be asked.")


@action
def endorse(request: AccessRequest, *, by: User, version: int, note: str = "") -> AccessRequest:
    """Vouch that the person needs the role. Raises Refused for oneself, by any account, and when it has changed."""
    request = _locked(request, version, Status.REQUESTED)
    _unless(may_endorse(by, request))
    request.endorsed_by, request.endorsed_at, request.endorsement = by, timezone.now(), note
    _move(request, Status.ENDORSED)
    record("access.endorsed", by=by, on=request.person, request=request.pk, role=request.role, office=_code(request))
    _tell(request)
    return request


@action
def grant(request: AccessRequest, *, by: User, version: int, until: date) -> AccessRequest:
    """Give the role until the day asked for or an earlier one. Who is only invited is sent the link to a password."""
    request = _locked(request, version, Status.ENDORSED)
    _unless(may_grant(by, request))
    if until > request.until:
        asked = f"{request.until:%b} {request.until.day}, {request.until.year}"
        raise Refused(f"The request ends on {asked}. Choose that day or an earlier one.")
    check_day(until)
    check_office(request.office)
    _let_in(request.person, by)
    request.assignment = grant_role(
        user=request.person,
        role=Role(request.role),
        office=request.office,
        until=end_of(until, request.office),
        by=by,
    )
    _decide(request, Status.GRANTED, by)
    return request


def _let_in(person: User, by: User) -> None:
    """Who has no password yet is sent the link to choose one, with the first role alone."""
    if person.status == User.Status.INVITED:
        if not person.assignments.live().exists():
            passwords.invite(person, by=by)
    elif not person.is_active:
        raise Refused(
            "This account is not active, so the role would open nothing. "
            "Ask a System Control Officer to make it active first, or refuse the request."
        )


@action
def refuse(request: AccessRequest, *, by: User, version: int, reason: str) -> AccessRequest:
    """End a request without granting it; the person reads the reason."""
    request = _locked(request, version, *AccessRequest.OPEN)
    _unless(may_refuse(by, request))
    _decide(request, Status.REFUSED, by, reason)
    record("access.request_refused", by=by, on=request.person, request=request.pk, reason=reason)
    return request


@action
def withdraw(request: AccessRequest, *, by: User, version: int) -> AccessRequest:
    """Take back what one asked for, while nobody has decided it."""
    request = _locked(request, version, *AccessRequest.OPEN)
    _unless(may_withdraw(by, request))
    _decide(request, Status.WITHDRAWN, by)
    record("access.withdrawn", by=by, on=request.person, request=request.pk)
    return request


# -- Parts of the moves ------------------------------------------------------------------------------------------------
def _locked(request: AccessRequest, version: int, *states: str) -> AccessRequest:
    """The request as it stands, kept from others until the act commits; Refused unless it is as it was seen."""
    rows = AccessRequest.objects.select_for_update(of=("self",)).select_related("person", "office", "endorsed_by")
    stored = rows.get(pk=request.pk)
    if stored.version != version or stored.status not in states:
        raise Changed(stored)
    return stored


class Changed(Refused):
    """The request is no longer as it was seen."""

    def __init__(self, request: AccessRequest) -> None:
        state = request.get_status_display().lower()
        super().__init__(f"This request has changed since you opened it and is now: {state}. Nothing was done again.")


def _unless(verdict: Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason)


def _move(request: AccessRequest, to: Status) -> None:
    request.status, request.version = to, request.version + 1
    request.save()


def _decide(request: AccessRequest, to: Status, by: User, reason: str = "") -> None:
    request.decided_by, request.decided_at, request.decision = by, timezone.now(), reason
    _move(request, to)
    if to != Status.WITHDRAWN:
        _tell(request)


def _tell(request: AccessRequest) -> None:
    """Queue the mail to whoever is next; with the act, or not at all."""
    access_tasks.mail_request.defer(request_id=request.pk, version=request.version)


def _code(request: AccessRequest) -> str:
    return request.office.code


def end_of(day: date, office: Office) -> datetime:
    """The end of a last day, by the clocks of the office."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(office.time_zone))

"""Carrying over the users of a former system: brought in as a list, endorsed by it, without access until confirmed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import requests
from accounts.access import Refused, action
from accounts.actions import add_user, refuse_together, require
from accounts.completions import Bad, Line, LineRefused, day_of, lines_of, text_for
from accounts.models import AccessList, AccessRequest, Office, User
from accounts.roles import APART, Role
from audit.log import record

COLUMNS = ("username", "name", "e-mail", "employee number", "office", "role", "need to know", "until")
BY_LIST = "Carried over from a former system, with the need to know that its list states."
LEFT_OUT = "Left out when the list of existing users was confirmed."
ROLES = {said.lower(): role for role in Role for said in (role.value, role.label)}


@dataclass
class Brought:
    """What a file brought in; `access_list` is None where no line could be taken."""

    access_list: AccessList | None = None
    again: bool = False
    taken: int = 0
    bad: list[Bad] = field(default_factory=list)


@action
def bring_in(raw: bytes, *, by: None) -> Brought:
    """Make invited people and endorsed requests of a file. The same file again adds nothing. Raises FileRefused."""
    checksum = hashlib.sha256(raw).hexdigest()
    if known := AccessList.objects.filter(checksum=checksum).first():
        return Brought(known, again=True, taken=known.lines)
    lines = lines_of(raw, COLUMNS)
    brought = Brought(AccessList.objects.create(checksum=checksum, lines=len(lines), brought_in_at=timezone.now()))
    taker = _Taker(brought.access_list)
    for line in lines:
        try:
            with transaction.atomic():
                taker.take(line)
            brought.taken += 1
        except (LineRefused, Refused) as refused:
            brought.bad.append(line.bad(refused))
    _close(brought, by)
    return brought


def _close(brought: Brought, by: None) -> None:
    """A list that holds nothing is none."""
    made = brought.access_list
    if made is None:
        return
    made.lines = brought.taken
    if brought.taken:
        made.save(update_fields=["lines"])
        record("access.list_brought_in", by=by, on=made, lines=brought.taken, rejected=len(brought.bad))
    else:
        transaction.set_rollback(True)
        brought.access_list = None


class _Taker:
    """Takes line after line, knowing the offices and which roles the lines before have asked for."""

    def __init__(self, access_list: AccessList | None) -> None:
        self.access_list = access_list
        self.offices = {office.code: office for office in Office.objects.filter(active=True)}
        self.roles: dict[str, set[Role]] = defaultdict(set)

    def take(self, line: Line) -> None:
        office, role = self._office(line), self._role(line)
        until, reason = self._until(line), text_for(AccessRequest, "reason", line.values["need to know"])
        person = self._person(line, office)
        self._refuse_apart(person, role)
        if person.requests.filter(role=role, office=office, status__in=AccessRequest.OPEN).exists():
            raise LineRefused("This is asked for already.")
        request = AccessRequest(person=person, role=role, office=office, reason=reason, until=until)
        self._endorse(request)
        self.roles[person.person_key].add(role)

    def _endorse(self, request: AccessRequest) -> None:
        request.status, request.carried_over, request.endorsement = "endorsed", self.access_list, BY_LIST
        request.asked_at = request.endorsed_at = timezone.now()
        request.save()
        record("access.requested", by=None, on=request.person, role=request.role, office=request.office.code)

    def _office(self, line: Line) -> Office:
        if found := self.offices.get(line.values["office"].upper()):
            return found
        raise LineRefused("There is no open office with this code.")

    def _role(self, line: Line) -> Role:
        if found := ROLES.get(line.values["role"].lower()):
            return found
        raise LineRefused("There is no such role.")

    def _until(self, line: Line) -> date:
        day = day_of(line.values["until"])
        requests.check_day(day)
        return day

    def _person(self, line: Line, office: Office) -> User:
        username, key = line.values["username"], line.values["employee number"]
        if not username or not key:
            raise LineRefused("The username or the employee number is missing.")
        for known in User.objects.filter(username__iexact=username) | User.objects.filter(person_key=key):
            if (known.username.lower(), known.person_key) != (username.lower(), key):
                raise LineRefused("This username or employee number belongs to another account.")
            return known
        return _added(line, office)

    def _refuse_apart(self, person: User, role: Role) -> None:
        refuse_together(person, role)
        if any(role in pair and (pair - {role}) & self.roles[person.person_key] for pair in APART):
            raise LineRefused("Another line asks for a role that may not be held with this one.")


def _added(line: Line, office: Office) -> User:
    """An invited account without a password. Raises LineRefused for what an account cannot hold."""
    values: dict[str, Any] = {
        "username": text_for(User, "username", line.values["username"]),
        "person_key": text_for(User, "person_key", line.values["employee number"]),
        "name": text_for(User, "name", line.values["name"]),
        "email": text_for(User, "email", line.values["e-mail"]),
    }
    try:
        return add_user(by=None, programme=office.programme, office=office, **values)
    except ValidationError as error:
        raise LineRefused(" ".join(error.messages)) from error


@dataclass
class Confirmed:
    """What confirming a part of a list did, and the lines that stay with the reason."""

    granted: int = 0
    left_out: int = 0
    stay: list[tuple[AccessRequest, str]] = field(default_factory=list)


def to_confirm() -> Any:
    """The lists of which a line waits."""
    waits = AccessRequest.objects.filter(carried_over=OuterRef("pk"), status=AccessRequest.Status.ENDORSED)
    return AccessList.objects.filter(Exists(waits), confirmed_at=None)


def waiting(access_list: AccessList) -> Any:
    """The lines that nobody has decided."""
    rows = access_list.requests.filter(status=AccessRequest.Status.ENDORSED).select_related("person", "office")
    return rows.order_by("office__name", "person__name", "pk")


@action
def confirm(access_list: AccessList, *, by: User, seen: dict[int, int], chosen: set[int]) -> Confirmed:
    """Grant the chosen lines and end the others of those that were `seen` (request: version); the last closes it."""
    require(by, "grant_roles")
    access_list = AccessList.objects.select_for_update().get(pk=access_list.pk)
    if access_list.confirmed_at:
        raise Refused("This list was confirmed already. Nothing was done again.")
    if not seen:
        raise Refused("No line was sent. Open the list again.")
    done = Confirmed()
    for row in waiting(access_list).filter(pk__in=seen).order_by("pk"):
        _confirm_line(row, done, by=by, version=seen[row.pk], grants=row.pk in chosen)
    if not waiting(access_list).exists():
        access_list.confirmed_by, access_list.confirmed_at = by, timezone.now()
        access_list.save(update_fields=["confirmed_by", "confirmed_at"])
    record("access.list_confirmed", by=by, on=access_list, granted=done.granted, left_out=done.left_out)
    return done


def _confirm_line(row: AccessRequest, done: Confirmed, *, by: User, version: int, grants: bool) -> None:
    try:
        if grants:
            requests.grant(row, by=by, version=version, until=row.until)
            done.granted += 1
        else:
            requests.refuse(row, by=by, version=version, reason=LEFT_OUT)
            done.left_out += 1
    except Refused as refused:
        done.stay.append((row, refused.reason))

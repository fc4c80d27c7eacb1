"""Carrying over the users of a former system: brought in as a list, endorsed by it, without access until confirmed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import requests
from accounts.access import Refused, action
from accounts.actions import refuse_with, require
from accounts.completions import Bad, Line, LineRefused, day_of, lines_of, text_for
from accounts.models import AccessList, AccessRequest, Assignment, Office, User
from accounts.roles import APART, Role
from audit.log import Subject, record

COLUMNS = ("username", "name", "e-mail", "employee number", "office", "role", "need to know", "until")
BY_LIST = "Carried over from a former system, with the need to know that its list states."
SLICE = 250
LEFT_OUT = "Left out when the list of existing users was confirmed."
ROLES = {said.lower(): role for role in Role for said in (role.value, role.label)}


@dataclass
class Brought:
    """What a file brought in; `access_list` is None where no line could be taken."""

    access_list: AccessList | None = None
    again: bool = False
    taken: int = 0
    bad: list[Bad] = field(default_factory=list)


def bring_in(raw: bytes, *, by: None) -> Brought:
    """Make invited people and endorsed requests of a file. The same file again adds nothing. Raises FileRefused.

    Some lines to a transaction, so that none is long. Cut off, it goes on where it was when the same file comes again;
    until it is whole nobody can confirm it.
    """
    checksum = hashlib.sha256(raw).hexdigest()
    if known := AccessList.objects.filter(checksum=checksum, lines__gt=0).first():
        return Brought(known, again=True, taken=known.lines)
    lines, brought, taker = lines_of(raw, COLUMNS), Brought(), _Taker()
    for start in range(0, len(lines), SLICE):
        some = lines[start : start + SLICE]
        _bring_some(some, brought, taker, checksum=checksum, is_last=start + SLICE >= len(lines), by=by)
    return brought


@action
def _bring_some(lines: list[Line], brought: Brought, taker: _Taker, *, checksum: str, is_last: bool, by: None) -> None:
    """The next lines of a file. A list that holds nothing is none, so it is not made before a line is taken."""
    AccessList.objects.get_or_create(checksum=checksum, defaults={"lines": 0, "brought_in_at": timezone.now()})
    made = AccessList.objects.select_for_update().get(checksum=checksum)
    taken, bad = taker.take(lines, made)
    brought.bad += bad
    brought.taken += taken
    if not brought.taken:
        transaction.set_rollback(True)
        return
    brought.access_list = made
    if is_last:
        made.lines = brought.taken
        made.save(update_fields=["lines"])
    record("access.list_brought_in", by=by, on=made, lines=taken, rejected=len(bad))


class _Taker:
    """Takes line after line, knowing the offices and which roles the lines before have asked for.

    What is stored of the people whom some lines name is read beforehand; what comes of the lines is written afterwards.
    """

    def __init__(self) -> None:
        self.offices = {office.code: office for office in Office.objects.filter(active=True)}
        self.roles: dict[str, set[Role]] = defaultdict(set)
        self.by_name: dict[str, User] = {}
        self.keys: set[str] = set()
        self.new: list[User] = []
        self.held: dict[str, set[Role]] = defaultdict(set)
        self.asked: dict[tuple[int, str, int], int | None] = {}

    def take(self, lines: list[Line], access_list: AccessList) -> tuple[int, list[Bad]]:
        """How many were taken, and those that were not."""
        self._know(lines)
        taken, bad, made = 0, list[Bad](), list[AccessRequest]()
        self.new = list[User]()
        for line in lines:
            try:
                made += self._request(line, access_list)
                taken += 1
            except (LineRefused, Refused) as refused:
                bad.append(line.bad(refused))
        _write(made, self.new)
        return taken, bad

    def _know(self, lines: list[Line]) -> None:
        names, keys = _said(lines, "username"), _said(lines, "employee number")
        small = [name.lower() for name in names]
        found = User.objects.annotate(small=Lower("username")).filter(Q(small__in=small) | Q(person_key__in=keys))
        self.by_name = {user.username.lower(): user for user in found}
        self.keys = {user.person_key for user in self.by_name.values()}
        live = Assignment.objects.live().filter(user__person_key__in=keys)
        self.held = defaultdict(set)
        for key, role in live.values_list("user__person_key", "role"):
            self.held[key].add(Role(role))
        waiting = AccessRequest.objects.filter(person__in=self.by_name.values(), status__in=AccessRequest.OPEN)
        self.asked = {
            (person, role, office): carried
            for person, role, office, carried in waiting.values_list("person", "role", "office", "carried_over")
        }

    def _request(self, line: Line, access_list: AccessList) -> list[AccessRequest]:
        """The request that a line makes; none where this very list has made it, before it was cut off."""
        office, role = self._office(line), self._role(line)
        until, reason = self._until(line), text_for(AccessRequest, "reason", line.values["need to know"])
        person = self._person(line, office)
        key = (person.pk, str(role), office.pk)
        if person.pk and self.asked.get(key) == access_list.pk:
            self.roles[person.person_key].add(role)
            return []
        self._refuse_apart(person, role)
        if person.pk and key in self.asked:
            raise LineRefused("This is asked for already.")
        if person._state.adding:
            person.save()
            self.new.append(person)
        self.by_name[person.username.lower()] = person
        self.keys.add(person.person_key)
        self.asked[person.pk, str(role), office.pk] = None
        self.roles[person.person_key].add(role)
        now = timezone.now()
        return [
            AccessRequest(
                person=person, role=role, office=office, reason=reason, until=until, status="endorsed",
                carried_over=access_list, endorsement=BY_LIST, asked_at=now, endorsed_at=now,
            )
        ]  # fmt: skip

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
        known = self.by_name.get(username.lower())
        if known and known.person_key == key:
            return known
        if known or key in self.keys:
            raise LineRefused("This username or employee number belongs to another account.")
        return _invited(line, office)

    def _refuse_apart(self, person: User, role: Role) -> None:
        refuse_with(role, self.held[person.person_key])
        if any(role in pair and (pair - {role}) & self.roles[person.person_key] for pair in APART):
            raise LineRefused("Another line asks for a role that may not be held with this one.")


def _invited(line: Line, office: Office) -> User:
    """An invited account without a password, not yet stored. Raises LineRefused for what an account cannot hold."""
    user = User(
        username=text_for(User, "username", line.values["username"]),
        person_key=text_for(User, "person_key", line.values["employee number"]),
        name=text_for(User, "name", line.values["name"]),
        email=text_for(User, "email", line.values["e-mail"]),
        programme=office.programme,
        office=office,
    )
    user.set_unusable_password()
    try:
        user.clean()
        # The office is one of ours, and no username among these and the stored is the same: both have been looked at.
        user.clean_fields(exclude=["office"])
    except ValidationError as error:
        raise LineRefused(" ".join(error.messages)) from error
    return user


def _said(lines: list[Line], name: str) -> list[str]:
    """What stands in a column, without what no database keeps; such a line is refused."""
    return [line.values[name] for line in lines if "\x00" not in line.values[name]]


def _write(made: list[AccessRequest], new: list[User]) -> None:
    """The requests of some lines, and the events that name their people."""
    if new:
        record("user.created", by=None, on=Subject("user", "", "people of a list"), batch=[str(one.pk) for one in new])
    AccessRequest.objects.bulk_create(made)
    asked: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in made:
        asked[one.role, one.office.code].append(str(one.person.pk))
    for (role, office), batch in asked.items():
        about = Subject("user", "", "people of a list")
        record("access.requested", by=None, on=about, batch=batch, role=role, office=office)


@dataclass
class Confirmed:
    """What confirming a part of a list did, and the lines that stay with the reason."""

    granted: int = 0
    left_out: int = 0
    stay: list[tuple[AccessRequest, str]] = field(default_factory=list)


def to_confirm() -> Any:
    """The lists of which a line waits."""
    waits = AccessRequest.objects.filter(carried_over=OuterRef("pk"), status=AccessRequest.Status.ENDORSED)
    return AccessList.objects.filter(Exists(waits), confirmed_at=None, lines__gt=0)


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
    if not access_list.lines:
        raise Refused("This list is still being brought in. Wait until its import has ended, or start that once more.")
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

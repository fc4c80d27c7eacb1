"""Recording a whole list of completed trainings, some lines at a time: what is known adds nothing."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.models import Max, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.access import Refused, action
from accounts.actions import require
from accounts.completions import Bad, Completion
from accounts.models import Training, User
from audit.log import Subject, record
from sen.errors import Stopped
from sen.logs import places

SLICE = 500
# What one event names is read again for each of the rows it excuses.
NAMED = 100
LONGEST_SECONDS = 20
TOO_LONG = f"Reading it took longer than {LONGEST_SECONDS} seconds."
TO_COME = "This day is still to come."
UNKNOWN = "Nobody has this username or employee number."
SEVERAL = "This is the username of one person and the employee number of another."
OWN = "Nobody records their own training. Ask another Access Control Manager."

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What an upload did; `cut_off` says why and from where on nothing is recorded, if it was not done to its end."""

    recorded: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)
    cut_off: str = ""

    def add(self, other: Outcome) -> None:
        self.recorded += other.recorded
        self.known += other.known
        self.bad += other.bad


def record_completions(lines: list[Completion], bad: list[Bad], *, by: User) -> Outcome:
    """Record every good line; the others come back with the reason. A list sent again adds nothing.

    Some lines to a transaction, so that none is long and none holds many people; what is recorded stays if it is cut
    off. Raises Refused before anything is recorded, Stopped after that if the database fails.
    """
    outcome, until = Outcome(bad=list(bad)), monotonic() + LONGEST_SECONDS
    for start in range(0, max(len(lines), 1), SLICE):
        try:
            if start and monotonic() > until:
                raise Refused(TOO_LONG)
            outcome.add(_record_some(lines[start : start + SLICE], by=by))
        except Refused as refused:
            if not start:
                raise
            outcome.cut_off = f"{refused.reason} {_go_on(lines[start])}"
            break
        except Error as error:
            if not start:
                raise
            _note(error)
            raise Stopped(_go_on(lines[start])) from error
    outcome.bad.sort(key=lambda one: one.number)
    _record_upload(outcome, by=by)
    return outcome


def _note(error: Error) -> None:
    """Without the message, which may quote a row."""
    log.error("an upload of trainings was cut off\n%s", places(error))


def _go_on(next_line: Completion) -> str:
    number = next_line.line.number
    return (
        f"The file is recorded up to line {number - 1:,}, and nothing from line {number:,} on. "
        "Upload the same file again: what is on record adds nothing."
    )


@action
def _record_some(lines: list[Completion], *, by: User) -> Outcome:
    """The next lines of a list."""
    require(by, "record_training")
    found, bad = _people(lines), list[Bad]()
    new: dict[tuple[int, date], Training] = {}
    for line in lines:
        people = found[line.who.lower()]
        if reason := _wrong(line, people, by):
            bad.append(line.line.bad(reason))
        else:
            new.update({(one.pk, line.completed_on): _row(one, line, by) for one in people})
    users = _locked({user_id for user_id, _ in new})
    known = set(_live(users).values_list("user_id", "completed_on"))
    rows = [row for key, row in new.items() if key not in known]
    _write(rows, users, by)
    return Outcome(recorded=len(rows), known=len(new) - len(rows), bad=bad)


@action
def _record_upload(outcome: Outcome, *, by: User) -> None:
    """The upload as a whole, once what it holds is recorded."""
    about = Subject("list", "", "completed trainings")
    recorded, known, rejected = outcome.recorded, outcome.known, len(outcome.bad)
    whole = not outcome.cut_off
    record("training.uploaded", by=by, on=about, recorded=recorded, known=known, rejected=rejected, whole=whole)


def _people(lines: list[Completion]) -> dict[str, list[User]]:
    """By what a line says, in small letters: the account of that name, or every account of that employee number."""
    said = {line.who.lower() for line in lines}
    rows = User.objects.annotate(small=Lower("username"), key=Lower("person_key"))
    found: dict[str, list[User]] = defaultdict(list)
    for user in rows.filter(Q(small__in=said) | Q(key__in=said)):
        for name in {user.username.lower(), user.person_key.lower()} & said:
            found[name].append(user)
    return found


def _wrong(line: Completion, people: list[User], by: User) -> str:
    if not people:
        return UNKNOWN
    if len({one.person_key for one in people}) > 1:
        return SEVERAL
    if people[0].person_key == by.person_key:
        return OWN
    return TO_COME if line.completed_on > timezone.localdate() else ""


def _row(user: User, line: Completion, by: User) -> Training:
    return Training(
        user=user,
        completed_on=line.completed_on,
        evidence=line.evidence,
        recorded_by=by,
        recorded_at=timezone.now(),
    )


def _locked(ids: set[int]) -> dict[int, User]:
    return {user.pk: user for user in User.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def _live(users: dict[int, User]) -> Any:
    return Training.objects.filter(user__in=users, kind=Training.Kind.PRIVACY, withdrawn_at=None)


def _write(rows: list[Training], users: dict[int, User], by: User) -> None:
    """The trainings, until when each person's newest counts, and the events that name the people."""
    Training.objects.bulk_create(rows)
    touched = {row.user_id: users[row.user_id] for row in rows}
    newest = _live(touched).values("user").annotate(day=Max("completed_on")).values_list("user", "day").order_by()
    for user_id, day in newest:
        touched[user_id].trained_until = day + timedelta(days=settings.TRAINING_DAYS)
    User.objects.bulk_update(touched.values(), ["trained_until"])
    people = list(touched.values())
    for start in range(0, len(people), NAMED):
        some = people[start : start + NAMED]
        record("training.recorded", by=by, on=some[0], batch=[str(one.pk) for one in some], kind="privacy")

"""Recording a whole list of completed trainings in one act: what is new is written, what is known adds nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.access import action
from accounts.actions import require
from accounts.completions import Bad, Completion
from accounts.models import Training, User
from audit.log import Subject, record

STEP = 500
TO_COME = "This day is still to come."
UNKNOWN = "Nobody has this username or employee number."
SEVERAL = "This is the username of one person and the employee number of another."
OWN = "Nobody records their own training. Ask another Access Control Manager."


@dataclass
class Outcome:
    """What an upload did."""

    recorded: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)


@action
def record_completions(lines: list[Completion], bad: list[Bad], *, by: User) -> Outcome:
    """Record every good line; the others come back with the reason. A list sent again adds nothing."""
    require(by, "record_training")
    outcome = Outcome(bad=list(bad))
    found = _people(lines)
    new: dict[tuple[int, date], Training] = {}
    for line in lines:
        people = found[line.who.lower()]
        if reason := _wrong(line, people, by):
            outcome.bad.append(line.line.bad(reason))
        else:
            new.update({(one.pk, line.completed_on): _row(one, line, by) for one in people})
    users = _locked({user_id for user_id, _ in new})
    known = set(_live(users).values_list("user_id", "completed_on"))
    rows = [row for key, row in new.items() if key not in known]
    outcome.recorded, outcome.known = len(rows), len(new) - len(rows)
    _write(rows, users, by)
    outcome.bad.sort(key=lambda one: one.number)
    about = Subject("list", "", "completed trainings")
    record("training.uploaded", by=by, on=about, recorded=len(rows), known=outcome.known, rejected=len(outcome.bad))
    return outcome


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
    Training.objects.bulk_create(rows, batch_size=STEP)
    touched = {row.user_id: users[row.user_id] for row in rows}
    newest = _live(touched).values("user").annotate(day=Max("completed_on")).values_list("user", "day").order_by()
    for user_id, day in newest:
        touched[user_id].trained_until = day + timedelta(days=settings.TRAINING_DAYS)
    User.objects.bulk_update(touched.values(), ["trained_until"], batch_size=STEP)
    people = list(touched.values())
    for start in range(0, len(people), STEP):
        some = people[start : start + STEP]
        record("training.recorded", by=by, on=some[0], batch=[str(one.pk) for one in some], kind="privacy")

"""Acts under way while their right is revoked: none may commit after the revocation has (`make drill-revoke`).

Each round gives somebody a role, prepares what they are about to do (file, amend, take up, approve, acknowledge,
grant), and lets the act race with the end of the role (revoked, suspended, offboarded), each on a connection of its
own, the end starting at a random moment of the act. An act that has sent its COMMIT after the answer to the COMMIT of
the revocation came is a fault, and so is one whose event lies behind that of the revocation. Then two positive
controls, which must be caught: a build without the lock on the actor's roles (`accounts.access.hold`), and one that
goes on with the rights that a request had remembered. `python -m drills.revoke ROUNDS` sets the rounds (1,000).
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

from bench.ground import manage, prepared

# How long an act takes before its commit, at the least: the time in which a revocation can come between.
SLOW_SECONDS = 0.004
# From when the end has so long a start (negative) to when the act has.
HEAD_START_SECONDS = (-0.09, 0.03)
UNTIL = timedelta(days=30)


@dataclass
class Outcome:
    """What came of the rounds: acts done before the end, refused because of it, and committed after it."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def rounds(self) -> int:
        return sum(self.ends.values())


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with prepared("drill"):
        manage("demo", "--ensure")
        true = run(rounds)
        tell("with the lock", true)
        with mock.patch("accounts.access.hold", without_lock):
            unlocked = run(max(60, rounds // 20))
        tell("positive control, without the lock", unlocked)
        with mock.patch("accounts.access.hold", without_look):
            remembered = run(max(60, rounds // 20))
        tell("positive control, with the rights that a request remembered", remembered)
    if true.after or not true.done or not true.refused:
        sys.exit("The drill failed: an act was committed after its right had ended, or nothing raced at all.")
    if not unlocked.after or not remembered.after:
        sys.exit("A positive control did not fail: the drill proves nothing.")
    print(f"{true.rounds} of {true.rounds} rounds: 0 acts committed after the right had ended.")


def tell(title: str, outcome: Outcome) -> None:
    print(f"{title}: {outcome.rounds} rounds, ends {dict(outcome.ends)}")
    for act in ACTS:
        print(
            f"    {act:<12} done before {outcome.done[act]:>4}   refused {outcome.refused[act]:>4}"
            f"   after the end {outcome.after[act]:>4}"
        )


# -- The controls: what `hold` would be without one half of it ---------------------------------------------------------
def without_lock(by: Any) -> None:
    """The rights are looked up afresh, and nothing keeps them from ending meanwhile."""
    from accounts.models import User

    by.status = User.objects.values_list("status", flat=True).get(pk=by.pk)
    by.marks = None
    for remembered in ("rights", "live_assignments", "role_line"):
        by.__dict__.pop(remembered, None)


def without_look(by: Any) -> None:
    """The lock is taken, and then what the request remembered is believed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR SHARE", [by.pk])
        cursor.execute("SELECT 1 FROM accounts_assignment WHERE user_id = %s FOR SHARE", [by.pk])


# -- The scene ---------------------------------------------------------------------------------------------------------
def somebody(role: str, office: Any) -> Any:
    """A new person with one role, as a request has read them: with their rights remembered."""
    from django.contrib.auth.hashers import make_password

    from accounts import actions
    from accounts.models import User
    from accounts.roles import Role

    name = f"drill-{uuid4().hex[:12]}"
    who = {"username": name, "person_key": name, "name": "Drill Person", "email": f"{name}@example.gov"}
    of = {"programme": office.programme, "office": office, "is_demonstration": True}
    user = actions.add_user(by=None, password_hash=make_password(None), status=User.Status.ACTIVE, **who, **of)
    if role:
        give(user, Role(role), office)
    return seen(user)


def give(user: Any, role: Any, office: Any) -> None:
    from django.utils import timezone

    from accounts import actions

    actions.grant_role(user=user, role=role, office=office, until=timezone.now() + UNTIL, by=None)


def seen(user: Any) -> Any:
    from accounts.models import User

    found = User.objects.select_related("office").get(pk=user.pk)
    assert found.rights.until.year  # remembered from here on
    return found


def of_role(role: str) -> Any:
    from accounts.models import User

    held = User.objects.filter(assignments__role=role, assignments__revoked_at=None, status="active")
    return held.exclude(username__startswith="drill-").order_by("pk")[0]


Prepared = tuple[Any, Callable[[], Any]]


def filing() -> Prepared:
    from drills.submit import make_draft

    person = somebody("field_hsi", of_role("field_hsi").office)
    draft = make_draft(person)
    return person, lambda: _submit(draft, person)


def amending() -> Prepared:
    from reports import drafts
    from tests.reports.filing import file_sir

    person = somebody("field_hsi", of_role("field_hsi").office)
    draft = drafts.open_amendment(file_sir(person), by=person)
    draft.answers["narrative"] = {"narrative": ["He was on the second pier."]}
    draft.reason = "More is known"
    draft.save()
    return seen(person), lambda: _submit(draft, person)


def _submit(draft: Any, person: Any) -> Any:
    from reports import actions

    return actions.submit(draft.pk, by=person, key=uuid4(), body_hash="drill", attested=True)


def taking_up() -> Prepared:
    from reports import actions
    from tests.reports.filing import file_sir

    report, person = file_sir(of_role("field_hsi")), somebody("jioc", of_role("jioc").office)
    return person, lambda: actions.move(report.pk, "take-up", by=person)


def approving() -> Prepared:
    from reports import actions
    from tests.reports.filing import file_spear

    agent = of_role("field_hsi")
    report, person = file_spear(agent), somebody("supervisor", agent.office)
    return person, lambda: actions.move(report.pk, "approve", by=person)


def acknowledging() -> Prepared:
    from reports import actions
    from reports.models import ReportNotice
    from tests.reports.filing import file_sir

    report = file_sir(of_role("field_hsi"))
    notice = ReportNotice.objects.filter(report=report, role__in=["sac", "fig"]).select_related("office")[0]
    person = somebody(notice.role, notice.office)
    return person, lambda: actions.acknowledge(notice.pk, by=person)


def granting() -> Prepared:
    from django.utils import timezone

    from accounts import actions
    from accounts.roles import Role

    office = of_role("acm").office
    person, other, until = somebody("acm", office), somebody("", office), timezone.now() + UNTIL
    return person, lambda: actions.grant_role(user=other, role=Role.FIG, office=office, until=until, by=person)


ACTS: dict[str, Callable[[], Prepared]] = {
    "file": filing,
    "amend": amending,
    "take up": taking_up,
    "approve": approving,
    "acknowledge": acknowledging,
    "grant": granting,
}


# -- How a right ends --------------------------------------------------------------------------------------------------
def revoke(person: Any) -> None:
    from accounts import actions
    from accounts.models import Assignment

    actions.revoke_role(Assignment.objects.get(user=person), by=of_role("acm"), reason="drill")


def suspend(person: Any) -> None:
    from accounts import actions

    actions.change_profile(person, by=of_role("sco"), status="suspended")


def offboard(person: Any) -> None:
    from accounts import leaving

    leaving.offboard(person, by=of_role("acm"), reason="drill")


ENDS: tuple[Callable[[Any], None], ...] = (revoke, suspend, offboard)


# -- The race ----------------------------------------------------------------------------------------------------------
def run(rounds: int, *, until_caught: bool = False) -> Outcome:
    """So many rounds, each act with each way to end in turn; a control may stop at the first fault."""
    outcome, chance = Outcome(), random.Random(20261122)  # noqa: S311 - the moments of a drill
    names = list(ACTS)
    for number in range(rounds):
        name, end = names[number % len(names)], ENDS[(number // len(names)) % len(ENDS)]
        outcome.ends[end.__name__] += 1
        _round(name, end, chance.uniform(*HEAD_START_SECONDS), outcome)
        if until_caught and outcome.after:
            break
        if (number + 1) % 100 == 0:
            done, refused, after = (sum(one.values()) for one in (outcome.done, outcome.refused, outcome.after))
            print(f"    {number + 1} rounds: {done} done before, {refused} refused, {after} after", flush=True)
    return outcome


def _round(name: str, end: Callable[[Any], None], start: float, outcome: Outcome) -> None:
    from audit.models import Event

    person, act = ACTS[name]()
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    barrier, at = threading.Barrier(2), {"act": 0.0, "refused": 0.0, "end": 0.0}
    threads = [
        threading.Thread(target=_act, args=[act, max(0.0, -start), barrier, at]),
        threading.Thread(target=_end, args=[end, person, max(0.0, start), barrier, at]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if not at["end"] or bool(at["act"]) == bool(at["refused"]):
        raise RuntimeError(f"the right of a round did not end, or the act broke: {name}, {end.__name__}")
    if at["refused"]:
        outcome.refused[name] += 1
    elif at["act"] > at["end"] or _lies_behind(person, newest):
        outcome.after[name] += 1
    else:
        outcome.done[name] += 1


def _act(act: Callable[[], Any], delay: float, barrier: threading.Barrier, at: dict[str, float]) -> None:
    """Notes when it sent its COMMIT; a refusal leaves no time."""
    from django.core.exceptions import ObjectDoesNotExist
    from django.db import connection

    from accounts.access import Refused
    from reports.actions.filing import NotComplete

    connection.ensure_connection()
    commit, sent = connection.commit, [0.0]

    def slowly() -> None:
        time.sleep(SLOW_SECONDS)
        sent[0] = time.monotonic()
        commit()

    barrier.wait(30)
    time.sleep(delay)
    try:
        with mock.patch.object(connection, "commit", slowly):
            act()
        at["act"] = sent[0]
    # What one may not see does not exist, and no office may be chosen in a draft that one may not file.
    except (Refused, ObjectDoesNotExist, NotComplete):
        at["refused"] = time.monotonic()
    finally:
        connection.close()


def _end(
    end: Callable[[Any], None], person: Any, delay: float, barrier: threading.Barrier, at: dict[str, float]
) -> None:
    """Notes when its COMMIT was answered. In a build without the lock the two may deadlock: then it is tried again."""
    from django.db import connection

    from accounts.access import Refused

    connection.ensure_connection()
    barrier.wait(30)
    time.sleep(delay)
    try:
        for _ in range(5):
            with suppress(Refused):
                end(person)
                at["end"] = time.monotonic()
                return
    finally:
        connection.close()


def _lies_behind(person: Any, newest: int) -> bool:
    """Whether an event of the person lies behind the one that ended their right."""
    from audit.models import Event

    since = Event.objects.filter(pk__gt=newest)
    codes = ("assignment.revoked", "user.changed", "user.offboarded")
    ended = since.filter(code__in=codes, object_id=str(person.pk)).order_by("pk").values_list("pk", flat=True)
    return since.filter(actor_id=person.pk, kind="change", pk__gt=ended[0]).exists()


if __name__ == "__main__":
    main()

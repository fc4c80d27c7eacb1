"""Asks 10,000 times for a legacy SSN, in every way there is, and looks at what is on record (`make drill-reveals`).

Exactly as many attempts on record as were made, each with the one outcome that its way must have; no SSN in any event,
row, session, job, log line or refused answer; nothing shown while nothing can be recorded. Then the positive control:
a build that answers before it records must be caught. `python -m drills.reveals ATTEMPTS` sets the number.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import uuid4

from bench.ground import manage, prepared


@dataclass(frozen=True)
class Way:
    """One way of asking: who asks, with what, under which settings; what is answered and what must be on record."""

    name: str
    status: int
    outcome: str
    who: str = "reader"
    typed: dict[str, str] = field(default_factory=dict)
    path: str = "/ileads/{number}/ssn/{ssn}/"
    settings: dict[str, Any] = field(default_factory=dict)


NOT_AN_ID, NOBODYS = "nothing-of-the-kind", str(uuid4())
WAYS = (
    Way("granted", 200, "granted"),
    Way("without the role", 403, "not_granted", who="hq"),
    Way("iLead not visible", 404, "not_visible", who="outsider"),
    Way("iLead not visible, without the role", 404, "not_visible", who="agent"),
    Way("no such iLead", 404, "unknown", path="/ileads/ILEAD-1999-XXX-000001/ssn/{ssn}/"),
    Way("no such SSN", 404, "unknown", path="/ileads/{number}/ssn/" + NOBODYS + "/"),
    Way("not an id", 404, "unknown", path="/ileads/{number}/ssn/" + NOT_AN_ID + "/"),
    Way("no purpose", 422, "bad_purpose", typed={"purpose": ""}),
    Way("another purpose", 422, "bad_purpose", typed={"purpose": "curious"}),
    Way("no reason", 422, "bad_reason", typed={"reason": " "}),
    Way("an SSN as the reason", 422, "bad_reason", typed={"reason": "Is it not {clear} perhaps?"}),
    Way("out of the daily limit", 429, "over_limit", settings={"REVEALS_A_DAY": 0}),
    Way("stale sign-in", 401, "stale", settings={"CONFIRM_AFTER_SECONDS": -1}),
    Way("sealing down", 503, "sealing_down", settings={"SEALING_STOPS_AFTER": -1}),
    Way("key of another", 503, "granted", settings={"KEY_DIR": ""}),
)
# Nothing of this stands in the way but where a way of asking says so, however long the drill takes.
UNBOUNDED = ("SEALING_STOPS_AFTER", "REVEALS_A_DAY", "CONFIRM_AFTER_SECONDS", "IDLE_SECONDS")
BROKEN = Way("the log takes nothing", 503, "")


@dataclass
class Found:
    """What was made and what was found. `leaks` names places; it never quotes them."""

    made: int = 0
    attempts: int = 0
    decisions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong_answers: list[str] = field(default_factory=list)
    shown: int = 0
    shown_unrecorded: int = 0
    leaks: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        counted = self.made == self.attempts == self.decisions == sum(self.outcomes.values())
        return counted and not (self.wrong_answers or self.leaks or self.shown_unrecorded)


def main() -> None:
    attempts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with prepared("drill"):
        manage("demo", "--ensure")
        start = time.monotonic()
        true = run(-(-attempts // len(WAYS)))
        print(f"{true.made:,} attempts in {time.monotonic() - start:.0f} s")
        control = run(1, answers_first=True)
    tell("as built", true)
    tell("positive control, which answers before it records", control)
    if not true.is_clean or control.is_clean:
        sys.exit("The drill failed." if not true.is_clean else "The positive control was not caught.")
    print(f"{true.made:,} of {true.made:,} attempts on record with their outcome, 0 digits of an SSN in any place.")


def run(times: int, *, answers_first: bool = False) -> Found:
    """Every way `times` times, over several SSNs of several iLeads, then once more while the log takes nothing."""
    from django.test import override_settings

    found, log = Found(), Log()
    with override_settings(**dict.fromkeys(UNBOUNDED, 10**9)), log.kept():
        scene = Scene()
        before = _counts()
        with _answering_first() if answers_first else nullcontext():
            for way in WAYS:
                for turn in range(times):
                    _ask(scene, way, turn, found)
            with _log_takes_nothing():
                found.shown_unrecorded = sum(_shows(scene, _answer(scene, BROKEN, turn)) for turn in range(times))
        _count(before, found)
        found.leaks = list(_leaks(scene, log.lines))
    return found


class Scene:
    """Some iLeads with SSNs that are made now, and the people who ask, signed in."""

    def __init__(self) -> None:
        from accounts.models import User
        from audit.sealing import seal_once
        from tests.cast import signed_in
        from tests.ileads import ssns
        from tests.ileads.leads import filed

        seal_once()
        people = {name: User.objects.select_related("office").get(username=name) for name in NAMES}
        leads = [filed(people["officer"], people["fod"]) for _ in range(3)]
        self.numbers = [ssns.digits(uuid4()) for _ in range(2 * len(leads))]
        self.writings = [writing for number in self.numbers for writing in ssns.writings(number)]
        self.ssns = [
            (leads[place % 3].number, ssns.add_ssn(leads[place % 3], n)) for place, n in enumerate(self.numbers)
        ]
        asks = {"reader": people["intel"], "outsider": _another(people["agent"]), "hq": people["hq"]}
        self.clients = {name: signed_in(_granted(one) if name != "hq" else one) for name, one in asks.items()}
        self.clients["agent"] = signed_in(people["agent"])
        for client in self.clients.values():
            client.raise_request_exception = False


NAMES = ("intel", "hq", "agent", "officer", "fod")


def _another(agent: Any) -> Any:
    """Somebody else who reads no iLead."""
    from accounts.models import User

    return User.objects.filter(assignments__role="field_hsi", status="active").exclude(pk=agent.pk).order_by("pk")[0]


def _granted(user: Any) -> Any:
    from tests.ileads.ssns import let_reveal

    return user if user.may_somewhere("reveal_ssn") else let_reveal(user)


def _ask(scene: Scene, way: Way, turn: int, found: Found) -> None:
    answer = _answer(scene, way, turn)
    found.made += 1
    shows = _shows(scene, answer)
    found.shown += shows
    if answer.status_code != way.status or shows != (way.status == 200):
        found.wrong_answers.append(f"{way.name}: {answer.status_code}{' with a number' if shows else ''}")


def _answer(scene: Scene, way: Way, turn: int) -> Any:
    from django.test import override_settings

    from tests.ileads.ssns import ASKED

    place = turn % len(scene.ssns)
    number, ssn = scene.ssns[place]
    clear = f"{scene.numbers[place][:3]}-{scene.numbers[place][3:5]}-{scene.numbers[place][5:]}"
    typed = {name: text.format(clear=clear) for name, text in {**ASKED, **way.typed}.items()}
    with tempfile.TemporaryDirectory() as empty:
        changed = {name: value or empty if name == "KEY_DIR" else value for name, value in way.settings.items()}
        with override_settings(**changed):
            return scene.clients[way.who].post(way.path.format(number=number, ssn=ssn.pk), typed)


def _shows(scene: Scene, answer: Any) -> bool:
    """Whether an answer says an SSN that nobody had typed."""
    said = f"{answer.content.decode()} {answer.headers}"
    typed = str(answer.wsgi_request.POST)
    return any(writing in said and writing not in typed for writing in scene.writings)


# -- What is on record ------------------------------------------------------------------------------------------------
def _counts() -> tuple[int, int, Counter[str]]:
    from audit.models import Event
    from ileads.models import Reveal

    attempts = Event.objects.filter(code="ssn.reveal_attempted").count()
    decided = Event.objects.filter(code__in=["ssn.revealed", "ssn.reveal_refused"]).count()
    return attempts, decided, Counter(Reveal.objects.values_list("outcome", flat=True))


def _count(before: tuple[int, int, Counter[str]], found: Found) -> None:
    """How much more there is than before, and whether each way came to the outcome that it must have."""
    from audit.models import Event
    from ileads.models import Reveal

    attempts, decided, outcomes = _counts()
    found.attempts, found.decisions = attempts - before[0], decided - before[1]
    found.outcomes = outcomes - before[2]
    times = found.made // len(WAYS)
    wanted = Counter({way.outcome: 0 for way in WAYS})
    for way in WAYS:
        wanted[way.outcome] += times
    if found.outcomes != wanted:
        found.wrong_answers.append(f"outcomes {dict(found.outcomes)} rather than {dict(wanted)}")
    asked = set(Event.objects.filter(code="ssn.reveal_attempted").values_list("pk", flat=True))
    if asked != set(Reveal.objects.values_list("attempt", flat=True)):
        found.wrong_answers.append("an attempt has no outcome, or an outcome no attempt")


PLACES = ("audit_event", "ileads_reveal", "django_session", "procrastinate_jobs", "auditlog_logentry")


def _leaks(scene: Scene, lines: list[str]) -> Iterator[str]:
    """Every place that holds a writing of an SSN: tables as their rows read, sessions opened, mail, log lines."""
    from django.contrib.sessions.models import Session
    from django.core import mail
    from django.db import connection

    patterns = [f"%{writing}%" for writing in scene.writings]
    with connection.cursor() as cursor:
        for table in PLACES:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY (%s)", [patterns])  # noqa: S608 - named above
            if count := cursor.fetchone()[0]:
                yield f"{table}: {count}"
    texts = {
        "sessions": [str(session.get_decoded()) for session in Session.objects.all()],
        "mail": [f"{one.subject} {one.body}" for one in getattr(mail, "outbox", [])],
        "log": lines,
    }
    for place, said in texts.items():
        if count := sum(any(writing in text for writing in scene.writings) for text in said):
            yield f"{place}: {count}"


class Log(logging.Handler):
    """Every line that anything logs meanwhile, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_text or ''}")

    @contextmanager
    def kept(self) -> Iterator[None]:
        root = logging.getLogger()
        level, handlers = root.level, root.handlers
        root.handlers = [self]  # thousands of refusals would hide the figures
        root.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.handlers = handlers
            root.setLevel(level)


# -- The log that takes nothing, and the build that does not mind -----------------------------------------------------
def _log_takes_nothing() -> AbstractContextManager[None]:
    from tests.audit.ways import insert_revoked

    nothing: AbstractContextManager[None] = insert_revoked()
    return nothing


@contextmanager
def _answering_first() -> Iterator[None]:
    """As somebody might build it: the number is opened first, and writing it down comes after, as well as it goes."""
    from django.db import DatabaseError

    from ileads import reveal
    from ileads.models import LegacySSN
    from ileads.sealed import CannotOpen, open_sealed

    true = reveal.reveal

    def opened(asked: Any, by: Any) -> Any:
        key = reveal._uuid(asked.ssn)
        ssn = LegacySSN.objects.select_related("person").filter(pk=key).first() if key else None
        if ssn and by.may_somewhere("reveal_ssn"):
            with suppress(CannotOpen):
                return reveal.Shown(open_sealed(ssn.value, for_=ssn), ssn, 0)
        return None

    def first(asked: Any, *, by: Any, confirm: Any) -> Any:
        shown = opened(asked, by)
        try:
            return true(asked, by=by, confirm=confirm)
        except DatabaseError:
            if shown is None:
                raise
            return shown

    with mock.patch.object(reveal, "reveal", first):
        yield


def tell(title: str, found: Found) -> None:
    print(f"{title}: {found.made:,} attempts made, {found.attempts:,} on record, {found.decisions:,} decided")
    for outcome, count in sorted(found.outcomes.items()):
        print(f"    {outcome:<14} {count:>6,}")
    print(f"    numbers shown {found.shown:,}, of them while nothing could be recorded: {found.shown_unrecorded}")
    print(f"    SSNs found where none may be: {', '.join(found.leaks) or 'nowhere'}")
    for wrong in sorted(set(found.wrong_answers)):
        print(f"    wrong: {wrong}")


if __name__ == "__main__":
    main()

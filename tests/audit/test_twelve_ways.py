"""No record, no answer: twelve ways to break auditing, each for a reveal, an export and a report (security.md, A2)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import Error, connections
from django.test import Client
from django.utils.module_loading import import_string

from accounts.models import User
from audit.log import Subject, record
from audit.models import Event
from audit.sealing import seal_once
from ileads import reveal as revealing
from ileads.models.reveal import Outcome
from tests.audit import ways
from tests.cast import signed_in
from tests.database import empty_database
from tests.ileads.leads import filed
from tests.ileads.ssns import ASKED, add_ssn, address, digits, let_reveal
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db
SENTENCES = ("cannot reach its records right now", "is not being sealed right now", "cannot be opened right now")


@dataclass
class Act:
    """Something that only a recorded answer may show: who asks, how, what must not get out, and its event."""

    browser: Client
    ask: Callable[[Client], Any]
    secret: str
    code: str
    said: str = field(default="", init=False)

    def answer(self) -> int:
        """Ask once, and keep all that came back; whatever breaks off an answer is part of it."""
        self.browser.raise_request_exception = False
        answer = self.ask(self.browser)
        self.said = str(answer.headers)
        try:
            for part in answer if answer.streaming else [answer.content]:
                self.said += part.decode()
        except Error:
            self.said += "(broken off)"
        return int(answer.status_code)

    @property
    def released(self) -> bool:
        return self.secret in self.said

    @property
    def recorded(self) -> int:
        return Event.objects.filter(code=self.code).count()


Make = Callable[[], Act]


def report_view() -> Act:
    agent = User.objects.get(username="agent")
    report = file_sir(agent)
    return Act(
        signed_in(agent), lambda browser: browser.get(f"/reports/{report.number}/"), report.title, "report.viewed"
    )


def audit_export() -> Act:
    number = file_sir(User.objects.get(username="agent")).number
    auditor = signed_in(User.objects.get(username="auditor"))
    return Act(auditor, lambda browser: browser.post("/audit/export/"), number, "audit.exported")


def ssn_reveal() -> Act:
    officer, fod = (User.objects.get(username=name) for name in ("officer", "fod"))
    number = digits("twelve ways")
    ssn = add_ssn(filed(officer, fod), number)
    reader = signed_in(let_reveal(User.objects.get(username="intel")))
    place = address(ssn)
    clear = f"{number[:3]}-{number[3:5]}-{number[5:]}"
    return Act(reader, lambda browser: browser.post(place, ASKED), clear, "ssn.revealed")


ACTS = {ssn_reveal: ways.WAYS, audit_export: ways.WITHOUT_SSNS, report_view: ways.WITHOUT_SSNS}
# Reading is recorded without the key of the seals, and goes on under an alarm (security.md, 1.6).
READING_GOES_ON = {("report_view", "seal_key_missing"), ("report_view", "seal_key_wrong")}
CELLS = [(act, way) for act, all_ways in ACTS.items() for way in all_ways]


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: these tests really commit, so no transaction is put around them."""


@pytest.fixture(scope="module")
def acts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[Make, Act]]:
    """Each act made once, for the whole module, and seen to answer: what is broken is mended after each test."""
    with django_db_blocker.unblock():
        try:
            made = {make: make() for make in ACTS}
            assert [(act.answer(), act.released) for act in made.values()] == [(200, True)] * len(ACTS)
            yield made
        finally:
            connections.close_all()
            empty_database()


@pytest.fixture(autouse=True)
def _many_reveals(settings: Any) -> None:
    settings.REVEALS_A_DAY = 1000


@pytest.mark.parametrize(("make", "broken"), CELLS, ids=[f"{act.__name__} {way.__name__}" for act, way in CELLS])
def test_nothing_is_answered_unrecorded(make: Make, broken: ways.Broken, acts: dict[Make, Act]) -> None:
    act = acts[make]
    before = act.recorded
    with broken():
        status = act.answer()
    if (make.__name__, broken.__name__) in READING_GOES_ON:
        assert (status, act.recorded) == (200, before + 1)
        return
    assert (status, act.released) == (503, False), act.said[:2000]
    assert any(sentence in act.said for sentence in SENTENCES)
    before = act.recorded
    assert (act.answer(), act.released, act.recorded) == (200, True, before + 1)


def test_every_way_and_act_is_tried() -> None:
    assert len(CELLS) == 36


# What PostgreSQL itself says of each (its manual, appendix A), so that no way is another in disguise.
STATES = {
    ways.insert_revoked: "42501",  # insufficient_privilege
    ways.table_renamed: "42P01",  # undefined_table
    ways.table_locked: "55P03",  # lock_not_available
    ways.statement_timeout: "57014",  # query_canceled
    ways.killed_before_commit: "57P01",  # admin_shutdown
    ways.disk_full: "53100",  # disk_full
    ways.partition_missing: "23514",  # check_violation: no partition of relation found for row
    ways.trigger_raising: "P0001",  # raise_exception
    ways.read_only: "25006",  # read_only_sql_transaction
}


@pytest.mark.parametrize(("broken", "state"), STATES.items(), ids=lambda one: getattr(one, "__name__", one))
def test_each_way_is_what_it_is_called(broken: ways.Broken, state: str) -> None:
    with broken(), pytest.raises(Error) as raised:
        record("reports.listed", by=None, on=Subject("list", "", "reports"))
    assert getattr(raised.value.__cause__, "sqlstate", None) == state


# -- The positive control: builds that go on when recording fails ------------------------------------------------------
def swallowing(act: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    """The same act in a build that takes a failed record for no reason to stop."""

    def careless(*args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except Error:
            return instead(*args, **kwargs)

    return careless


CARELESS: dict[Make, dict[str, Any]] = {
    ssn_reveal: {
        "ileads.reveal._attempt": lambda asked, by: (revealing._target(asked), 0),
        "ileads.reveal._decide": lambda *_, **__: (Outcome.GRANTED, 0),
    },
    audit_export: {"audit.views.events.record": lambda *_, **__: 0},
    report_view: {"reports.views.filed.note_reading": lambda *_, **__: None},
}


@pytest.mark.parametrize("make", CARELESS, ids=lambda make: make.__name__)
def test_a_build_that_goes_on_unrecorded_is_caught(make: Make, acts: dict[Make, Act], monkeypatch: Any) -> None:
    act = acts[make]
    before = act.recorded
    for step, instead in CARELESS[make].items():
        monkeypatch.setattr(step, swallowing(import_string(step), instead))
    with ways.insert_revoked():
        assert (act.answer(), act.released) == (200, True)
    assert act.recorded == before


def test_a_reveal_that_only_forgets_its_events_is_stopped_by_the_database(
    acts: dict[Make, Act], monkeypatch: Any
) -> None:
    """The row of a reveal cannot commit without the event that names it."""
    monkeypatch.setattr("ileads.reveal.record", lambda *_, **__: 1)
    act = acts[ssn_reveal]
    assert act.answer() >= 500
    assert not act.released


# -- Sealing ----------------------------------------------------------------------------------------------------------
def test_when_sealing_has_stopped_nothing_is_revealed_or_exported_and_reading_and_filing_go_on(
    acts: dict[Make, Act], settings: Any
) -> None:
    stop, go_on = (acts[ssn_reveal], acts[audit_export]), acts[report_view]
    seal_once()
    settings.SEALING_STOPS_AFTER = 0.05
    time.sleep(0.1)
    for act in stop:
        assert (act.answer(), act.released) == (503, False)
        assert "Reading and filing go on" in act.said
    assert (go_on.answer(), go_on.released) == (200, True)
    assert file_sir(User.objects.get(username="agent")).number
    settings.SEALING_STOPS_AFTER = 60
    seal_once()
    assert [(act.answer(), act.released) for act in stop] == [(200, True)] * 2

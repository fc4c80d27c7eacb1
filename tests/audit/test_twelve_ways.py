"""No record, no answer: twelve ways to break auditing, each for a reveal, an export and a report (security.md, A2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client

from accounts.models import User
from audit.log import Subject, record
from audit.models import Event
from audit.sealing import seal_once
from tests.audit import ways
from tests.cast import signed_in
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCES = ("cannot reach its records right now", "is not being sealed right now")


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


ACTS = (report_view, audit_export)
# The keys protect what is sealed; reading is recorded without them, and goes on under an alarm (security.md, 1.6).
READING_GOES_ON = {("report_view", "key_missing"), ("report_view", "key_wrong")}
CELLS = [(act, way) for act in ACTS for way in ways.WAYS]


@pytest.mark.parametrize(("make", "broken"), CELLS, ids=[f"{act.__name__} {way.__name__}" for act, way in CELLS])
def test_nothing_is_answered_unrecorded(make: Callable[[], Act], broken: ways.Broken) -> None:
    act = make()
    assert (act.answer(), act.released) == (200, True)
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
    assert len(CELLS) == 24


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
def swallowing(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same act in a build that takes a failed record for no reason to stop."""

    def careless(*args: Any, **kwargs: Any) -> Any:
        try:
            with transaction.atomic():
                return act(*args, **kwargs)
        except Error:
            return 0

    return careless


@pytest.mark.parametrize(
    ("make", "step"),
    [(report_view, "reports.views.filed.note_reading"), (audit_export, "audit.views.events.record")],
    ids=["report_view", "audit_export"],
)
def test_a_build_that_goes_on_unrecorded_is_caught(make: Callable[[], Act], step: str, monkeypatch: Any) -> None:
    from django.utils.module_loading import import_string

    act = make()
    monkeypatch.setattr(step, swallowing(import_string(step)))
    with ways.insert_revoked():
        assert (act.answer(), act.released) == (200, True)
    assert act.recorded == 0


# -- Sealing ----------------------------------------------------------------------------------------------------------
def test_when_sealing_has_stopped_exports_stop_and_reading_and_filing_go_on(settings: Any) -> None:
    view, export = report_view(), audit_export()
    seal_once()
    settings.SEALING_STOPS_AFTER = 0.05
    time.sleep(0.1)
    assert (export.answer(), export.released) == (503, False)
    assert "Reading and filing go on" in export.said
    assert (view.answer(), view.released) == (200, True)
    assert file_sir(User.objects.get(username="agent")).number
    settings.SEALING_STOPS_AFTER = 60
    seal_once()
    assert (export.answer(), export.released) == (200, True)

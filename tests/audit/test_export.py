"""The export of the log: the filtered events as CSV, on record before its first line leaves."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts import sessions
from audit import export, review, search
from audit.log import Subject, record
from audit.models import Event
from tests.cast import PASSWORD
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db


def taken(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_export_holds_the_filtered_events(auditor: Any, agent: Any, as_: Callable[[Any], Client]) -> None:
    report = file_sir(agent)
    answer = as_(auditor).post("/audit/export/", {"on": f"report {report.pk}"})
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    rows = taken(answer)
    assert {row["record"] for row in rows} == {report.number}
    assert [row["what happened"] for row in rows if row["code"] == "report.submitted"] == [
        f"agent filed {report.number}"
    ]


def test_the_export_is_on_record_before_its_first_line(auditor: Any, agent: Any, as_: Callable[[Any], Client]) -> None:
    answer = as_(auditor).post("/audit/export/", {"by": agent.pk})
    event = Event.objects.get(code="audit.exported")
    assert (event.actor, f'"person": {agent.pk}' in event.payload) == ("auditor", True)
    assert "audit.exported" not in {row["code"] for row in taken(answer)}


def test_an_export_that_cannot_be_recorded_gives_nothing(
    auditor: Any, as_: Callable[[Any], Client], monkeypatch: Any
) -> None:
    def fails(*args: Any, **kwargs: Any) -> int:
        raise RuntimeError("no event")

    monkeypatch.setattr("audit.views.events.record", fails)
    browser = as_(auditor)
    browser.raise_request_exception = False
    answer = browser.post("/audit/export/")
    assert answer.status_code >= 500
    assert b"audit.viewed" not in answer.content


@pytest.mark.parametrize("what", ["log", "week"])
def test_nothing_leaves_a_desk_that_was_left_until_the_password_is_given(
    what: str, auditor: Any, as_: Callable[[Any], Client]
) -> None:
    browser = as_(auditor)
    address = "/audit/export/" if what == "log" else f"/audit/review/{review.weeks()[0].name}/export/"
    browser.get("/audit/")
    session = browser.session
    session[sessions.STARTED] -= settings.CONFIRM_AFTER_SECONDS + 60
    session.save()
    asked = browser.post(address, {"by": str(auditor.pk)})
    assert (asked.status_code, "Content-Disposition" in asked) == (401, False)
    assert f'name="by" value="{auditor.pk}"' in asked.content.decode()
    assert not Event.objects.filter(code="audit.exported").exists()
    given = browser.post(address, {"by": str(auditor.pk), "confirm_password": PASSWORD})
    assert given["Content-Disposition"].startswith("attachment")
    assert Event.objects.filter(code="audit.exported").count() == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_leaves_as_text(text: str, auditor: Any, as_: Callable[[Any], Client]) -> None:
    record("session.refused", by=None, on=Subject("sign-in", text, text), outcome="refused")
    row = next(row for row in taken(as_(auditor).post("/audit/export/")) if row["code"] == "session.refused")
    assert row["record"] == f"'{text}"


def test_a_long_export_is_cut_and_says_so(auditor: Any, as_: Callable[[Any], Client], monkeypatch: Any) -> None:
    monkeypatch.setattr(export, "CAP", 5)
    monkeypatch.setattr(search, "STEP", 2)
    rows = taken(as_(auditor).post("/audit/export/"))
    assert len(rows) == 6
    assert rows[-1]["event"].startswith("Only the newest 5 events")


def test_an_export_keeps_no_more_than_a_step_in_memory(auditor: Any, monkeypatch: Any) -> None:
    """Ten times the events cost less than half as much again."""
    monkeypatch.setattr(search, "STEP", 100)
    for number in range(2000):
        record("reports.listed", by=auditor, on=Subject("list", "", "reports"), words="x" * 1000, n=number)

    def peak(cap: int) -> int:
        monkeypatch.setattr(export, "CAP", cap)
        tracemalloc.start()
        for _ in export.rows(Event.objects.filter(code="reports.listed")):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(200)
    assert peak(2000) < peak(200) * 1.5


def test_an_export_is_asked_for_by_a_form_not_by_a_link(auditor: Any, as_: Callable[[Any], Client]) -> None:
    assert as_(auditor).get("/audit/export/").status_code == 405

"""Two analysts take up the same report at the same moment: exactly one has it, the other is told who was faster."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet

from accounts.access import Refused
from accounts.models import User
from audit.models import Event
from reports import actions
from reports.models import Report, StatusChange
from tests.reports.filing import file_sir

ROUNDS = 20
pytestmark = pytest.mark.django_db(transaction=True)


def race(report: Report, analysts: tuple[Any, Any]) -> list[str]:
    """Both press at once; returns what each was told: "" for whoever has it, else the sentence."""
    barrier, answers = threading.Barrier(2), ["not asked"] * 2

    def press(place: int) -> None:
        analyst = User.objects.get(pk=analysts[place].pk)
        barrier.wait(timeout=10)
        try:
            actions.move(report.pk, "take-up", by=analyst)
            answers[place] = ""
        except Refused as refused:
            answers[place] = refused.reason
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_exactly_one_of_two_analysts_takes_up_a_report(agent: Any, analyst: Any, analyst2: Any) -> None:
    for _ in range(ROUNDS):
        report = file_sir(agent)
        answers = race(report, (analyst, analyst2))
        assert sorted(map(bool, answers)) == [False, True]
        winner = (analyst, analyst2)[answers.index("")]
        assert Report.objects.get(pk=report.pk).held_by == winner
        assert f"{winner.name} has already taken up this report." in "".join(answers)
        assert StatusChange.objects.filter(report=report, move="take-up").count() == 1
        assert Event.objects.filter(code="report.taken_up", object_id=str(report.pk)).count() == 1


def test_without_the_row_lock_both_would_win(
    agent: Any, analyst: Any, analyst2: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the race above is real, and the lock is what decides it."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    both = 0
    for _ in range(ROUNDS):
        both += race(file_sir(agent), (analyst, analyst2)) == ["", ""]
        if both:
            break
    assert both

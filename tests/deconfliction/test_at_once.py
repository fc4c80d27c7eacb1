"""Two plans at one moment find each other; without the turns they would not, and this shows it."""

from __future__ import annotations

from typing import Any

import pytest

from drills.deconfliction import (
    ERROR,
    MISSED,
    TOGETHER,
    amend_both,
    file_beside,
    file_both,
    locked_to_the_last,
    race,
    without_turns,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_plans_filed_at_once_find_each_other(agent: Any, outsider: Any) -> None:
    assert set(race(3, (agent, outsider), file_both)) == {TOGETHER}


def test_without_taking_turns_they_miss_each_other(agent: Any, outsider: Any) -> None:
    with without_turns():
        assert race(2, (agent, outsider), file_both)[MISSED] >= 1


def test_two_plans_moved_to_one_place_at_once_find_each_other(agent: Any, outsider: Any) -> None:
    assert set(race(2, (agent, outsider), amend_both)) == {TOGETHER}


def test_a_plan_filed_beside_one_that_is_being_amended_finds_it(agent: Any, outsider: Any) -> None:
    assert set(race(2, (agent, outsider), file_beside)) == {TOGETHER}


def test_were_the_amended_row_locked_to_the_last_the_two_would_deadlock(agent: Any, outsider: Any) -> None:
    with locked_to_the_last():
        assert race(1, (agent, outsider), file_beside)[ERROR] == 1

"""The short form of each drill, on the test database; the long one is `make drill-…`."""

from unittest import mock

import pytest

from drills import submit, take_up
from drills.points import POINTS


@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_no_report_and_without_the_key_they_do() -> None:
    true = submit.run(1)
    assert sum(true.hits.values()) == len(POINTS)
    assert true.clean, true
    assert not submit.run(1, without_key=True, points=["committed"]).clean


@pytest.mark.django_db(transaction=True)
def test_one_of_two_analysts_takes_up_a_report_and_without_the_lock_both_do() -> None:
    assert set(take_up.race(10)) == {1}
    with mock.patch("reports.actions.moving.locked", take_up._unlocked):
        assert set(take_up.race(10)) != {1}

"""The short form of each drill, on the test database; the long one is `make drill-…`."""

from unittest import mock

import pytest

from drills import import_historical, reveals, submit, take_up
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


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_repeated_is_complete_and_without_the_checksum_rows_come_twice() -> None:
    true = import_historical.run(2000, 1)
    assert true.clean, true
    control = import_historical.run(2000, 0, forget=True)
    assert control.found > control.wanted


@pytest.mark.django_db(transaction=True)
def test_every_attempt_to_see_a_legacy_ssn_is_on_record_and_a_build_that_answers_first_is_caught() -> None:
    true = reveals.run(20)
    assert (true.made, true.is_clean) == (20 * len(reveals.WAYS), True), true
    control = reveals.run(1, answers_first=True)
    assert (control.is_clean, control.shown_unrecorded) == (False, 1), control

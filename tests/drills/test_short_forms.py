"""The short form of each drill, on the test database; the long one is `make drill-…`."""

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command

from drills import import_historical, reveals, revoke, ssn, ssn_rotation, submit, take_up
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
    true = reveals.run(8)
    assert (true.made, true.is_clean) == (8 * len(reveals.WAYS), True), true
    control = reveals.run(1, answers_first=True)
    assert (control.is_clean, control.shown_unrecorded, control.wrong_answers) == (False, 1, []), control


def test_no_sealed_ssn_opens_moved_or_changed_and_without_associated_data_or_tag_some_do() -> None:
    found = [*ssn.moves(3000, 50), *ssn.flips(5)]
    assert [one.opened > 0 for one in found] == [False, True, False, True], found


@pytest.mark.django_db(transaction=True)
def test_a_killed_rotation_resumed_loses_nothing_and_with_the_old_key_gone_it_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.KEY_DIR = str(tmp_path)
    monkeypatch.setenv("SEN_KEY_DIR", str(tmp_path))
    monkeypatch.setattr(ssn_rotation, "command", call_command)  # only what is killed needs a process of its own
    outcome = ssn_rotation.run(900, 1)
    assert outcome.clean, outcome
    assert outcome.opened_in_control < 900


@pytest.mark.django_db(transaction=True)
def test_no_act_is_committed_after_its_right_was_revoked_and_without_the_lock_some_are() -> None:
    true = revoke.run(40)
    assert (sum(true.after.values()), sum(true.ends.values())) == (0, 40), true
    assert true.done, true
    assert true.refused, true
    for control in (revoke.without_lock, revoke.without_look):
        with mock.patch("accounts.access.hold", control):
            assert revoke.run(60, until_caught=True).after

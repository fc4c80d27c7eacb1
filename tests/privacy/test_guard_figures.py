"""The guard's figures in short: recall, false alarms and speed on an invented corpus. In full: `make bench-guard`."""

from __future__ import annotations

import time

import pytest

from bench.guard import ALARMS, RECALL, WARNINGS, alarms, recall, without
from privacy import context, guard
from tests.privacy import corpus, look_alikes

MANY = 3_000
SIZE = 60_000


def test_nearly_every_number_is_found_however_it_is_written() -> None:
    counted = recall(MANY, seed=11)
    assert counted.share(counted.sure) >= RECALL, counted.unsure + counted.none
    assert len(corpus.SEPARATED) + len(corpus.BARE) >= 40


def test_hardly_any_number_of_another_kind_is_taken_for_one() -> None:
    counted = alarms(MANY, seed=12)
    assert counted.share(counted.sure) <= ALARMS, counted.sure
    assert counted.share(counted.unsure) <= WARNINGS, counted.unsure


def test_every_sure_finding_covers_the_number_and_nothing_typed_around_it() -> None:
    for text in corpus.real(13, 1_000):
        masked, many = guard.mask(text.words, label=text.label)
        assert many == 1
        assert not guard.find(masked, label=text.label)


@pytest.mark.parametrize("part", ["words", "folding"])
def test_a_guard_without_a_part_of_it_falls_short(part: str) -> None:
    """The positive control of the recall."""
    found, _ = without(part, 1_000)
    assert found.share(found.sure) < 0.95


def test_a_guard_that_knows_no_a_number_gives_false_alarms() -> None:
    """The positive control of the false alarms."""
    _, false = without("A-Numbers", 1_000)
    assert false.share(false.sure) > ALARMS


@pytest.mark.parametrize("name", look_alikes.hostile(100))
def test_hostile_text_takes_no_longer_than_its_length(name: str) -> None:
    """Ten times the text takes some ten times as long: `make bench-guard` has 10 MB of each in a second."""
    short, long = (quickest(look_alikes.hostile(size)[name]) for size in (SIZE // 10, SIZE))
    assert long < 30 * short + 0.02


def quickest(text: str) -> float:
    """Seconds of processor time, the best of two: this machine may be busy."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        guard.findings(text)
        taken.append(time.process_time() - began)
    return min(taken)


def test_every_sign_by_which_texts_are_passed_over_is_in_the_words_that_it_stands_for() -> None:
    """A word that says SSN without one of the signs would never be looked for."""
    for saying in corpus.SAYING:
        low = saying.lower()
        assert any(sign in low for sign in context.SSN_SIGNS), saying

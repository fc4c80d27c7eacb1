"""Two thousand plans against a brute-force check: none missed, none in excess; and each check can go wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bench import brute
from bench import deconfliction as bench
from bench.plans import World, invent

pytestmark = pytest.mark.django_db
SIZE = 2000


@pytest.fixture(scope="module")
def world() -> World:
    return invent(SIZE)


def test_the_search_finds_exactly_the_pairs_of_the_brute_force_check(world: World) -> None:
    bench.load(world.plans)
    verdict, controls = bench.check(world)
    assert verdict.exact, verdict
    assert verdict.true > 150
    assert controls["smaller boxes"].missed
    assert controls["a longer reach"].extra


def test_each_edge_of_the_rule_is_among_them(world: World) -> None:
    names = {name for name, _ in world.edges.values()}
    for wanted in ("999 m, Guam", "1001 m, Guam", "999 m, the antimeridian, east", "1001 m, the North Pole"):
        assert wanted in names
    for wanted in (
        "a gap of 719 minutes",
        "a gap of 720 minutes",
        "a gap of 721 minutes",
        "one A-Number within 7 d 1 min",
    ):
        assert wanted in names
    assert sum("by the clocks" in name for name in names) == 4


def test_the_brute_force_check_is_told_the_edges_apart(world: World) -> None:
    """The edges say themselves whether they match, so a check that is wrong itself is seen."""
    true = brute.pairs(world.plans)
    assert all((pair in true) is matches for pair, (_, matches) in world.edges.items())


def test_a_brute_force_check_that_is_wrong_is_seen(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(brute, "CHORD", brute.CHORD * 1.01)
    true = brute.pairs(world.plans)
    assert not all((pair in true) is matches for pair, (_, matches) in world.edges.items())

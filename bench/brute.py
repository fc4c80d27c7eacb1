"""The brute-force check of deconfliction: every two plans compared, with none of the product's code.

Times are minutes since an epoch, distances are chords through the earth, and names and addresses are the keys that the
inventor gave. It knows the rule's default limits and nothing of indexes or boxes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from itertools import combinations
from math import cos, pi, sin
from uuid import UUID

from bench.plans import EARTH, Plan, Spot, Who

GAP, DAYS, METERS = 12 * 60, 7 * 24 * 60, 1000
# Two points on the unit sphere are within reach when the square of their chord is at most this.
CHORD = (2 * sin(METERS / EARTH / 2)) ** 2

Pair = tuple[UUID, UUID]
Point = tuple[float, float, float]


def pairs(plans: list[Plan]) -> set[Pair]:
    """Every pair of plans that matches."""
    return set(by_place(plans)) | set(by_address(plans)) | set(by_target(plans))


def pair(one: Plan, other: Plan) -> Pair:
    return min(one.key, other.key), max(one.key, other.key)


def gap(one: Plan, other: Plan) -> float:
    """Minutes between the windows; less than nothing where they overlap."""
    return max(minutes(one)[0] - minutes(other)[1], minutes(other)[0] - minutes(one)[1])


def minutes(plan: Plan) -> tuple[float, float]:
    return plan.start.timestamp() / 60, plan.end.timestamp() / 60


def by_place(plans: list[Plan]) -> Iterator[Pair]:
    """Each plan with every later one that begins no more than the gap after its end."""
    timed = sorted(((*minutes(plan), points(plan), plan) for plan in plans), key=lambda row: row[0])
    timed = [row for row in timed if row[2]]
    for number, (_, end, mine, plan) in enumerate(timed):
        last = end + GAP
        for place in range(number + 1, len(timed)):
            start, _, theirs, other = timed[place]
            if start > last:
                break
            for x, y, z in mine:
                for u, v, w in theirs:
                    if (x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2 <= CHORD:
                        yield pair(plan, other)


def points(plan: Plan) -> list[Point]:
    return [point(spot) for spot in plan.spots if spot.latitude is not None]


def point(spot: Spot) -> Point:
    """Where a place lies on the unit sphere."""
    north, east = (spot.latitude or 0) * pi / 180, (spot.longitude or 0) * pi / 180
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def by_address(plans: list[Plan]) -> Iterator[Pair]:
    """All addresses of the inventor lie in one state, so a state never tells two of them apart."""
    for one, other in _sharing((spot.at, plan) for plan in plans for spot in plan.spots if spot.at):
        if gap(one, other) <= GAP:
            yield pair(one, other)


def by_target(plans: list[Plan]) -> Iterator[Pair]:
    every = [(who, plan) for plan in plans for who in plan.targets]
    sure = [((who.a_number or who.ein), plan) for who, plan in every if who.a_number or who.ein]
    for one, other in _sharing(sure):
        if gap(one, other) <= DAYS:
            yield pair(one, other)
    for one, other in _sharing((who.name, plan) for who, plan in every if who.name):
        if gap(one, other) <= DAYS and any(_one_name(w, v) for w in one.targets for v in other.targets):
            yield pair(one, other)


def _one_name(who: Who, other: Who) -> bool:
    if who.name is None or who.name != other.name:
        return False
    if who.born and other.born and who.born != other.born:
        return False
    return not (who.a_number and other.a_number and who.a_number != other.a_number)


def _sharing(keyed: Iterable[tuple[Hashable, Plan]]) -> Iterator[tuple[Plan, Plan]]:
    """Every two plans that have a key in common."""
    groups: dict[Hashable, dict[UUID, Plan]] = defaultdict(dict)
    for key, plan in keyed:
        groups[key][plan.key] = plan
    for group in groups.values():
        yield from combinations(group.values(), 2)

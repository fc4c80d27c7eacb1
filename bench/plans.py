"""Invented plans for measuring deconfliction: many at random, and pairs on each edge of the rule.

A plan says twice what it is about: in the words that the product reads, written in many ways, and in keys of its own
(`spot`, `who`) that the brute-force check compares instead. Everything follows from one number, so it can be repeated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import asin, atan2, cos, degrees, radians, sin
from uuid import UUID
from zoneinfo import ZoneInfo

EARTH = 6_371_008.8
BEGIN, DAYS = datetime(2027, 1, 1, tzinfo=UTC), 730
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CENTERS = [
    (25.77, -80.19), (33.75, -84.39), (40.71, -74.01), (41.88, -87.63), (29.76, -95.37), (34.05, -118.24),
    (32.72, -117.16), (31.76, -106.49), (47.61, -122.33), (39.74, -104.99), (42.36, -71.06), (36.17, -115.14),
    (61.22, -149.90), (21.31, -157.86), (13.44, 144.79), (18.47, -66.11), (64.84, -147.72), (38.91, -77.04),
]  # fmt: skip
CITIES = ["Miami", "Saint Louis", "Fort Wayne", "Núñez", "North Bend", "Springfield"]
CITY_WAYS: list[Callable[[str], str]] = [
    str,
    str.upper,
    lambda city: city.replace("Saint", "St.").replace("Fort", "Ft").replace("North", "N."),
    lambda city: city.replace("ú", "u").replace("ñ", "n").lower(),
]
STREETS = ["Pine", "Oak", "Harbor View", "St. John's", "Martin Luther King Jr", "5th", "Calle Peña"]
ENDINGS = [("Street", "St", "st."), ("Avenue", "Ave", "AV"), ("Boulevard", "Blvd", "blvd."), ("Road", "Rd", "RD.")]
SIDES = [("North", "N", "N."), ("Southwest", "SW", "S.W."), ("", "", "")]
UNITS = [("Apartment 3-B", "Apt 3B", "#3 b"), ("Suite 200", "Ste. 200", "Unit 200"), ("", "", "")]
LASTS = ["García", "O'Brien", "López-Núñez", "de la Cruz", "Smith", "Øster", "Marquez", "Nguyen", "Ferro", "Osei"]
FIRSTS = ["José", "Ana", "Luis", "Mary Ann", "Wei", "Zoë", "Nico", "Ines"]
NAME_WAYS: list[Callable[[str], str]] = [
    str,
    str.upper,
    lambda name: name.replace("-", " ").replace("'", "’"),
    lambda name: name.lower().replace("é", "e").replace("í", "i").replace("ó", "o").replace("ú", "u"),
]


@dataclass
class Spot:
    """A place: where, and its address as written; `at` is which address that is, with its city."""

    latitude: float | None = None
    longitude: float | None = None
    street: str = ""
    city: str = ""
    state: str = ""
    at: tuple[object, ...] | None = None


@dataclass
class Who:
    """A target as written; `name` is which name that is, `organization` whether it is one."""

    last: str = ""
    first: str = ""
    name: tuple[object, ...] | None = None
    born: date | None = None
    a_number: str = ""
    organization: bool = False
    ein: str = ""


@dataclass
class Plan:
    key: UUID
    start: datetime
    end: datetime
    spots: list[Spot] = field(default_factory=list)
    targets: list[Who] = field(default_factory=list)


@dataclass
class World:
    """All plans, and for each pair on an edge of the rule whether it matches."""

    plans: list[Plan] = field(default_factory=list)
    edges: dict[tuple[UUID, UUID], tuple[str, bool]] = field(default_factory=dict)


class Inventor:
    """Invents plans, always the same for one seed."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def key(self) -> UUID:
        return UUID(int=self.luck.getrandbits(128), version=4)

    def any_of(self, ways: list[Callable[[str], str]]) -> Callable[[str], str]:
        return self.luck.choice(ways)

    # -- Parts of a plan -----------------------------------------------------------------------------------------------
    def window(self) -> tuple[datetime, datetime]:
        start = BEGIN + self.luck.randrange(DAYS * 24 * 60) * MINUTE
        return start, start + self.luck.choice([30, 60, 90, 180, 360, 720, 2880]) * MINUTE

    def spot(self) -> Spot:
        latitude, longitude = self.luck.choice(CENTERS)
        found = Spot(round(latitude + self.luck.gauss(0, 0.15), 6), round(longitude + self.luck.gauss(0, 0.15), 6))
        if self.luck.random() < 0.5:
            self.address(found, self.luck.randrange(2000), self.luck.randrange(100))
        if self.luck.random() < 0.1 and found.at:
            found.latitude = found.longitude = None
        return found

    def address(self, spot: Spot, number: int, kind: int) -> None:
        """One of many addresses, each time in another of the ways to write it."""
        street, ending = STREETS[kind % len(STREETS)], ENDINGS[kind % len(ENDINGS)]
        side, unit = SIDES[kind % len(SIDES)], UNITS[kind // 3 % len(UNITS)]
        city = CITIES[kind % len(CITIES)]
        words = [str(number), self.luck.choice(side), street, self.luck.choice(ending), self.luck.choice(unit)]
        spot.street = self.any_of([str, str.upper, str.lower])(" ".join(word for word in words if word))
        spot.city = self.any_of(CITY_WAYS)(city)
        spot.state = self.luck.choice(["FL", "Florida", "fl", ""])
        spot.at = (number, kind % 84, kind // 3 % 3)

    def person(self, last: int, first: int) -> Who:
        """One of many names, each time in another of the ways to write it."""
        way = self.any_of(NAME_WAYS)
        number = f" {'abcdefghij'[last // 10 % 10]}{'abcdefghij'[last // 100 % 10]}"
        return Who(way(LASTS[last % 10] + number), way(FIRSTS[first % 8]), name=(last % 1000, first % 8))

    def target(self) -> Who:
        if self.luck.random() < 0.15:
            return self.organization(self.luck.randrange(4000))
        found = self.person(self.luck.randrange(1000), self.luck.randrange(8))
        if self.luck.random() < 0.5:
            found.born = date(1960, 1, 1) + self.luck.randrange(3) * DAY
        if self.luck.random() < 0.3:
            found.a_number = f"A{self.luck.randrange(10**7):09d}"
        return found

    def organization(self, number: int) -> Who:
        name = self.any_of([str, str.upper])(self.luck.choice([f"Harbor {number}, Inc.", f"Harbor-{number} Inc"]))
        return Who(name, organization=True, name=("organization", number))

    def plan(self) -> Plan:
        made = Plan(self.key(), *self.window())
        made.spots = [self.spot() for _ in range(self.luck.choice([1, 1, 1, 2, 3]))]
        made.targets = [self.target() for _ in range(self.luck.choice([0, 1, 1, 2]))]
        return made

    # -- A plan beside another -----------------------------------------------------------------------------------------
    def beside(self, other: Plan) -> Plan:
        """One that comes close to another in one way: near it, at its address, or against its target."""
        made = self.plan()
        made.start = other.end + self.luck.randrange(-600, 800) * MINUTE
        made.end = made.start + self.luck.randrange(10, 600) * MINUTE
        spot = self.luck.choice(other.spots)
        if spot.latitude is not None and spot.longitude is not None:
            where = away(spot.latitude, spot.longitude, self.luck.uniform(0, 1600), self.luck.uniform(0, 360))
            made.spots.append(Spot(*where))
        return made


def away(latitude: float, longitude: float, meters: float, bearing: float) -> tuple[float, float]:
    """The place so many meters off in a direction, on the sphere, to six decimals."""
    north, angle, turn = radians(latitude), meters / EARTH, radians(bearing)
    there = asin(sin(north) * cos(angle) + cos(north) * sin(angle) * cos(turn))
    aside = atan2(sin(turn) * sin(angle) * cos(north), cos(angle) - sin(north) * sin(there))
    return round(degrees(there), 6), round((longitude + degrees(aside) + 540) % 360 - 180, 6)


def invent(count: int, seed: int = 7) -> World:
    """`count` plans: every edge of the rule ten times at least, a seventh beside others, and the rest at random."""
    inventor, world = Inventor(seed), World()
    rounds = max(2, min(25, count // 800))
    for _ in range(rounds):
        for name, matches, one, other in edges(inventor):
            world.plans += [one, other]
            world.edges[min(one.key, other.key), max(one.key, other.key)] = (name, matches)
    while len(world.plans) < count:
        made = inventor.plan()
        world.plans.append(made)
        if inventor.luck.random() < 0.15:
            world.plans.append(inventor.beside(made))
    return world


# -- The edges ---------------------------------------------------------------------------------------------------------
Edge = tuple[str, bool, Plan, Plan]


def edges(inventor: Inventor) -> Iterator[Edge]:
    """Pairs just inside and just outside of each limit; none has anything else in common."""
    yield from _distances(inventor)
    yield from _gaps(inventor)
    yield from _clocks(inventor)
    yield from _addresses(inventor)
    yield from _targets(inventor)


def lonely(inventor: Inventor) -> tuple[float, float]:
    """A place at sea where no other plan is."""
    return round(inventor.luck.uniform(-60, -20), 6), round(inventor.luck.uniform(-40, 40), 6)


def two(inventor: Inventor, one: list[Spot], other: list[Spot], gap: timedelta = -HOUR) -> tuple[Plan, Plan]:
    start, end = inventor.window()
    first = Plan(inventor.key(), start, end, one)
    second = Plan(inventor.key(), end + gap, end + gap + 4 * HOUR, other)
    return (first, second) if inventor.luck.random() < 0.5 else (second, first)


def _distances(inventor: Inventor) -> Iterator[Edge]:
    places = {
        "at sea": lonely(inventor),
        "Guam": (13.444257, 144.793731),
        "the antimeridian, east": (inventor.luck.uniform(-50, 50), -179.9995),
        "the antimeridian, west": (inventor.luck.uniform(-50, 50), 179.9992),
        "the North Pole": (89.9975, inventor.luck.uniform(-180, 180)),
        "the South Pole": (-89.9999, inventor.luck.uniform(-180, 180)),
        "far north": (89.2, inventor.luck.uniform(-180, 180)),
    }
    for name, place in places.items():
        here = (round(place[0], 6), round(place[1], 6))
        for meters, matches in ((999, True), (1001, False)):
            there = away(*here, meters, inventor.luck.uniform(0, 360))
            yield f"{meters} m, {name}", matches, *two(inventor, [Spot(*here)], [Spot(*there)])


def _gaps(inventor: Inventor) -> Iterator[Edge]:
    for minutes, matches in ((719, True), (720, True), (721, False)):
        here = lonely(inventor)
        gap = minutes * MINUTE
        yield f"a gap of {minutes} minutes", matches, *two(inventor, [Spot(*here)], [Spot(*here)], gap)


def _clocks(inventor: Inventor) -> Iterator[Edge]:
    """Gaps over a change of the clocks, an hour longer or shorter by the wall than they are."""
    for zone, day, wall in (("America/New_York", datetime(2027, 3, 14), 13), ("America/Chicago", datetime(2027, 11, 7), 11)):  # fmt: skip # noqa: DTZ001, E501
        eve = (day - HOUR).replace(tzinfo=ZoneInfo(zone))
        for minutes, matches in ((0, True), (1, False)):
            morning = (day + (wall - 1) * HOUR + minutes * MINUTE).replace(tzinfo=ZoneInfo(zone))
            here = lonely(inventor)
            one = Plan(inventor.key(), eve - 5 * HOUR, eve, [Spot(*here)])
            other = Plan(inventor.key(), morning, morning + HOUR, [Spot(*here)])
            yield f"{wall} h {minutes} min by the clocks of {zone}", matches, one, other


def _addresses(inventor: Inventor) -> Iterator[Edge]:
    """Addresses without coordinates; their numbers are those of no other plan."""
    changes: list[tuple[str, bool, Callable[[Spot], None]]] = [
        ("one address", True, lambda spot: None),
        ("one address, the state left out", True, lambda spot: setattr(spot, "state", "")),
        ("one address in two cities", False, lambda spot: _city(spot, "Duluth")),
        ("one address without a city", False, lambda spot: _city(spot, "")),
    ]
    for name, matches, change in changes:
        number, kind = inventor.luck.randrange(10**6, 10**8), inventor.luck.randrange(100)
        one, other = Spot(), Spot()
        for spot in (one, other):
            inventor.address(spot, number, kind)
        change(other)
        yield name, matches, *two(inventor, [one], [other], 12 * HOUR if matches else -HOUR)


def _city(spot: Spot, city: str) -> None:
    spot.city, spot.at = city, None


def _targets(inventor: Inventor) -> Iterator[Edge]:
    for name, gap, matches in (("7 d", 7 * DAY, True), ("7 d 1 min", 7 * DAY + MINUTE, False)):
        one, other = two(inventor, [], [], gap)
        number = f"A{inventor.luck.randrange(10**8, 10**9)}"
        one.targets, other.targets = [Who("Unknown", a_number=number)], [Who("Unknown", a_number=number)]
        yield f"one A-Number within {name}", matches, one, other
    for name, born, matches in (("one birthday", 0, True), ("two birthdays", 1, False)):
        one, other = two(inventor, [], [], 7 * DAY)
        last, first = inventor.luck.randrange(1000), inventor.luck.randrange(8)
        for plan, days in ((one, 0), (other, born)):
            who = inventor.person(last, first)
            who.last, who.name = f"{who.last}x{one.key.hex[:8]}", (one.key,)
            who.born = date(1984, 5, 1) + days * DAY
            plan.targets = [who]
        yield f"one name, {name}", matches, one, other
    one, other = two(inventor, [], [], 7 * DAY)
    ein = f"{inventor.luck.randrange(10, 99)}-{inventor.luck.randrange(10**6, 10**7)}"
    for plan in (one, other):
        plan.targets = [Who(f"Trading {plan.key.hex}", organization=True, name=(plan.key,), ein=ein)]
    yield "one EIN", True, one, other

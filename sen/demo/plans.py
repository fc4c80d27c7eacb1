"""Planned operations from a number alone: when, where, against whom, by whom; and the few that meet another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from accounts.models import User
from reports.models import SPEAR, Organization, Person, PlannedLocation, Warrant
from sen.demo import names, places, plan_words
from sen.demo.clock import DAYTIME, RAIDS, YEAR, ago, at_clock, office_hours
from sen.demo.names import key
from sen.demo.people import Cast
from sen.demo.places import Place
from sen.demo.scene import Scene, no_rows
from sen.demo.stories import Story, filled_with, identity

SERIES = "spear "
# The first plans are of these days: some wait for approval, one was returned, some lack their outcome.
LIVING = 32
AWAITING, RETURNED, OVERDUE = range(5), 5, {6: 1, 7: 1, 8: 2}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# The first plans are those of the sign-ins, and of neighbours who meet each other.
AUTHORS: dict[int, str] = {
    0: "agent", 1: "agent", 2: "officer", 5: "agent", 6: "agent", 7: "officer", 10: "agent", 11: "officer",
    12: "i.salcedo", 13: "m.standish", 14: "e.holt", 15: "j.fontaine", 16: "j.reyescole", 17: "a.lockhart",
    18: "n.corwin", 19: "o.ramsay", 20: "r.cruzmays", 22: "agent", 24: "officer",
}  # fmt: skip
NEIGHBOURS = {"MIA": "MIF", "HOU": "HOF", "CHI": "CHF", "ELP": "EPF", "PHX": "PXF", "LAX": "LAF", "NYC": "NWF"}
NEIGHBOURS |= {there: here for here, there in NEIGHBOURS.items()}
SAME_TARGET, RESTRICTED = 17, 19

TYPES: tuple[tuple[tuple[str, ...], int], ...] = (
    (("planned-arrest",), 40),
    (("planned-arrest", "planned-search"), 24),
    (("planned-search",), 20),
    (("planned-seizure",), 9),
    (("planned-other",), 7),
)
SCENES = {
    "planned-arrest": ("house", "apartment", "apartment", "motel", "lot"),
    "planned-search": ("house", "storage", "warehouse", "apartment"),
    "planned-seizure": ("cargo", "warehouse", "pier", "port"),
    "planned-other": ("warehouse", "lot", "cargo"),
}
UNITS = ("Fugitive operations team", "Border enforcement team", "Gang unit", "Trade enforcement group", "Canine unit",
         "Special response team", "Financial crimes group")  # fmt: skip
AGENCIES = ("County sheriff's office", "City police department", "U.S. Marshals Service", "State highway patrol",
            "Drug Enforcement Administration", "Customs and Border Protection")  # fmt: skip


@dataclass(frozen=True)
class Window:
    filed: datetime
    start: datetime
    end: datetime


def met_by(number: int) -> int | None:
    """The plan that this one meets: the one before it, in some pairs."""
    pair = number in (11, 13, 15, SAME_TARGET, RESTRICTED) if number < LIVING else number % 25 == 7
    return number - 1 if pair else None


def _same_target(number: int) -> bool:
    return number == SAME_TARGET or (number >= LIVING and number % 50 == 32)


def key_of(number: int) -> UUID:
    return key(identity(number, SERIES))


def when_filed(number: int, moment: datetime) -> datetime:
    """Before the office hours of the author are minded: good enough to file the oldest first."""
    return (moment - _age(number)).replace(second=0, microsecond=0)


def _age(number: int) -> timedelta:
    rng = Random(f"plan {number}")
    if (first := met_by(number)) is not None:
        return _age(first) - ago(rng, 3 * HOUR, 9 * HOUR)
    if number in AWAITING:
        return ago(rng, timedelta(minutes=35), 18 * HOUR)
    if number in OVERDUE:
        return ago(rng, 80 * HOUR, 110 * HOUR)
    return ago(rng, 20 * HOUR, 90 * HOUR) if number < LIVING else ago(rng, 3 * DAY, YEAR)


def led_to_a_sir(number: int) -> bool:
    """Whether what happened was reported in a SIR, begun from the plan: of every fifth that is old enough."""
    return number >= LIVING and number % 5 == 0 and _age(number) > 20 * DAY


def sir_key(number: int) -> UUID:
    return uuid5(key_of(number), "what happened")


def plan(number: int, cast: Cast, moment: datetime) -> Story:
    """The plan of this number as a story; the same number and moment tell the same again."""
    rng = identity(number, SERIES)
    its_key, first = key(rng), met_by(number)
    other = plan(first, cast, moment) if first is not None else None
    author = _author(number, rng, cast, other)
    scene, window, types = _setting(number, rng, author, moment, other)
    _targets(scene, types, other if other and _same_target(number) else None)
    _warrants(scene, types, window)
    _locations(scene, number, other)
    spear = _spear(scene, types, window)
    if number == RESTRICTED or (number >= LIVING and scene.chance(0.006)):
        spear.restricted, spear.restricted_reason = True, "Names a source in danger."
    begun = window.filed - timedelta(minutes=rng.randint(20, 90))
    fate = _fate(number, rng)
    return Story(its_key, author, filled_with("spear", spear, scene), begun, window.filed, rng, fate=fate)


def _author(number: int, rng: Random, cast: Cast, other: Story | None) -> User:
    if number in AUTHORS:
        return cast.users[AUTHORS[number]]
    if other is None:
        return rng.choices(cast.authors, cast.weights)[0]
    office = NEIGHBOURS.get(other.filled.report.office.code, "")
    near = [person for person in cast.authors if person.office and person.office.code == office]
    return rng.choice(near or [person for person in cast.authors if person != other.author])


def _fate(number: int, rng: Random) -> str:
    drawn = rng.choices(("executed", "postponed", "cancelled"), (84, 8, 8))[0]
    if number in AWAITING:
        return "awaiting"
    if number == RETURNED:
        return "returned"
    if number in OVERDUE:
        return "overdue"
    executed = number < LIVING or led_to_a_sir(number) or met_by(number + 1) is not None
    return "executed" if executed else drawn


def _setting(
    number: int, rng: Random, author: User, moment: datetime, other: Story | None
) -> tuple[Scene, Window, tuple[str, ...]]:
    """Where and when; one that meets another stands at its place, or seeks its target some days later."""
    assert author.office  # noqa: S101 - every demonstration person has one
    types = rng.choices([types for types, _ in TYPES], [weight for _, weight in TYPES])[0]
    if number in (SAME_TARGET, SAME_TARGET - 1) or _same_target(number) or _same_target(number + 1):
        types = ("planned-arrest",)
    site = places.BY_CODE[author.office.code]
    place = places.somewhere(rng, site, SCENES[types[0]])
    if other and not _same_target(number):
        site, place = _beside(rng, other)
        types = types if place.kind in SCENES[types[0]] else ("planned-search",)
    window = _window(number, rng, site.zone, moment, other, types)
    return Scene(rng, author, site, place, window.start, rows=no_rows("spear")), window, types


def _beside(rng: Random, other: Story) -> tuple[places.Site, Place]:
    """The same door, or one a few hundred meters away, in the city of the other plan."""
    location = other.filled.rows["locations"][0]
    office = other.filled.report.office
    site = places.BY_CODE[office.code]
    assert isinstance(location, PlannedLocation)  # noqa: S101 - tells the type checker
    assert location.latitude is not None and location.longitude is not None  # noqa: S101, PT018
    place = places.somewhere(rng, site, ("house", "apartment", "storage"))
    if rng.random() < 0.5:
        return site, replace(place, address=location.address.replace(" Street", " St"), latitude="", longitude="")
    north = Decimal(rng.randint(-5, 5)) / 1000
    return site, replace(place, latitude=str(location.latitude + north), longitude=str(location.longitude))


def _window(
    number: int, rng: Random, zone: str, moment: datetime, other: Story | None, types: tuple[str, ...]
) -> Window:
    filed = other.filed_at + ago(rng, 3 * HOUR, 9 * HOUR) if other else when_filed(number, moment)
    if number >= LIVING and other is None:
        filed = office_hours(filed, zone, rng)
    lasts = timedelta(minutes=30 * rng.randint(4, 9)) + (DAY if rng.random() < 0.03 else timedelta())
    if other is not None:
        start = _near(rng, other, target=_same_target(number)).astimezone(ZoneInfo(zone))
    else:
        start = at_clock(*_day(number, rng, filed, moment), _clock(rng, types), zone)
    return Window(filed, start, start + lasts)


def _near(rng: Random, other: Story, *, target: bool) -> datetime:
    start = other.filled.report.event_at
    return start + (rng.randint(1, 4) * DAY if target else timedelta(minutes=30 * rng.randint(-2, 5)))


def _day(number: int, rng: Random, filed: datetime, moment: datetime) -> tuple[datetime, int]:
    """From which day, how many days on: the first plans are for the next days, the others came a week after filing."""
    if number in OVERDUE:
        return moment, -OVERDUE[number]
    if number < LIVING:
        return moment, rng.randint(1, 3) if number < 26 else rng.randint(4, 12)
    return filed, rng.choice((2, 2, 3, 3, 3, 4, 5, 8))


def _clock(rng: Random, types: tuple[str, ...]) -> time:
    return rng.choice(RAIDS if types[0] in ("planned-arrest", "planned-search") else DAYTIME)


def _targets(scene: Scene, types: tuple[str, ...], other: Story | None) -> None:
    if other:
        scene.add("people", _again(scene, other.filled.rows["people"][0]))
    elif "planned-arrest" in types:
        for _ in range(scene.rng.choice((1, 1, 1, 2, 3))):
            _target(scene)
    elif scene.chance(0.4):
        _target(scene)
    if "planned-arrest" not in types and scene.chance(0.3):
        trade = scene.pick("Trading", "Imports", "Freight", "Auto Parts", "Seafood", "Recycling")
        name = f"{scene.rng.choice(places.STREETS)} {scene.rng.choice(places.STREETS)} {trade} LLC"
        scene.add("organizations", Organization(id=key(scene.rng), name=name, kind="business"))


def _target(scene: Scene) -> None:
    person = scene.someone(Person.Role.TARGET, alien=scene.ero)
    if person.citizenship != "US" and scene.chance(0.7):
        names.give_a_number(scene.rng, person)
    if scene.chance(0.15):
        person.caution = scene.pick("Armed", "May flee", "Armed: pistol")


def _again(scene: Scene, known: object) -> Person:
    """The target of the other plan, as another office wrote them down."""
    assert isinstance(known, Person)  # noqa: S101 - tells the type checker
    return Person(
        id=key(scene.rng),
        role=Person.Role.TARGET,
        last_name=known.last_name.upper(),
        first_name=known.first_name,
        date_of_birth=known.date_of_birth,
        a_number=known.a_number,
        citizenship=known.citizenship,
        sex=known.sex,
    )


def _warrants(scene: Scene, types: tuple[str, ...], window: Window) -> None:
    wanted = []
    if "planned-search" in types:
        wanted.append(Warrant.Type.SEARCH)
    if "planned-arrest" in types:
        wanted.append(Warrant.Type.ADMINISTRATIVE if scene.ero else Warrant.Type.ARREST)
    for type_ in wanted:
        own = type_ == Warrant.Type.ADMINISTRATIVE
        row = Warrant(
            id=key(scene.rng),
            type=type_,
            court=scene.site.name if own else f"U.S. District Court, {scene.site.city}",
            number=f"{window.filed:%y}-{'AW' if own else 'MJ'}-{scene.rng.randint(1000, 9999)}",
            expires=(window.start + scene.rng.randint(6, 12) * DAY).date() if scene.chance(0.7) else None,
        )
        scene.add("warrants", row)


def _locations(scene: Scene, number: int, other: Story | None) -> None:
    """The place, by address and mostly by coordinates; now and then a second one."""
    meets = met_by(number + 1) is not None or other is not None
    scene.add("locations", _location(scene, scene.place, exact=meets or scene.chance(0.7)))
    if not meets and scene.chance(0.18):
        second = places.somewhere(scene.rng, scene.site, ("house", "storage"))
        scene.add("locations", _location(scene, second, exact=False))


def _location(scene: Scene, place: Place, *, exact: bool) -> PlannedLocation:
    known = exact and bool(place.latitude)
    return PlannedLocation(
        id=key(scene.rng),
        address=place.address,
        city=scene.site.city,
        state=scene.site.state,
        latitude=Decimal(place.latitude) if known else None,
        longitude=Decimal(place.longitude) if known else None,
        sensitive=scene.chance(0.04),
    )


def _spear(scene: Scene, types: tuple[str, ...], window: Window) -> SPEAR:
    office, author, people = scene.author.office, scene.author, scene.rng.randint(6, 28)
    tactical = people > 16 and scene.chance(0.6)
    return SPEAR(
        title=plan_words.title(scene, types)[:200],
        event_types=sorted(types),
        synopsis=plan_words.synopsis(scene, types, window.start, window.end, people),
        objective=plan_words.objective(scene, types),
        narrative=plan_words.narrative(scene, window.start, types),
        event_at=window.start,
        event_zone=scene.site.zone,
        planned_end=window.end,
        office=office,
        programme=author.programme,
        supervisor=author.supervisor,
        contact=author,
        contact_phone=author.phone,
        participating_units=scene.rng.sample(UNITS, scene.rng.randint(0, 2)),
        participating_agencies=scene.rng.sample(AGENCIES, scene.rng.randint(0, 2)),
        personnel_count=people,
        tactical_team=tactical,
        air_support=tactical and scene.chance(0.3),
        prosecutor_coordinated="" if scene.ero else scene.pick("yes", "yes", "unknown"),
        minor_involved=scene.chance(0.05),
        media_interest=scene.chance(0.05),
        foreign_national=scene.ero,
        operation_name=f"Operation {scene.pick(*FIRST_WORDS)} {scene.pick(*LAST_WORDS)}" if scene.chance(0.4) else "",
        icm_case_number=f"{scene.site.code}-{window.filed:%y}-{scene.rng.randint(100, 9999):06d}",
    )


FIRST_WORDS = ("Quiet", "Iron", "Copper", "Silent", "Winter", "Open")
LAST_WORDS = ("Harbor", "Lantern", "Bridge", "Anvil", "Meadow", "Compass")

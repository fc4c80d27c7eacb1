"""Deconfliction, the rule: what of a planned operation is compared, and which other operations it matches.

Two operations match when the gap between their windows is at most `gap_hours` and a place of one lies within
`distance_m` of a place of the other or has the same address, or when they name one target within `target_days`. A gap,
a distance or a span of exactly the limit matches. Times are moments, not wall clocks, so a change of the clocks makes
no gap longer or shorter. Addresses and names are compared in their normal forms (`reports.sameness`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from reports import sameness
from reports.content import Filled
from reports.models import (
    DeconflictionRule,
    Organization,
    Person,
    PlannedLocation,
    PlannedPlace,
    PlannedTarget,
)
from reports.models.matches import CALLED_OFF, GONE
from reports.nearness import boxes_around, meters_between

# Some letters become many in a normal form; what is longer than this is compared by its beginning.
LONGEST_ADDRESS, LONGEST_NAME = 600, 320


@dataclass
class Footprint:
    """What of one operation is compared: its window, its places and its targets under each of their keys."""

    report_id: UUID
    start: datetime
    end: datetime
    places: list[PlannedPlace] = field(default_factory=list)
    targets: list[PlannedTarget] = field(default_factory=list)


@dataclass(frozen=True, order=True)
class Reason:
    """One reason why two operations match: `mine` and `theirs` are the rows of each.

    `how` is one of place, address, a_number, name, ein, organization. `meters` is known where both have coordinates.
    `apart` is the gap between the windows in seconds; how long they overlap, where they do, is counted below zero.
    """

    how: str
    mine: str
    theirs: str
    meters: float | None = None
    apart: int = 0


Matches = dict[UUID, list[Reason]]


def the_rule() -> DeconflictionRule:
    """The limits as an administrator has set them."""
    return DeconflictionRule.objects.first() or DeconflictionRule()


def is_planned(report: Any) -> bool:
    """Whether this SPEAR counts: it was filed, not given back or voided, and is not called off."""
    return report.status not in GONE and report.outcome not in CALLED_OFF


# -- What is compared --------------------------------------------------------------------------------------------------
def footprint(filled: Filled) -> Footprint:
    """The footprint of a SPEAR with its rows, not saved."""
    report: Any = filled.report
    made = Footprint(report.pk, report.event_at.astimezone(UTC), report.planned_end.astimezone(UTC))
    window = DateTimeTZRange(made.start, made.end, "[]")
    for row in filled.every_row():
        if isinstance(row, PlannedLocation):
            made.places += _places(row, report.pk, window)
        elif isinstance(row, Person | Organization):
            made.targets += _targets(row, report.pk, window)
    return made


def _places(row: PlannedLocation, report_id: UUID, window: Any) -> Iterator[PlannedPlace]:
    key = sameness.address(row.address, row.city)[:LONGEST_ADDRESS]
    if key or row.latitude is not None:
        yield PlannedPlace(
            report_id=report_id,
            location_id=row.pk,
            window=window,
            latitude=None if row.latitude is None else float(row.latitude),
            longitude=None if row.longitude is None else float(row.longitude),
            address_key=key,
            state=sameness.state(row.state)[:80],
        )


def _targets(row: Person | Organization, report_id: UUID, window: Any) -> Iterator[PlannedTarget]:
    born, a_number = (row.date_of_birth, row.a_number) if isinstance(row, Person) else (None, "")
    for key in _keys(row):
        yield PlannedTarget(
            report_id=report_id, row_id=row.pk, window=window, key=key, born=born, a_number=a_number or ""
        )


def _keys(row: Person | Organization) -> Iterator[str]:
    """The keys under which a target can be the same as another; none for people who are not targets."""
    if isinstance(row, Organization):
        pairs = (("ein", row.ein), ("organization", sameness.organization(row.name)))
    elif row.role == Person.Role.TARGET:
        pairs = (("a_number", row.a_number), ("name", sameness.name(row.last_name, row.first_name)))
    else:
        return
    yield from (f"{how}:{value[:LONGEST_NAME]}" for how, value in pairs if value)


def keep(made: Footprint) -> None:
    """Make the tables of the search hold exactly this footprint of its report."""
    PlannedPlace.objects.filter(report_id=made.report_id).delete()
    PlannedTarget.objects.filter(report_id=made.report_id).delete()
    PlannedPlace.objects.bulk_create(made.places)
    PlannedTarget.objects.bulk_create(made.targets)


# -- The search --------------------------------------------------------------------------------------------------------
# A box per near place, a row per address: each looks into its index, and only what lies in the window comes back.
# The gap is added in seconds: a day of 23 hours must not shorten it.
PLACES = """
WITH near AS (
    SELECT mine.row, p.report_id, p.location_id, p."window", p.latitude, p.longitude, FALSE AS addressed, p.state
    FROM unnest(%(rows)s::int[], %(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
         AS mine (row, west, south, east, north)
    JOIN reports_plannedplace p
      ON point(p.longitude, p.latitude) <@ box(point(mine.west, mine.south), point(mine.east, mine.north))
     AND p."window" && tstzrange(%(start)s - make_interval(secs => %(gap)s), %(end)s + make_interval(secs => %(gap)s), '[]')
    UNION ALL
    SELECT mine.row, p.report_id, p.location_id, p."window", p.latitude, p.longitude, TRUE, p.state
    FROM unnest(%(addressed)s::int[], %(keys)s::text[]) AS mine (row, key)
    JOIN reports_plannedplace p
      ON p.address_key = mine.key AND p.address_key <> ''
     AND p."window" && tstzrange(%(start)s - make_interval(secs => %(gap)s), %(end)s + make_interval(secs => %(gap)s), '[]')
)
SELECT near.row, near.report_id, near.location_id, lower(near."window"), upper(near."window"), near.latitude,
       near.longitude, near.addressed, near.state
FROM near JOIN reports_report r ON r.id = near.report_id JOIN reports_spear s ON s.report_ptr_id = r.id
WHERE r.id <> %(report)s AND r.status <> ALL(%(gone)s) AND s.outcome <> ALL(%(called_off)s)
"""  # noqa: E501 - one condition a line
TARGETS = """
SELECT mine.row, t.report_id, t.row_id, lower(t."window"), upper(t."window"), t.born, t.a_number
FROM unnest(%(rows)s::int[], %(keys)s::text[]) AS mine (row, key)
JOIN reports_plannedtarget t
  ON t.key = mine.key
 AND t."window" && tstzrange(%(start)s - make_interval(secs => %(gap)s), %(end)s + make_interval(secs => %(gap)s), '[]')
JOIN reports_report r ON r.id = t.report_id JOIN reports_spear s ON s.report_ptr_id = r.id
WHERE r.id <> %(report)s AND r.status <> ALL(%(gone)s) AND s.outcome <> ALL(%(called_off)s)
"""


def find(made: Footprint, rule: DeconflictionRule) -> Matches:
    """Every planned operation that this one matches, with all the reasons, in a settled order."""
    found: dict[UUID, set[Reason]] = {}
    for other, reason in (*_by_place(made, rule), *_by_target(made, rule)):
        found.setdefault(other, set()).add(reason)
    return {other: sorted(_strongest(reasons), key=_order) for other, reasons in found.items()}


def _by_place(made: Footprint, rule: DeconflictionRule) -> Iterator[tuple[UUID, Reason]]:
    limit = timedelta(hours=rule.gap_hours)
    for row, other, theirs, start, end, latitude, longitude, addressed, state in _rows(
        PLACES, place_values(made, rule)
    ):
        mine = made.places[row]
        apart = _apart(made, start, end)
        meters = _meters(mine, latitude, longitude)
        close = sameness.same_state(mine.state, state) if addressed else within(meters, rule)
        if close and apart <= limit:
            how = "address" if addressed else "place"
            yield other, _reason(how, mine.location_id, theirs, apart, meters)


def _by_target(made: Footprint, rule: DeconflictionRule) -> Iterator[tuple[UUID, Reason]]:
    limit = timedelta(days=rule.target_days)
    for row, other, theirs, start, end, born, a_number in _rows(TARGETS, target_values(made, rule)):
        mine = made.targets[row]
        how = mine.key.partition(":")[0]
        apart = _apart(made, start, end)
        if apart <= limit and not (how == "name" and _are_two(mine, born, a_number)):
            yield other, _reason(how, mine.row_id, theirs, apart)


def _are_two(mine: PlannedTarget, born: Any, a_number: str) -> bool:
    """Whether two people of one name are known to be two: born on other days, or with other A-Numbers."""
    other_birth = mine.born is not None and born is not None and mine.born != born
    return other_birth or (bool(mine.a_number) and bool(a_number) and mine.a_number != a_number)


def within(meters: float | None, rule: DeconflictionRule) -> bool:
    return meters is not None and meters <= rule.distance_m


def _meters(mine: PlannedPlace, latitude: float | None, longitude: float | None) -> float | None:
    if mine.latitude is None or mine.longitude is None or latitude is None or longitude is None:
        return None
    return meters_between(mine.latitude, mine.longitude, latitude, longitude)


def _apart(made: Footprint, start: datetime, end: datetime) -> timedelta:
    """The gap between the windows; below zero for as long as they overlap."""
    return max(made.start, start.astimezone(UTC)) - min(made.end, end.astimezone(UTC))


def _reason(how: str, mine: UUID, theirs: UUID, apart: timedelta, meters: float | None = None) -> Reason:
    tenths = None if meters is None else round(meters, 1)
    return Reason(how, str(mine), str(theirs), tenths, int(apart.total_seconds()))


# Of two reasons about the same two rows the first of these says more.
STRENGTH = ("a_number", "ein", "address", "name", "organization", "place")


def _order(reason: Reason) -> tuple[str, str, str]:
    return (reason.mine, reason.theirs, reason.how)


def _strongest(reasons: Collection[Reason]) -> Iterable[Reason]:
    """One reason for each two rows."""
    best: dict[tuple[str, str], Reason] = {}
    for reason in sorted(reasons, key=lambda one: STRENGTH.index(one.how)):
        best.setdefault((reason.mine, reason.theirs), reason)
    return best.values()


# -- What the statements are asked with --------------------------------------------------------------------------------
def place_values(made: Footprint, rule: DeconflictionRule) -> dict[str, Any] | None:
    """What `PLACES` is asked with; nothing where no place can be compared."""
    boxes = [
        (row, box)
        for row, place in enumerate(made.places)
        if place.latitude is not None and place.longitude is not None
        for box in boxes_around(place.latitude, place.longitude, rule.distance_m)
    ]
    addressed = [(row, place.address_key) for row, place in enumerate(made.places) if place.address_key]
    if not boxes and not addressed:
        return None
    return {
        "rows": [row for row, _ in boxes],
        "west": [box.west for _, box in boxes],
        "south": [box.south for _, box in boxes],
        "east": [box.east for _, box in boxes],
        "north": [box.north for _, box in boxes],
        "addressed": [row for row, _ in addressed],
        "keys": [key for _, key in addressed],
        **_common(made, timedelta(hours=rule.gap_hours)),
    }


def target_values(made: Footprint, rule: DeconflictionRule) -> dict[str, Any] | None:
    """What `TARGETS` is asked with; nothing where no target can be compared."""
    if not made.targets:
        return None
    return {
        "rows": list(range(len(made.targets))),
        "keys": [target.key for target in made.targets],
        **_common(made, timedelta(days=rule.target_days)),
    }


def _common(made: Footprint, gap: timedelta) -> dict[str, Any]:
    return {
        "report": made.report_id,
        "start": made.start,
        "end": made.end,
        "gap": gap.total_seconds(),
        "gone": [str(state) for state in GONE],
        "called_off": [str(outcome) for outcome in CALLED_OFF],
    }


def _rows(statement: str, values: dict[str, Any] | None) -> list[Any]:
    if values is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())

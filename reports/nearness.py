"""How far two places on the earth are apart, and the boxes of degrees in which all near places lie."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, hypot, radians, sin

# The mean radius of the earth in meters, as the rule of deconfliction names it.
RADIUS = 6_371_008.8
# About 0.2 m: what rounding could cost at the edge of a box. The exact distance decides afterwards.
MARGIN = 2e-6
POLE, HALF_TURN = 90.0, 180.0


@dataclass(frozen=True)
class Box:
    """A part of the map, in degrees. It never crosses the line where the day changes: that takes two."""

    west: float
    south: float
    east: float
    north: float


def meters_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great-circle distance (haversine: exact to less than a millimeter where it matters, at short range)."""
    north, east = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    across = sin(east) * (cos(radians(latitude)) * cos(radians(other_latitude))) ** 0.5
    return 2 * RADIUS * asin(min(1.0, hypot(sin(north), across)))


def boxes_around(latitude: float, longitude: float, meters: float) -> list[Box]:
    """One or two boxes that hold every place at most so far away, and some more."""
    angle = meters / RADIUS
    south, north = latitude - degrees(angle) - MARGIN, latitude + degrees(angle) + MARGIN
    if south <= -POLE or north >= POLE:  # a pole is near: any longitude can be
        return [Box(-HALF_TURN, max(south, -POLE), HALF_TURN, min(north, POLE))]
    # The circle is widest not at its center but a little nearer to the pole, hence the sine of both.
    reach = sin(angle) / cos(radians(latitude))
    aside = degrees(asin(reach)) + MARGIN if reach < 1 else HALF_TURN
    if aside >= HALF_TURN:
        return [Box(-HALF_TURN, south, HALF_TURN, north)]
    return _across_the_date_line(longitude - aside, south, longitude + aside, north)


def _across_the_date_line(west: float, south: float, east: float, north: float) -> list[Box]:
    """A box that reaches over the antimeridian as two, one on each side of it."""
    if west < -HALF_TURN:
        return [Box(-HALF_TURN, south, east, north), Box(west + 2 * HALF_TURN, south, HALF_TURN, north)]
    if east > HALF_TURN:
        return [Box(west, south, HALF_TURN, north), Box(-HALF_TURN, south, east - 2 * HALF_TURN, north)]
    return [Box(west, south, east, north)]

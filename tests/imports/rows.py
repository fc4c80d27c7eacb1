"""Rows of former systems made from a seed, good and bad, and SSNs that stand in no file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

COLUMNS = (
    "type", "number", "period_from", "period_to", "office", "title", "summary",
    "activity", "platform", "arrest", "charge", "requesting_agency", "assistance", "remarks",
)  # fmt: skip
WORDS = (
    "vessel", "harbor", "pier", "night", "patrol", "crew", "cargo", "truck",
    "border", "county", "sheriff", "warrant", "bridge", "radio", "fuel", "search",
)  # fmt: skip
TYPES = ("AMO", "OPPRED", "LEARA", "SPOT")


def ssn(random: Random, separator: str = "-") -> str:
    """A number that could be somebody's: made when it is needed, so that none stands in a file."""
    area = random.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}{separator}{random.randint(1, 99):02d}{separator}{random.randint(1, 9999):04d}"


def row(number: int, random: Random, type_: str = "") -> dict[str, str]:
    """One good row."""
    kind = type_ or TYPES[number % len(TYPES)]
    day = f"{2003 + number % 9}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    return {
        "type": kind,
        "number": f"{kind}-{number:07d}",
        "period_from": day,
        "period_to": day,
        "office": random.choice(["MIA", "ATL", "OLD"]),
        "title": " ".join(random.choices(WORDS, k=6)),
        "summary": " ".join(random.choices(WORDS, k=60)),
        "activity": "Patrol" if kind == "AMO" else "",
        "platform": "Vessel" if kind == "AMO" else "",
        "arrest": "One man at the pier" if kind == "OPPRED" else "",
        "charge": "Smuggling" if kind == "OPPRED" else "",
        "requesting_agency": "County sheriff" if kind == "LEARA" else "",
        "assistance": "Translation" if kind == "LEARA" else "",
        "remarks": random.choice(WORDS),
    }


def bad(number: int, random: Random) -> list[str]:
    """One row that no import may take, in one of several ways."""
    values = row(number, random, "AMO")
    way = number % 5
    if way == 0:
        return list(values.values())[:5]
    if way == 1:
        return [*values.values(), "one too many"]
    spoiled = {2: {"period_from": "31.12.2004"}, 3: {"title": ""}, 4: {"type": "NONE"}}[way]
    return list((values | spoiled).values())


def cells(count: int, *, seed: int = 1, bad_every: int = 0, ssn_every: int = 0) -> Iterator[list[str]]:
    random = Random(seed)
    for number in range(1, count + 1):
        if bad_every and number % bad_every == 0:
            yield bad(number // bad_every, random)
            continue
        values = row(number, random)
        if ssn_every and number % ssn_every == 0:
            values["summary"] += f" SSN {ssn(random)}."
        yield list(values.values())


def write(path: Path, count: int, *, seed: int = 1, bad_every: int = 0, ssn_every: int = 0) -> Path:
    """A CSV file of `count` rows, of which every `bad_every`th is bad."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(cells(count, seed=seed, bad_every=bad_every, ssn_every=ssn_every))
    return path

"""Numbers for the tests of the guard, made while they run: none that could be somebody's stands in a file."""

from __future__ import annotations

from random import Random


def ssn(seed: int = 4, separator: str = "-") -> str:
    """A number that could be an SSN, the same for each seed."""
    some = Random(f"guard {seed}")
    return separator.join((str(some.randint(200, 299)), str(some.randint(10, 89)), str(some.randint(1000, 9999))))


def itin(seed: int = 4) -> str:
    """A number that could be an individual taxpayer's."""
    some = Random(f"guard {seed}")
    return "-".join((str(some.randint(901, 998)), str(some.randint(70, 80)), str(some.randint(1000, 9999))))


# What stands beside a number and is none itself.
LOOK_ALIKES = "A098765432, 305-555-0142"

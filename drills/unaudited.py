"""Twelve ways to break auditing, each done many times under a reveal, an export and a report (`make drill-unaudited`).

Prints for each cell of security.md, A2, what was released, what was answered with anything but a plain 503, and
whether all worked again afterwards. Then the positive control: builds that go on when recording fails must release
what they show in the ways that hit recording. `python -m drills.unaudited TIMES` sets the tries of a cell (10).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ground import manage, prepared

# Of these a build that merely goes on shows nothing either: the connection is gone, or nothing can be opened.
OTHERWISE_STOPPED = {"killed_before_commit", "killed_after_commit", "key_missing", "key_wrong", "read_only"}


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    os.environ["SEN_LOG_LEVEL"] = "CRITICAL"  # what fails here is made to
    with prepared("drill"):
        manage("demo", "--ensure")
        true, control = run(times), run_careless()
    cells = sum(true.values())
    faults = {cell: count for cell, count in true.items() if cell[2]}
    print(f"{cells} tries in {len({cell[:2] for cell in true})} cells: {sum(faults.values())} wrong")
    for (act, way, wrong), count in sorted(faults.items()):
        print(f"    {act}, {way}: {wrong} ({count} times)")
    caught = sum(1 for cell in control if cell[2].startswith("released"))
    print(f"positive control, builds that go on unrecorded: released in {caught} of {len(control)} cells")
    for act, way, wrong in sorted(control):
        print(f"    {act}, {way}: {wrong or 'nothing released'}")
    if faults or not caught:
        sys.exit("The drill failed." if faults else "The positive control released nothing: the drill proves nothing.")


@contextmanager
def _patient() -> Iterator[None]:
    """No sealer runs beside the drill, and one person reveals more than anybody may on a day."""
    from django.test import override_settings

    from audit.sealing import seal_once

    with override_settings(REVEALS_A_DAY=10**9, SEALING_STOPS_AFTER=10**9):
        seal_once()
        yield


def run(times: int) -> Counter[tuple[str, str, str]]:
    """Each cell `times` over: (act, way, what was wrong) -> how often; "" is nothing."""
    from tests.audit.acts import ACTS, wrong_with

    found: Counter[tuple[str, str, str]] = Counter()
    with _patient():
        for make, all_ways in ACTS.items():
            act = make()
            for broken in all_ways:
                found.update((act.name, broken.__name__, wrong_with(act, broken)) for _ in range(times))
    return found


def run_careless() -> set[tuple[str, str, str]]:
    """The same ways, once each, to builds that swallow what recording says."""
    from tests.audit.acts import ACTS, careless, wrong_with

    found = set()
    with _patient():
        for make, all_ways in ACTS.items():
            act = make()
            for broken in all_ways:
                if broken.__name__.removeprefix("seal_") not in OTHERWISE_STOPPED:
                    with careless(make):
                        found.add((act.name, broken.__name__, wrong_with(act, broken)))
    return found


if __name__ == "__main__":
    main()

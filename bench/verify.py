"""Verifying the whole log: rows a second on two cores, against a bare COPY of the same rows (`make bench-verify`).

`python -m bench.verify 1000000` sets the number of events. Goal: a million in 30 seconds (A7 of the security design).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psycopg

from bench.ground import prepared, vacuum

SIZE, PER_SEAL, PROCESSES, RUNS = 1_000_000, 112, 2, 3
GOAL_SECONDS_A_MILLION = 30.0
Made = TypeVar("Made")


@dataclass(frozen=True)
class Figure:
    events: int
    seals: int
    seconds: float
    one_process: float
    bare: float
    findings: int


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with prepared("bench-verify"):
        fill_to(size)
        figure = measure()
        found = altered()
    tell(figure)
    print(f"positive control, one letter changed in the middle of the log: {found or 'NOT FOUND'}")
    if figure.findings or not found or figure.seconds * 1e6 / figure.events > GOAL_SECONDS_A_MILLION:
        sys.exit("The goal is missed.")


def fill_to(size: int) -> None:
    """A sealed log of at least `size` events."""
    from audit.models import Event
    from bench.events import seal_all, write_events

    missing = size - Event.objects.count()
    if missing > 0:
        print(f"writing {missing:,} events", flush=True)
        write_events(missing)
    print("sealing", flush=True)
    seal_all(PER_SEAL)
    vacuum()


def measure(runs: int = RUNS) -> Figure:
    """The best of some runs of each."""
    from audit import keys
    from audit.verify import Asked, verify
    from bench.events import own_connection

    asked = Asked(keys.public_keys())
    with own_connection() as raw:
        raw.execute("SET statement_timeout = 0")
        two, result = best(runs, lambda: verify(raw, asked, processes=PROCESSES))
        one, _ = best(1, lambda: verify(raw, asked))
        bare, _ = best(runs, lambda: copied(raw))
    return Figure(result.events, result.seals, two, one, bare, len(result.findings))


def best(runs: int, work: Callable[[], Made]) -> tuple[float, Made]:
    """The shortest of some runs, in seconds, and what the last one gave."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        made = work()
        taken.append(time.perf_counter() - start)
    return min(taken), made


def copied(raw: psycopg.Connection) -> int:
    """The limit: the same rows out of the database in the same form, thrown away as they come. Returns their bytes."""
    with raw.cursor() as cursor, cursor.copy("COPY (SELECT * FROM audit_event) TO STDOUT (FORMAT binary)") as copy:
        return sum(len(block) for block in copy)


def altered() -> str:
    """The positive control: what is found when a superuser changes one letter, which is then rolled back."""
    from audit import keys
    from audit.verify import Asked, verify
    from bench.events import own_connection

    with own_connection("postgres") as raw, raw.transaction(force_rollback=True):
        raw.execute("SET LOCAL session_replication_role = replica")
        for (part,) in raw.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass"
        ).fetchall():
            raw.execute(f"ALTER TABLE {part} DISABLE TRIGGER ALL".encode())
        raw.execute("UPDATE audit_event SET actor = 'agent-X' WHERE id = (SELECT max(id) / 2 FROM audit_event)")
        return "; ".join(one.sentence for one in verify(raw, Asked(keys.public_keys())).findings)


def tell(f: Figure) -> None:
    print(f"{f.events:,} events in {f.seals:,} seals, {f.findings} findings")
    for name, seconds in ((f"{PROCESSES} processes", f.seconds), ("1 process", f.one_process)):
        ratio = seconds / f.bare
        print(
            f"    {name:<12} {seconds:7.2f} s  {f.events / seconds:>9,.0f} events/s  {ratio:4.1f} times the bare COPY"
        )
    print(f"    bare COPY    {f.bare:7.2f} s  {f.events / f.bare:>9,.0f} events/s")
    print(f"    a million events: {f.seconds * 1e6 / f.events:.1f} s (goal {GOAL_SECONDS_A_MILLION:.0f} s)")


if __name__ == "__main__":
    main()

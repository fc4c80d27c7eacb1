"""The ground that figures stand on: a cluster of their own, filled to a size, and how times are told."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@contextmanager
def prepared(name: str) -> Iterator[None]:
    """Django on the migrated cluster of this name under `.data/`, kept from run to run, stopped at the end."""
    folder = Path(os.environ.get("SEN_DATA_DIR") or CHECKOUT / ".data") / name
    os.environ |= {"SEN_MODE": "demonstration", "SEN_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "sen.settings"}
    from sen import embedded

    cluster = embedded.ensure(folder)
    try:
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--noinput", "--verbosity", "0")
        import django

        django.setup()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        cluster.release()


def manage(*words: str) -> None:
    """Run a command of manage.py in a process of its own (migrations need the owner's role)."""
    subprocess.run([sys.executable, str(CHECKOUT / "manage.py"), *words], check=True, cwd=CHECKOUT)


def fill_to(wanted: int) -> None:
    """Make reports until there are `wanted`."""
    from reports.models import Report

    missing = wanted - Report.objects.count()
    if missing > 0:
        manage("demo", "--ensure")
        missing = wanted - Report.objects.count()
    if missing > 0:
        manage("demo", "--reports", str(missing))
    vacuum()


def vacuum() -> None:
    """Bring the planner's statistics and the visibility map up to date, as a server's own vacuum would."""
    import psycopg
    from django.conf import settings

    config = settings.DATABASES["default"]
    owner = psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname=str(config["NAME"]), autocommit=True)
    with owner:
        owner.execute("VACUUM ANALYZE")


@dataclass(frozen=True)
class Times:
    """Wall-clock seconds of many runs."""

    seconds: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)]

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:7.2f} ms  p95 {self.p95 * 1000:7.2f} ms"


def in_turn(runs: int, *works: Callable[[], object]) -> list[Times]:
    """Time several works side by side, one after the other in each round, so that a drift of the machine hits all."""
    for work in works:
        for _ in range(3):
            work()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for position, work in enumerate(works):
            start = time.perf_counter()
            work()
            taken[position].append(time.perf_counter() - start)
    return [Times(seconds) for seconds in taken]

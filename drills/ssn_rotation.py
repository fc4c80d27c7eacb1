"""D3 of `make drill-ssn`: the real rotation killed with SIGKILL again and again, and resumed to its end.

Afterwards every number opens and says what it said, none is sealed with the old key, and every row is named by an
event. The control retires the old key at once, as a careless rotation would, and must find what no longer opens.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from bench.ground import CHECKOUT, manage, prepared
from drills.submit import database_url

MANAGE = (sys.executable, str(CHECKOUT / "manage.py"))
PEOPLE = 3
EACH = 30


@dataclass(frozen=True)
class Outcome:
    """What is there after the last run; `killed_at` says how many were sealed anew at each kill."""

    wanted: int
    opened: int
    on_old_key: int
    without_event: int
    killed_at: list[int]
    opened_in_control: int

    @property
    def clean(self) -> bool:
        mid = all(0 < done < self.wanted for done in self.killed_at) and self.killed_at == sorted(self.killed_at)
        whole = self.opened == self.wanted and not self.on_old_key and not self.without_event
        return whole and mid and self.opened_in_control < self.wanted


@contextmanager
def ground() -> Iterator[None]:
    """A cluster of its own, new each time, so that its WAL holds all that was ever written; and former iLeads."""
    folder = Path(os.environ.get("SEN_DATA_DIR") or CHECKOUT / ".data") / "drill-ssn"
    shutil.rmtree(folder, ignore_errors=True)
    with prepared("drill-ssn"):
        manage("load_reference", "--verbosity", "0")
        yield


def run(count: int, kills: int) -> Outcome:
    wanted = bring_in(count)
    command("ssn", "new-key")
    killed_at = [kill_in_the_middle(count * (kill + 1) // (kills + 2)) for kill in range(kills)]
    in_control = with_the_old_key_gone(wanted)
    command("ssn", "rotate")
    outcome = Outcome(count, *standing(wanted), killed_at, in_control)
    print(
        f"D3 rotation killed {kills} times (when {', '.join(f'{done:,}' for done in killed_at)} were sealed anew) and "
        f"resumed: {outcome.wanted:,} brought in, {outcome.opened:,} open, {outcome.on_old_key:,} on the old key, "
        f"{outcome.without_event:,} without event\n"
        f"control, the old key retired at once: {in_control:,} of {count:,} open",
        flush=True,
    )
    return outcome


def bring_in(count: int) -> dict[UUID, str]:
    """New former iLeads with SSNs on their people, through the real imports; the numbers by key of their row."""
    from ileads.models import LegacySSN
    from tests.ileads import numbers

    source = f"drill {time.time_ns()}"
    clear = {f"r-{place}": numbers.number() for place in range(count)}
    with tempfile.TemporaryDirectory() as folder:
        leads = write_leads(Path(folder) / "leads.jsonl", -(-count // EACH), source)
        command("import_historical", str(leads), "--kind", "ilead", "--verbosity", "0")
        file = Path(folder) / "ssns.csv"
        with file.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["source_id", "report", "person", "ssn"])
            for place, (name, nine) in enumerate(clear.items()):
                person, shown = place % PEOPLE + 1, numbers.written(nine) if place % 2 else nine
                rows.writerow([name, number_of(source, place // EACH), person, shown])
        command("import_legacy_ssns", str(file), "--source", source, "--verbosity", "0")
    there = LegacySSN.objects.filter(source=source).values_list("pk", "source_id")
    return {pk: clear[source_id] for pk, source_id in there}


def write_leads(path: Path, count: int, source: str) -> Path:
    people = {
        f"people_{nth}_{name}": value
        for nth in range(1, PEOPLE + 1)
        for name, value in {"role": "subject" if nth == 1 else "witness", "last_name": f"Person {nth}"}.items()
    }
    told = {"title": "Tattoo seen", "event_types": "Gang", "event_at": "2010-10-02 13:30", "office": "HQ"}
    told |= {"author": "Former Officer", "submitted_at": "2010-10-02 16:00", "synopsis": "Seen.", "narrative": "Seen."}
    told |= {"methods": "inspection", "basis": "Seen.", "first_amendment": "none", **people}
    with path.open("w") as out:
        for place in range(count):
            out.write(json.dumps({"number": number_of(source, place), **told}) + "\n")
    return path


def number_of(source: str, place: int) -> str:
    return f"F-{source[-12:]}-{place}"


def kill_in_the_middle(least: int) -> int:
    """Let the real command seal anew until `least` are, kill it at some moment after, and say how many are then."""
    child = subprocess.Popen([*MANAGE, "ssn", "rotate"], env=environment(), cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    while on_current_key() < least and child.poll() is None:
        time.sleep(0.02)
    time.sleep(random.random() * 0.05)  # noqa: S311 - some moment within a batch or between two
    child.send_signal(signal.SIGKILL)
    child.wait()
    return on_current_key()


def command(*words: str) -> None:
    """Run a command of manage.py to its end, on the database of this very process."""
    subprocess.run([*MANAGE, *words], env=environment(), cwd=CHECKOUT, check=True)


def environment() -> dict[str, str]:
    own = {"DATABASE_URL": database_url(), "SEN_DATABASE_ROLE": "app", "SEN_DEMO_CONFIRM": "yes"}
    return os.environ | own


def on_current_key() -> int:
    from ileads import keys, rotation

    return rotation.usage()[keys.load().current]


def with_the_old_key_gone(wanted: dict[UUID, str]) -> int:
    """How many would open if the last kill were followed by the removal of all keys but the newest."""
    from unittest.mock import patch

    from drills.ssn import all_open
    from ileads import keys

    ring = keys.load()
    alone = replace(ring, wrapped={ring.current: ring.wrapped[ring.current]}, _open={})
    with patch.object(keys, "load", lambda: alone):
        return all_open(wanted)


def standing(wanted: dict[UUID, str]) -> tuple[int, int, int]:
    """How many open, how many are left on an old key, and how many rows no event of a rotation names."""
    from django.db import connection

    from drills.ssn import all_open
    from ileads import keys, rotation

    current = keys.load().current
    old = sum(count for version, count in rotation.usage().items() if version != current)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ileads_legacyssn WHERE report_id::text NOT IN "
            "(SELECT unnest(batch) FROM audit_event WHERE code = 'ssn.rotated')"
        )
        (unnamed,) = cursor.fetchone()
    return all_open(wanted), old, unnamed

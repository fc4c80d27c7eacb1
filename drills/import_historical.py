"""Kills an import with SIGKILL in the middle, again and again, and repeats it to its end (`make drill-import`).

Afterwards every good row is there exactly once, each named by an event. Then the positive control: with the source
checksum made worthless the same drill must find rows twice. `python -m drills.import_historical ROWS KILLS`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.ground import CHECKOUT, manage, prepared
from drills.submit import database_url

FORGET = "--forget-checksums"
# Committed before each kill, so that it falls in the middle and never before the first batch.
COMMITTED = 400


@dataclass(frozen=True)
class Outcome:
    """What the tables hold after the last repeat. `killed_at` says how many rows were there at each kill."""

    wanted: int
    found: int
    without_event: int
    killed_at: list[int]
    last_words: str

    @property
    def clean(self) -> bool:
        mid = all(0 < rows < self.wanted for rows in self.killed_at)
        return self.found == self.wanted and not self.without_event and mid and " 0 kept" in self.last_words


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with prepared("drill"):
        manage("load_reference", "--verbosity", "0")
        true, control = run(rows, kills), run(rows, 1, forget=True)
    tell("with the source checksum", true)
    tell("positive control, without it", control)
    if not true.clean or control.clean:
        sys.exit("The drill failed." if not true.clean else "The control did not fail: the drill proves nothing.")
    print("Killed and repeated, every row is there exactly once; without the checksum the same drill finds rows twice.")


def run(rows: int, kills: int, *, forget: bool = False) -> Outcome:
    """Import a new file of `rows` rows, killed `kills` times in the middle, then to its end and once more."""
    from tests.imports.rows import write

    before = found()
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder) / "old.csv", rows, seed=time.time_ns(), bad_every=100)
        killed_at = [kill_in_the_middle(file, forget) - before for _ in range(kills)]
        import_to_the_end(file, forget)
        last_words = import_to_the_end(file, forget)
    # Three of four types can be counted; of the fourth the last words say that nothing was missing.
    wanted = sum(1 for number in range(1, rows + 1) if number % 100 and number % 4 != 3)
    return Outcome(wanted, found() - before, without_event(), killed_at, last_words)


def kill_in_the_middle(file: Path, forget: bool) -> int:
    """Let an import commit something, kill it, and return how many rows there are then."""
    start = found()
    child = subprocess.Popen(command(file, forget), env=environment(), cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    while found() - start < COMMITTED and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    return found()


def import_to_the_end(file: Path, forget: bool) -> str:
    done = subprocess.run(
        command(file, forget), env=environment(), cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    return done.stdout


def command(file: Path, forget: bool) -> list[str]:
    return [sys.executable, "-m", "drills.import_historical", "--child", str(file), *([FORGET] if forget else [])]


def environment() -> dict[str, str]:
    """The database of this very process, for the import's own."""
    own = {"DATABASE_URL": database_url(), "SEN_DATABASE_ROLE": "app", "SEN_DEMO_CONFIRM": "yes"}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "sen.settings"}


def child(file: str, *, forget: bool) -> None:
    """What is killed: the real command, or one for which every row is a new one."""
    import django

    django.setup()
    from django.core.management import call_command

    if forget:
        from uuid import uuid4

        from reports.imports.lines import Line

        Line.checksum = property(lambda line: uuid4().hex * 2)  # type: ignore[assignment, method-assign]
    call_command("import_historical", file, verbosity=0)


def found() -> int:
    from reports.models import HistoricalReport

    return HistoricalReport.objects.count()


def without_event() -> int:
    """Rows that no event names."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM reports_historicalreport WHERE id::text NOT IN "
            "(SELECT unnest(batch) FROM audit_event WHERE code = 'historical.imported')"
        )
        return int(cursor.fetchone()[0])


def tell(title: str, outcome: Outcome) -> None:
    print(
        f"{title}: {outcome.wanted:,} rows wanted, {outcome.found:,} found, {outcome.without_event} without event; "
        f"killed when there were {', '.join(f'{rows:,}' for rows in outcome.killed_at)}"
    )


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], forget=FORGET in sys.argv)
    else:
        main()

"""Whether the suite sees it when what decides about access is changed a little (`make drill-mutants`).

Each mutant of `drills/mutations.py` is applied in a copy of the checkout and its tests are run, two copies at a time,
until one fails. What is found is kept in .data/mutants/found.jsonl, so that a drill that was stopped goes on; a mutant
of a file that has changed since is tried again. Survivors are then tried with more of the suite, and listed.

    python -m drills.mutants [--list] [--only WORD] [--every N] [--minutes M] [--quick] [--again]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from queue import Queue
from typing import Any

import psycopg

from drills import mutant_server
from drills.mutations import Mutant, mutants, source_of
from sen import embedded
from sen.postgres import CHECKOUT

FOLDER = CHECKOUT / ".data" / "mutants"
FOUND = FOLDER / "found.jsonl"
# Why a survivor changes nothing that anybody could see: the start of its name -> the reason, each read by a person.
EQUIVALENT = CHECKOUT / "drills" / "mutants_alike.csv"
CLUSTER = Path(os.environ.get("SEN_MUTANTS_DATA_DIR", "/tmp/sen-mutants"))  # noqa: S108 - short, for sockets lie in it
TEMPLATE = "mutants_template"
AT_ONCE = int(os.environ.get("SEN_MUTANTS_AT_ONCE", "2"))
SECONDS = 240
PASSED, FAILED = 0, 1
SEEN = ("killed", "broken")
# Tried for what its own tests let through.
MORE = ("tests/access", "tests/accounts", "tests/reports", "tests/ileads", "tests/watch")


def main() -> None:
    options = _options()
    chosen = [one for one in mutants() if options.only in one.name][:: options.every]
    if options.list:
        print(*(one.name for one in chosen), sep="\n")
        print(f"{len(chosen)} mutants")
        return
    known = {} if options.again else _known()
    # From the end: the terms of predicates, which are seen the least often, before the many lines of the table.
    waiting = [one for one in reversed(chosen) if key_of(one) not in known]
    print(f"{len(chosen)} mutants, {len(chosen) - len(waiting)} tried before", flush=True)
    with _ground() as copies:
        until = time.monotonic() + options.minutes * 60
        for one, outcome in _tried(waiting, copies, until, more=not options.quick):
            known[key_of(one)] = outcome
            _keep(one, outcome)
    sys.exit(_tell(chosen, known))


def _options() -> Any:
    parser = argparse.ArgumentParser(prog="make drill-mutants")
    parser.add_argument("--list", action="store_true", help="name them and try none")
    parser.add_argument("--only", default="", help="those whose name holds this")
    parser.add_argument("--every", type=int, default=1, help="each nth of them")
    parser.add_argument("--minutes", type=float, default=600, help="stop after so long; go on another time")
    parser.add_argument("--quick", action="store_true", help="do not try more of the suite on what survives its tests")
    parser.add_argument("--again", action="store_true", help="try those that were tried before, too")
    return parser.parse_args()


def key_of(one: Mutant) -> str:
    """The same only while the mutant and the file are."""
    parts = (one.path, str(one.start), str(one.end), one.text, source_of(one.path).decode(), *one.tests)
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def _known() -> dict[str, str]:
    """What was seen before; what was not is tried again, for its tests may be better now."""
    if not FOUND.exists():
        return {}
    lines = [json.loads(line) for line in FOUND.read_text().splitlines()]
    return {line["key"]: line["outcome"] for line in lines if line["outcome"] in SEEN}


def _keep(one: Mutant, outcome: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with FOUND.open("a") as file:
        file.write(json.dumps({"key": key_of(one), "outcome": outcome, "name": one.name}) + "\n")
    print(f"{outcome:9} {one.name}", flush=True)


# -- The copies -------------------------------------------------------------------------------------------------------
@contextmanager
def _ground() -> Iterator[list[Path]]:
    """Copies of the checkout as it is, and a cluster with one database that every run copies."""
    CLUSTER.mkdir(exist_ok=True)
    copies = [CLUSTER / f"copy-{number}" for number in range(AT_ONCE)]
    cluster = embedded.ensure(CLUSTER, durable=False)
    try:
        for copy in copies:
            _copy_checkout(copy)
        _make_template(copies[0])
        yield copies
    finally:
        for copy in copies:
            shutil.rmtree(copy, ignore_errors=True)
        cluster.release()


def _copy_checkout(to: Path) -> None:
    """What git knows or would take, as it lies there now; what is built is shared."""
    shutil.rmtree(to, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-c", "-o", "--exclude-standard", "-z"], cwd=CHECKOUT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (source := CHECKOUT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, to / name)
    for shared in ("node_modules", "static/built", "reports/printing/fonts"):
        if (CHECKOUT / shared).exists() and not (to / shared).exists():
            (to / shared).symlink_to(CHECKOUT / shared)


def _connect() -> psycopg.Connection:
    return psycopg.connect(host=str(embedded.socket_dir(CLUSTER)), user="sen_owner", dbname="sen", autocommit=True)


def _make_template(copy: Path) -> None:
    with _connect() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
    test = "tests/access/test_grants_table.py::test_each_role_opens_what_the_table_of_grants_says"
    made = _pytest(copy, (test,), "make", TEMPLATE)
    if made.returncode != PASSED:
        sys.exit(f"The database for the mutants could not be made:\n{made.stdout[-3000:]}")


def _pytest(copy: Path, tests: tuple[str, ...], how: str, database: str) -> subprocess.CompletedProcess[str]:
    """The exit code of these tests and what they said. Raises TimeoutExpired."""
    said = copy / ".mutant_said"
    job = {
        "environment": {"SEN_MUTANTS": how, "SEN_TEST_DATABASE": database, "SEN_TEST_DATA_DIR": str(CLUSTER)},
        "arguments": ["-x", "-q", "--tb=line", *PLUGINS, *tests],
        "seconds": SECONDS * (5 if tests == MORE else 1),
        "said": str(said),
        "seen": str(copy / ".mutant_seen"),
    }
    server = _server(copy)
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps(job) + "\n")
    server.stdin.flush()
    code = int(server.stdout.readline())
    if code == mutant_server.SLOW:
        raise subprocess.TimeoutExpired([*tests], SECONDS)
    return subprocess.CompletedProcess([*tests], code, said.read_text(errors="replace"))


PLUGINS = ("-p", "drills.mutant_database", "-p", "no:cacheprovider", "-p", "no:xdist")


@cache
def _server(copy: Path) -> subprocess.Popen[str]:
    """The process whose forks run what is tried in this copy; it ends with this one, when its input does."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "drills.mutant_server"],
        cwd=copy,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


# -- One mutant -------------------------------------------------------------------------------------------------------
_sound: dict[tuple[str, ...], bool] = {}
_one_checks = threading.Lock()


def _are_sound(tests: tuple[str, ...], copy: Path, number: int) -> bool:
    """Whether these tests pass as the code stands: tests that fail anyhow would kill every mutant."""
    with _one_checks:
        if tests not in _sound:
            outcome, said = _outcome(copy, number, tests)
            _sound[tests] = outcome == "survived"
            if not _sound[tests]:
                print(f"These fail as the code stands, so nothing can be said: {tests}\n{said[-1500:]}", flush=True)
        return _sound[tests]


def _tried(waiting: list[Mutant], copies: list[Path], until: float, *, more: bool) -> Iterator[tuple[Mutant, str]]:
    free: Queue[int] = Queue()
    for number in range(len(copies)):
        free.put(number)

    def attempt(one: Mutant) -> str:
        if time.monotonic() > until:
            return ""
        number = free.get()
        try:
            return try_one(one, copies[number], number, more=more)
        finally:
            free.put(number)

    with ThreadPoolExecutor(len(copies)) as pool:
        for one, outcome in zip(waiting, pool.map(attempt, waiting), strict=True):
            if outcome:
                yield one, outcome


def try_one(one: Mutant, copy: Path, number: int, *, more: bool) -> str:
    """killed, broken (it does not even start), slow, survived, or "untold" where the tests fail without it, too."""
    if not _are_sound(one.tests, copy, number):
        return "untold"
    file, source = copy / one.path, source_of(one.path)
    with _changed(file, one.apply(source), source):
        outcome, _ = _outcome(copy, number, one.tests)
    if outcome != "survived" or not more or not _are_sound(MORE, copy, number):
        return outcome
    with _changed(file, one.apply(source), source):
        return _outcome(copy, number, MORE)[0]


@contextmanager
def _changed(file: Path, text: bytes, source: bytes) -> Iterator[None]:
    """The file with this text for a while; what was compiled of it goes, so that no run takes one for the other."""
    _write(file, text)
    try:
        yield
    finally:
        _write(file, source)


def _write(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
        compiled.unlink()


def _outcome(copy: Path, number: int, tests: tuple[str, ...]) -> tuple[str, str]:
    database = f"mutants_{number}"
    _make_anew(database)
    try:
        run = _pytest(copy, tests, "use", database)
    except subprocess.TimeoutExpired:
        return "slow", ""
    return {PASSED: "survived", FAILED: "killed"}.get(run.returncode, "broken"), run.stdout


def _make_anew(database: str) -> None:
    """The database of a run, as the template is; the server may be tidying up the last one, and then lets nobody in."""
    with _connect() as connection:
        for again in range(10):
            try:
                connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
                break
            except psycopg.errors.InsufficientPrivilege:
                time.sleep(again)
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")


# -- What was found ---------------------------------------------------------------------------------------------------
def _alike() -> dict[str, str]:
    if not EQUIVALENT.exists():
        return {}
    return dict(line.split(";", 1) for line in EQUIVALENT.read_text().splitlines() if ";" in line)


def _tell(chosen: list[Mutant], known: dict[str, str]) -> int:
    """The figures, the survivors with their reasons; 0 when at least 98 % are killed."""
    tried = [(one, known[key_of(one)]) for one in chosen if key_of(one) in known]
    counted, alike = Counter(outcome for _, outcome in tried), _alike()
    seen = sum(counted[outcome] for outcome in SEEN)
    print(f"\n{len(tried)} of {len(chosen)} tried: {dict(counted)}")
    print(f"seen: {seen} of {len(tried)}, {seen / max(1, len(tried)):.1%}")
    for one, outcome in tried:
        if outcome not in SEEN:
            reason = next((why for name, why in alike.items() if one.name.startswith(name)), "NO REASON GIVEN")
            print(f"    {outcome}: {one.name}\n        {reason}")
    return 0 if tried and seen >= 0.98 * len(tried) else 1


if __name__ == "__main__":
    main()

"""D4 and D5 of `make drill-ssn`: after an import, a rotation and reveals, no number is in a dump, the WAL or a log.

The server logs every statement with its parameters meanwhile, more than it ever would. Everything the application and
the database left on disk is searched for each number in eight writings; then one is planted, and must be found.
"""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections

from bench.ground import CHECKOUT

COUNT, REVEALS = 300, 40
LOUD = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_parameter_max_length_on_error": "-1",
    "log_error_verbosity": "default",
    "log_min_error_statement": "error",
}


def writings(nine: str) -> list[bytes]:
    """The ways in which a file could hold nine digits."""
    parts = nine[:3], nine[3:5], nine[5:]
    texts = [nine, *(sign.join(parts) for sign in ("-", " ", ".", "/"))]
    coded = [nine.encode().hex(), base64.b64encode(nine.encode()).decode()]
    return [text.encode() for text in texts + coded] + [nine.encode("utf-16-le")]


def run() -> bool:
    """Whether nothing was found, and the planted number was."""
    from django.conf import settings

    from drills.ssn_rotation import MANAGE, bring_in

    said = Path(settings.DATA_DIR) / "commands.log"
    log_everything()
    connections.close_all()  # the next one says all too
    wanted = bring_in(COUNT)
    with said.open("ab") as out:
        for words in (("ssn", "new-key"), ("ssn", "rotate"), ("ssn", "status")):
            subprocess.run([*MANAGE, *words], check=True, cwd=CHECKOUT, stdout=out, stderr=out)
    shown = reveal(list(wanted.items())[:REVEALS])
    numbers = list(wanted.values())
    found = search(numbers)
    planted = plant(numbers[0], said)
    control = search(numbers)
    clean = not found and shown == REVEALS
    seen = {"dump", "database files", "WAL", "log of the server", "the rest"} <= set(control)
    print(
        f"D4, D5 {COUNT:,} numbers in {len(writings(numbers[0]))} writings after import, rotation and {shown} reveals: "
        f"{sum(found.values())} hits in {sizes()}{''.join(f'; {what}' for what in found)}\n"
        f"control, one number planted {planted}: found in {', '.join(sorted(control))}",
        flush=True,
    )
    return clean and seen


def superuser() -> psycopg.Connection[Any]:
    from django.conf import settings

    config = settings.DATABASES["default"]
    return psycopg.connect(host=str(config["HOST"]), user="postgres", dbname=str(config["NAME"]), autocommit=True)


def log_everything() -> None:
    """Every statement and its parameters, of failing ones too, go to the server's log; the WAL is kept whole."""
    with superuser() as server:
        for name, value in LOUD.items():  # of every session: the command line that starts the server says less
            server.execute(f"ALTER ROLE ALL SET {name} = '{value}'".encode())
        server.execute("ALTER SYSTEM SET wal_keep_size = '4GB'")
        server.execute("SELECT pg_reload_conf()")


def reveal(wanted: Iterable[tuple[Any, str]]) -> int:
    """Show numbers to somebody who may see them, through the real function; how many came out right."""
    from django.conf import settings

    from accounts.confirming import Confirmed
    from audit import sealing
    from ileads import reveal as reveals
    from ileads.models import LegacySSN

    settings.REVEALS_A_DAY = 10**6
    reader, right = _reader(), 0
    for pk, nine in wanted:
        sealing.seal_once()
        one = LegacySSN.objects.select_related("report").get(pk=pk)
        asked = reveals.Asked(one.report.number, str(pk), "identify", "Two records may be about one person")
        right += reveals.reveal(asked, by=reader, confirm=lambda: Confirmed(fresh=True)).clear == nine
    return right


def _reader() -> Any:
    from datetime import timedelta

    from django.utils import timezone

    from accounts import actions
    from accounts.models import Office, User
    from accounts.roles import Role

    office = Office.objects.get(code="JIOC")
    reader = actions.add_user(
        by=None,
        username="drill-reader",
        person_key="drill-reader",
        name="Drill Reader",
        email="drill-reader@example.gov",
        programme=office.programme or Office.objects.get(code="HQ").programme,
        office=office,
        status=User.Status.ACTIVE,
        is_demonstration=True,
    )
    for role in (Role.JIOC, Role.SSN_READER):
        place = Office.objects.get(code="HQ") if role is Role.SSN_READER else office
        actions.grant_role(user=reader, role=role, office=place, until=timezone.now() + timedelta(days=1), by=None)
    return User.objects.select_related("office").get(pk=reader.pk)


# -- Searching --------------------------------------------------------------------------------------------------------
def search(numbers: list[str]) -> Counter[str]:
    """Files that hold a number, by what they are. Everything in memory is written to disk first."""
    from django.conf import settings

    with superuser() as server:
        server.execute("CHECKPOINT")
    home = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory() as folder:
        patterns, dump = Path(folder) / "patterns", Path(folder) / "dump.sql"
        patterns.write_bytes(b"\n".join(one for nine in numbers for one in writings(nine) if b"\x00" not in one))
        _dump(dump)
        files = [dump, *(path for path in home.rglob("*") if path.is_file() and not path.is_socket())]
        hits = _grep(patterns, files) | _wide(numbers, files)
    return Counter(_what(path, home) for path in hits)


def _dump(path: Path) -> None:
    from django.conf import settings

    from sen import postgres

    config, program = settings.DATABASES["default"], Path(postgres.find().path("pg_dump"))
    command = [str(program), "-h", str(config["HOST"]), "-U", "postgres", "-f", str(path), str(config["NAME"])]
    subprocess.run(command, check=True, env=os.environ | {"LC_ALL": "C"})


def _grep(patterns: Path, files: list[Path]) -> set[Path]:
    command = ["grep", "-a", "-l", "-F", "-f", str(patterns), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"})
    return {Path(line) for line in done.stdout.splitlines()}


def _wide(numbers: list[str], files: list[Path]) -> set[Path]:
    """Files that hold a number with a zero byte after each digit, which grep takes no pattern of."""
    import re

    wanted = {nine.encode("utf-16-le") for nine in numbers}
    wide = re.compile(rb"(?=((?:[0-9]\x00){9}))")
    return {path for path in files if any(found[1] in wanted for found in wide.finditer(path.read_bytes()))}


def _what(path: Path, home: Path) -> str:
    if home not in path.parents:
        return "dump"
    parts = path.relative_to(home).parts
    if "pg_wal" in parts:
        return "WAL"
    if parts[0] == "postgres":
        return "database files"
    return "log of the server" if path.name == "postgres.log" else "the rest"


def plant(nine: str, log: Path) -> str:
    """Leave a number where a careless program would: in a table (so in dump, files, WAL and the log), and in a log."""
    with superuser() as server:
        server.execute("CREATE TABLE planted (said text)")
        server.execute("INSERT INTO planted VALUES (%s)", [nine])
    with log.open("a") as out:
        out.write(f"opened {nine[:3]}-{nine[3:5]}-{nine[5:]}\n")
    return "in a table and in a log"


def sizes() -> str:
    from django.conf import settings

    home = Path(settings.DATA_DIR)
    files = [path for path in home.rglob("*") if path.is_file()]
    wal = sum(path.stat().st_size for path in files if "pg_wal" in path.parts)
    log = home / "postgres.log"
    every = sum(path.stat().st_size for path in files)
    return (
        f"{len(files):,} files of {every / 2**20:,.0f} MB (WAL {wal / 2**20:,.0f} MB, "
        f"log of the server {log.stat().st_size / 2**20:,.1f} MB) and a dump"
    )

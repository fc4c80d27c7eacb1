"""What auditing costs: a small change with its event beside the same without, and a reveal (`make bench-audit`).

1, 8 and 16 clients, each a process that commits durably as fast as it can, in rounds by turns; the sealer seals each
second beside them. Limit of a reveal: one durable commit of one row. `python -m bench.audit SECONDS` sets a round (3).
Verification and the growth of the audit page have figures of their own: `make bench-verify`, `make bench-audit_page`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import psycopg

from bench.ground import CHECKOUT, in_turn, manage, prepared

CLIENTS = (1, 8, 16)
ROUNDS = 5
GOAL, REVEAL_GOAL = 0.9, 4.0
REVEALS = 200

# An office as it is, 64 times in two tables that are alike but for the trigger that asks for an event of each change.
TABLES = """
DROP SCHEMA IF EXISTS bench_audit CASCADE;
CREATE SCHEMA bench_audit;
CREATE TABLE bench_audit.plain (LIKE accounts_office INCLUDING ALL);
CREATE TABLE bench_audit.durable (id bigint GENERATED ALWAYS AS IDENTITY, said text);
INSERT INTO bench_audit.plain
    SELECT (jsonb_populate_record(one.o, jsonb_build_object('id', n, 'code', 'B' || n, 'path', '/' || n || '/'))).*
    FROM generate_series(10, 73) n, (SELECT o FROM accounts_office o WHERE parent_id IS NOT NULL LIMIT 1) AS one;
CREATE TABLE bench_audit.audited (LIKE accounts_office INCLUDING ALL);
INSERT INTO bench_audit.audited SELECT * FROM bench_audit.plain;
CREATE CONSTRAINT TRIGGER audit_required AFTER INSERT OR UPDATE OR DELETE ON bench_audit.audited
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_require_event('office', 'id', 'change');
ALTER TABLE bench_audit.audited ENABLE ALWAYS TRIGGER audit_required;
GRANT USAGE ON SCHEMA bench_audit TO sen_app;
GRANT ALL ON ALL TABLES IN SCHEMA bench_audit TO sen_app;
"""
CHANGE = "UPDATE bench_audit.{} SET name = %s WHERE id = %s"


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with prepared("bench"):
        manage("demo", "--ensure")
        place = _place()
        _make_tables(place)
        with _sealer():
            last = [_figure(place, clients, seconds) for clients in CLIENTS][-1]
            _reveals(place)
    print("verification: make bench-verify; growth of the audit page: make bench-audit_page")
    if last < GOAL:
        print(f"The goal is missed: {last:.2f} of the commits at {CLIENTS[-1]} clients (goal {GOAL}).")


def _place() -> dict[str, Any]:
    from django.conf import settings

    config = settings.DATABASES["default"]
    return {"host": str(config["HOST"]), "dbname": str(config["NAME"]), "user": str(config["USER"])}


def _make_tables(place: dict[str, Any]) -> None:
    with psycopg.connect(**place | {"user": "sen_owner"}) as owner:
        owner.execute(TABLES.encode())


@contextmanager
def _sealer() -> Iterator[None]:
    command = [sys.executable, str(CHECKOUT / "manage.py"), "audit", "seal"]
    sealer = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        yield
    finally:
        sealer.terminate()
        sealer.wait(20)


# -- Commits ----------------------------------------------------------------------------------------------------------
def _figure(place: dict[str, Any], clients: int, seconds: float) -> float:
    """Print and return the ratio of medians; the two take turns, so that a drift of the machine hits both."""
    rates: dict[str, list[float]] = {"plain": [], "audited": []}
    for number in range(ROUNDS):
        for table in ("plain", "audited") if number % 2 else ("audited", "plain"):
            rates[table].append(_round(place, table, clients, seconds))
    plain, audited = (statistics.median(rates[table]) for table in ("plain", "audited"))
    ratios = [a / p for a, p in zip(rates["audited"], rates["plain"], strict=True)]
    print(
        f"{clients:>3} clients: {audited:7,.0f} audited commits/s, {plain:7,.0f} unaudited, ratio {audited / plain:.2f}"
        f" (rounds {min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )
    return audited / plain


def _round(place: dict[str, Any], table: str, clients: int, seconds: float) -> float:
    """Commits a second of so many processes."""
    processes = get_context("fork")
    ready, done = processes.Barrier(clients + 1), processes.Queue()
    workers = [
        processes.Process(target=_client, args=(place, table, 9 + number, seconds, ready, done))
        for number in range(1, clients + 1)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    total: int = sum(done.get() for _ in workers)
    for worker in workers:
        worker.join()
    return total / seconds


def _client(place: dict[str, Any], table: str, number: int, seconds: float, ready: Any, done: Any) -> None:
    """Change one's own row and, where it is asked for, write its event as `audit.log.record` does."""
    from audit.log import INSERT

    change, commits = CHANGE.format(table).encode(), 0
    event = ["reference.changed", "change", "done", 1, "agent", "E00001", "127.0.0.1", "mark", "request"]
    event += ["office", str(number), f"B{number}", [], "{}"]
    with psycopg.connect(**place) as connection:
        ready.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.execute(change, [f"name {commits}", number])
            if table == "audited":
                connection.execute(INSERT.encode(), event).fetchone()
            connection.commit()
            commits += 1
    done.put(commits)


# -- A reveal ---------------------------------------------------------------------------------------------------------
def _reveals(place: dict[str, Any]) -> None:
    """From the question to the clear text, as its view calls it, beside one durable commit of one row."""
    from django.test import override_settings

    from accounts.confirming import Confirmed
    from accounts.models import User
    from ileads.reveal import Asked, reveal
    from tests.ileads.leads import filed
    from tests.ileads.ssns import ASKED, add_ssn, digits, let_reveal

    officer, fod, reader = (User.objects.get(username=name) for name in ("officer", "fod", "intel"))
    lead = filed(officer, fod)
    ssn, reader = add_ssn(lead, digits(uuid4())), let_reveal(reader)
    asked = Asked(lead.number, str(ssn.pk), ASKED["purpose"], ASKED["reason"])
    with psycopg.connect(**place, autocommit=True) as raw, override_settings(REVEALS_A_DAY=10**9):
        shown, commit = in_turn(
            REVEALS,
            lambda: reveal(asked, by=reader, confirm=lambda: Confirmed(True)),
            lambda: raw.execute("INSERT INTO bench_audit.durable (said) VALUES ('one row')"),
        )
    ratio = shown.p95 / commit.p95
    print(f"reveal {shown} | one durable commit {commit} | p95 ratio {ratio:.1f} (goal {REVEAL_GOAL})")


if __name__ == "__main__":
    main()

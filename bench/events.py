"""Events in bulk for measurements and drills, written by the run-time role and stamped by the database as all are."""

from __future__ import annotations

import time

import psycopg
from django.db import connection
from psycopg import sql

# Each transaction writes a handful; some have no actor, some a batch, some letters that are escaped on their way.
WRITE = """
DO $$ BEGIN FOR turn IN 1..{} LOOP
    INSERT INTO audit_event (code, kind, outcome, actor_id, actor, person_key, address, session, request, object_type,
                             object_id, object_label, batch, payload, at, xid, epoch, row_hash)
    SELECT 'report.viewed', 'read', 'done', CASE WHEN n % 7 > 0 THEN n END, 'agent-' || n % 50, 'key-' || n % 50,
           '192.0.2.' || n % 250, md5(turn::text), md5((turn * 1000 + n)::text), 'report', (turn * 1000 + n)::text,
           'SIR-' || lpad(turn::text, 8, '0'),
           CASE WHEN n % 5 = 0 THEN ARRAY['Zoë', 'a "quoted", one', n::text] ELSE '{{}}' END,
           jsonb_build_object('place', E'Añasco\\tPier\\\\3', 'turn', turn, 'note', repeat('x', n % 90))::text,
           clock_timestamp(), 0, 0, ''
    FROM generate_series(1, {}) AS n;
    COMMIT;
END LOOP; END $$
"""


def write_events(count: int, each: int = 8) -> None:
    """About `count` events, `each` to a transaction."""
    with own_connection() as raw:
        raw.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        raw.execute(sql.SQL(WRITE).format(sql.Literal(-(-count // each)), sql.Literal(each)))


def own_connection(user: str = "") -> psycopg.Connection:
    """One outside every transaction, to the database of this process: the drill's own, or a test's."""
    config = connection.settings_dict
    return psycopg.connect(
        host=str(config["HOST"]), user=user or str(config["USER"]), dbname=str(config["NAME"]), autocommit=True
    )


def seal_all(at_most: int) -> None:
    """Seal everything there is, about `at_most` events to a seal."""
    from audit import sealing

    usual, sealing.BATCH = sealing.BATCH, at_most
    try:
        while sealing.unsealed():
            if not sealing.seal_once():
                time.sleep(0.01)  # a transaction that still runs holds the rest
    finally:
        sealing.BATCH = usual

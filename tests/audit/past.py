"""Events of past days, for tests of what is made of a month of the log: the owner writes them with the stamp lifted.

A test that uses it commits, so it asks for `transaction=True` and is cleaned up after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import sql

from audit.events import EVENTS
from tests.database import owner_connection

INSERT = """
INSERT INTO audit_event (code, kind, outcome, actor_id, actor, person_key, address, session, request, object_type,
                         object_id, object_label, batch, payload, at, xid, epoch, row_hash)
VALUES (%s, %s, %s, %s, %s, %s, '192.0.2.1', '', '', %s, %s, %s, '{}', '{}', %s, 3, 1, '')
"""
PARTITION = "CREATE TABLE IF NOT EXISTS {} PARTITION OF audit_event FOR VALUES FROM ({}) TO ({})"


@dataclass(frozen=True)
class Past:
    """One event as it was on that day."""

    at: datetime
    code: str
    by: Any = None
    on: Any = None
    outcome: str = "done"

    def row(self) -> list[Any]:
        by, on = self.by, self.on
        who = [by.pk, by.username, by.person_key] if by else [None, "system", "system"]
        about = [on.audit_type, on.audit_id, on.audit_label] if on else ["list", "", "a list"]
        return [self.code, EVENTS[self.code].kind, self.outcome, *who, *about, self.at]


def write(events: Iterable[Past]) -> None:
    """Commit them; the months that they need are made. The stamp is lifted and put back in one transaction."""
    rows = [event.row() for event in events]
    with owner_connection() as connection:
        for month in sorted({row[-1].astimezone(UTC).replace(day=1).date() for row in rows}):
            after = (month + timedelta(days=32)).replace(day=1)
            name = sql.Identifier(f"audit_event_{month:%Y_%m}")
            bounds = (sql.Literal(f"{day} 00:00+00") for day in (month, after))
            connection.execute(sql.SQL(PARTITION).format(name, *bounds))
        connection.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_stamp")
        connection.cursor().executemany(INSERT, rows)
        connection.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_stamp")

"""Keeping SPOT rows: the run-time role may append them, and nothing of the application can read them (SEN PIA)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

# Without a conflict target: naming the columns would need the right to read them.
KEEP = """
INSERT INTO reports_spot (checksum, import_id, payload, imported_at)
SELECT r.checksum, %s, r.payload, %s FROM jsonb_to_recordset(%s::jsonb) AS r (checksum text, payload jsonb)
ORDER BY r.checksum
ON CONFLICT DO NOTHING
"""


def keep(rows: Sequence[dict[str, Any]], *, import_id: UUID, now: datetime) -> int:
    """Append rows (`checksum`, `payload`) in a transaction whose event names the import; how many were new."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [import_id, now, json.dumps(rows)])
        return int(cursor.rowcount)

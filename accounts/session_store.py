"""The store of sessions: Django's own table and ways, read by one plain statement, for every request begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Writing, ending and clearing are inherited."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or over is given up, as Django does."""
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, timezone.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0])
        return kept

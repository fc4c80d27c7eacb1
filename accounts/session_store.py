"""The store of sessions: Django's own table and ways, read by one plain statement, for every request begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection, transaction
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
GIVE_UP = "DELETE FROM django_session WHERE session_key = %s"
# The list of open sessions follows the key. What was ended from elsewhere stays, to say why to whoever asks with it.
ENDED = "SELECT ended, user_id FROM accounts_opensession WHERE key = %s AND ended <> ''"
FOLLOW = "UPDATE accounts_opensession SET key = %s WHERE key = %s"
CLOSE = "DELETE FROM accounts_opensession WHERE key = %s AND ended = ''"


class SessionStore(db.SessionStore):
    """Writing and clearing are inherited."""

    # Why the session that the browser named was ended from elsewhere, and whose it was.
    ended: tuple[str, int] | None = None

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or over is given up, as Django does."""
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, timezone.now()])
            found = cursor.fetchone()
            if found is None:
                cursor.execute(ENDED, [self.session_key])
                self.ended = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0])
        return kept

    def cycle_key(self) -> None:
        """Go on under a new key. A session that was ended while this request ran does not come back under it."""
        kept: dict[str, Any] = self._session  # type: ignore[attr-defined]
        before = self.session_key
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GIVE_UP, [before])
            if before and SESSION_KEY in kept and not cursor.rowcount:
                raise SessionInterrupted("The session was ended while this request ran.")
            self.create()
            self._session_cache = kept
            cursor.execute(FOLLOW, [self.session_key, before])

    def delete(self, session_key: str | None = None) -> None:
        """End a session, here and on the list of open ones."""
        super().delete(session_key)
        if key := session_key or self.session_key:
            with connection.cursor() as cursor:
                cursor.execute(CLOSE, [key])

"""Who searched for a name: the kept terms of every search, found by their words without regard to case and accents."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from audit.models import Event, SearchTerms

MOST = 2000
FIND = "SELECT id FROM audit_searchterms WHERE audit_words(terms) @> audit_words(%s) LIMIT %s"
FOLD = "SELECT audit_words(%s)"


def folded(typed: str) -> list[str]:
    """The words as they are looked for."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [typed.replace("\x00", " ")])
        (words,) = cursor.fetchone()
    return list(words)


def searches_for(typed: str) -> list[UUID]:
    """The searches that held every one of these words, each whole; one more than MOST says that there are more."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [typed.replace("\x00", " "), MOST + 1])
        return [key for (key,) in cursor.fetchall()]


def events_of(searches: list[UUID]) -> QuerySet[Event]:
    """What was recorded of them: who, when and from where."""
    ids = [str(key) for key in searches[:MOST]]
    return Event.objects.filter(object_type=SearchTerms.audit_type, object_id__in=ids)

"""What people searched for: kept apart from addresses and events, since a search may be a person's name."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404

from accounts.models import User
from audit.log import record
from audit.models import SearchTerms

LONGEST = 500


def keep_terms(typed: str, *, by: User) -> SearchTerms | None:
    """Keep what was typed into a search; its id may stand in an address. Nothing typed keeps nothing."""
    terms = typed.replace("\x00", "").strip()[:LONGEST]
    if not terms:
        return None
    with transaction.atomic():
        kept = SearchTerms.objects.create(user_id=by.pk, terms=terms)
        record("reports.searched", by=by, on=kept)
    return kept


def terms_of(key: str, user: User) -> str:
    """What this person searched for under `key` ("" if there is no key). Anybody else's is not found."""
    if not key:
        return ""
    try:
        return str(SearchTerms.objects.values_list("terms", flat=True).get(pk=UUID(key), user_id=user.pk))
    except (ValueError, SearchTerms.DoesNotExist):
        raise Http404 from None

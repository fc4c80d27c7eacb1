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


def kept_terms(key: str, user: User) -> SearchTerms | None:
    """The search of this person under `key` (none if there is no key). Anybody else's is not found."""
    if not key:
        return None
    try:
        return SearchTerms.objects.get(pk=UUID(key), user_id=user.pk)
    except (ValueError, SearchTerms.DoesNotExist):
        raise Http404 from None


def answered(kept: SearchTerms, found: int, *, by: User) -> None:
    """Keep how many reports a search found: once, when its answer is first shown."""
    if kept.found is not None:
        return
    with transaction.atomic():
        if SearchTerms.objects.filter(pk=kept.pk, found=None).update(found=found):
            record("reports.search_answered", by=by, on=kept, found=found)

"""Saved searches: keeping one under a name, running it, changing it, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.access import Refused, action, refusal
from accounts.marks import Started
from accounts.models import User
from audit.log import record
from audit.models import SearchTerms
from privacy import overrides
from reports.lookup import READS
from reports.models import SavedSearch, SavedSearchFind
from reports.terms import keep_terms

MOST = 50
NOTHING = "There is nothing to save yet. Search for words or choose a filter, then save."
FULL = f"You have {MOST} saved searches, which is the most. Remove one that you no longer need, then save this one."
TAKEN = "You have a saved search of this name already. Choose another name, or remove that one first."


@action
def save_search(
    *,
    by: User,
    name: str,
    terms: str,
    filters: Mapping[str, str],
    alerts: bool = False,
    now: datetime | None = None,
) -> SavedSearch:
    """Keep a search: its words, and its filters as they stand in the address. The same again is the same one.

    Raises Refused where there is nothing to keep or too much, and ValidationError where the name is taken.
    """
    if not any(by.may_somewhere(read) for read in READS):
        raise Refused(refusal(READS[0]))
    if not terms and not filters:
        raise Refused(NOTHING)
    _one_at_a_time(by)
    name = name.strip()
    kept = {"name": name, "terms": terms, "filters": dict(filters), "alerts": alerts}
    if again := SavedSearch.objects.filter(owner=by, **kept).first():
        return again
    if SavedSearch.objects.filter(owner=by).count() >= MOST:
        raise Refused(FULL)
    _refuse_taken(name, by)
    _stands_already(terms)
    saved = SavedSearch.objects.create(owner=by, made_at=now or timezone.now(), **kept)
    record("saved_search.made", by=by, on=saved, alerts=alerts, filters=sorted(filters))
    return saved


@action
def change_search(pk: UUID, *, by: User, name: str, alerts: bool, started: Started | None = None) -> SavedSearch:
    """Give a saved search another name, or turn its alerts on or off.

    Raises SavedSearch.DoesNotExist for another's, ChangedMeanwhile, and ValidationError where the name is taken.
    """
    _one_at_a_time(by)
    saved, name = _own(pk, by), name.strip()
    if (saved.name, saved.alerts) == (name, alerts):
        return saved
    if started:
        started.check(saved)
    _refuse_taken(name, by, saved)
    saved.name, saved.alerts = name, alerts
    saved.save(update_fields=["name", "alerts"])
    record("saved_search.changed", by=by, on=saved, alerts=alerts)
    return saved


@action
def remove_search(pk: UUID, *, by: User) -> str:
    """Let a saved search go, with what it found; its name. Raises SavedSearch.DoesNotExist for another's."""
    saved = _own(pk, by)
    record("saved_search.removed", by=by, on=saved)
    saved.delete()
    return saved.name


@action
def run_search(pk: UUID, *, by: User, now: datetime | None = None) -> tuple[SavedSearch, SearchTerms | None]:
    """Keep its words as those of a new search, and note that what it had found is seen.

    Raises SavedSearch.DoesNotExist for another's.
    """
    saved = _own(pk, by)
    _stands_already(saved.terms)
    kept = keep_terms(saved.terms, by=by)
    if SavedSearchFind.objects.filter(search=saved, seen_at=None).update(seen_at=now or timezone.now()):
        record("saved_search.seen", by=by, on=saved)
    return saved, kept


def _own(pk: UUID, by: User) -> SavedSearch:
    return SavedSearch.objects.select_for_update().get(pk=pk, owner=by)


def _refuse_taken(name: str, by: User, but: SavedSearch | None = None) -> None:
    others = SavedSearch.objects.filter(owner=by, name__iexact=name)
    if any(other.pk != (but and but.pk) for other in others):
        raise ValidationError({"name": TAKEN})


def _one_at_a_time(by: User) -> None:
    """Two saves of one person wait for each other: the most that they may have, and each name once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"saved searches of {by.pk}"])


def _stands_already(terms: str) -> None:
    """Words that were kept once were looked at for SSNs then, and whoever typed them was asked."""
    overrides.allow(overrides.numbers_in(terms))

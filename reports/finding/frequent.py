"""Which words stand in many reports, as the statistics of the database have it: known without asking anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from django.db import connection

# A word in so many of a hundred reports is frequent: nobody who types it needs words that are near it.
FREQUENT = 0.01
SECONDS = 600
KNOWN = """
SELECT word, share FROM pg_stats,
    unnest(most_common_elems::text::text[], most_common_elem_freqs[:cardinality(most_common_elems::text::text[])])
    AS common (word, share)
WHERE schemaname = current_schema AND tablename = 'reports_searchdocument' AND attname = 'words' AND share >= %s
"""
STEMS = "SELECT word, coalesce((ts_lexize('english_stem', word))[1], word) FROM unnest(%s::text[]) word"


@dataclass
class Shares:
    """The share of reports that holds each frequent word, by its stem, and until when that is taken for true."""

    of: dict[str, float] = field(default_factory=dict)
    until: float = 0.0


_shares = Shares()


def shares() -> Mapping[str, float]:
    """The share of all reports in which each frequent stem stands; nothing before there are statistics."""
    if monotonic() > _shares.until:
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, [FREQUENT])
            _shares.of, _shares.until = dict(cursor.fetchall()), monotonic() + SECONDS
    return _shares.of


def share(word: str) -> float:
    """In what share of all reports a word stands: 0 where that is few."""
    known = shares()
    return known.get(stems_of({word})[word], 0.0) if known else 0.0


def frequent(words: Iterable[str]) -> frozenset[str]:
    """Those of these words that stand in many reports."""
    known = shares()
    stems = stems_of(set(words)) if known else {}
    return frozenset(word for word, stem in stems.items() if stem in known)


# Words whose stems are known, for they are the same for ever and asked for on every page.
_stems: dict[str, str] = {}
MOST_STEMS = 50_000


def stems_of(words: set[str]) -> Mapping[str, str]:
    """The stem of each word, as the search has it; one statement where there are words not asked for before."""
    unknown = sorted(words - _stems.keys())
    if len(_stems) > MOST_STEMS:
        _stems.clear()
        unknown = sorted(words)
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute(STEMS, [unknown])
            _stems.update(cursor.fetchall())
    return {word: _stems[word] for word in words}

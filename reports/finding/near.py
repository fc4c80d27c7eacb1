"""What is close to what was typed: words that may stand instead of others, and reports that name people so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from django.db.models import Q

from reports.finding import names
from reports.finding.nicknames import also
from reports.models import SearchName, SearchWord

# How many words may stand for one, how many names are weighed, and how many reports come of that.
MOST_INSTEAD, MOST_WEIGHED, MOST_REPORTS = 16, 1_500, 200
CLOSE_WORD = 0.8


@dataclass(frozen=True)
class Near:
    """For each typed word those close to it, closest first; and the reports with close names, with how close."""

    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reports: Mapping[UUID, float] = field(default_factory=dict)


def near(words: Sequence[str], joined: Sequence[str] = (), *, whole: bool) -> Near:
    """What is close to these words of a name, and to those `joined` of several of them.

    Names are looked for only where the `whole` of what was typed may be one.
    """
    if not words:
        return Near()
    instead = _instead([*words, *joined])
    return Near(instead, _reports(words, instead) if whole and len(words) > 1 else {})


def _instead(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """One statement for all words."""
    keys = {key for word in words for key in names.keys_of_word(word)}
    known = SearchWord.objects.filter(keys__overlap=sorted(keys)).values_list("word", flat=True)
    others = set(known[:5_000])
    found = {}
    for word in words:
        close = {other: names.closeness(word, other) for other in others | set(also(word)) if other != word}
        ranked = sorted(
            (other for other in close if close[other] >= CLOSE_WORD), key=lambda other: (-close[other], other)
        )
        found[word] = tuple(ranked[:MOST_INSTEAD])
    return found


def _reports(words: Sequence[str], instead: Mapping[str, tuple[str, ...]]) -> dict[UUID, float]:
    """The reports with the closest names: of those that share two words with what is asked for, the best."""
    counted = names.core(words)
    keys = [sorted(map(names.key, (word, *instead.get(word, ())))) for word in counted]
    pairs = Q()
    for one, other in combinations(keys, 2):
        pairs |= Q(keys__overlap=one) & Q(keys__overlap=other)
    if not pairs:
        return {}
    rows = SearchName.objects.filter(pairs).values_list("report_id", "name")[:MOST_WEIGHED]
    found: dict[UUID, float] = {}
    for report, name in rows:
        score = names.score(words, names.words_of(name))
        if score > found.get(report, 0.0):
            found[report] = score
    closest = sorted(found, key=lambda report: -found[report])[:MOST_REPORTS]
    return {report: found[report] for report in closest}

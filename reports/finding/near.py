"""What is close to what was typed: words that may stand instead of others, and reports that name people so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from django.db import connection
from django.db.models import Q

from reports.finding import names
from reports.finding.frequent import frequent
from reports.finding.nicknames import also
from reports.models import SearchName, SearchWord

# How many words may stand for one, how many names are weighed, and how many reports come of that.
MOST_INSTEAD, MOST_WEIGHED, MOST_REPORTS = 16, 1_500, 200
CLOSE_WORD = 0.8
# Words that stand so in more reports than this need no near ones.
RARELY = 50
# Names that are not as they were typed are shown beside fewer exact ones than this, and then no more than so many.
MANY_EXACT, MOST_BESIDE = 3, 5
# Where none is exact: how much worse than the closest a name may be, among the first few and after them.
FIRST_FEW, AFTER_THEM = 12.0, 6.0


@dataclass(frozen=True)
class Near:
    """For each typed word those close to it, closest first; and the reports with close names, with how close.

    Where it is all `together` a name, the words instead of others count only where they stand one after the other.
    """

    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reports: Mapping[UUID, float] = field(default_factory=dict)
    together: bool = False


def near(words: Sequence[str], joined: Sequence[str] = (), *, whole: bool, literal: str = "") -> Near:
    """What is close to these words of a name, and to those `joined` of several of them.

    Names are looked for only where the `whole` of what was typed may be one. Otherwise words that are frequent, and
    words that are found often enough as they are (`literal`, a query), need nothing in their place.
    """
    often = frequent([*words, *joined])
    if whole and len(words) > 1 and (not often or often <= _known(often)):
        return _named(words, joined)
    rare = [word for word in (*words, *joined) if word not in often]
    return Near(_instead(rare, literal)) if rare else Near()


def _named(words: Sequence[str], joined: Sequence[str]) -> Near:
    """Of a name: the reports with close ones; where there are none, words that may stand in a text instead."""
    known: set[str] = set()
    instead = _instead([*words, *joined], known=known)
    reports = _reports(words, instead)
    if reports:
        return Near(reports=reports)
    return Near(instead, together=all(instead.get(word) or word in known for word in names.core(words)))


def _known(words: Iterable[str]) -> frozenset[str]:
    """Those of these words that stand in names."""
    return frozenset(SearchWord.objects.filter(word__in=sorted(words)).values_list("word", flat=True))


SIMILAR = """
SELECT word FROM reports_searchword WHERE keys && %s::integer[] AND (%s = '' OR (SELECT count(*) FROM (
    SELECT 1 FROM reports_searchdocument WHERE words @@ websearch_to_tsquery('english', %s) LIMIT %s) so) < %s)
LIMIT 5000
"""


def _instead(words: Sequence[str], literal: str = "", known: set[str] | None = None) -> dict[str, tuple[str, ...]]:
    """One statement for all words."""
    keys = sorted({key for word in words for key in names.keys_of_word(word)})
    with connection.cursor() as cursor:
        cursor.execute(SIMILAR, [keys, literal, literal, RARELY, RARELY])
        others = {word for (word,) in cursor.fetchall()}
    if known is not None:
        known |= others & set(words)
    found = {}
    for word in words:
        close = {other: names.closeness(word, other) for other in others | set(also(word)) if other != word}
        ranked = sorted(
            (other for other in close if close[other] >= CLOSE_WORD), key=lambda other: (-close[other], other)
        )
        found[word] = tuple(ranked[:MOST_INSTEAD])
    return found


def _reports(words: Sequence[str], instead: Mapping[str, tuple[str, ...]]) -> dict[UUID, float]:
    """The reports with the closest names, of those that share two words with what is asked for."""
    counted = names.core(words)
    keys = [sorted(map(names.key, (word, *instead.get(word, ())))) for word in counted]
    pairs = Q()
    for one, other in combinations(keys, 2):
        pairs |= Q(keys__overlap=one) & Q(keys__overlap=other)
    if not pairs:
        return {}
    rows = SearchName.objects.filter(pairs).values_list("report_id", "name")[:MOST_WEIGHED]
    found: dict[UUID, float] = {}
    likeness: dict[str, float] = {}
    for report, name in rows:
        if name not in likeness:
            likeness[name] = names.likeness(words, names.words_of(name))
        if likeness[name] > found.get(report, 0.0):
            found[report] = likeness[name]
    return _shown(found)


def _shown(found: Mapping[UUID, float]) -> dict[UUID, float]:
    """The names themselves, and few close ones beside few of them; without any, those about as close as the best."""
    closest = sorted(found, key=lambda report: -found[report])[:MOST_REPORTS]
    exact = [report for report in closest if found[report] >= names.EXACT]
    if len(exact) >= MANY_EXACT:
        shown = exact
    elif exact:
        one_off = [report for report in closest if names.ONE_OFF <= found[report] < names.EXACT]
        shown = exact + one_off[:MOST_BESIDE]
    else:
        worse = [found[closest[0]] - found[report] for report in closest]
        shown = closest[: sum(by <= FIRST_FEW for by in worse[:MOST_BESIDE])]
        shown = closest[: max(len(shown), sum(by <= AFTER_THEM for by in worse))]
    return {report: found[report] for report in shown}

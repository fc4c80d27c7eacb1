"""Finding reports by their words: one search document a report, written with it, and the filter that uses it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, Value

from reports.content import Filled, shown
from reports.kinds import KINDS
from reports.models.finding import SearchDocument

CONFIG = "english"


def words_of(filled: Filled, labels: Mapping[str, str] | None = None) -> str:
    """Everything a report and its rows say, in words."""
    said = [filled.report.number]
    for part in shown(filled, labels=labels):
        said += [answer.text for answer in part.answers]
        said += [text for row in part.rows for text in (row.line, *(a.text for a in row.answers))]
    return "\n".join(said)


def index(filled: Filled) -> None:
    """Write the search document of a report in the transaction that changed it."""
    vector = SearchVector(Value(words_of(filled)), config=CONFIG)
    document = SearchDocument(report_id=filled.report.pk, words=vector)
    SearchDocument.objects.bulk_create(
        [document], update_conflicts=True, unique_fields=["report"], update_fields=["words"]
    )


def matching(terms: str) -> Q:
    """Reports that hold these words, or bear this number. The text of a user is never parsed as an operator.

    The old name of a kind finds the reports of that kind (SEN PIA: they were called so).
    """
    kinds, terms = kinds_named(terms)
    found = Q(kind__in=kinds) if kinds else Q()
    return found & holding(terms) if terms or not kinds else found


def kinds_named(terms: str) -> tuple[list[str], str]:
    """The kinds whose old names stand in these words, and the words without them."""
    kinds = []
    for kind in KINDS:
        for alias in kind.aliases:
            without = re.sub(rf"(?<!\w){re.escape(alias)}s?(?!\w)", " ", terms, flags=re.IGNORECASE)
            if without != terms:
                kinds.append(kind.code)
                terms = without
    return kinds, terms.strip()


def holding(terms: str) -> Q:
    query = SearchQuery(terms, config=CONFIG, search_type="websearch")
    found = SearchDocument.objects.filter(words=query).values("report_id")
    return Q(pk__in=found) | Q(number__iexact=terms.strip())

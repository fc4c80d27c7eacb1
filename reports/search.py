"""What was typed, as a filter of reports."""

from __future__ import annotations

from django.db.models import Q

from reports.finding.asking import understand
from reports.finding.documents import CONFIG, index, words_of
from reports.finding.results import matching as narrowed

__all__ = ["CONFIG", "index", "matching", "words_of"]


def matching(terms: str) -> Q:
    return narrowed(understand(terms))

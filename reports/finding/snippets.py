"""Why a report was found: the line of it that holds what was searched for, with the matches marked, or a close name.

The lines are cut from the words of the report itself, which the reader may see, for the rows of one page alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models.functions import Left
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports import sameness
from reports.finding import names
from reports.finding.asking import Asked, Term
from reports.finding.frequent import stems_of
from reports.models import SearchDocument, SearchName

# What is longer is searched whole and marked in its beginning: fifty long texts would take longer than the page.
LOOKED_AT = 20_000
BEFORE, LONGEST = 70, 240
WORD = re.compile(r"[^\W_]+(?:['’`´.][^\W_]+)*")
FURTHER_DOWN = SafeString("The match stands further down in its text or in an attachment.")
Span = tuple[int, int, frozenset[int]]


def why(rows: Sequence[Any], asked: Asked) -> dict[UUID, list[SafeString]]:
    """For each row what it holds of what was asked for; rows may be anything with an `id`."""
    if not rows or not asked.terms:
        return {}
    documents = SearchDocument.objects.filter(report_id__in=[row.id for row in rows])
    texts = dict(documents.annotate(start=Left("text", LOOKED_AT)).values_list("report_id", "start"))
    marker = Marker(asked, texts)
    lines = {key: marker.line(text) for key, text in texts.items()}
    close = asked.close.reports
    named = _close_names(asked, [key for key in texts if key in close and not marker.says_all(texts[key])])
    found = {}
    for key, text in texts.items():
        said = [one for one in (lines[key], named.get(key)) if one]
        if not said and len(text) == LOOKED_AT:
            said = [FURTHER_DOWN]
        found[key] = said
    return found


# -- Close names -------------------------------------------------------------------------------------------------------
def _close_names(asked: Asked, reports: Sequence[UUID]) -> dict[UUID, SafeString]:
    """The closest name of each report."""
    if not reports:
        return {}
    words = list(asked.names)
    best: dict[UUID, tuple[float, str]] = {}
    for key, name in SearchName.objects.filter(report_id__in=reports).values_list("report_id", "name"):
        best[key] = max(best.get(key, (0.0, "")), (names.likeness(words, names.words_of(name)), name))
    return {
        key: format_html("Names <mark>{}</mark>, close to what you typed", name)
        for key, (score, name) in best.items()
        if score
    }


# -- Lines -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Marker:
    """Finds what was asked for in texts that hold it: by stems and without accents, as the search itself does."""

    asked: Asked
    texts: Mapping[UUID, str]
    _folded: dict[str, str] = field(default_factory=dict)
    _spans: dict[str, list[Span]] = field(default_factory=dict)

    @cached_property
    def terms(self) -> list[Term]:
        return [term for term in self.asked.terms if not term.excluded]

    @cached_property
    def singles(self) -> list[tuple[int, str]]:
        """Each single word that may stand for a term, with the number of the term."""
        instead = self.asked.close.instead
        found = []
        for number, term in enumerate(self.terms):
            for part in term.parts or (term,):
                if " " not in part.text and not part.prefix:
                    found += [(number, word) for word in (part.text, part.near, *instead.get(part.near, ())) if word]
        return found

    @cached_property
    def stems(self) -> Mapping[str, str]:
        """The stems of what was asked for, and of the words of the texts that begin like it."""
        asked = {word for _, word in self.singles} | {word for _, phrase in self.phrases for word in phrase}
        starts = tuple({word[:3] for word in asked})
        words = {self.folded(found) for text in self.texts.values() for found in WORD.findall(text)}
        return stems_of(asked | {word for word in words if word.startswith(starts)}) if starts else {}

    @cached_property
    def hits(self) -> dict[str, frozenset[int]]:
        """Each word, or stem, of a text that is a match, with the terms that it is one of."""
        found: dict[str, set[int]] = {}
        for number, word in self.singles:
            for form in (word, self.stems[word]):
                found.setdefault(form, set()).add(number)
        return {word: frozenset(numbers) for word, numbers in found.items()}

    @cached_property
    def prefixes(self) -> list[tuple[int, str]]:
        return [(number, sameness.letters(term.text)) for number, term in enumerate(self.terms) if term.prefix]

    @cached_property
    def phrases(self) -> list[tuple[int, list[str]]]:
        split = ((number, WORD.findall(term.text)) for number, term in enumerate(self.terms) if " " in term.text)
        return [(number, [self.folded(word) for word in words]) for number, words in split if words]

    @cached_property
    def numbers(self) -> list[tuple[int, re.Pattern[str]]]:
        """Identifiers in whatever punctuation they stand in the text."""
        return [
            (number, _in_any_punctuation(form))
            for number, term in enumerate(self.terms)
            for form in term.identifiers
            if form.isascii()
        ]

    def folded(self, word: str) -> str:
        if word not in self._folded:
            self._folded[word] = sameness.plain(sameness.SILENT.sub("", word))
        return self._folded[word]

    def spans(self, text: str) -> list[Span]:
        """Where a text matches, in its order, each with the numbers of the terms; none of them overlap."""
        if text not in self._spans:
            self._spans[text] = _apart([*self._words(text), *self._numbers(text)])
        return self._spans[text]

    def _words(self, text: str) -> Iterator[Span]:
        words = [(found.start(), found.end(), self.folded(found.group())) for found in WORD.finditer(text)]
        for start, end, word in words:
            terms = self.hits.get(word) or self.hits.get(self.stems.get(word, word), frozenset())
            terms |= {number for number, prefix in self.prefixes if word.startswith(prefix)}
            if terms:
                yield start, end, terms
        for number, phrase in self.phrases:
            wanted = [self.stems[word] for word in phrase]
            said = [self.stems.get(word, word) for _, _, word in words]
            for at in range(len(said) - len(wanted) + 1):
                if said[at] == wanted[0] and said[at : at + len(wanted)] == wanted:
                    yield words[at][0], words[at + len(wanted) - 1][1], frozenset({number})

    def _numbers(self, text: str) -> Iterator[Span]:
        for number, pattern in self.numbers:
            for found in pattern.finditer(text):
                yield found.start(), found.end(), frozenset({number})

    def says_all(self, text: str) -> bool:
        """Whether every term stands in the text."""
        said: frozenset[int] = frozenset().union(*(terms for _, _, terms in self.spans(text)))
        return len(said) == len(self.terms)

    def line(self, text: str) -> SafeString | None:
        """The line of the text that holds most of what was asked for, cut to its matches; none where none does."""
        by_line: dict[int, list[Span]] = {}
        for span in self.spans(text):
            by_line.setdefault(text.rfind("\n", 0, span[0]) + 1, []).append(span)
        if not by_line:
            return None
        start = max(by_line, key=lambda at: (len(frozenset().union(*(terms for _, _, terms in by_line[at]))), -at))
        end = text.find("\n", start)
        return _drawn(text, start, len(text) if end < 0 else end, by_line[start])


def _in_any_punctuation(form: str) -> re.Pattern[str]:
    """E.164 and `A` with zeros are how we write a number, so neither has to stand in the text."""
    signs = form.removeprefix("+1").lstrip("+")
    optional = ""
    if re.fullmatch(r"A\d{9}", signs):
        optional, signs = r"(?:A[\W_]{0,3})?0{0,2}", signs[1:].lstrip("0")
    return re.compile(
        r"(?<![^\W_])" + optional + r"[\W_]{0,3}".join(map(re.escape, filter(str.isalnum, signs))) + r"(?![^\W_])",
        re.IGNORECASE,
    )


def _apart(spans: Iterable[Span]) -> list[Span]:
    """In the order of the text; of those that overlap, one over all of them."""
    found: list[Span] = []
    for start, end, terms in sorted(spans, key=lambda span: (span[0], -span[1])):
        if found and start < found[-1][1]:
            first, last, earlier = found[-1]
            found[-1] = (first, max(last, end), earlier | terms)
        else:
            found.append((start, end, terms))
    return found


def _drawn(text: str, start: int, end: int, spans: Sequence[Span]) -> SafeString:
    """A line from a little before its first match on, with each match marked."""
    cut = max(start, spans[0][0] - BEFORE)
    if cut > start:
        cut = text.find(" ", cut, spans[0][0]) + 1 or cut
    stop = min(end, max(cut + LONGEST, spans[0][1]))
    if stop < end:
        stop = max(text.rfind(" ", spans[0][1], stop), spans[0][1])
    pieces, at = [], cut
    for first, last, _ in spans:
        if last > stop:
            break
        pieces.append((text[at:first], text[first:last]))
        at = last
    drawn = format_html_join("", "{}<mark>{}</mark>", pieces)
    return format_html("{}{}{}{}", "… " if cut > start else "", drawn, text[at:stop], " …" if stop < end else "")

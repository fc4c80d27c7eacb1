"""What somebody typed into the one box, understood: words, phrases, exclusions, names and identifiers in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from reports import sameness
from reports.finding import identifiers, names
from reports.finding.near import Near, near
from reports.kinds import KINDS

LONGEST, MOST_TERMS, MOST_NAMES = 500, 40, 8
LONGEST_RUN = 5
TOO_LONG = f"Only the first {LONGEST} characters were searched for."
TOO_MANY = f"Only the first {MOST_TERMS} words were searched for."
UNCLOSED = "A quotation mark is never closed, so the words after it were searched for one by one."
NOTHING = "There is no word in this. Type a word, a name or a number."
COMMON = "These words are in nearly every report. Add a word that is not."
ONLY_WITHOUT = "This only says what to leave out. Add a word to search for."
QUOTES = dict.fromkeys(map(ord, "“”„‟«»″＂"), '"')
TOKEN = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)')
# Words that the search configuration leaves out of every document.
STOP_WORDS = """
 i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
it its itself they them their theirs themselves what which who whom this that these those am is are was were be
been being have has had having do does did doing a an the and but if or because as until while of at by for with
about against between into through during before after above below to from up down in out on off over under
again further then once here there when where why how all any both each few more most other some such no nor
not only own same so than too very s t can will just don should now
"""
STOP = frozenset(STOP_WORDS.split())


@dataclass(frozen=True)
class Term:
    """One thing that has to be there, or must not: a word or a phrase, or instead any of these identifiers.

    `parts` are terms that together may stand instead: "ABC 1234" is two words or one plate. Of `either` one is enough.
    A `near` word may also be another word of a name that is close to it.
    """

    text: str = ""
    excluded: bool = False
    prefix: bool = False
    near: str = ""
    identifiers: tuple[str, ...] = ()
    parts: tuple[Term, ...] = ()
    either: tuple[Term, ...] = ()


# What stands between two terms of which one is enough: the word OR, in capitals.
OR = Term()


@dataclass(frozen=True)
class Asked:
    """What was asked for. `words` is its text in the language of `websearch_to_tsquery`, for marking what matched.

    `names` are the free words that may be those of a name, and `identifiers` pairs of type ("" where it may be any)
    and value in normal form. `problem` says what was left out, and why.
    """

    typed: str
    words: str = ""
    names: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    problem: str = ""
    terms: tuple[Term, ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def close(self) -> Near:
        """The words and names that are close to what was typed; looked up once."""
        joined = [term.near for term in self.terms if term.parts and term.near]
        return near(self.names, joined, whole=self.is_name, literal=self.words)

    def __bool__(self) -> bool:
        """Whether anything was typed that narrows."""
        return bool(self.typed)

    @property
    def wants(self) -> bool:
        """Whether there is a word to search for; what to leave out alone would be nearly everything."""
        return any(not term.excluded for term in self.terms)

    @property
    def is_name(self) -> bool:
        """Whether every free word may be one of a name: only then the whole is looked for among names."""
        free = [term for term in _single(self.terms) if not term.excluded and " " not in term.text]
        return bool(self.names) and all(term.near for term in free) and not any(term.either for term in self.terms)


def understand(typed: str) -> Asked:
    """What was typed, bounded at once: no text makes this slow, and none fails."""
    text, problem = _bounded(typed)
    kinds, text = kinds_named(text)
    terms: list[Term] = []
    for term in _terms(text):
        if len(terms) == MOST_TERMS:
            problem = problem or TOO_MANY
            break
        terms.append(term)
    terms = _with_particles(_with_runs(_with_alternatives(terms)))
    wanted = [term for term in terms if not term.excluded]
    if not terms and not kinds and typed.strip():
        problem = problem if problem not in ("", UNCLOSED) else COMMON if _only_common(text) else NOTHING
    elif not wanted and not kinds and terms:
        problem = problem or ONLY_WITHOUT
    return Asked(
        typed=" ".join(typed[: LONGEST * 2].split())[:LONGEST],
        words=" ".join(_websearch(term) for term in terms),
        names=tuple(term.near for term in _single(wanted) if term.near)[:MOST_NAMES],
        identifiers=tuple(("", value) for term in _flat(wanted) for value in term.identifiers),
        kinds=tuple(kinds),
        problem=problem,
        terms=tuple(terms),
        addresses=tuple(_addresses(text)),
    )


def _bounded(typed: str) -> tuple[str, str]:
    """The beginning of what was typed, without what is invisible, and what is to be said of the rest."""
    problem = TOO_LONG if len(typed.strip()) > LONGEST else ""
    text = unicodedata.normalize("NFC", typed.strip()[:LONGEST]).translate(QUOTES)
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text if _shows(sign))
    if text.count('"') % 2:
        place = text.rindex('"')
        text, problem = text[:place] + " " + text[place + 1 :], problem or UNCLOSED
    return text, problem


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")


def kinds_named(terms: str) -> tuple[list[str], str]:
    """The kinds whose old names stand in these words (SEN PIA: they were called so), and the words without them."""
    kinds = []
    for kind in KINDS:
        for alias in kind.aliases:
            without = re.sub(rf"(?<!\w){re.escape(alias)}s?(?!\w)", " ", terms, flags=re.IGNORECASE)
            if without != terms:
                kinds.append(kind.code)
                terms = without
    return kinds, terms.strip()


# -- Terms -------------------------------------------------------------------------------------------------------------
def _terms(text: str) -> Iterator[Term]:
    for token in TOKEN.finditer(text):
        if token["phrase"] is not None:
            said = sameness.plain(token["phrase"])
            if any(sign.isalnum() for sign in said):
                yield Term(text=" ".join(said.split()), excluded=bool(token["minus"]), identifiers=_forms(said))
        elif token["word"] == "OR":
            yield OR
        else:
            yield from filter(None, map(_word, _apart(token["word"])))


def _apart(token: str) -> list[str]:
    """The parts of a double name as words of their own: López-Núñez is also found as Núñez López."""
    bare = token.lstrip("-")
    plain = "-" in bare and token == bare and not any(sign.isdigit() or sign in "@*" for sign in bare)
    return bare.split("-") if plain else [token]


def _word(token: str) -> Term | None:
    excluded = len(token) > 1 and token[0] == "-"
    bare = token.lstrip("-")
    said = sameness.plain(bare)
    if not any(sign.isalnum() for sign in said) or (said in STOP and not excluded):
        return None
    prefix = bare.endswith("*") and len(sameness.letters(bare)) > 1
    word = "".join(names.words_of(bare)[:3])
    near = word if not excluded and not prefix and _may_be_name(bare, word) else ""
    return Term(text=said.strip("*"), excluded=excluded, prefix=prefix, near=near, identifiers=_forms(bare))


def _may_be_name(bare: str, word: str) -> bool:
    return word not in STOP and not any(sign.isdigit() for sign in bare) and len(word) > 1 and "@" not in bare


def _forms(text: str) -> tuple[str, ...]:
    """Each form in which this may stand among the identifiers: nothing for a plain word."""
    if "@" in text:
        return tuple(filter(None, (identifiers.normal("email", text), identifiers.normal("handle", text))))
    if not any(sign.isdigit() for sign in text):
        return ()
    found = [identifiers.normal("other", text), identifiers.normal("a_number", text)]
    if sum(sign.isdigit() for sign in text) >= 7:
        found.append(identifiers.normal("phone", text))
    if len(text) < 30:
        found.append(identifiers.normal("plate", text))
    if ":" in text:
        found.append(identifiers.normal("handle", text))
    return tuple(dict.fromkeys(form for form in found if form))


def _with_alternatives(terms: list[Term]) -> list[Term]:
    """Terms with OR between them as one; an OR that does not stand between two that are wanted means nothing."""
    found: list[Term] = []
    joins = False
    for term in terms:
        if term is OR:
            joins = bool(found) and not found[-1].excluded
            continue
        if joins and not term.excluded:
            last = found.pop()
            term = Term(either=(*(last.either or (last,)), term))  # noqa: PLW2901 - the two are one from here on
        found.append(term)
        joins = False
    return found


def _with_runs(terms: list[Term]) -> list[Term]:
    """Neighbours that may be one number written in groups, as such: `A 012 345 678`, `(555) 010-1234`, `ABC 1234`."""
    found: list[Term] = []
    place = 0
    while place < len(terms):
        run = _run(terms[place : place + LONGEST_RUN])
        if len(run) > 1:
            forms = dict.fromkeys(form for start in (0, 1) for form in _forms(" ".join(t.text for t in run[start:])))
            whole = _forms("".join(term.text for term in run))
            found.append(
                Term(parts=tuple(run), identifiers=tuple(dict.fromkeys((*whole, *(forms if len(run) > 2 else ())))))
            )
        else:
            found.append(terms[place])
        place += max(1, len(run))
    return found


def _with_particles(terms: list[Term]) -> list[Term]:
    """Small words of names with the word that follows, which may also be written as one: `de la Cruz` as Delacruz."""
    found: list[Term] = []
    before: list[Term] = []
    for term in terms:
        if term.near in names.PARTICLES and not term.parts:
            before.append(term)
            continue
        if before and term.near and not term.parts:
            joined = "".join(one.near for one in (*before, term))
            found.append(Term(parts=(*before, term), near=joined))
        else:
            found += [*before, term]
        before = []
    return found + before


def _run(terms: list[Term]) -> list[Term]:
    """The terms from the first on that may be groups of one number: digits in each, but perhaps not in the first."""
    run: list[Term] = []
    for term in terms:
        plain = bool(term.text) and not (term.excluded or term.prefix or " " in term.text or "@" in term.text)
        short = not run and term.text.isascii() and len(sameness.letters(term.text)) <= 3
        if not plain or not (any(sign.isdigit() for sign in term.text) or short):
            break
        run.append(term)
    return run if any(any(sign.isdigit() for sign in term.text) for term in run[1:]) else run[:1]


def _addresses(text: str) -> Iterator[str]:
    """The addresses that the whole may be: with a comma before the city, or with a city of one to three words."""
    if not text[:1].isdigit() or '"' in text or len(text) > 200:
        return
    if form := identifiers.normal("address", text):
        yield form
        return
    words = text.split()
    for count in (1, 2, 3):
        if len(words) > count + 1 and (
            form := identifiers.normal("address", f"{' '.join(words[:-count])}, {' '.join(words[-count:])}")
        ):
            yield form


def _only_common(text: str) -> bool:
    words = re.findall(r"\w+", sameness.plain(text))
    return bool(words) and STOP.issuperset(words)


def _single(terms: Iterable[Term]) -> Iterator[Term]:
    for term in terms:
        yield from term.parts or term.either or (term,)


def _flat(terms: Iterable[Term]) -> Iterator[Term]:
    for term in terms:
        yield term
        yield from (*term.parts, *term.either)


def _websearch(term: Term) -> str:
    if term.parts or term.either:
        return (" " if term.parts else " or ").join(_websearch(part) for part in term.parts or term.either)
    said = f'"{term.text}"' if " " in term.text else term.text
    return f"-{said}" if term.excluded else said


def without_names(asked: Asked) -> Asked:
    """The same, taken by the letter: no near words and no near names."""
    return replace(asked, names=(), terms=tuple(map(_by_letter, asked.terms)))


def _by_letter(term: Term) -> Term:
    return replace(term, near="", parts=tuple(map(_by_letter, term.parts)), either=tuple(map(_by_letter, term.either)))

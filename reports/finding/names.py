"""Names as they are told apart and found again: their words, the keys that near words share, and how close two are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

from rapidfuzz.distance import OSA

from reports import sameness
from reports.finding.nicknames import also
from reports.finding.scripts import in_latin

WORD = re.compile(r"[^\W_]+")
# Small words within names. They say little by themselves, and are often left out or written together with the next.
PARTICLES_WORDS = """
 al el ul ad as ash an ar at az bin ibn ben bint abu abd abdul abdel abdal umm ould ur uz zu de del della la las
los le les da do dos das di du y e i van von der den ter ten mc mac o st san santa saint mr mrs ms dr jr sr ii
iii iv
"""
PARTICLES = frozenset(PARTICLES_WORDS.split())
TITLES_WORDS = """
 mr mrs ms dr jr sr ii iii iv sheikh shaykh haji hajji mullah mawlawi maulvi qari ustad
"""
TITLES = frozenset(TITLES_WORDS.split())
SMALL = PARTICLES | TITLES
MOST_WORDS = 12
LONGEST_WORD = 40
SOUND = "~"


def words_of(name: str) -> list[str]:
    """The words of a name in small Latin letters without accents: O'Brien is one word, López-Núñez are two."""
    plain = sameness.plain(sameness.SILENT.sub("", in_latin(name)))
    return [word[:LONGEST_WORD] for word in WORD.findall(plain)][:MOST_WORDS]


def core(words: Sequence[str]) -> list[str]:
    """The words that tell names apart: no particles, no titles, no initials; all of them where nothing is left."""
    found = [word for word in words if len(word) > 1 and word not in SMALL]
    return found or list(words)


def units(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Each word that counts, as it is and as it is written together with the particles before it: Cruz, Delacruz."""
    if core(words) == list(words):
        return [(word,) for word in words]
    found, before = [], ""
    for word in words:
        if word in SMALL:
            before = "" if word in TITLES else before + word
        elif len(word) > 1:
            found.append((word, *([before + word] if before else [])))
            before = ""
    return found


def vocabulary(name: str) -> list[str]:
    """The words under which a name is looked up, each once."""
    return list(dict.fromkeys(word for unit in units(words_of(name)) for word in unit))


def _is_bare(one: str, other: str) -> bool:
    """Whether one of the two comes from a script that writes no vowels."""
    return not VOWELS.search(one[1:]) or not VOWELS.search(other[1:])


# -- Keys --------------------------------------------------------------------------------------------------------------
def key(word: str) -> int:
    """A hash that is the same everywhere and always, and fits a column of integers."""
    return crc32(word.encode()) - (1 << 31)


@lru_cache(maxsize=100_000)
def keys_of_word(word: str) -> tuple[int, ...]:
    """Of the word, of it with each one letter left out, and of how it sounds: near words share one of these."""
    parts = {word}
    if len(word) > 3:
        parts |= {word[:at] + word[at + 1 :] for at in range(len(word))}
    if len(heard := sound(word)) > 2:
        parts.add(SOUND + heard)
    return tuple(sorted(key(part) for part in parts))


def keys_of(name: str) -> list[int]:
    """The keys of all words of a name."""
    return sorted({one for word in vocabulary(name) for one in keys_of_word(word)})


# What sounds alike in the ways in which Spanish, Arabic, Slavic and English names are written in Latin letters.
ALIKE = [
    (re.compile(pattern), said)
    for pattern, said in (
        (r"tch|tsch|sch", "x"),
        (r"ch|sh|zh", "x"),
        (r"ph", "f"),
        (r"kh|gh|[qc](?![eiy])|ck|x(?=[aeiou])", "k"),
        (r"c(?=[eiy])|z|ts|tz", "s"),
        (r"dh", "d"),
        (r"th", "t"),
        (r"g(?=[eiy])|dj|j", "j"),
        (r"g", "k"),
        (r"[vw]", "b"),
        (r"ll(?=[aeiou])", "l"),
        (r"(?<=[^aeiou])h", ""),
    )
]
VOWELS = re.compile(r"[aeiouy]+")
TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """The consonants of a word by their sound, with a vowel at its beginning: Mohammed, Muhamad and Mohamed are one."""
    for pattern, said in ALIKE if VOWELS.search(word[1:]) else ():
        word = pattern.sub(said, word)
    word = TWICE.sub(r"\1", word)
    return word[:1].translate(FIRST) + VOWELS.sub("", word[1:])


FIRST = str.maketrans("eiouy", "aaaaa")


# -- How close two are -------------------------------------------------------------------------------------------------
ENOUGH, INITIAL = 0.7, 0.6


@lru_cache(maxsize=200_000)
def closeness(one: str, other: str) -> float:
    """How close two words of names are: 1 for the same, 0 for what nobody would take for the other."""
    if one == other:
        return 1.0
    if other in also(one):
        return 0.95
    shorter, longer = sorted((len(one), len(other)))
    if shorter == 1:
        return INITIAL if one[0] == other[0] else 0.0
    apart = int(OSA.distance(one, other, score_cutoff=4))
    by_letters = 0.0
    if apart == 1 and shorter > 2:
        by_letters = 0.94 if longer > 4 else 0.85 if sorted(one) == sorted(other) or longer == 4 else 0.7
    elif apart == 2 and shorter > 6:
        by_letters = 0.8
    by_sound = 0.0
    if (
        len(heard := sound(one)) > 2
        and heard == sound(other)
        and (apart <= max(2, longer * 2 // 5) or _is_bare(one, other))
    ):
        by_sound = 0.9
    return max(by_letters, by_sound)


def score(asked: Sequence[str], name: Sequence[str]) -> float:
    """How close a name comes to what is asked for, from 0 to 100, in whatever order; 0 for another name.

    Both are words. A word that only one of the two has costs little once others agree.
    """
    mine, theirs = units(asked), units(name)
    pairs = [(_closest(a, b), i, j) for i, a in enumerate(mine) for j, b in enumerate(theirs)]
    used_mine: set[int] = set()
    used_theirs: set[int] = set()
    total, met = 0.0, 0
    for near, i, j in sorted(pairs, key=lambda pair: -pair[0]):
        if near < INITIAL or i in used_mine or j in used_theirs:
            continue
        used_mine.add(i)
        used_theirs.add(j)
        total += near
        met += near >= ENOUGH
    if not _enough(met, len(mine), len(theirs)):
        return 0.0
    missing, extra = len(mine) - len(used_mine), len(theirs) - len(used_theirs)
    return max(1.0, 100.0 * total / len(used_mine) - 8.0 * missing - 1.5 * extra)


def _closest(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    return max(closeness(a, b) for a in one for b in other)


def _enough(met: int, asked: int, there: int) -> bool:
    """Whether so many words in common are enough of those asked for, or all of those that there are."""
    wanted = asked if asked < 3 else -(-asked * 3 // 5)
    return met >= wanted or 2 <= met == there


def best(asked: str, names: Iterable[str]) -> float:
    """How close the closest of these names comes."""
    words = words_of(asked)
    return max((score(words, words_of(name)) for name in names), default=0.0)

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
SAME_SOUND, NICKNAME = 0.9, 0.95


@lru_cache(maxsize=200_000)
def closeness(one: str, other: str) -> float:
    """How close two words of names are: 1 for the same, 0 for what nobody would take for the other."""
    if one == other:
        return 1.0
    if other in also(one):
        return NICKNAME
    shorter, longer = sorted((len(one), len(other)))
    if shorter == 1:
        return INITIAL if one[0] == other[0] else 0.0
    apart = int(OSA.distance(one, other, score_cutoff=4))
    by_letters = 0.0
    if apart == 1 and shorter > 2:
        by_letters = 0.94 if longer > 4 else 0.85 if sorted(one) == sorted(other) or longer == 4 else 0.7
    elif apart == 2 and shorter > 6:
        by_letters = 0.8
    return max(by_letters, SAME_SOUND if sounds_same(one, other, apart) else 0.0)


def sounds_same(one: str, other: str, apart: int) -> bool:
    """Whether the consonants are the same by their sound, and no vowel is quite another."""
    if len(heard := sound(one)) < 3 or heard != sound(other):
        return False
    longer = max(len(one), len(other))
    return _is_bare(one, other) or (apart <= max(2, longer * 2 // 5) and _vowels_agree(one, other))


# What a letter may stand for; `e` stands for every short vowel.
STANDS_FOR = {"a": "a", "e": "aiu", "i": "i", "y": "i", "o": "u", "u": "u"}


def _vowels_agree(one: str, other: str) -> bool:
    """Whether each vowel may be the other's; where one has more of them nothing is said."""
    mine, theirs = (
        [{sign for letter in run for sign in STANDS_FOR[letter]} for run in VOWELS.findall(word)]
        for word in (one, other)
    )
    return len(mine) != len(theirs) or all(a & b for a, b in zip(mine, theirs, strict=True))


Unit = tuple[str, ...]
Pair = tuple[float, Unit, Unit]


def _matched(mine: list[Unit], theirs: list[Unit]) -> list[Pair]:
    """The words of two names paired off, the closest first; a word that has no counterpart is in no pair."""
    pairs = [(_closest(a, b), i, j) for i, a in enumerate(mine) for j, b in enumerate(theirs)]
    used_mine: set[int] = set()
    used_theirs: set[int] = set()
    found = []
    for near, i, j in sorted(pairs, key=lambda pair: -pair[0]):
        if near >= INITIAL and i not in used_mine and j not in used_theirs:
            used_mine.add(i)
            used_theirs.add(j)
            found.append((near, mine[i], theirs[j]))
    return found


def score(asked: Sequence[str], name: Sequence[str]) -> float:
    """How close a name comes to what is asked for, from 0 to 100, in whatever order; 0 for another name.

    Both are words. A word that only one of the two has costs little once others agree.
    """
    mine, theirs = units(asked), units(name)
    pairs = _matched(mine, theirs)
    if not _enough(sum(near >= ENOUGH for near, _, _ in pairs), len(mine), len(theirs)):
        return 0.0
    missing, extra = len(mine) - len(pairs), len(theirs) - len(pairs)
    return max(1.0, 100.0 * sum(near for near, _, _ in pairs) / len(pairs) - 8.0 * missing - 1.5 * extra)


def _closest(one: Unit, other: Unit) -> float:
    return max(closeness(a, b) for a in one for b in other)


def _enough(met: int, asked: int, there: int) -> bool:
    """Whether so many words in common are enough of those asked for, or all of those that there are."""
    wanted = asked if asked < 3 else -(-asked * 3 // 5)
    return met >= wanted or 2 <= met == there


def best(asked: str, names: Iterable[str]) -> float:
    """How close the closest of these names comes."""
    words = words_of(asked)
    return max((score(words, words_of(name)) for name in names), default=0.0)


# -- In what order names answer ----------------------------------------------------------------------------------------
# At least so much has every word as it was asked for; so much has one word with a letter wrong, a nickname or a sound.
EXACT, ONE_OFF = 94.0, 85.0
LONG_WORD = 6


def likeness(asked: Sequence[str], name: Sequence[str]) -> float:
    """How well a name answers what was searched for: the words themselves, then one error, then nickname and sound.

    0 for another name, as for one that has but first names in common, or is wrong by a letter in several short words.
    """
    mine, theirs = units(asked), units(name)
    pairs = _matched(mine, theirs)
    met = [pair for pair in pairs if pair[0] >= ENOUGH]
    if not _enough(len(met), len(mine), len(theirs)) or not _tells(met, len(mine), len(theirs)):
        return 0.0
    missing, extra = len(mine) - len(pairs), len(theirs) - len(pairs)
    off = sum(_cost(near) for near, _, _ in pairs)
    return max(1.0, 100.0 - off - 8.0 * missing - min(1.5 * extra, 6.0))


def _tells(met: list[Pair], asked: int, there: int) -> bool:
    """Whether what agrees is more than first names, and what does not is no more than a slip."""
    slips = [pair for pair in met if pair[0] not in (1.0, NICKNAME, SAME_SOUND)]
    short = any(max(map(len, side)) < LONG_WORD for _, one, other in slips for side in (one, other))
    if len(slips) > 2 or (len(slips) > 1 and short):
        return False
    whole = len(met) == asked or (len(met) == there and there > 2)
    return whole or any(not also(word) and word not in FIRST_NAMES for _, one, _ in met for word in one[:1])


def _cost(near: float) -> float:
    """What a pair that is not the same word takes off."""
    costs = ((1.0, 0.0), (NICKNAME, 11.0), (0.94, 9.0), (SAME_SOUND, 11.0), (0.85, 12.0), (0.8, 13.0), (0.7, 14.0))
    return next((cost for least, cost in costs if near >= least), 4.0)


# First names that many bear and that have no forms of their own.
FIRST_NAMES_WORDS = """
 maria jose juan luis ana rosa miguel angel jesus francisco guadalupe carlos jorge pedro pablo javier sergio ricardo
 fernando rafael martin oscar raul ramon diego andrea laura carmen sofia gabriel adrian hector isabel veronica ruben
 mohammed mohamed muhammad mohammad ahmed ahmad ali hassan hasan hussein husayn husain ibrahim abdullah khalid omar
 umar yusuf mustafa mahmoud mahmud fatima layla salih saleh tariq said hamid karim rashid abdulrahman
 ivan igor oleg olga elena irina natalia svetlana andrei sergei aleksandr alexander vladimir dmitri yuri anna
 john james robert michael david william richard thomas mark paul george steven kevin brian edward mary linda sarah
"""
FIRST_NAMES = frozenset(FIRST_NAMES_WORDS.split())

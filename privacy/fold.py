"""Reading a text as a person does: digits of every script, dashes and spaces of every kind, nothing invisible.

The folded text is ASCII, and tells for every sign where it stood, so that a number found can be shown where it was.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import accumulate, compress

# What is invisible becomes this sign, and then nothing; what is neither digit, letter nor separator becomes OTHER.
NOTHING, OTHER = "\x7f", "\x01"
DASHES = "−⁃➖﹣－˗ー一"
POINTS = "·․‧∙•．。⋅‣・｡"
BLANKS = "\u2800"
FILLERS = "\u115f\u1160\u3164\uffa0"
# Where signs lie that people use for digits and separators; not the ideographs, which are many and are none of them.
RANGES = ((128, 0x3400), (0xA000, 0xAC00), (0xF900, 0x20000), (0xE0000, 0xE1000))
INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
BLOCK = 4096

DIGITS = {"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
          "seven": "7", "eight": "8", "nine": "9"}  # fmt: skip
_DIGIT = f"(?:{'|'.join(DIGITS)}|[0-9])"
SPELLED = re.compile(rf"(?<![a-z]){_DIGIT}(?:[\s,._/\x7f-]{{0,10}}{_DIGIT}){{3,}}+", re.IGNORECASE)
MARKS = {"dash": "-", "hyphen": "-", "minus": "-", "slash": "/", "stroke": "/", "point": ".", "period": ".", "dot": ".",
         "underscore": "_", "space": " "}  # fmt: skip
# Entities of HTML and escapes of addresses that stand for a digit or a separator.
ENTITIES = {f"&#{ord(sign)};": sign for sign in "0123456789- ."}
ENTITIES |= {f"&#x{ord(sign):x};": sign for sign in "0123456789- ."}
ENTITIES |= {f"%{ord(sign):x}": sign for sign in "0123456789- ."}
ENTITIES |= dict.fromkeys(("&#8208;", "&#8209;", "&#8211;", "&#8212;", "&ndash;", "&mdash;", "&minus;", "&dash;"), "-")
ENTITIES |= dict.fromkeys(("&#160;", "&nbsp;", "&thinsp;", "&#xa0;"), " ")
ENTITIES |= dict.fromkeys(("&shy;", "&#173;", "&zwnj;", "&#8203;"), NOTHING)
ENTITY = re.compile(r"&(?:#|[nmtdsz][a-z]{2})|%[23][0-9a-e]", re.IGNORECASE)


class Folded:
    """A text as it is read, in ASCII, and where each of its signs stood."""

    def __init__(self, text: str) -> None:
        signs = _spelled(_entities(text.translate(_table())))
        self._signs = signs
        self.text = signs.replace(NOTHING, "")
        self._blocks: list[int] = []
        self._block, self._places = -1, [0]

    def place(self, at: int) -> int:
        """Where the sign stood that now stands at `at`."""
        if len(self.text) == len(self._signs):
            return at
        if not self._blocks:
            starts = range(0, len(self._signs), BLOCK)
            kept = (min(BLOCK, len(self._signs) - s) - self._signs.count(NOTHING, s, s + BLOCK) for s in starts)
            self._blocks = [0, *accumulate(kept)]
        block = bisect_right(self._blocks, at) - 1
        if block != self._block:
            start = block * BLOCK
            signs = self._signs[start : start + BLOCK]
            self._block = block
            self._places = list(compress(range(start, start + len(signs)), (sign != NOTHING for sign in signs)))
        return self._places[at - self._blocks[block]]


def _spelled(text: str) -> str:
    """Separators and digits said in words ("one two three dash four …") as signs, at the same places."""
    low = text.lower()
    for word, sign in MARKS.items():
        if word in low:
            # Case by case, since a pattern that begins with a known letter is found much quicker.
            for cased in (word, word.title(), word.upper()):
                text = re.sub(rf"{cased}(?<![A-Za-z]{cased})(?![A-Za-z])", sign.ljust(len(word), NOTHING), text)
    if sum(low.count(word) for word in DIGITS) < 4:
        return text
    return SPELLED.sub(lambda run: _in_digits(run[0].lower()), text)


def _in_digits(run: str) -> str:
    for word, digit in DIGITS.items():
        run = run.replace(word, digit.ljust(len(word), NOTHING))
    return run


def _entities(text: str) -> str:
    if not ENTITY.search(text):
        return text
    for entity, sign in ENTITIES.items():
        for spelled in {entity, entity.upper()}:
            text = text.replace(spelled, sign.ljust(len(spelled), NOTHING))
    return text


@cache
def _table() -> str:
    """The sign for each code point, in ASCII; made at its first use, in a twentieth of a second."""
    table = [OTHER] * 0x110000
    for code in range(128):
        table[code] = chr(code) if 32 <= code < 127 or chr(code) in "\t\n\r\f\v" else NOTHING
    for first, last in RANGES:
        table[first:last] = [_sign(chr(code)) for code in range(first, last)]
    return "".join(table)


def _sign(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(sign)
    if sign in FILLERS or (category in INVISIBLE and not sign.isspace()):
        return NOTHING
    if sign in DASHES or category == "Pd":
        return "-"
    if sign in POINTS:
        return "."
    if sign.isspace() or sign in BLANKS:
        return " "
    if category == "Sc":
        return "$"
    # Full-width and accented letters are read as the plain ones; what is left has no counterpart.
    plain = unicodedata.normalize("NFKD", sign)[0]
    return plain if " " < plain < NOTHING else OTHER

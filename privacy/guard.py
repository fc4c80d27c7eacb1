"""Finding social security numbers (and ITINs) in a text, however they are written, and putting eight bullets for them.

Pure: no database, no settings, no other app. It tells where a number stands and never keeps the number itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from privacy.mask import BULLETS

# The separators people use; an en dash, a full-width point or a thin space is made one of these before.
SEPARATOR = r"(?:\s{0,3}(?:[-./_]|dash|hyphen)\s{0,3}|\s{1,3})"
NUMBER = re.compile(
    rf"(?<!\d)(?<!\d-)(?P<area>\d{{3}})(?P<first>{SEPARATOR})?(?P<group>\d{{2}})(?P<second>{SEPARATOR})?"
    r"(?P<serial>\d{4})(?!\d)(?!-\d)",
    re.IGNORECASE,
)
# Most texts hold no nine digits close together: this is asked first, since it is quick.
NINE_DIGITS = re.compile(r"\d(?:\D{0,16}\d){8}")
SAYS_SSN = re.compile(
    r"(?<![a-z])(?:s\W?s\W?n\W?s?|social|soc\W{0,2}sec\w*|ss\s?(?:#|no|num\w*)|itins?|taxpayer)(?![a-z])", re.IGNORECASE
)
SAYS_A_NUMBER = re.compile(
    r"(?<![a-z])(?:a[-_\s]?(?:#|no|num(?:ber)?s?|file)|alien(?:[-_\s]registration)?[-_\s]?(?:#|no|num(?:ber)?s?)?"
    r"|uscis[-_\s]?(?:#|no|num(?:ber)?)?)(?![a-z])",
    re.IGNORECASE,
)
# The letter of an A-Number stands before its digits: A123456789, A-123456789, A# 123456789.
A_LETTER = re.compile(r"(?<![A-Za-z])[Aa][-#]{0,2}$|(?<![A-Za-z])A[-#\s]{0,3}$")
TIGHT_A_LETTER = re.compile(r"(?<![A-Za-z])A[-#]{0,2}$")
BEFORE, AFTER = 40, 24
DASHES = "−⁃➖﹣－˗ー一_"
POINTS = "·․‧∙•．。"


@dataclass(frozen=True)
class Finding:
    """Where a number stands in the text, from `start` up to `end`, and whether it surely is one."""

    start: int
    end: int
    sure: bool


def findings(text: str, *, label: str = "") -> list[Finding]:
    """Every SSN and ITIN, and nine bare digits that could be one (`sure` is false), in the order of the text.

    `label` is the name of the field that holds the text: it counts as a word before it.
    """
    if not NINE_DIGITS.search(text):
        return []
    plain, places = (text, None) if text.isascii() else _plain(text)
    label = label.replace("_", " ")
    found = []
    for number in NUMBER.finditer(plain):
        sure = _sureness(plain, number, label) if _is_assigned(number) else None
        if sure is not None:
            start, end = number.span()
            if places is not None:
                start, end = places[start], places[end - 1] + 1
            found.append(Finding(start, end, sure))
    return found


def find(text: str, *, label: str = "") -> list[Finding]:
    """Every number that surely is an SSN or ITIN."""
    return [finding for finding in findings(text, label=label) if finding.sure]


def mask(text: str, *, label: str = "") -> tuple[str, int]:
    """The text with eight bullets for every number, and how many there were."""
    found = find(text, label=label)
    for span in reversed(found):
        text = text[: span.start] + BULLETS + text[span.end :]
    return text, len(found)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in plain digits, dashes and spaces without what is invisible, and where each sign stood."""
    signs, places = [], []
    for place, sign in enumerate(text):
        if sign.isascii():
            plain = sign
        elif unicodedata.category(sign) in {"Cf", "Mn", "Me"}:
            continue
        else:
            plain = _plain_sign(sign)
        signs.append(plain)
        places.append(place)
    return "".join(signs), places


def _plain_sign(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    if sign in DASHES or unicodedata.category(sign) == "Pd":
        return "-"
    if sign in POINTS:
        return "."
    return " " if sign.isspace() else sign


def _is_assigned(number: re.Match[str]) -> bool:
    """Whether such a number can exist: as an SSN, or as an ITIN (9xx with a group from 70, without 89 and 93)."""
    area, group, serial = number["area"], int(number["group"]), number["serial"]
    if area[0] == "9":
        return group >= 70 and group not in {89, 93}
    return area not in {"000", "666"} and group != 0 and serial != "0000"


def _sureness(text: str, number: re.Match[str], label: str) -> bool | None:
    """Separated as an SSN it surely is one, unless an A-Number is spoken of; bare digits where words say so."""
    separated = bool(number["first"] and number["second"])
    before = f"{label}: {text[: number.start()]}" if label and number.start() < BEFORE else text[: number.start()]
    before = before[-BEFORE - len(label) :] if label else before[-BEFORE:]
    said_ssn, said_a = _last(SAYS_SSN, before), _last(SAYS_A_NUMBER, before)
    if (TIGHT_A_LETTER if separated else A_LETTER).search(before):
        return None
    # A word speaks of the number that follows it, not of the one after that.
    if said_a > said_ssn and not re.search(r"\d", before[said_a:]):
        return None
    return separated or said_ssn >= 0 or bool(SAYS_SSN.search(text[number.end() : number.end() + AFTER]))


def _last(words: re.Pattern[str], text: str) -> int:
    """Where these words end for the last time, or -1."""
    return max((m.end() for m in words.finditer(text)), default=-1)

"""When two addresses, people or organizations count as the same: the normal forms that are compared."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a letter and a mark.
WHOLE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
WORD = re.compile(r"[^\W_]+|#")
SILENT = re.compile(r"[.'’`´]")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
UNIT = "unit"
UNKNOWN = frozenset({"unknown", "unk", "unidentified"})

# One short form for every way in which a word of an address is written. "St" is a street and a saint, on both sides.
SHORT: dict[str, str] = {
    long: short
    for short, longs in {
        "n": "north",
        "s": "south",
        "e": "east",
        "w": "west",
        "ne": "northeast",
        "nw": "northwest",
        "se": "southeast",
        "sw": "southwest",
        "st": "street saint str",
        "ave": "avenue av aven",
        "blvd": "boulevard boul",
        "rd": "road",
        "dr": "drive drv",
        "ln": "lane",
        "ct": "court",
        "cir": "circle",
        "pl": "place",
        "plz": "plaza",
        "sq": "square",
        "ter": "terrace terr",
        "trl": "trail",
        "pkwy": "parkway pky",
        "hwy": "highway",
        "expy": "expressway",
        "fwy": "freeway",
        "pike": "turnpike tpke",
        "rte": "route",
        "cswy": "causeway",
        "aly": "alley",
        "ft": "fort",
        "mt": "mount",
        "hts": "heights",
        "bldg": "building",
        "fl": "floor",
        UNIT: "apartment apt suite ste room rm # number no",
        "1": "first",
        "2": "second",
        "3": "third",
        "4": "fourth",
        "5": "fifth",
        "6": "sixth",
        "7": "seventh",
        "8": "eighth",
        "9": "ninth",
        "10": "tenth",
    }.items()
    for long in longs.split()
}
STATES: dict[str, str] = {
    "alabama": "al", "alaska": "ak", "arizona": "az", "arkansas": "ar", "california": "ca", "colorado": "co",
    "connecticut": "ct", "delaware": "de", "districtofcolumbia": "dc", "florida": "fl", "georgia": "ga", "guam": "gu",
    "hawaii": "hi", "idaho": "id", "illinois": "il", "indiana": "in", "iowa": "ia", "kansas": "ks", "kentucky": "ky",
    "louisiana": "la", "maine": "me", "maryland": "md", "massachusetts": "ma", "michigan": "mi", "minnesota": "mn",
    "mississippi": "ms", "missouri": "mo", "montana": "mt", "nebraska": "ne", "nevada": "nv", "newhampshire": "nh",
    "newjersey": "nj", "newmexico": "nm", "newyork": "ny", "northcarolina": "nc", "northdakota": "nd",
    "northernmarianaislands": "mp", "ohio": "oh", "oklahoma": "ok", "oregon": "or", "pennsylvania": "pa",
    "puertorico": "pr", "rhodeisland": "ri", "southcarolina": "sc", "southdakota": "sd", "tennessee": "tn",
    "texas": "tx", "utah": "ut", "vermont": "vt", "virginia": "va", "virginislands": "vi", "usvirginislands": "vi",
    "washington": "wa", "westvirginia": "wv", "wisconsin": "wi", "wyoming": "wy", "americansamoa": "as",
}  # fmt: skip


def plain(text: str) -> str:
    """Small letters without accents: José and JOSE are one."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(WHOLE_LETTERS)


def letters(text: str) -> str:
    """Letters and digits alone: O'Brien, O Brien and OBRIEN are one."""
    return "".join(letter for letter in plain(text) if letter.isalnum())


# -- Addresses ---------------------------------------------------------------------------------------------------------
def address(street: str, city: str) -> str:
    """A street address with its city; nothing without both, since half the towns have a Main Street.

    Case, accents, punctuation and the usual abbreviations do not tell two addresses apart; another unit does. The
    state is compared apart (see `same_state`), because it is often left out.
    """
    street, city = " ".join(_short_words(street)), " ".join(_short_words(city))
    return f"{street}|{city}" if street and city else ""


def state(text: str) -> str:
    """The two letters of a state of the United States, else the name in plain letters."""
    found = letters(text)
    return STATES.get(found, found)


def same_state(one: str, other: str) -> bool:
    """A state that one of two addresses leaves out does not tell them apart."""
    return one == other or not one or not other


def _short_words(text: str) -> list[str]:
    found = [ORDINAL.sub(r"\1", word) for word in WORD.findall(SILENT.sub("", plain(text)))]
    return _joined([SHORT.get(word, word) for word in found])


def _joined(words: list[str]) -> list[str]:
    """`n e` as `ne`; what follows the word for a unit as one word, so that 3-B, 3 B and 3B are one."""
    if UNIT in words:
        place = words.index(UNIT)
        unit = "".join(word for word in words[place:] if word != UNIT)
        words = [*words[:place], UNIT + unit]
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in ("n", "s") and word in ("e", "w"):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


# -- People and organizations ------------------------------------------------------------------------------------------
def name(last: str, first: str) -> str:
    """The last and first name of a person; nothing where one is missing or said to be unknown."""
    last, first = letters(last), letters(first)
    return f"{last}|{first}" if last and first and not UNKNOWN & {last, first} else ""


def organization(text: str) -> str:
    """The name of an organization; nothing where it is said to be unknown."""
    found = letters(text)
    return "" if found in UNKNOWN else found

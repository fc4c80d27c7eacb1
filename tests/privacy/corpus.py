"""Invented texts for measuring the guard: SSNs and ITINs written in many ways.

It shares nothing with the guard. Every number is made by arithmetic from a seed while it runs: none stands in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

Write = Callable[[Random, str, str, str], str]


@dataclass(frozen=True)
class Text:
    """A text, how its number is written, and the name of the field that it was typed into."""

    words: str
    way: str
    label: str = ""


def scattered(between: str) -> Write:
    return lambda _, area, group, serial: between.join((area, group, serial))


def apart(between: str, after_group: str | None = None) -> Write:
    def write(_: Random, area: str, group: str, serial: str) -> str:
        outer = after_group if after_group is not None else between
        return outer.join(between.join(part) for part in (area, group, serial))

    return write


def moved(zero: int, between: str = "-") -> Write:
    def write(_: Random, *parts: str) -> str:
        return between.join("".join(chr(zero + ord(sign) - 48) for sign in part) for part in parts)

    return write


WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(between: str) -> Write:
    return lambda _, *parts: between.join(" ".join(WORDS[int(sign)] for sign in part) for part in parts)


# Ways that are an SSN wherever they stand.
SEPARATED: dict[str, Write] = {
    "hyphens": scattered("-"),
    "spaces": scattered(" "),
    "points": scattered("."),
    "slashes": scattered("/"),
    "underscores": scattered("_"),
    "en dashes": scattered("–"),
    "em dashes": scattered("—"),
    "figure dashes": scattered("‒"),
    "minus signs": scattered("−"),
    "non-breaking hyphens": scattered("‑"),
    "Unicode hyphens": scattered("‐"),
    "small hyphens": scattered("﹣"),
    "wide hyphens": scattered("－"),
    "double hyphens": scattered("--"),
    "spaced hyphens": scattered(" - "),
    "hyphen and space": scattered("- "),
    "spaced en dashes": scattered(" – "),
    "no-break spaces": scattered("\u00a0"),
    "thin spaces": scattered("\u2009"),
    "ideographic spaces": scattered("\u3000"),
    "two spaces": scattered("  "),
    "tabs": scattered("\t"),
    "line breaks": scattered("\n"),
    "broken after a hyphen": scattered("-\n"),
    "broken, indented": scattered("-\r\n   "),
    "the word dash": scattered(" dash "),
    "the word hyphen": scattered(" hyphen "),
    "DASH": scattered(" DASH "),
    "the word minus": scattered(" minus "),
    "glued dash": scattered("dash"),
    "middle dots": scattered("·"),
    "bullets": scattered("•"),
    "hyphen then space": lambda _, a, g, s: f"{a}-{g} {s}",
    "space then hyphen": lambda _, a, g, s: f"{a} {g}-{s}",
    "brackets": lambda _, a, g, s: f"({a}) {g}-{s}",
    "brackets, hyphens": lambda _, a, g, s: f"({a})-{g}-{s}",
    "colons": scattered(":"),
    "bars": scattered("|"),
    "asterisks": scattered("*"),
    "tildes": scattered("~"),
    "backslashes": scattered("\\"),
    "zero-width joined": lambda _, a, g, s: "\u200b".join(f"{a}-{g}-{s}"),
    "word joiners": scattered("\u2060-\u2060"),
    "soft hyphens too": scattered("\u00ad-"),
    "marks for direction": lambda _, a, g, s: f"\u202a{a}-\u200f{g}-{s}\u202c",
    "combining marks": lambda _, a, g, s: "\u0332".join(f"{a}-{g}-{s}") + "\u0332",
    "keycaps": lambda _, a, g, s: "-".join("".join(f"{d}\ufe0f\u20e3" for d in part) for part in (a, g, s)),
    "Arabic-Indic digits": moved(0x660),
    "Persian digits": moved(0x6F0),
    "Devanagari digits": moved(0x966),
    "Bengali digits": moved(0x9E6),
    "wide digits": moved(0xFF10, "－"),
    "bold digits": moved(0x1D7CE),
    "double-struck digits": moved(0x1D7D8, " "),
    "Thai digits": moved(0xE50, "."),
    "entities": scattered("&#45;"),
    "named entities": scattered("&ndash;"),
    "escaped": scattered("%2D"),
    "spaced digits in groups": apart(" ", " - "),
    "dotted digits in groups": apart(".", "-"),
    "said in words": in_words(" dash "),
    "said with commas": in_words(", "),
}
# Ways that are one when words say so.
BARE: dict[str, Write] = {
    "bare": scattered(""),
    "by threes": lambda _, a, g, s: f"{a} {g}{s[0]} {s[1:]}",
    "by threes, hyphens": lambda _, a, g, s: f"{a}-{g}{s[0]}-{s[1:]}",
    "area apart": lambda _, a, g, s: f"{a}-{g}{s}",
    "serial apart": lambda _, a, g, s: f"{a}{g}-{s}",
    "serial spaced": lambda _, a, g, s: f"{a}{g} {s}",
    "each digit apart": apart(" "),
    "each digit hyphened": apart("-"),
    "bare, wide": moved(0xFF10, ""),
    "bare, Arabic-Indic": moved(0x660, ""),
    "bare, zero-width": lambda _, a, g, s: "\u200b".join(a + g + s),
    "bare, soft hyphens": lambda _, a, g, s: "\u00ad".join((a, g, s)),
    "commas": scattered(","),
    "semicolons": scattered("; "),
    "like an EIN": lambda _, a, g, s: f"{a[:2]}-{a[2]}{g}{s}",
    "bare in words": in_words(" "),
}
AROUND = (
    "{}",
    "His number is {}.",
    "Subject identified as DOE, John, {}, DOB 01/02/1980.",
    "({})",
    "“{}”",
    "{}, {w}",
    "x{}y",
    "Agents recovered a card bearing {} at {w}.",
    "The driver gave {} and then {w}.",
    "{w}: {}",
    "see {}; {w}",
    "CBP officers at the port of entry ran {} with negative results.",
    "ref {} in the notes\nof the case",
    "[{}]",
    "<b>{}</b>",
    "Case 2026-MIA-0042: {}",
    "Phone 305-555-0142, {}",
    "Encountered A{a}; wife {}",
    "1. {}\n2. pending",
    "id={}&x=1",
)
SAYING = (
    "SSN {}",
    "SSN: {}",
    "SSN:{}",
    "SSN#{}",
    "SSN # {}",
    "ssn={}",
    "S.S.N. {}",
    "ssn is {}",
    "Social Security Number: {}",
    "social security number {}",
    "His social is {}",
    "Social: {}",
    "soc sec no. {}",
    "SS# {}",
    "Soc. Sec. No. {}",
    "her SSN was {} when {w}",
    "SSN - {}",
    "(SSN {})",
    "SSN ({})",
    "the subject's SSN, {}, was run",
    "SSN\n{}",
    "SSN;{}",
    "social security # {}",
    "Subject SSN: {} {w}",
    "{w}, SSN {}",
    "SSNs: {}",
    "Social Security No {}",
    "social-security {}",
    "ITIN {}",
    "ITIN: {}",
    "SSN\t{}",
)
LABELS = ("ssn", "social_security_number", "subject_ssn", "SSN", "socialSecurityNumber")
TALK = (
    "he left",
    "the vehicle was searched",
    "two adults and a child",
    "no further action",
    "she refused",
    "near gate 4",
)


def number(random: Random) -> tuple[str, str, str]:
    """Area, group and serial of an SSN that could be assigned, or of an ITIN (one in eight)."""
    if random.random() < 0.125:
        group = random.choice([n for n in range(70, 100) if n not in (89, 93)])
        return str(random.randint(900, 999)), str(group), f"{random.randint(1, 9999):04d}"
    area = random.randint(1, 898)
    return f"{area + (area >= 666):03d}", f"{random.randint(1, 99):02d}", f"{random.randint(1, 9999):04d}"


def real(seed: int, many: int) -> Iterator[Text]:
    """Texts that hold one SSN or ITIN each, in every way in turn."""
    random = Random(seed)
    ways: list[tuple[str, Write, tuple[str, ...]]] = [(way, write, AROUND) for way, write in SEPARATED.items()]
    ways += [(way, write, SAYING) for way, write in (SEPARATED | BARE).items()]
    # Nothing that could be read as a digit or a letter of a number stands between the word and the number said.
    for turn in range(many):
        way, write, sentences = ways[turn % len(ways)]
        parts = number(random)
        words = (
            # A word cannot be glued to other letters.
            random.choice([one for one in sentences if "x{}" not in one or "said" not in way])
            .replace("{w}", random.choice(TALK))
            .replace("{a}", f"{random.randrange(10**9):09d}")
        )
        if way == "bare" and random.random() < 0.1:
            yield Text(write(random, *parts), way, random.choice(LABELS))
        else:
            yield Text(words.replace("{}", write(random, *parts)), way)

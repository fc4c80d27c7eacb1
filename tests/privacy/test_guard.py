"""The guard finds every way in which a social security number is written, and leaves other numbers alone.

The numbers are made from a seed while the tests run: none that could be somebody's stands in a file.
"""

from __future__ import annotations

from random import Random

import pytest

from privacy import guard, overrides
from privacy.mask import BULLETS

RANDOM = Random(20)


def digits(area: str = "", group: str = "", serial: str = "") -> tuple[str, str, str]:
    some = [n for n in range(1, 900) if n != 666]
    return (
        area or f"{RANDOM.choice(some):03d}",
        group or f"{RANDOM.randint(1, 99):02d}",
        serial or f"{RANDOM.randint(1, 9999):04d}",
    )


def written(separator: str = "-", **parts: str) -> str:
    return separator.join(digits(**parts))


def shifted(text: str, zero: int) -> str:
    """The text with the digits of another script, whose nought stands at `zero`."""
    return "".join(chr(zero + int(sign)) if sign.isdigit() else sign for sign in text)


SEPARATORS = {
    "hyphen": "-",
    "space": " ",
    "point": ".",
    "slash": "/",
    "underscore": "_",
    "en dash": "–",
    "em dash": "—",
    "minus": "−",
    "non-breaking hyphen": "‑",
    "full-width hyphen": "－",
    "spaced hyphen": " - ",
    "non-breaking space": "\u00a0",
    "thin space": "\u2009",
    "line break": "-\n",
    "carriage return": "\r\n",
    "tab": "\t",
    "the word": " dash ",
    "hyphen spelled": " hyphen ",
    "zero width space": "\u200b-\u200b",
    "soft hyphen and hyphen": "\u00ad-",
}


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
@pytest.mark.parametrize("around", ["{}", "His number is {}.", "({})", "SSN:{}", "x{}y", "“{}”"])
def test_a_separated_number_is_found_however_it_is_separated(separator: str, around: str) -> None:
    number = written(separator)
    text = around.format(number)
    masked, count = guard.mask(text)
    assert (masked, count) == (around.format(BULLETS), 1)


@pytest.mark.parametrize("zero", [0x0660, 0x06F0, 0x0966, 0xFF10, 0x1D7CE, 0x0E50])
def test_digits_of_other_scripts_are_digits(zero: int) -> None:
    assert guard.mask(shifted(written(), zero)) == (BULLETS, 1)


@pytest.mark.parametrize("zero_width", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"])
def test_what_is_invisible_hides_nothing(zero_width: str) -> None:
    text = zero_width.join(written())
    assert guard.mask(f"a{text}b") == (f"a{BULLETS}b", 1)


@pytest.mark.parametrize("before", ["SSN ", "ssn: ", "S.S.N. ", "social security number ", "Social: ", "SS# ", "ITIN "])
def test_nine_bare_digits_are_one_where_words_before_say_so(before: str) -> None:
    assert guard.mask(before + written("")) == (before + BULLETS, 1)


@pytest.mark.parametrize("after", [" (SSN)", " is his social security number", " = ssn"])
def test_nine_bare_digits_are_one_where_words_behind_say_so(after: str) -> None:
    assert guard.mask(written("") + after) == (BULLETS + after, 1)


@pytest.mark.parametrize("text", ["Case {}", "{}", "Tracking number {}", "ext. {}", "antisocials {}"])
def test_nine_bare_digits_alone_are_none(text: str) -> None:
    assert guard.find(text.format(written(""))) == []


def test_nine_bare_digits_alone_are_found_but_not_surely() -> None:
    (finding,) = guard.findings("Noted " + written(""))
    assert (finding.start, finding.end, finding.sure) == (6, 15, False)
    assert guard.findings("A-Number " + written("")) == []


@pytest.mark.parametrize("label", ["ssn", "social_security_number", "Subject SSN"])
def test_the_name_of_the_field_counts_as_a_word(label: str) -> None:
    assert guard.mask(written(""), label=label) == (BULLETS, 1)
    assert guard.find(written(""), label="case_number") == []


@pytest.mark.parametrize(
    "text",
    ["A{0}{1}{2}", "A-{0}{1}{2}", "A# {0}{1}{2}", "A-Number {0}{1}{2}", "A{0}-{1}-{2}", "A-Number: {0}-{1}-{2}",
     "alien registration number {0}{1}{2}", "A-No. {0} {1} {2}", "SSN unknown, A-Number {0}{1}{2}"],
)  # fmt: skip
def test_an_a_number_is_none(text: str) -> None:
    assert guard.find(text.format(*digits())) == []


def test_the_name_of_an_a_number_field_counts_too() -> None:
    assert guard.find(written(""), label="a_number") == []
    assert guard.find(written("-"), label="a_number") == []


def test_an_a_number_before_it_excuses_no_social_security_number() -> None:
    a, ssn = written(""), written("-")
    assert guard.mask(f"A-Number A{a}, {ssn}") == (f"A-Number A{a}, {BULLETS}", 1)
    assert guard.mask(f"A{a} SSN {written('')}") == (f"A{a} SSN {BULLETS}", 1)


@pytest.mark.parametrize(
    ("area", "group", "serial"),
    [("000", "", ""), ("666", "", ""), ("", "00", ""), ("", "", "0000"), ("900", "69", ""), ("999", "89", ""),
     ("950", "93", ""), ("912", "01", "")],
)  # fmt: skip
def test_a_number_that_nobody_can_have_is_none(area: str, group: str, serial: str) -> None:
    assert guard.find("SSN " + written(area=area, group=group, serial=serial)) == []


@pytest.mark.parametrize("group", ["70", "78", "88", "90", "92", "94", "99"])
@pytest.mark.parametrize("area", ["900", "999"])
def test_an_itin_is_guarded_likewise(area: str, group: str) -> None:
    assert guard.mask(written(area=area, group=group)) == (BULLETS, 1)


@pytest.mark.parametrize("area", ["001", "665", "667", "899"])
def test_the_first_and_last_areas_are_found(area: str) -> None:
    assert guard.mask(written(area=area)) == (BULLETS, 1)


@pytest.mark.parametrize("number", ["{0} {1} {2}", "{0} - {1} - {2}", "{0}, {1}, {2}"])
def test_digits_apart_are_one_where_the_groups_stand_apart(number: str) -> None:
    text = number.format(*(" ".join(part) for part in digits()))
    even = number == "{0} {1} {2}"
    (finding,) = guard.findings(text)
    assert (finding.start, finding.end, finding.sure) == (0, len(text), not even)


@pytest.mark.parametrize(
    "text",
    [
        "SSN {a[0]}{a[1]}-{a[2]}{g}{s[0]} {s[1]}{s[2]}{s[3]}",
        "social {a}{g} {s}",
        "SSN: {a}{g}-{s}",
        "ssn {a}{g[0]} {g[1]}{s}",
    ],
)
def test_right_behind_the_word_any_groups_are_one(text: str) -> None:
    area, group, serial = digits()
    said = text.format(a=area, g=group, s=serial)
    assert len(guard.find(said)) == 1
    assert guard.find(said.partition(" ")[2]) == []


def test_letters_typed_for_digits_are_read_behind_the_word_alone() -> None:
    typed = written(area="101", group="34", serial="0852").replace("0", "O").replace("1", "l")
    assert guard.mask(f"SSN {typed}") == (f"SSN {BULLETS}", 1)
    assert guard.find(f"Part {typed}") == []


@pytest.mark.parametrize(
    "before",
    ["no SSN, tracking number ", "SSN unknown, case no. ", "social media account ", "EIN ", "$ ", "MMSI ", "S/N "],
)
def test_a_word_for_another_number_is_heard(before: str) -> None:
    assert guard.findings(before + written("")) == []


def test_a_text_of_thousands_is_one_finding_from_there_on() -> None:
    numbers = " ".join([written()] * (guard.MOST + 100))
    found = guard.find(numbers)
    assert len(found) == guard.MOST + 1
    assert found[-1].end == len(numbers)


@pytest.mark.parametrize(
    "text",
    ["(305) 555-0142", "305-555-0142", "305.555.0142", "+1 305 555 0142", "33101-4021", "12-3456789",
     "2026-11-22 14:05",
     "SIR-2026-MIA-000123", "25.761681, -80.191788", "10/22/2026 1405", "$123,456,789",
     "1234-5678-9012-3456", "1-800-555-0199"],
)  # fmt: skip
def test_other_numbers_are_left_alone(text: str) -> None:
    assert guard.find(text) == []


def test_each_of_several_is_found() -> None:
    text = f"{written()}, {written(' ')} and SSN {written('')}; call 305-555-0142"
    assert guard.mask(text) == (f"{BULLETS}, {BULLETS} and SSN {BULLETS}; call 305-555-0142", 3)


def test_a_number_said_in_words_has_its_digits_too() -> None:
    """Else one override of a number in words would let every other in words pass."""
    assert overrides.digits("one two three dash FOUR five dash six 7 ８ ٩") == "123456789"


def test_the_span_is_of_the_text_as_it_was() -> None:
    number = "\u200b".join(written())
    text = f"é {number} é"
    (span,) = guard.find(text)
    assert text[span.start : span.end] == number


def test_a_long_text_without_one_is_passed_quickly() -> None:
    import time

    text = "12 34 56 78 9 a " * 6000
    began = time.perf_counter()
    assert guard.find(text) == []
    assert time.perf_counter() - began < 1

"""What is typed into the box is understood, bounded at once, and nothing that can be typed fails."""

from __future__ import annotations

import time

import pytest

from reports.finding.asking import COMMON, NOTHING, ONLY_WITHOUT, TOO_LONG, TOO_MANY, UNCLOSED, understand

HOSTILE = {
    "a megabyte": ("x" * 1_000_000, TOO_LONG),
    "a megabyte of blanks and a word": (" " * 1_000_000 + "boat", ""),
    "ten thousand words": ("ab " * 10_000, TOO_LONG),
    "two hundred letters": ("b c " * 100, TOO_MANY),
    "a quotation mark that never closes": ('"boat at the marina', UNCLOSED),
    "only quotation marks": ('""""""""', NOTHING),
    "only operators": ("- -- & | ! ( ) : * <->", NOTHING),
    "only what is everywhere": ("the of and", COMMON),
    "only what is left out": ("-boat", ONLY_WITHOUT),
    "NUL": ("bo\x00at", ""),
    "marks of direction": ("\u202eboat\u202c \u200f\u2066marina", ""),
    "Arabic": ("محمد صالح", ""),
    "Chinese": ("王小明 船", ""),
    "Hebrew, Thai, Hindi": ("שלום สวัสดี नमस्ते", ""),
    "pictures": ("🚤🚤 👮‍♀️", NOTHING),
    "half a character": ("\ud800 boat", ""),
    "letters with a hundred accents": ("e" + "\u0301" * 400, ""),
    "letters that grow": ("ﷺ" * 400, ""),
    "SQL": ("'; DROP TABLE x; --", ""),
    "backslashes": ("\\' \\\\ %s %(x)s", ""),
}


@pytest.mark.parametrize(("typed", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_typed_is_bounded_at_once_and_said(typed: str, problem: str) -> None:
    before = time.process_time()
    asked = understand(typed)
    assert time.process_time() - before < 0.2
    assert asked.problem == problem
    assert len(asked.terms) <= 40
    assert len(asked.typed) <= 500


def test_phrases_exclusions_and_beginnings_are_told_apart() -> None:
    terms = understand('"white van" -"red boat" -truck jose* harbor').terms
    assert [(term.text, term.excluded, term.prefix, term.near) for term in terms] == [
        ("white van", False, False, ""),
        ("red boat", True, False, ""),
        ("truck", True, False, ""),
        ("jose", False, True, ""),
        ("harbor", False, False, "harbor"),
    ]


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("A 012-345-678", "A012345678"),
        ("a012345678", "A012345678"),
        ("012 345 678", "A012345678"),
        ("(305) 555-0142", "+13055550142"),
        ("305 555 0142", "+13055550142"),
        ("+1-305-555-0142", "+13055550142"),
        ("ABC 1234", "ABC1234"),
        ("sir-2026-mia-000123", "SIR2026MIA000123"),
        ("Joe@Example.gov", "joe@example.gov"),
        ("1HG CM826 33A0 04352", "1HGCM82633A004352"),
    ],
    ids=lambda value: value,
)
def test_identifiers_are_known_in_any_punctuation(typed: str, form: str) -> None:
    assert ("", form) in understand(typed).identifiers
    assert ("", form) in understand(f"boat {typed}").identifiers


def test_an_address_is_known_with_and_without_a_comma() -> None:
    for typed in ("12 Pine Street, Miami, FL", "12 pine st miami"):
        assert "12 pine st|miami" in understand(typed).addresses


def test_old_names_of_kinds_are_kinds_and_no_words() -> None:
    asked = understand("ero lead marina")
    assert (asked.kinds, asked.words) == (("ilead",), "marina")


def test_a_double_name_is_two_words_and_small_words_go_with_the_next() -> None:
    assert understand("López-Núñez").names == ("lopez", "nunez")
    (term,) = understand("de la Cruz").terms
    assert (term.near, [part.text for part in term.parts]) == ("delacruz", ["de", "la", "cruz"])


def test_nothing_typed_is_no_problem() -> None:
    assert not understand("")
    assert understand("  ").problem == ""

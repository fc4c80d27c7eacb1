"""Codes of an app: the standard's own examples, the steps that count, and a secret that is good for one person."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management.utils import get_random_secret_key

from accounts import totp

# RFC 6238, appendix B (SHA-1), the last six of the eight digits.
EXAMPLES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]
SECRET = b"12345678901234567890"


@pytest.mark.parametrize(("second", "code"), EXAMPLES)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert totp.code_at(SECRET, second // totp.STEP_SECONDS) == code


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(totp, "step_now", lambda: 1000)
    return 1000


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_and_no_more(step: int, off: int, taken: bool) -> None:
    assert totp.step_of(SECRET, totp.code_at(SECRET, step + off)) == (step + off if taken else None)


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "abcdef", "２８７０８２", "0" * 5000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.step_of(SECRET, typed) is None


def test_a_code_of_a_step_that_was_used_is_none(step: int) -> None:
    assert totp.step_of(SECRET, totp.code_at(SECRET, step), after=step) is None
    assert totp.step_of(SECRET, totp.code_at(SECRET, step + 1), after=step) == step + 1


def test_a_secret_has_160_bits_and_is_never_the_same() -> None:
    assert len(totp.new_secret()) == 20
    assert totp.new_secret() != totp.new_secret()


def test_a_stored_secret_shows_nothing_and_opens_for_its_person_alone() -> None:
    stored = totp.sealed(SECRET, 7)
    assert SECRET not in stored
    assert totp.opened(stored, 7) == SECRET
    with pytest.raises(totp.Unreadable):
        totp.opened(stored, 8)


def test_a_former_key_opens_what_it_sealed_until_it_is_taken_away(settings: Any) -> None:
    stored = totp.sealed(SECRET, 7)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = get_random_secret_key()
    assert totp.opened(stored, 7) == SECRET
    assert totp.opened(totp.sealed(SECRET, 7), 7) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(totp.Unreadable):
        totp.opened(stored, 7)


def test_the_secret_is_offered_as_a_picture_and_as_text() -> None:
    assert totp.as_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert totp.as_picture(SECRET, "agent").startswith("data:image/svg+xml")

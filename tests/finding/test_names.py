"""Names are found again with one letter wrong, in another order, by a nickname, without accents, written otherwise."""

from __future__ import annotations

import random

import pytest

from reports.finding import names
from reports.finding.nicknames import also

SAME = {
    "accents": ("Jose Nunez", "José Núñez"),
    "order": ("Garcia Jose", "José García"),
    "substitution": ("Jose Gonsalez", "José González"),
    "insertion": ("Marrisol Quintana", "Marisol Quintana"),
    "deletion": ("Rogeli Montiel", "Rogelio Montiel"),
    "swap": ("Efrian Montiel", "Efraín Montiel"),
    "nickname": ("Bob Hollins", "Robert Hollins"),
    "Spanish nickname": ("Pepe Villalpando", "José Villalpando"),
    "double surname, one left out": ("Jose Arriaga", "José Arriaga Luna"),
    "double surname, turned round": ("Luna Arriaga Jose", "José Arriaga-Luna"),
    "apostrophe": ("Sean OBrien", "Seán O’Brien"),
    "particles together": ("Maria Delacruz", "María de la Cruz"),
    "particles apart": ("Maria de la Cruz", "Maria DeLaCruz"),
    "article": ("Khaled Rashid", "Khalid al-Rashid"),
    "written in many ways": ("Muhammad Gadhafi", "Mohamed Qaddafi"),
    "servant of": ("Abdulrahman Saleh", "Abd al-Rahman Salih"),
    "patronymics": ("Usama bin Muhammad bin Ladin", "Osama bin Laden"),
    "middle name left out": ("John Prewitt", "John Quincy Prewitt"),
    "initial": ("J Prewitt Danforth", "John Prewitt Danforth"),
    "Cyrillic": ("Sergei Ivanov", "Сергей Иванов"),
    "Arabic": ("Muhammad Saleh", "محمد صالح"),
}
OTHER = {
    "another given name": ("Maria Lopez", "Ramon Lopez"),
    "another family name": ("Jose Garcia", "José Buitrago"),
    "two words near by chance": ("Jose Garcia", "Jorge Gracia Paz"),
    "a short name": ("Li Wei", "Lu Wen"),
    "particles alone": ("de la Cruz", "de la Rosa"),
}


@pytest.mark.parametrize("asked", SAME.values(), ids=SAME)
def test_the_same_name_written_otherwise_is_close(asked: tuple[str, str]) -> None:
    assert names.best(asked[0], [asked[1]]) >= 70


@pytest.mark.parametrize("asked", OTHER.values(), ids=OTHER)
def test_another_name_is_not(asked: tuple[str, str]) -> None:
    assert names.best(asked[0], [asked[1]]) == 0


def test_the_name_itself_is_closest() -> None:
    ranked = sorted(
        ["José García", "José García Paz", "Jose Garza", "Jorge García"], key=lambda n: -names.best("jose garcia", [n])
    )
    assert ranked[:2] == ["José García", "José García Paz"]


def test_a_word_with_one_letter_wrong_shares_a_key_with_itself() -> None:
    luck = random.Random(4)
    for word in ("quintanar", "hollins", "villalpando", "ixcoy"):
        for _ in range(30):
            at, letter = luck.randrange(len(word)), luck.choice("abcdefgh")
            wrong = luck.choice(
                [word[:at] + letter + word[at + 1 :], word[:at] + word[at + 1 :], word[:at] + letter + word[at:]]
            )
            assert {*names.keys_of_word(word)} & {*names.keys_of_word(wrong)}, (word, wrong)


def test_keys_stay_the_same_from_run_to_run_and_fit_their_column() -> None:
    keys = names.keys_of("José García")
    assert names.key("garcia") == names.key("garcia") in keys
    assert all(-(2**31) <= key < 2**31 for key in keys)


def test_nicknames_go_both_ways_and_no_further() -> None:
    assert "robert" in also("bob")
    assert "bob" in also("robert")
    assert "jose" in also("pepe")
    assert not also("quillfeather")

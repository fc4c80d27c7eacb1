"""Invented names of several kinds, and the errors with which they are asked for: always the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Callable

GIVEN = {
    "spanish": "José María Juan Luis Carlos Ana Rosa Miguel Ángel Jesús Francisco Guadalupe Roberto Ramón Sofía Teresa "
    "Martín Óscar Raúl Mónica Ignacio Eduardo Fernando Manuel Rafael Isabel Verónica Héctor Adrián Concepción",
    "english": "Robert William James Michael Elizabeth Thomas Richard Joseph Margaret Katherine Andrew Steven Edward "
    "Daniel Christopher Patricia Susan Barbara Anthony Nicholas",
    "arabic": "Muhammad Ahmad Khalid Yusuf Hassan Husayn Ibrahim Abdullah Tariq Mustafa Fatima Layla Umar Mahmud Salih",
    "slavic": "Sergei Dmitri Vladimir Nikolai Mikhail Aleksandr Oksana Natalya Yevgeny Ludmila Bogdan Zoran",
}
BEGIN = "al ba ber bor cal car cas cor dan del dor es fer fon gal gar gon gut hel her hol iz jim kar kel las lor"
BEGIN += (
    " mal mar men mir mon mor nar nov ol or pal per pol quin ram rey ros sal san sor tab tor ur val ver vil zam zel"
)
MIDDLE = "a e i o u ala ani are ati ego eli ena era esi ida igo ino ira odi ola ono ora una uri"
END = "ba bo ca cha da dez do fa ga go jo kov la lez lin llo man mez na nda ner nez nko no ra ras rd rez ri ro sen sky"
END += " so ta tes tez ton tos va vich vo za zzi"


class Namer:
    """Invents names; `luck` decides on errors too."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def surname(self) -> str:
        pick = self.luck.choice
        return (pick(BEGIN.split()) + pick(MIDDLE.split()) + pick(END.split())).capitalize()

    def name(self) -> str:
        kind = self.luck.choice(list(GIVEN))
        given = self.luck.choice(GIVEN[kind].split())
        if kind == "spanish":
            second = f" {self.luck.choice(GIVEN[kind].split())}" if self.luck.random() < 0.3 else ""
            small = self.luck.choice(["", "", "", "de la ", "del "])
            return f"{given}{second} {small}{self.surname()} {self.surname()}"
        if kind == "arabic":
            father = f"bin {self.luck.choice(GIVEN[kind].split())} "
            return f"{given} {self.luck.choice(['', father, 'al-'])}{self.surname()}"
        return f"{given} {self.surname()}"


# Parts of family names of several languages: fewer of their combinations are near each other than there are people.
SYLLABLES = {
    "spanish": "ba be bu ca ce co cha da do es fa fue ga gue gui ji la le li lo llo ma me mi mo na ne ño pa pe qui "
    "ra rra re ri ro sa se so ta te ti to tru va ve vi ya za zu",
    "english": "ash bar black brad burn chest cliff crom dal den dun fair field ford ham har hol kirk lang ley lin "
    "mill more nor pem ridge rush sher stan stead stock thorn ton tre wain wick wood worth",
    "arabic": "ab ad bas da di fa far ghaz ha has hi hud ja jib kar kha lam ma mas na nas qa qud ra rash sa sab sha "
    "ta taw wa wah ya yas za zub",
    "slavic": "bog bor dob dra gra gor kol kra lub mir mla nik ost pav pet pod rad sla sok sta tar tko ves vlad vol "
    "yar zak zhu enko ovich evsky ov in",
    "vietnamese and chinese": "bao chang chen cuong deng dinh duong feng guo hoang huang jiang kang liang luo minh "
    "ngo nguyen ong pham qin quoc song tang thuy tran truong vinh wang xiao xu yuan zhang zhou",
    "yoruba": "ade ajo aki ala ayo ba bi bo da de du ela fe fola gbe ile ita ja ke ko la le lu mo niyi ola oye ran "
    "se so ti to tunde wale wu ye yin",
}


class SparseNamer(Namer):
    """Invents names whose family names stand far apart: thousands of first names, family names of several languages."""

    def surname(self) -> str:
        syllables = SYLLABLES[self.luck.choice(list(SYLLABLES))].split()
        return "".join(self.luck.choice(syllables) for _ in range(self.luck.choice((2, 3, 3, 4)))).capitalize()

    def name(self) -> str:
        known = self.luck.random() < 0.6
        given = self.luck.choice(GIVEN[self.luck.choice(list(GIVEN))].split()) if known else self.surname()
        return f"{given} {self.surname()}{f' {self.surname()}' if self.luck.random() < 0.25 else ''}"


def _in_a_word(name: str, namer: Namer, change: Callable[[str, int], str]) -> str:
    words = name.split()
    long = [place for place, word in enumerate(words) if len(word) > 4] or [0]
    place = namer.luck.choice(long)
    words[place] = change(words[place], namer.luck.randrange(len(words[place]) - 1))
    return " ".join(words)


def substituted(name: str, namer: Namer) -> str:
    return _in_a_word(
        name, namer, lambda word, at: word[:at] + namer.luck.choice("abcdefghilmnoprstuvz") + word[at + 1 :]
    )


def inserted(name: str, namer: Namer) -> str:
    return _in_a_word(name, namer, lambda word, at: word[:at] + namer.luck.choice("aeilnrst") + word[at:])


def left_out(name: str, namer: Namer) -> str:
    return _in_a_word(name, namer, lambda word, at: word[:at] + word[at + 1 :])


def swapped(name: str, namer: Namer) -> str:
    return _in_a_word(name, namer, lambda word, at: word[:at] + word[at + 1] + word[at] + word[at + 2 :])


def turned(name: str, namer: Namer) -> str:
    """Family names first, with or without a comma."""
    first, _, rest = name.partition(" ")
    return f"{rest}{namer.luck.choice([',', ''])} {first}"


def nicknamed(name: str, namer: Namer) -> str:
    from reports.finding.names import words_of
    from reports.finding.nicknames import also

    first, _, rest = name.partition(" ")
    forms = sorted(also(words_of(first)[0]))
    return f"{namer.luck.choice(forms).capitalize()} {rest}" if forms else name


def unaccented(name: str, namer: Namer) -> str:
    from reports.sameness import plain

    return plain(name)


SOUNDS = [("uhammad", "ohamed"), ("ah", "a"), ("kh", "k"), ("z", "s"), ("v", "b"), ("y", "i"), ("c", "k"), ("ll", "l"), ("ou", "u"), ("ei", "ey"), ("x", "ks"), ("ss", "s"), ("i", "y")]  # fmt: skip # noqa: E501


def respelt(name: str, namer: Namer) -> str:
    """One sound written in another usual way."""
    ways = [(old, new) for old, new in SOUNDS if old in name]
    old, new = namer.luck.choice(ways or [("", "")])
    return name.replace(old, new, 1)


def one_left_out(name: str, namer: Namer) -> str:
    """One word of several is not said."""
    words = name.split()
    if len(words) > 2:
        del words[namer.luck.randrange(1, len(words))]
    return " ".join(words)


ERRORS: dict[str, Callable[[str, Namer], str]] = {
    "as written": lambda name, namer: name,
    "a letter substituted": substituted,
    "a letter inserted": inserted,
    "a letter left out": left_out,
    "two letters swapped": swapped,
    "the order turned": turned,
    "a nickname": nicknamed,
    "accents missing": unaccented,
    "spelt by its sound": respelt,
    "one word left out": one_left_out,
}

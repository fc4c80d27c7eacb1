"""Invented texts for measuring the guard: numbers of other kinds that look like an SSN, and text meant to hold it up.

It shares nothing with the guard. Every number is made by arithmetic from a seed while it runs: none stands in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tests.privacy.corpus import TALK, Text, number


def _d(random: Random, count: int) -> str:
    return f"{random.randrange(10**count):0{count}d}"


def _x(random: Random, signs: str, count: int) -> str:
    return "".join(random.choice(signs) for _ in range(count))


CAPITALS = "ABCDEFGHJKLMNPRSTUVWXYZ"
HEX = "0123456789abcdef"
Like = Callable[[Random], str]


def nobody(random: Random) -> str:
    """Nine digits that are nobody's: by area, group or serial."""
    area, group, serial = _d(random, 3), _d(random, 2), _d(random, 4)
    return random.choice(
        [
            f"000-{group}-{serial}",
            f"666-{group}-{serial}",
            f"{area}-00-{serial}",
            f"{area}-{group}-0000",
            f"9{area[1:]}-{random.randint(0, 69):02d}-{serial}",
            f"9{area[1:]}-89-{serial}",
            f"9{area[1:]}-93-{serial}",
            f"000{group}{serial}",
            f"SSN 666{group}{serial}",
            f"SSN {area}00{serial}",
        ]
    )


def iban(r: Random) -> str:
    body = r.choice(["DE", "GB", "FR", "ES"]) + _d(r, 2) + _d(r, 18)
    return r.choice(["IBAN {}", "paid to {}"]).format(
        r.choice([body, " ".join(body[i : i + 4] for i in range(0, 22, 4))])
    )


LIKE: dict[str, Like] = {
    "A-Number": lambda r: r.choice(
        [
            "A{}",
            "A-{}",
            "A# {}",
            "A#{}",
            "A {}",
            "A-Number {}",
            "A-Number: A{}",
            "A number {}",
            "Alien number {}",
            "alien no. {}",
            "Alien Registration Number {}",
            "A-file {}",
            "USCIS # {}",
            "USCIS number A-{}",
            "A-No. {}",
            "a{}",
            "A-Number is {}",
            "alien registration no. A{}",
        ]
    ).format(_d(r, r.choice([7, 8, 9, 9, 9]))),
    "A-Number in groups": lambda r: (
        lambda n: r.choice(
            [
                "A{}-{}-{}",
                "A{} {} {}",
                "A-{}-{}-{}",
                "A# {}-{}-{}",
                "A-Number {} {} {}",
                "A {} {} {}",
                "Alien number {}-{}-{}",
            ]
        ).format(n[:3], n[3:6], n[6:])
    )(_d(r, 9)),
    "A-Number as an SSN": lambda r: r.choice(["A{}-{}-{}", "A-Number: {}-{}-{}", "alien number {}-{}-{}"]).format(
        _d(r, 3), _d(r, 2), _d(r, 4)
    ),
    "telephone": lambda r: r.choice(
        [
            "({}) 555-01{}",
            "{}-555-01{}",
            "{}.555.01{}",
            "{} 555 01{}",
            "+1 {} 555 01{}",
            "1-{}-555-01{}",
            "{}55501{}",
            "tel:+1{}55501{}",
            "+1-{}-555-01{} x4021",
        ]
    ).format(r.randint(201, 989), _d(r, 2)),
    "foreign telephone": lambda r: r.choice(["+52 55 {} {}", "+44 20 {} {}", "011 52 664 {} {}", "+502 {} {}"]).format(
        _d(r, 4), _d(r, 4)
    ),
    "ZIP+4": lambda r: r.choice(["{}-{}", "Miami FL {}-{}", "ZIP {}-{}", "El Paso, TX {}-{} USA"]).format(
        _d(r, 5), _d(r, 4)
    ),
    "date": lambda r: r.choice(
        [
            "{m}/{d}/{y}",
            "{y}-{m}-{d}",
            "{y}{m}{d}",
            "{y}{m}{d}{h}{m}",
            "{d} {m} {y} {h}{m}",
            "{m}-{d}-{y} {h}:{m}",
            "{y}-{m}-{d}T{h}:{m}:{m}Z",
            "{m}.{d}.{y}",
        ]
    ).format(
        m=f"{r.randint(1, 12):02d}", d=f"{r.randint(1, 28):02d}", y=r.randint(1950, 2030), h=f"{r.randint(0, 23):02d}"
    ),
    "report number": lambda r: r.choice(
        [
            "SIR-{}-MIA-{}",
            "SPEAR-{}-ELP-{}",
            "ICM-{}-{}",
            "TAV-{}-LAX-{}",
            "case {}-{}",
            "Case No. {}{}",
            "ICM case {}{}",
            "incident {}-{}",
        ]
    ).format(r.randint(2020, 2027), _d(r, 6)),
    "case number": lambda r: r.choice(
        [
            "case number {}",
            "file no. {}",
            "Incident #{}",
            "docket {}",
            "ref: {}",
            "tracking number {}",
            "seizure no. {}",
            "warrant no {}",
            "TECS record {}",
        ]
    ).format(_d(r, 9)),
    "EIN": lambda r: r.choice(["{}-{}", "EIN {}-{}", "FEIN: {}-{}", "EIN {}{}", "Tax ID {}-{}"]).format(
        _d(r, 2), _d(r, 7)
    ),
    "money": lambda r: r.choice(
        ["${},{},{}", "${}{}{}", "USD {},{},{}.00", "{},{},{} dollars", "€{}.{}.{}", "$ {}{}{}", "{}{}{} USD"]
    ).format(r.randint(100, 999), _d(r, 3), _d(r, 3)),
    "coordinate": lambda r: r.choice(
        [
            "{a}.{s}, -{b}.{s}",
            "N{a} {m}.{t} W080 {m}.{t}",
            "{a}°{m}'{m}\" N 080°{m}'{m}\" W",
            "lat {a}.{s} lon -{b}.{s}",
            "W {b}.{s}",
            "17R 58{s} 28{s}",
            "{a} {m} {m} N, 080 {m} {m} W",
        ]
    ).format(a=r.randint(24, 49), b=r.randint(67, 124), m=_d(r, 2), s=_d(r, 6), t=_d(r, 4)),
    "plate": lambda r: f"plate {_x(r, CAPITALS, 3)}-{_d(r, 4)} ({_x(r, CAPITALS, 2)})",
    "passport": lambda r: r.choice(
        ["passport {}", "US passport no. {}", "Passport #: {}", "PPT {}", "passport number is {}"]
    ).format(_d(r, 9)),
    "passport of a letter": lambda r: _x(r, CAPITALS, 1) + _d(r, 8),
    "serial": lambda r: r.choice(
        ["S/N {1}", "serial no. {0}{1}", "serial {1}", "{0}{1}", "{0}-{1}", "model {0}-{1}"]
    ).format(_x(r, CAPITALS, 3), _d(r, 9)),
    "card": lambda r: r.choice(["{}-{}-{}-{}", "{} {} {} {}", "{}{}{}{}"]).format(*(_d(r, 4) for _ in range(4))),
    "American Express": lambda r: f"{_d(r, 4)} {_d(r, 6)} {_d(r, 5)}",
    "IBAN": iban,
    "VIN": lambda r: _x(r, CAPITALS + "0123456789", 11) + _d(r, 6),
    "IMEI": lambda r: r.choice(["IMEI {}{}{}{}", "{}-{}-{}-{}", "{} {} {} {}"]).format(
        _d(r, 2), _d(r, 6), _d(r, 6), _d(r, 1)
    ),
    "address of a computer": lambda r: r.choice(["{}.{}.{}.{}", "{}.{}.{}.{}:8080", "{}.{}.{}.{}/24"]).format(
        *(r.randint(1, 254) for _ in range(4))
    ),
    "UUID": lambda r: "-".join(_x(r, HEX, n) for n in (8, 4, 4, 4, 12)),
    "hash": lambda r: _x(r, HEX, 40),
    "bank": lambda r: r.choice(
        ["routing number {}", "ABA {}", "RTN: {}", "account {}", "acct no. {}", "routing {}"]
    ).format(_d(r, 9)),
    "driver's license": lambda r: r.choice(["DL {}", "driver's license {}", "OLN {}", "license no. {}"]).format(
        _d(r, 9)
    ),
    "registers": lambda r: r.choice(
        ["DUNS {}", "MMSI {}", "FBI number {}", "booking no. {}", "inmate {}", "receipt {}"]
    ).format(_d(r, 9)),
    "USMS number": lambda r: f"register number {_d(r, 5)}-{_d(r, 3)}",
    "ISBN": lambda r: r.choice(["ISBN 978-{}-{}-{}-{}", "978-{}-{}-{}-{}", "ISBN 978 {} {} {} {}"]).format(
        r.randint(70, 99), _d(r, 4), _d(r, 3), _d(r, 1)
    ),
    "track": lambda r: r.choice(["1Z999AA1{}{}", "9400 1{} {}", "FedEx {}{}"]).format(_d(r, 5), _d(r, 5)),
    "time stamps": lambda r: f"{r.randint(1, 12)}:{_d(r, 2)}:{_d(r, 2)} {r.randint(1000, 9999)}",
    "counts": lambda r: (
        f"{r.randint(1, 99)} of {r.randint(100, 999)}, {r.randint(10, 99)} kg, {r.randint(1000, 9999)} units"
    ),
    "nobody's": nobody,
    "part of one": lambda r: r.choice(["xxx-xx-{}", "***-**-{}", "last four {}", "SSN ending {}"]).format(_d(r, 4)),
    "too long": lambda r: _d(r, r.choice([10, 11, 12, 15, 20])),
    "too short": lambda r: f"{_d(r, 3)}-{_d(r, 2)}-{_d(r, r.choice([2, 3, 5]))}",
}
LIKE_AROUND = (
    "{}",
    "Noted {} and {w}.",
    "({})",
    "Subject had {}; {w}.",
    "{w} {}",
    "At the gate: {}",
    "{}\n{w}",
    "see {}, {w}",
    "No SSN was given. He had {}.",
    "SSN unknown, {}",
)


def look_alikes(seed: int, many: int) -> Iterator[Text]:
    """Texts that hold a number of another kind each."""
    random = Random(seed)
    kinds = list(LIKE.items())
    for turn in range(many):
        kind, write = kinds[turn % len(kinds)]
        words = random.choice(LIKE_AROUND).replace("{w}", random.choice(TALK))
        yield Text(words.replace("{}", write(random)), kind)


def hostile(size: int) -> dict[str, str]:
    """Texts of about `size` bytes, each meant to make a pattern search take long."""
    area, group, serial = number(Random(7))
    pieces = {
        "one run of digits": "1",
        "digits and spaces": "1 ",
        "digits and hyphens": "1-",
        "digits and letters": "1a",
        "eight digits": "12345678a",
        "eight spaced digits": "1 2 3 4 5 6 7 8 a ",
        "nearly one": f"{area}-{group}-{serial[:3]} ",
        "nearly one, spaced": f"{area} {group} {serial[:3]} ",
        "its beginning": f"{area}-{group}-",
        "nothing but hyphens": "-",
        "area and hyphens": area + "-" * 30,
        "spaces": " ",
        "line breaks": "\n",
        "digits far apart": "1" + " " * 30,
        "many of them": f"{area}-{group}-{serial} ",
        "many said": f"SSN: {area}-{group}-{serial}\n",
        "many bare": f"{area}{group}{serial} ",
        "many A-Numbers": f"A-Number {area}{group}{serial} ",
        "bare said": f"SSN {area}{group}{serial} ",
        "ten digits": "1234567890 ",
        "the word": "ssn ",
        "the word's beginning": "s s ",
        "the long word": "soc sec ",
        "nearly the word": "ssssss",
        "A": "A ",
        "the word and eight": "ssn 1 2 3 4 5 6 7 8 ",
        "letters for digits": "ssn lllllllll ",
        "brackets": "(123)(45)(",
        "digits in words": "one two three four five six seven eight ",
        "one": "one ",
        "dash": "1 dash ",
        "dashes": "dash",
        "zero-width flood": "\u200b",
        "zero-width between": "1\u200b",
        "combining": "1\u0301",
        "Arabic-Indic": "٣",
        "mathematical": "𝟏",
        "ideographs": "漢字",
        "faces": "😀",
        "hidden": "\u200b".join(f"{area}-{group}-{serial} "),
        "entities": "&#49;",
        "escapes": "%31",
        "ampersands": "&",
        "everything": "12 34 56 78 9 a ",
        "controls": "1\x00",
    }
    return {name: piece * (size // len(piece.encode())) for name, piece in pieces.items()}

"""Numbers and addresses by which people and things are known, each in the one form in which it is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import phonenumbers

from privacy import guard
from reports import sameness
from reports.content import Filled
from reports.models import SearchIdentifier

Type = SearchIdentifier.Type
LONGEST = 300
# Words that stand where there is no number.
NOTHING = frozenset({"none", "na", "unknown", "unk", "notapplicable", "pending", "illegible", "obliterated", "defaced"})
DIGITS = re.compile(r"[^\W\D_]|\d")
STATE_AND_ZIP = re.compile(r"^[a-z]{2}\.?\s*(?:\d{5}(?:-\d{4})?)?$|^\d{5}(?:-\d{4})?$|^us(a)?$", re.IGNORECASE)
FEWEST = {Type.PLATE: 3, Type.HANDLE: 3}
MASK = "•"


def of_report(filled: Filled) -> dict[tuple[str, str], None]:
    """The identifiers that a report and its rows hold besides its number, each once, in the order of its answers."""
    found = dict.fromkeys(of_row(filled.report))
    for row in filled.every_row():
        found |= dict.fromkeys(of_row(row))
    return found


def of_row(row: Any) -> Iterator[tuple[str, str]]:
    """What the fields that `identifies` declares hold, in normal form."""
    for fields, type_ in type(row).identifies.items():
        for value in _values(row, fields.split("+")):
            kind = type_ or row.type
            if kind == "contact":
                kind = Type.EMAIL.value if "@" in value else Type.PHONE.value
            if form := normal(kind, value):
                yield kind, form


def _values(row: Any, fields: list[str]) -> Iterable[str]:
    """The values of one field, or of several that only together say something: an address and its city."""
    if len(fields) > 1:
        parts = [getattr(row, name) for name in fields]
        return [", ".join(parts)] if all(parts) else []
    value = getattr(row, fields[0])
    return value if isinstance(value, list) else [value] if value else []


def normal(type_: str, value: str) -> str:
    """The form in which two identifiers of a type are compared; nothing for what identifies nobody.

    What is masked, and what the SSN guard would refuse, has no form.
    """
    if not value or MASK in value or guard.find(value):
        return ""
    form = FORMS.get(type_, marks)(value)[:LONGEST]
    return form if len(form) >= FEWEST.get(type_, 4) else ""  # type: ignore[call-overload]


def marks(value: str) -> str:
    """Letters and digits alone, in capitals: how numbers of documents and goods are compared."""
    found = sameness.letters(value).upper()
    return "" if found.casefold() in NOTHING else found


def a_number(value: str) -> str:
    digits = "".join(re.findall(r"\d", sameness.plain(value)))
    return f"A{digits:0>9}" if 7 <= len(digits) <= 9 else ""


def phone(value: str) -> str:
    """With the code of its country, which is the United States unless it says otherwise; else its digits."""
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        number = None
    if number and phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = "".join(re.findall(r"\d", value))
    return digits if 7 <= len(digits) <= 15 else ""


def email(value: str) -> str:
    found = "".join(value.split()).casefold()
    return found if "@" in found.strip("@") else ""


def handle(value: str) -> str:
    """The name without its service, for the same name is often written with and without it."""
    name = value.rpartition(":")[2].strip().lstrip("@").casefold()
    return "" if name in NOTHING else "".join(name.split())


def address(value: str) -> str:
    """A street with its city, as `sameness` compares them; the last parts may be a state and a ZIP code."""
    parts = [part.strip() for part in value.replace("\n", ",").split(",") if part.strip()]
    while len(parts) > 2 and STATE_AND_ZIP.match(parts[-1]):
        parts.pop()
    if len(parts) < 2:
        return ""
    return sameness.address(" ".join(parts[:-1]), parts[-1])


FORMS = {
    Type.A_NUMBER.value: a_number,
    Type.PHONE.value: phone,
    Type.EMAIL.value: email,
    Type.HANDLE.value: handle,
    Type.ADDRESS.value: address,
}


def lexeme(value: str) -> str:
    """An identifier as one word of a search document, apart from all words of a text."""
    return f"~{value.casefold()}"


# -- In running text ---------------------------------------------------------------------------------------------------
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Each begins with what is rare in a text, so that the search through it is quick.
NUMBERS = re.compile(
    r"(?P<a_number>\bA[\s#-]{0,2}\d{2,3}[\s-]?\d{3}[\s-]?\d{3})\b"
    r"|(?<![\w-])(?P<phone>(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}|\+\d{1,3}[\s.-]?\d[\d\s.-]{5,13}\d)(?![\w-])"
)
MOST_IN_TEXT = 200
WIDEST = 100


def in_text(text: str) -> Iterator[str]:
    """The A-Numbers, phones and e-mail addresses that stand in a running text, in normal form."""
    pairs = chain(_emails(text), ((match.lastgroup or "", match.group()) for match in NUMBERS.finditer(text)))
    for type_, found in islice(pairs, MOST_IN_TEXT):
        if form := normal(type_, found):
            yield form


def _emails(text: str) -> Iterator[tuple[str, str]]:
    """Around each @, no wider than addresses are: a long text without one costs nothing."""
    place = text.find("@")
    while place >= 0:
        around = text[max(0, place - WIDEST) : place + WIDEST]
        yield from (("email", match.group()) for match in EMAIL.finditer(around))
        place = text.find("@", place + 1)

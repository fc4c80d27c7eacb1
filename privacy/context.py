"""Which words near nine digits say that they are an SSN, an A-Number, or a number of another kind.

The words are those of the field's papers: the SEN PIA, CBP and ICE forms, and what people type in their place.
"""

from __future__ import annotations

import re

# How far before a number a word may stand to speak of it; up to FAR within one sentence.
RIGHT, BEFORE, FAR, AFTER = 6, 48, 90, 32

# One of these stands in every text in which a word says SSN.
SSN_SIGNS = ("ssn", "s.s", "s s", "s-s", "s_s", "ssa", "ss#", "ss:", "soc", "soi", "sosh", "tin", "tax", "security",
             "ss n", "t.i", "t-i", "t i", "ss ", "ss.")  # fmt: skip
SAYS_SSN = re.compile(
    r"(?:(?<![a-z])(?:s[\W_]{0,2}s[\W_]{0,2}n(?:[\W_]{0,2}s(?![a-z]))?|ssans?"
    r"|(?:social|soical|socail|socal)(?!\W{1,3}(?:media|network|club|work|service|event|distanc))(?:\W{1,3}sec[a-z]*)?"
    r"|soc\W{0,3}sec[a-z]*|soc(?=\W{0,2}(?:#|no|num|is|:))|(?:soc|ss)(?=\W{1,3}$)|sosh|security\W{1,2}(?=number|no|num|#)"
    r"|s\W?s\W{0,2}(?:#|no(?![a-z])|num[a-z]*|:)|i\W?t\W?i\W?n\W?s?|tins?|tax\W?payers?(?:\W{1,2}id[a-z]*)?|tax\W{1,2}id[a-z]*)"
    r"|(?-i:(?<=[a-z])(?:SSNs?|Ssn|SocialSec[a-z]*)))(?![a-z])(?:\W{0,3}(?:(?:numbers?|num|nos?|nbr|nr)(?![a-z])|#))?",
    re.IGNORECASE,
)
SAYS_RIGHT_BEFORE = re.compile(r"\.?[\s:=#\"'(\[>_,;/-]{0,6}(?:(?:is|was|are|es)[\s:]{1,3})?", re.IGNORECASE)
_NUMBER = r"(?:#|nos?|nbrs?|num(?:ber)?s?)"
SAYS_A_NUMBER = re.compile(
    rf"(?<![a-z])(?:a[-_\s]?(?:{_NUMBER}|file)(?:\(s\))?|aliens?(?:'s)?(?:[-_\s](?:registration|reg|file|id))?[-_\s.]{{0,2}}{_NUMBER}?"
    rf"|uscis[-_\s]?{_NUMBER}?|(?:ins|eoir)[-_\s]?{_NUMBER}|arn)(?![a-z])",
    re.IGNORECASE,
)
# The letter of an A-Number stands before its digits: A123456789, A-123456789, A# 123456789, A 123 456 789.
A_LETTER = re.compile(r"(?<![A-Za-z0-9])(?:[Aa][-#.:]{0,2}|A[-#.:\s]{0,3}|\(A\)\s?)$")
A_LIST = re.compile(r"[\d\s,;:&/#()A-]*(?:and|or)?[\s#(A-]*")
TIGHT_A_LETTER = re.compile(r"(?<![A-Za-z0-9])A[-#]{0,2}$")

# Words for numbers of another kind …
_KINDS = """
    passport passports ppt ein fein phone phones tel telephone cell mobile fax pager call calls called calling dial
    dialed texted zip postal routing aba rtn account accounts acct acc iban case cases file files ticket tickets
    incident report reports track tracking confirmation order orders invoice po serial serials sn model part badge
    plate plates tag tags license licenses licence dl dln oln driver vin imei imsi meid sim iccid card cards visa
    visas sevis receipt receipts docket warrant booking inmate register registration duns npi mmsi imo container
    containers seal seals lot lots batch sku upc isbn mac port lat latitude lon long longitude gps grid amount
    amounts total totals sum claim claims policy policies member members employee ref reference references record
    records evidence seizure exhibit item items manifest entry awb waybill lading bol tail hull flight flights icm
    sir sen tecs event subpoena control petition application form bank loan customer client user version build job
    message msg transaction txn wire transfer check cheque barcode fbi ucn ncic fin fins usms bop dea permit
    contract purchase quote asset device pin code timestamp epoch weighs population views student patient medical
    mrn medicare insurance parcel package shipment mileage odometer hash size count employer spear tav ilead ileads
    fpf eori duty house unit firearm weapon bond currency coordinates coordinate
"""
KINDS = frozenset(_KINDS.split())
# … and words that may stand between one of these and its digits.
_NEUTRAL = """
    number numbers num no nos nbr nr id ids code is was of the were as with at to on in under reads read and its his
    her their for from which shows
"""
NEUTRAL = frozenset(_NEUTRAL.split())
_AMOUNTS = """
    usd eur mxn cad dollars dollar pesos euros bytes kb mb gb people miles km meters rows records views votes units
    pounds kilos kg lbs
"""
AMOUNTS = frozenset(_AMOUNTS.split())
# Between a word for an SSN and a number of another kind stands one of these.
BREAK = re.compile(r"[,;()\n]|\.\s|(?<![a-z])(?:and|or|but|with|while|also|then)(?![a-z])", re.IGNORECASE)
SENTENCE = re.compile(r"[;!?\n]|\.\s")
# As in "no SSN was given", "SSN unknown".
NO_SSN = re.compile(r"(?<![a-z])(?:no|without|any|an|lacks|nor)\W{1,3}$", re.IGNORECASE)
UNKNOWN = re.compile(
    r"(?<![a-z])(?:unknown|unk|none|n/a|refused|missing|withheld|pending|illegible|not\W{1,2}(?:given|known|available|provided|on|found))"
    r"(?![a-z])",
    re.IGNORECASE,
)


def last(words: re.Pattern[str], text: str) -> int:
    """Where these words end for the last time, or -1."""
    return max((m.end() for m in words.finditer(text)), default=-1)


def is_a_number(before: str, *, separated: bool) -> bool:
    """Whether the words before a number make it an A-Number. A word speaks of the number that follows it alone."""
    near = before[-BEFORE:]
    if (TIGHT_A_LETTER if separated else A_LETTER).search(near):
        return True
    said = last(SAYS_A_NUMBER, near)
    if said <= last(SAYS_SSN, near):
        return False
    # "A-Numbers 012345678, 023456789": the word speaks of the whole list.
    return not re.search(r"\d", near[said:]) or bool(not separated and A_LIST.fullmatch(near[said:]))


def says_ssn(before: str, after: str) -> bool:
    """Whether the words before or behind nine digits make them an SSN or ITIN."""
    words = [*SAYS_SSN.finditer(before)]
    if words and _speaks_on(before[: words[-1].start()], before[words[-1].end() :]):
        return True
    return not _labels_other(before) and _says_behind(after)


def _speaks_on(before: str, between: str) -> bool:
    """Whether a word that says SSN still speaks of the number, given what stands before it and between the two."""
    if NO_SSN.search(before) or UNKNOWN.search(between):
        return False
    if len(between) > RIGHT and SENTENCE.search(between):
        return False
    if len(between) > BEFORE and re.search(r"\d", between):
        return False
    return not (_labels_other(between) and BREAK.search(between))


def says_ssn_right_before(before: str, *, ein: bool) -> bool:
    """Whether a word that says SSN stands right before a number, with nothing but ":", "is" and the like between.

    An EIN is a taxpayer's number too, so that only the words for an SSN itself make one of its groups.
    """
    words = [*SAYS_SSN.finditer(before)]
    if not words or SAYS_RIGHT_BEFORE.fullmatch(before[words[-1].end() :]) is None:
        return False
    return not (ein and words[-1][0][:1] in "Tt")


def _says_behind(after: str) -> bool:
    """A word behind speaks of the number before it, unless a number of its own follows or a sentence ended between."""
    word = SAYS_SSN.search(after[:AFTER])
    return bool(
        word
        and not SENTENCE.search(after[: word.start()])
        and not re.search(r"\d", after[: word.start()])
        and not re.match(r"[\W_]{0,4}\d{3}", after[word.end() :])
    )


def is_part(before: str, after: str) -> bool:
    """Whether nine digits are part of a longer name, an amount or an address."""
    return bool(
        re.search(r"[A-Za-z0-9_@=&?/\\.+$:#-]$|\$\s$|\+\d{1,3}\s$", before)
        or re.match(r"[A-Za-z0-9_@/\\=]|[.,:-]\d|\s?[$%]|\.[A-Za-z]{2,4}\b", after)
    )


def is_other(before: str, after: str) -> bool:
    """Whether nine digits are spoken of as a number of another kind."""
    sentence = re.split(r"\.\s+(?=[A-Z])|[;\n]", before[-BEFORE:])[-1]
    return not KINDS.isdisjoint(_words(sentence)[-6:]) or _names_other_behind(_words(after[:AFTER])[:4])


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower().replace("s/n", "serial"))


def _labels_other(before: str) -> bool:
    """Whether a word for a number of another kind stands right before the digits: "case no. 123456789"."""
    words = _words(before)[-4:]
    while words and words[-1] in NEUTRAL:
        words.pop()
    return bool(words) and words[-1] in KINDS


def _names_other_behind(words: list[str]) -> bool:
    """As in "123456789 dollars", "123456789 (EIN)", "123456789 is his passport"."""
    if words and words[0] in AMOUNTS | KINDS:
        return True
    return len(words) > 1 and words[0] in {"is", "was"} and not KINDS.isdisjoint(words[1:])


def is_within(before: str, after: str, first: str = "", second: str = "") -> bool:
    """Whether a number is part of a longer one, of a coordinate, of an amount or of a foreign telephone number."""
    mark = re.escape(first.strip()[:1])
    if mark and (re.search(rf"\d{mark}$", before) or re.match(rf"{mark}\d", after)):
        return True
    # Degrees and decimal minutes: W080 11.5073.
    if second.strip() == "." and (re.search(r"(?<![A-Za-z])[NSEW]\s?$", before) or re.match(r"'?\s?[NSEW]\b", after)):
        return True
    return bool(re.search(r"\+\d{1,3}[\s.(-]{0,2}$|[$€£]\s?$|(?i:isbn)[\W\d]{0,8}(?:1[03])?[:\s]*$", before))

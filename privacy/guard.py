"""Finding social security numbers (and ITINs) in a text, however they are written, and putting eight bullets for them.

Pure: no database, no settings, no other app. It tells where a number stands and never keeps the number itself.
Rules: docs/ssn-guard.md. Which numbers exist: SSA's numbering since 2011, and IRS Publication 1915 for ITINs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

from privacy.context import FAR, SSN_SIGNS, is_a_number, is_other, is_part, is_within, says_ssn, says_ssn_right_before
from privacy.fold import Folded
from privacy.mask import BULLETS

_MARK = r"[\s._/\\:|~*+=,;'\"()\[\]{}<>#-]"
_GAP = rf"{_MARK}{{1,24}}+"
# As an SSN is written: 3-2-4.
SEPARATED = re.compile(
    rf"[0-9](?<![0-9][0-9])[0-9]{{2}}(?P<first>{_GAP})[0-9]{{2}}(?P<second>{_GAP})[0-9]{{4}}(?![0-9])"
)
# Nine digits in one, by threes, or three and six.
BARE = re.compile(
    rf"[0-9](?<![0-9][0-9])(?:[0-9]{{8}}|[0-9]{{2}}{_MARK}{{1,3}}+[0-9]{{3}}(?:{_MARK}{{1,3}}+)?[0-9]{{3}})(?![0-9])"
)
# Nine digits each apart, with something else between the groups, or all alike.
SPACED = re.compile(
    rf"[0-9](?P<apart>{_MARK}{{1,2}})[0-9](?P=apart)[0-9](?:(?!(?P=apart)[0-9])(?P<first>{_GAP})[0-9](?P=apart)"
    rf"[0-9](?!(?P=apart)[0-9]){_GAP}(?:[0-9](?P=apart)){{3}}[0-9](?![0-9])|(?:(?P=apart)[0-9]){{6,}}+)"
)
# Nine digits and no more, close together in any other groups: EIN, ZIP+4, or an SSN in an odd hand.
GROUPED = re.compile(
    rf"[0-9](?<![0-9][0-9])(?<![0-9]{_MARK}[0-9])(?<![0-9]{_MARK}{{2}}[0-9])"
    rf"(?:{_MARK}{{0,4}}+[0-9]){{8}}(?![0-9]|[ ._,-][0-9])"
)
# O for 0 and l for 1, as in SSN l23-45-678O.
MISTYPED = re.compile(
    r"(?<![A-Za-z0-9])(?=[OoIil\s._/-]{0,8}[0-9])"
    r"[0-9OoIil]{3}[\s._/-]{0,3}[0-9OoIil]{2}[\s._/-]{0,3}[0-9OoIil]{4}(?![A-Za-z0-9])"
)
PLAIN_DIGITS = str.maketrans("OoIil", "00111")
# A text with more of them is a list and no prose: from there on it is one finding, up to its last digit.
MOST, MOST_READ = 1_000, 20_000
# Nine digits with the widest gaps between them; a longer run of digits set apart is a list.
LONGEST = 9 + 8 * 24


class Finding(NamedTuple):
    """Where a number stands in the text, from `start` up to `end`, and whether it surely is one."""

    start: int
    end: int
    sure: bool


def findings(text: str, *, label: str = "") -> list[Finding]:
    """Every SSN and ITIN, and nine bare digits that could be one (`sure` is false), in the order of the text.

    `label` is the name of the field that holds the text: it counts as a word before it.
    """
    if len(text) < 9:
        return []
    folded = Folded(text)
    said = _spoken(label)
    plain = said + folded.text
    low = plain.lower()
    read = [_read(SEPARATED, plain), _read(SPACED, plain)]
    if any(sign in low for sign in SSN_SIGNS):
        read += [_read(pattern, plain) for pattern in (BARE, GROUPED, MISTYPED)]
    else:
        # No word says SSN: bare digits are at most a warning, and a few of them are warning enough.
        read += [_read(BARE, plain, only=MOST)]
    found = _apart([*chain.from_iterable(read)])
    place, shift = folded.place, len(said)
    return [Finding(place(start - shift), place(end - 1 - shift) + 1, sure) for start, end, sure in found]


def find(text: str, *, label: str = "") -> list[Finding]:
    """Every number that surely is an SSN or ITIN."""
    return [finding for finding in findings(text, label=label) if finding.sure]


def mask(text: str, *, label: str = "") -> tuple[str, int]:
    """The text with eight bullets for every number that surely is one, and how many there were."""
    found = find(text, label=label)
    parts, end = [], 0
    for span in found:
        parts.append(text[end : span.start])
        end = span.end
    return (BULLETS.join([*parts, text[end:]]), len(found)) if found else (text, 0)


def _spoken(label: str) -> str:
    """The field's name in words: `socialSecurity_1` is read as "social Security: "."""
    words = re.sub(r"[\W\d_]+|(?<=[a-z])(?=[A-Z])", " ", label).strip()
    return f"{words}: " if words else ""


def _read(pattern: re.Pattern[str], plain: str, *, only: int | None = None) -> Iterator[Finding]:
    """Numbers by their shape, with what the words around them make of each; `only` so many of them, if it is said."""
    many = 0
    for read, number in enumerate(islice(pattern.finditer(plain), only)):
        start, end = number.span()
        sure = _sureness(number, plain[max(0, start - FAR) : start], plain[end : end + FAR])
        many += sure is True
        if many > MOST or read > MOST_READ:
            yield Finding(start, max(plain.rfind(digit) for digit in "0123456789") + 1, sure=True)
            return
        if sure is not None:
            yield Finding(start, end, sure)


def _apart(found: list[Finding]) -> list[Finding]:
    """The findings in order, one of each place: the sure one before the unsure, the longer before the shorter."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.start, not f.sure, -f.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
        elif finding.sure and not kept[-1].sure:
            kept[-1] = finding
    return kept


def _is_assigned(written: str) -> bool:
    """Whether such a number can exist: as an SSN, or as an ITIN (9xx with a group from 70, without 89 and 93)."""
    if len(written) > LONGEST:
        return False
    if len(written) != 9 or not written.isdigit():
        if sum(sign.isdigit() for sign in written) < 5:
            return False
        written = re.sub(r"[^0-9]", "", written.translate(PLAIN_DIGITS))
    area, group, serial = written[:3], written[3:5], written[5:]
    if len(written) != 9 or serial == "0000":
        return False
    if area[0] == "9":
        return group >= "70" and group not in {"89", "93"}
    return area not in {"000", "666"} and group != "00"


def _sureness(number: re.Match[str], before: str, after: str) -> bool | None:
    """Separated as an SSN it surely is one, unless an A-Number is spoken of; otherwise where words say so."""
    gaps = _gaps(number)
    if not _is_assigned(number[0]):
        return None
    if is_a_number(before, separated=bool(gaps)):
        return None
    right_before = says_ssn_right_before(before, ein=[*_groups(number[0])] == [2, 7])
    if right_before:
        return True
    inside = is_within(before, after, *(gaps or re.findall(r"[^0-9]+", number[0])[:2]))
    if number.re is MISTYPED or not (gaps or _is_bare(number[0])):
        return None
    written = _is_written(*gaps) if gaps else False
    if written and not inside:
        return True
    if inside or is_part(before, after) or (number.re is SPACED and re.match(r"[ ._,-]?\d", after)):
        return None
    if says_ssn(before, after):
        return True
    return None if written is None or is_other(before, after) else False


def _gaps(number: re.Match[str]) -> tuple[str, str] | tuple[()]:
    """What stands between area and group and between group and serial, if that sets them apart."""
    if number.re is SEPARATED:
        return number["first"], number["second"]
    # 1 2 3, 4 5, 6 7 8 9: whatever else stands between the groups, it sets them apart.
    return ("-", "-") if number.re is SPACED and number["first"] else ()


def _groups(written: str) -> Iterator[int]:
    return (len(group) for group in re.findall(r"[0-9]+", written))


def _is_bare(written: str) -> bool:
    """Nine digits in one, by threes or three and six, or each apart; without commas, which make an amount or a list."""
    groups = [*_groups(written)]
    marks = ",;|:" if groups != [3, 6] else ",;|:."
    return groups in ([9], [3, 3, 3], [3, 6], [1] * 9) and not any(mark in written for mark in marks)


@lru_cache(maxsize=4096)
def _is_written(first: str, second: str) -> bool | None:
    """Whether these separate an SSN as people do, False if in an odd hand, None if they tell of something else."""
    kinds = [_kind(first), _kind(second)]
    if None in kinds:
        return None
    return "odd" not in kinds and {".", " "} != {*kinds}


def _kind(gap: str) -> str | None:
    core = re.sub(r"\s+", "", gap)
    if gap.count("\n") > 2 or (len(gap) - len(core) > 3 and "\n" not in gap):
        return None
    if not core:
        return " "
    if re.fullmatch(r"([-._/\\:|~*+=])\1{0,2}", core):
        return core[0]
    return "bracket" if re.fullmatch(r"[)\]}>]?[-._/]?[(\[{<]?|[(\[<][-./][)\]>]", core) else "odd"

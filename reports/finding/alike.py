"""Which reports name the same people and things, with the reason, as far as one reader may know: one statement.

Nothing is kept of pairs. An identifier is looked up in its own index, newest holders first and no more than `MOST`, so
one that very many reports hold costs little more than one that few hold, and ranks last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.expressions import RawSQL

from accounts.models import User
from reports import sameness
from reports.content import Filled
from reports.finding import identifiers, names
from reports.finding.nicknames import also
from reports.models import Organization, Person, Report, SearchIdentifier
from reports.states import Status

Type = SearchIdentifier.Type
# Past this many reports an identifier is common: it says little, and nobody reads on.
MOST = 200
# So many of its newest holders are looked at, for a reader who may see but a few of them.
LOOKED_AT = 500
# What is asked about at once, so that no report, however large, asks without end.
MOST_IDENTIFIERS, MOST_NAMES = 60, 20
# How much an identifier says by itself: some belong to one person for life, some to a thing, some to a household.
FOR_LIFE: tuple[str, ...] = (Type.A_NUMBER, Type.PASSPORT, Type.FBI, Type.FIN, Type.STATE, Type.DRIVER, Type.VIN)
OF_ONE: tuple[str, ...] = (Type.PLATE, Type.SERIAL, Type.EIN, Type.EMAIL, Type.HANDLE)
STRENGTH = dict.fromkeys(FOR_LIFE, 8) | dict.fromkeys(OF_ONE, 4)
WEAK = 2
NAME_ANSWERS = frozenset({"last_name", "first_name", "aliases", "date_of_birth"})
# Of two names of people or organizations, how close they come on the scale of `names.score` to be taken for one.
NEAR = 80.0


@dataclass(frozen=True)
class Named:
    """A name that is looked for. Another one shares a key of each of its two parts: of a person, family and given."""

    name: str
    bearer: str
    one: tuple[int, ...] = field(repr=False)
    other: tuple[int, ...] = field(repr=False)
    born: date | None = None


@dataclass(frozen=True)
class Mine:
    """What is looked for in other reports."""

    identifiers: tuple[tuple[str, str], ...] = ()
    names: tuple[Named, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.identifiers or self.names)


@dataclass(frozen=True)
class Other:
    """Another report that the reader may see. `name` is that of a person in it who may be the same."""

    pk: UUID
    number: str
    kind: str
    title: str
    status: str
    filed_at: datetime
    office: str
    name: str = ""


@dataclass(frozen=True)
class Reason:
    """What a report has in common with others: an identifier, or a name, and who else has it, newest first.

    `type` is that of the identifier; of a name it is "person" where the birth date is the same too, else "name".
    """

    type: str
    value: str
    others: tuple[Other, ...]
    bearer: str = ""
    is_common: bool = False

    @property
    def count(self) -> int:
        return len(self.others)

    @property
    def _rank(self) -> tuple[bool, bool, float]:
        """Common ones last, names alone before them; of the others, what says more and what fewer reports share."""
        strength = 8 if self.type == SAME else STRENGTH.get(self.type, WEAK)
        return self.is_common, self.type == CLOSE, -strength / max(self.count, 1)


SAME, CLOSE = "person", "name"


# -- What a report has to be looked for --------------------------------------------------------------------------------
def of_filled(filled: Filled) -> Mine:
    """What a report and its rows name, filed or not. The numbers of reports are what relations are about."""
    held = tuple(pair for pair in identifiers.of_report(filled) if pair[0] != Type.REPORT)
    return Mine(held, tuple(one for row in filled.every_row() for one in names_of(row)))


def answers_that_name(model: Any) -> frozenset[str]:
    """The answers of a row, or of a report, by which people and things are known."""
    of_others = [fields for fields, type_ in model.identifies.items() if type_ != Type.REPORT]
    single = {name for fields in of_others for name in fields.split("+")}
    typed = {"type"} if "" in model.identifies.values() else set[str]()
    return frozenset(single | typed | (NAME_ANSWERS if model is Person else set()))


def of_answer(row: Any, answer: str) -> Mine:
    """What one answer names, with those that belong to it: a name with the birth date, an address with its city."""
    bare = type(row)()
    for fields, type_ in row.identifies.items():
        together = [*fields.split("+"), *(() if type_ else ("type",))]
        if answer in together:
            for name in together:
                setattr(bare, name, getattr(row, name))
    held = tuple(dict.fromkeys(identifiers.of_row(bare)))
    is_name = isinstance(row, Person) and answer in NAME_ANSWERS
    return Mine(held, tuple(names_of(row)) if is_name else ())


def names_of(row: Any) -> Iterable[Named]:
    """The names that a row bears and that say enough to be looked for: a single word of a person's does not.

    Nor do those of our own people: who writes many reports, or stands in many, is the same person in all of them.
    """
    if isinstance(row, Person) and (row.population == Person.Population.ICE or row.role == Person.Role.EMPLOYEE):
        return
    born = getattr(row, "date_of_birth", None)
    for attribute, bearer in row.names.items():
        value = getattr(row, attribute)
        for name in value if isinstance(value, list) else [value]:
            yield from _named(name, bearer, *_parts(row, attribute, name), born)


def _parts(row: Any, attribute: str, name: str) -> tuple[list[str], list[str]]:
    """The words of a name that another must have one each of, or nearly so: family and given name, else its ends."""
    if isinstance(row, Person) and attribute == "full_name":
        if sameness.letters(row.last_name) in sameness.UNKNOWN:
            return [], []
        return names.vocabulary(row.last_name), names.words_of(row.first_name)[:1]
    words = names.core(names.words_of(name))
    is_enough = len(words) > 1 or isinstance(row, Organization)
    return (words[:1], words[-1:]) if is_enough else ([], [])


def _named(name: str, bearer: str, one: Sequence[str], other: Sequence[str], born: date | None) -> Iterable[Named]:
    if one and other:
        yield Named(name, bearer, _keys(one), _keys(other), born)


def _keys(words: Iterable[str]) -> tuple[int, ...]:
    """Of each word and of the short and familiar forms in which it is also said."""
    found = {key for word in words for key in names.keys_of_word(word)}
    return tuple(sorted(found | {names.key(form) for word in words for form in also(word)}))


def is_close(one: str, other: str) -> float:
    """How close two names come, whichever says more; 0 where they are not taken for one."""
    mine, theirs = names.words_of(one), names.words_of(other)
    nearness = max(names.score(mine, theirs), names.score(theirs, mine))
    return nearness if nearness >= NEAR else 0.0


# -- Looking -----------------------------------------------------------------------------------------------------------
# Each identifier looks into its index and each name into its keys; whether the reader may see a report is asked of each
# that comes up, until there are enough. OFFSET 0 keeps the planner from reading all that they may see first.
HOLDERS = """
SELECT mine.place, '' AS name, NULL::date AS born, seen.pk, seen.number, seen.kind, seen.title, seen.status,
       seen.submitted_at, office.name
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS mine (type, value, place)
CROSS JOIN LATERAL (
    SELECT one.* FROM (
        SELECT report_id, at FROM reports_searchidentifier
        WHERE value = mine.value AND type = mine.type AND report_id <> ALL(%s::uuid[])
        ORDER BY at DESC LIMIT %s
    ) held CROSS JOIN LATERAL ({visible} OFFSET 0) one
    ORDER BY held.at DESC LIMIT %s
) seen JOIN accounts_office office ON office.id = seen.office_id
"""
NAMESAKES = """
SELECT -mine.place, seen.name, seen.born, seen.pk, seen.number, seen.kind, seen.title, seen.status, seen.submitted_at,
       office.name
FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[]) WITH ORDINALITY AS mine (bearer, one, other, born, place)
CROSS JOIN LATERAL (
    SELECT held.name, held.born, one.* FROM (
        SELECT id, report_id, name, born, (born = mine.born) IS TRUE AS is_same FROM reports_searchname
        WHERE keys && mine.one::int[] AND keys && mine.other::int[] AND report_id <> ALL(%s::uuid[])
          AND (bearer = 'organization') = (mine.bearer = 'organization')
          AND (born = mine.born OR born IS NULL OR mine.born IS NULL)
        ORDER BY is_same DESC, id DESC LIMIT %s
    ) held CROSS JOIN LATERAL ({visible} OFFSET 0) one
    ORDER BY held.is_same DESC, held.id DESC LIMIT %s
) seen JOIN accounts_office office ON office.id = seen.office_id
"""
COLUMNS = ("pk", "number", "kind", "title", "status", "submitted_at", "office_id")


def find(mine: Mine, user: User, *, but: Iterable[UUID] = ()) -> list[Reason]:
    """Why other reports than `but` that `user` may see belong with `mine`; what says most stands first."""
    if not mine:
        return []
    held: dict[int, list[tuple[str, bool, Other]]] = {}
    for place, name, born, *columns in _rows(mine, user, [str(pk) for pk in but]):
        is_same = place < 0 and born is not None and born == mine.names[-place - 1].born
        held.setdefault(place, []).append((name, is_same, Other(*columns)))
    return sorted(_reasons(mine, held), key=lambda reason: reason._rank)


def _rows(mine: Mine, user: User, but: list[str]) -> list[Any]:
    others = Report.objects.visible_to(user).exclude(status=Status.VOIDED).order_by()
    holder: Any = RawSQL("held.report_id", ())
    try:
        visible, values = others.filter(pk=holder).values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:  # somebody who reads no kind at all
        return []
    parts, asked = [], list[Any]()
    if identifiers := mine.identifiers[:MOST_IDENTIFIERS]:
        parts.append(HOLDERS.format(visible=visible))
        asked += [[kind for kind, _ in identifiers], [value for _, value in identifiers]]
        asked += [but, LOOKED_AT, *values, MOST + 1]
    if looked_for := mine.names[:MOST_NAMES]:
        parts.append(NAMESAKES.format(visible=visible))
        asked += [*_columns(looked_for), but, LOOKED_AT, *values, MOST + 1]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({part})" for part in parts), asked)
        return list(cursor.fetchall())


def _columns(looked_for: Sequence[Named]) -> list[list[Any]]:
    """The names as columns."""
    return [
        [one.bearer for one in looked_for],
        [_array(one.one) for one in looked_for],
        [_array(one.other) for one in looked_for],
        [one.born for one in looked_for],
    ]


def _array(keys: Sequence[int]) -> str:
    return "{" + ",".join(map(str, keys)) + "}"


# -- What is told of it ------------------------------------------------------------------------------------------------
Held = Mapping[int, Sequence[tuple[str, bool, Other]]]


def _reasons(mine: Mine, held: Held) -> list[Reason]:
    """Each identifier that others hold, with the close names beside it; then names that no identifier speaks for."""
    close = _close(mine, held)
    shared: dict[int, Reason] = {}
    for place, found in held.items():
        if place > 0:
            kind, value = mine.identifiers[place - 1]
            newest = [other for _, _, other in found[:MOST]]
            others = tuple(replace(one, name=close[one.pk]) if one.pk in close else one for one in newest)
            shared[place] = Reason(kind, value, others, is_common=len(found) > MOST)
    spoken_for = {other.pk for one in shared.values() if not one.is_common for other in one.others}
    return [*shared.values(), *_names(mine, held, spoken_for)]


def _close(mine: Mine, held: Held) -> dict[UUID, str]:
    """The name in each other report that is closest to one of mine."""
    best: dict[UUID, tuple[float, str]] = {}
    for place, found in held.items():
        for name, _, other in found if place < 0 else ():
            nearness = is_close(mine.names[-place - 1].name, name)
            if nearness and (nearness, name) > best.get(other.pk, (0.0, "")):
                best[other.pk] = (nearness, name)
    return {pk: name for pk, (_, name) in best.items()}


def _names(mine: Mine, held: Held, spoken_for: set[UUID]) -> Iterable[Reason]:
    """For each of my names the reports with the same birth date beside it, and those with a close name alone."""
    told: set[UUID] = set(spoken_for)
    for wanted in (True, False):
        for position, my in enumerate(mine.names):
            found = held.get(-position - 1, ())
            others = {
                other.pk: replace(other, name=name)
                for name, is_same, other in found
                if is_same == wanted and other.pk not in told and is_close(my.name, name)
            }
            told |= set(others)
            if others:
                newest = sorted(others.values(), key=lambda other: other.filed_at, reverse=True)[:MOST]
                yield Reason(SAME if wanted else CLOSE, my.name, tuple(newest), my.bearer, len(found) > MOST)

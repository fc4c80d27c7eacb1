"""Pages of a long list by where the last page ended: no OFFSET and no COUNT, so that every page costs the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

SIZE = 50
OLDER, NEWER = "older", "newer"


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the cursors of its neighbours ("" where there is none)."""

    rows: list[Any]
    older: str = ""
    newer: str = ""


@dataclass(frozen=True)
class Place:
    """Where a page begins: on which side of which row."""

    side: str
    values: list[Any]


def page(queryset: QuerySet[Any], order: tuple[str, ...], cursor: str = "", size: int = SIZE) -> Page:
    """The page of `queryset` that `cursor` names, else the first; one statement.

    `order` holds descending columns of the model that together are unique, such as ("-submitted_at", "-id"). A cursor
    that is not ours, or of another order, is ignored. Rows may be instances or named tuples that hold these columns.
    """
    columns = _columns(order)
    here = place(queryset.model, order, cursor)
    if here is None:
        return beginning(queryset.model, order, list(queryset.order_by(*order)[: size + 1]), size)
    found = list(_beside(queryset, columns, here)[: size + 1])
    more = len(found) > size
    if not found or (here.side == NEWER and not more):
        return page(queryset, order, size=size)  # the beginning of the list: shown whole
    if here.side == NEWER:
        return _page(queryset.model, columns, found[:size][::-1], older=True, newer=True)
    return _page(queryset.model, columns, found[:size], older=more, newer=True)


def beginning(model: type[Model], order: tuple[str, ...], rows: list[Any], size: int = SIZE) -> Page:
    """The first page, from its rows and the one after them."""
    return _page(model, _columns(order), rows[:size], older=len(rows) > size, newer=False)


def of_rows(model: type[Model], order: tuple[str, ...], rows: list[Any], cursor: str, size: int = SIZE) -> Page:
    """The page of the rows beyond the `place` that `cursor` names, nearest first, and the one after them.

    It is empty where the beginning of the list is to be shown instead.
    """
    here, more = place(model, order, cursor), len(rows) > size
    if here is None:
        return beginning(model, order, rows, size)
    if not rows or (here.side == NEWER and not more):
        return Page([])
    if here.side == NEWER:
        return _page(model, _columns(order), rows[:size][::-1], older=True, newer=True)
    return _page(model, _columns(order), rows[:size], older=more, newer=True)


def beyond(queryset: QuerySet[Any], order: tuple[str, ...], place: Place) -> QuerySet[Any]:
    """The rows beyond `place`, nearest first."""
    return _beside(queryset, _columns(order), place)


def _columns(order: tuple[str, ...]) -> tuple[str, ...]:
    if not all(name.startswith("-") for name in order):
        raise ValueError("one index serves a keyset only if every column descends")
    return tuple(name[1:] for name in order)


def _beside(queryset: QuerySet[Any], columns: tuple[str, ...], place: Place) -> QuerySet[Any]:
    """The rows beyond `place`, nearest first. Compared as one row value, which PostgreSQL answers from the index."""
    sign, prefix = (" < ", "-") if place.side == OLDER else (" > ", "")
    fields = [queryset.model._meta.get_field(name) for name in columns]
    here = Func(*[F(name) for name in columns], function="ROW")
    there = Func(
        *[Value(value, output_field=field) for value, field in zip(place.values, fields, strict=True)], function="ROW"
    )
    beyond = Func(here, there, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())
    return queryset.filter(beyond).order_by(*[prefix + name for name in columns])


def _page(model: type[Model], columns: tuple[str, ...], rows: list[Any], *, older: bool, newer: bool) -> Page:
    return Page(
        rows,
        older=_cursor(model, columns, OLDER, rows[-1]) if older else "",
        newer=_cursor(model, columns, NEWER, rows[0]) if newer else "",
    )


# -- Cursors: signed, so that nobody steers a query with one -----------------------------------------------------------
def _signer(columns: tuple[str, ...]) -> signing.Signer:
    return signing.Signer(salt=f"reports.keyset:{','.join(columns)}")


def _cursor(model: type[Model], columns: tuple[str, ...], side: str, row: Any) -> str:
    values = [model._meta.get_field(name).value_to_string(row) for name in columns]  # type: ignore[union-attr]
    return str(_signer(columns).sign_object([side, *values]))


def place(model: type[Model], order: tuple[str, ...], cursor: str) -> Place | None:
    """Where a page begins, or None for the beginning of the list."""
    columns = _columns(order)
    try:
        side, *typed = _signer(columns).unsign_object(cursor)
        fields: list[Any] = [model._meta.get_field(name) for name in columns]
        return Place(side, [field.to_python(value) for field, value in zip(fields, typed, strict=True)])
    except (signing.BadSignature, ValueError, ValidationError):
        return None

"""The reports that what was asked for finds: as a filter for any list, and as pages, newest first or best first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from reports import keyset, lines
from reports.finding.asking import Asked, Term
from reports.finding.documents import CONFIG
from reports.finding.identifiers import lexeme
from reports.finding.near import Near, near
from reports.models import Report, SearchDocument

NEWEST, BEST = "newest", "best"
NEWEST_FIRST = ("-submitted_at", "-id")
# Past this nobody needs the figure, and counting on would cost more than the page.
COUNTED = 1000
# Up to so many hits all are fetched and then ordered; more are met soon enough on the way back through the dates.
FEW = 5_000
# Only the newest are ranked: ranking all hits of a frequent word takes seconds.
RANKED = 1000
TOO_SLOW = "This search took too long. Add a word, or a filter."


@dataclass(frozen=True)
class Found:
    """A page of what was found: rows as `lines.columns` gives them, and how many there are in all, capped."""

    rows: list[Any] = field(default_factory=list)
    count: int = 0
    is_capped: bool = False
    older: str = ""
    newer: str = ""
    problem: str = ""


# -- As a filter -------------------------------------------------------------------------------------------------------
class Built(SearchQuery):
    """A query of words put together from queries of single terms, each of them a parameter."""

    def __init__(self, sql: str, params: list[str]) -> None:
        super().__init__("")
        self.sql, self.params = sql, params

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, list[str]]:
        return self.sql, list(self.params)


Piece = tuple[str, list[str]]


def matching(asked: Asked) -> Q:
    """Narrows any queryset of reports to what was asked for."""
    if not asked:
        return Q()
    found = Q(kind__in=asked.kinds) if asked.kinds else Q()
    if asked.terms:
        return found & Q(pk__in=documents(asked).values("report_id"))
    return found if asked.kinds else Q(pk__in=[])


def documents(asked: Asked) -> QuerySet[SearchDocument]:
    """The documents that hold it: one query of words, or names close enough beside all else that has to be there."""
    close = close_to(asked)
    holds = Q(words=query(asked))
    if close.reports:
        bound = _all([term for term in asked.terms if term.excluded or not term.near])
        holds |= Q(pk__in=list(close.reports), **({"words": Built(*bound)} if bound else {}))
    return SearchDocument.objects.filter(holds)


_close: WeakKeyDictionary[Asked, Near] = WeakKeyDictionary()


def close_to(asked: Asked) -> Near:
    """The words and names close to what was asked for; looked up once."""
    if asked not in _close:
        _close[asked] = near(asked.names, whole=asked.is_name)
    return _close[asked]


def query(asked: Asked) -> Built:
    """All of it as one query of words, near words and identifiers among them."""
    instead = close_to(asked).instead
    pieces = _all(list(asked.terms), instead)
    if pieces is None:
        return Built("''::tsquery", [])
    sql, params = pieces
    for form in asked.addresses:
        sql, params = f"({sql} || %s::tsquery)", [*params, _quoted(form)]
    return Built(sql, params)


def _all(terms: list[Term], instead: Any = None) -> Piece | None:
    pieces = [_piece(term, instead or {}) for term in terms]
    if not pieces:
        return None
    return f"({' && '.join(sql for sql, _ in pieces)})", [value for _, params in pieces for value in params]


def _piece(term: Term, instead: Any) -> Piece:
    if term.parts:
        sql, params = _all(list(term.parts), instead) or ("''::tsquery", [])
    elif term.prefix:
        start = f"'{''.join(sign for sign in term.text if sign.isalnum())}':*"
        sql, params = f"(to_tsquery('{CONFIG}', %s) || to_tsquery('simple', %s))", [start, start]
    else:
        said = f'"{term.text}"' if " " in term.text else term.text
        words = [said, *instead.get(term.near, ())]
        if term.near and term.near != term.text:
            words.append(term.near)
        sql, params = f"websearch_to_tsquery('{CONFIG}', %s)", [" or ".join(words)]
    for form in term.identifiers:
        sql, params = f"({sql} || %s::tsquery)", [*params, _quoted(form)]
    return (f"!!({sql})", params) if term.excluded else (sql, params)


def _quoted(form: str) -> str:
    """One word of a document as it stands there, whatever signs it is made of."""
    return "'" + lexeme(form).replace("\\", "\\\\").replace("'", "''") + "'"


# -- As pages ----------------------------------------------------------------------------------------------------------
@contextmanager
def limited() -> Iterator[None]:
    """No statement in here takes longer than a search may; raises OperationalError when one would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(settings.SEARCH_MS)])
        yield
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")


def found(reports: QuerySet[Report], asked: Asked, *, order: str = NEWEST, cursor: str = "") -> Found:
    """A page of these reports, which are already what the person may see, narrowed to what was asked for."""
    try:
        with limited():
            return _found(reports, asked, order, cursor)
    except OperationalError:
        return Found(problem=TOO_SLOW)


def _found(reports: QuerySet[Report], asked: Asked, order: str, cursor: str) -> Found:
    narrowed = reports.filter(matching(asked))
    count = narrowed.order_by()[: COUNTED + 1].count()
    page = keyset.page(lines.columns(narrowed), NEWEST_FIRST, cursor)
    return Found(page.rows, min(count, COUNTED), count > COUNTED, page.older, page.newer)

"""The reports that what was asked for finds: as a filter for any list, and as pages, newest first or best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import sqrt
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from psycopg.errors import QueryCanceled

from reports import keyset, lines
from reports.finding.asking import Asked, Term, without_names
from reports.finding.documents import CONFIG
from reports.finding.identifiers import lexeme
from reports.models import Report, SearchDocument

NEWEST, BEST = "newest", "best"
NEWEST_FIRST = ("-submitted_at", "-id")
# Past this nobody needs the figure, and counting on would cost more than the page.
COUNTED = 1000
# Up to so many hits, at the least, all are fetched and then ordered.
FEWEST = 2_000
SIZE_SECONDS = 600
# Only the newest are ranked: ranking all hits of a frequent word takes seconds.
RANKED, RANKED_OF_MANY = 1000, 200
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


class Key(NamedTuple):
    """Where a report stands among the newest."""

    submitted_at: datetime
    id: UUID


# -- As a filter -------------------------------------------------------------------------------------------------------
class Built(SearchQuery):
    """A query of words put together from queries of single terms, each of them a parameter."""

    def __init__(self, sql: str, params: list[str]) -> None:
        super().__init__("")
        self.sql, self.params = sql, params

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        return self.sql, list(self.params)


Piece = tuple[str, list[str]]
WORDS = f"websearch_to_tsquery('{CONFIG}', %s)"


def matching(asked: Asked) -> Q:
    """Narrows any queryset of reports to what was asked for."""
    if not asked:
        return Q()
    found = Q(kind__in=asked.kinds) if asked.kinds else Q()
    if asked.wants:
        return found & Q(pk__in=documents(asked).values("report_id"))
    return found if asked.kinds else Q(pk__in=[])


def documents(asked: Asked) -> QuerySet[SearchDocument]:
    """The documents that hold it: one query of words, or names close enough beside all else that has to be there."""
    close = asked.close
    holds = Q(words=query(asked))
    if close.reports:
        bound = _all([term for term in asked.terms if term.excluded or " " in term.text])
        holds |= Q(pk__in=list(close.reports), **({"words": Built(*bound)} if bound else {}))
    return SearchDocument.objects.filter(holds)


def query(asked: Asked) -> Built:
    """All of it as one query of words, near words and identifiers among them."""
    instead = asked.close.instead
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
    if term.either:
        pieces = [_piece(one, instead) for one in term.either]
        return f"({' || '.join(sql for sql, _ in pieces)})", [value for _, params in pieces for value in params]
    if term.parts:
        sql, params = _all(list(term.parts), instead) or ("''::tsquery", [])
        if term.near:
            joined = " or ".join((term.near, *instead.get(term.near, ())))
            sql, params = f"({sql} || {WORDS})", [*params, joined]
    elif term.prefix:
        start = f"'{''.join(sign for sign in term.text if sign.isalnum())}':*"
        sql, params = f"(to_tsquery('{CONFIG}', %s) || to_tsquery('simple', %s))", [start, start]
    else:
        said = f'"{term.text}"' if " " in term.text else term.text
        words = [said, *instead.get(term.near, ())]
        if term.near and term.near != term.text:
            words.append(term.near)
        sql, params = WORDS, [" or ".join(words)]
    for form in term.identifiers:
        sql, params = f"({sql} || %s::tsquery)", [*params, _quoted(form)]
    return (f"!!({sql})", params) if term.excluded else (sql, params)


def _quoted(form: str) -> str:
    """One word of a document as it stands there, whatever signs it is made of."""
    return "'" + lexeme(form).replace("\\", "\\\\").replace("'", "''") + "'"


# -- As pages ----------------------------------------------------------------------------------------------------------
@contextmanager
def limited() -> Iterator[None]:
    """No statement in here takes longer than a search may; raises OperationalError when one would.

    Nor is a table read from end to end while an index will do: the planner takes that for cheaper where a page is
    small and words are frequent, but a document is long and has to be unpacked to be looked at.
    """
    was_within = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(settings.SEARCH_MS)}; SET LOCAL enable_seqscan = off")
        yield
        if was_within:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT; SET LOCAL enable_seqscan = DEFAULT")


def found(reports: QuerySet[Report], asked: Asked, *, order: str = NEWEST, cursor: str = "") -> Found:
    """A page of these reports, which are already what the person may see, narrowed to what was asked for."""
    if asked.kinds:
        reports = reports.filter(kind__in=asked.kinds)
    try:
        with limited():
            if not asked.wants:
                return _plain(reports if asked.kinds or not asked else reports.none(), cursor)
            return _best(reports, asked, cursor) if order == BEST else _newest(reports, asked, cursor)
    except EmptyResultSet:
        return Found()
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Found(problem=TOO_SLOW)


def _plain(reports: QuerySet[Report], cursor: str) -> Found:
    """Without a word: the list as it is, and how long."""
    count = reports.order_by()[: COUNTED + 1].count()
    return _page_of(keyset.page(lines.columns(reports), NEWEST_FIRST, cursor), count)


def _page_of(page: keyset.Page, count: int) -> Found:
    return Found(page.rows, min(count, COUNTED), count > COUNTED, page.older, page.newer)


def _count(reports: QuerySet[Report], asked: Asked, seen: Seen) -> int:
    """Capped. Who sees few of many hits has them counted apart, for the first look met only some of them."""
    if seen.all_met or seen.count > COUNTED:
        return seen.count
    return reports.filter(pk__in=documents(asked).values("report_id")).order_by()[: COUNTED + 1].count()


@dataclass(frozen=True)
class Seen:
    """What a first look by the index of words came to: the newest of the hits that the person may see.

    `all_met`: these are all that there are; otherwise there are too many to fetch, and `count` is but what was met.
    """

    rows: list[Key]
    count: int
    all_met: bool


def _newest(reports: QuerySet[Report], asked: Asked, cursor: str) -> Found:
    """Few hits are fetched by the index of words and then ordered; many are met on the way back through the dates."""
    seen = _look(reports, asked, keyset.SIZE + 1, cursor)
    if not seen.all_met:
        page = keyset.page(lines.columns(reports.filter(_holds(asked))), NEWEST_FIRST, cursor)
        return _page_of(page, _count(reports, asked, seen))
    page = keyset.of_rows(Report, NEWEST_FIRST, seen.rows, cursor)
    if not page.rows and cursor:
        return _newest(reports, asked, "")
    return _page_of(replace(page, rows=_shown([row.id for row in page.rows])), seen.count)


# As an array, so that each is fetched by its key.
MET = "reports_report.id = ANY(ARRAY(SELECT report_id FROM hits))"
LOOK = """
WITH hits AS MATERIALIZED ({hits}), seen AS MATERIALIZED ({seen}),
page AS (SELECT submitted_at, id FROM seen {beside} ORDER BY submitted_at {way}, id {way} LIMIT {size})
SELECT (SELECT count(*) FROM hits), (SELECT count(*) FROM seen), page.submitted_at, page.id
FROM (SELECT 1) one LEFT JOIN page ON true
"""


def _look(reports: QuerySet[Report], asked: Asked, size: int, cursor: str = "") -> Seen:
    """One statement: the hits, no more than are few; those of them that the person may see; the page of these."""
    few = few_hits()
    hits, of_hits = documents(asked).order_by().values("report_id")[: few + 1].query.sql_with_params()
    here = reports.order_by().filter(RawSQL(MET, [], output_field=BooleanField()))  # noqa: S611 - a constant
    seen, of_seen = here.values("submitted_at", "id").query.sql_with_params()
    place = keyset.place(Report, NEWEST_FIRST, cursor)
    older = place is None or place.side == keyset.OLDER
    beside = f"WHERE (submitted_at, id) {'<' if older else '>'} (%s, %s)" if place else ""
    sql = LOOK.format(hits=hits, seen=seen, beside=beside, way="DESC" if older else "ASC", size=size)
    with connection.cursor() as database:
        database.execute(sql, [*of_hits, *of_seen, *(place.values if place else [])])
        rows = database.fetchall()
    keys = [Key(at, key) for _, _, at, key in rows if key]
    return Seen(keys, rows[0][1], rows[0][0] <= few)


def _holds(asked: Asked) -> RawSQL:
    """The same as `documents`, asked of one report after another: the planner may not turn it round."""
    where, params = documents(asked).order_by().values("report_id").query.sql_with_params()
    one = f"{where} AND reports_searchdocument.report_id = reports_report.id OFFSET 0"
    return RawSQL(f"EXISTS ({one})", list(params), output_field=BooleanField())  # noqa: S611 - its values are apart


def narrowed(reports: QuerySet[Report], asked: Asked, *, many: bool) -> QuerySet[Report]:
    """These reports narrowed to what was asked for, in the way that is quick for few hits, or for many by date."""
    of_kinds = reports.filter(kind__in=asked.kinds) if asked.kinds else reports
    return of_kinds.filter(_holds(asked)) if many and asked.terms else reports.filter(matching(asked))


def _shown(keys: Sequence[UUID]) -> list[Any]:
    """What a line shows of these reports, in this order."""
    rows = {row.id: row for row in lines.columns(Report.objects.filter(pk__in=keys))}
    return [rows[key] for key in keys if key in rows]


@dataclass
class Size:
    """How many reports there are, as the statistics have it, and until when that is taken for true."""

    few: int = FEWEST
    until: float = 0.0


_size = Size()


def few_hits() -> int:
    """Up to how many hits it is quicker to fetch them all than to meet a page of them on the way through the dates."""
    if monotonic() > _size.until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'reports_report'::regclass")
            (reports,) = cursor.fetchone() or (0,)
        _size.few, _size.until = max(FEWEST, int(8 * sqrt(max(reports, 0)))), monotonic() + SIZE_SECONDS
    return _size.few


# -- Best first --------------------------------------------------------------------------------------------------------
SALT = "reports.finding.best"


def _best(reports: QuerySet[Report], asked: Asked, cursor: str) -> Found:
    """The newest hits and the reports with the closest names, closest name first, then by how they hold the words."""
    seen = _look(reports, asked, RANKED)
    keys = [row.id for row in seen.rows]
    if not seen.all_met:
        newest = reports.filter(_holds(asked)).order_by(*NEWEST_FIRST).values_list("pk", flat=True)
        keys = list(newest[:RANKED_OF_MANY])
    if asked.close.reports and (seen.count > len(keys) or not seen.all_met):
        keys += reports.filter(matching(asked), pk__in=list(asked.close.reports)).values_list("pk", flat=True)
    ranked = _ranked(list(dict.fromkeys(keys)), asked)
    start = _offset(cursor)
    start = start if start < len(ranked) else 0
    end = start + keyset.SIZE
    older = _cursor(end) if end < len(ranked) else ""
    newer = _cursor(max(0, start - keyset.SIZE)) if start else ""
    rows = _shown(ranked[start:end])
    return _page_of(keyset.Page(rows, older, newer), _count(reports, asked, seen))


def _ranked(keys: list[UUID], asked: Asked) -> list[UUID]:
    """These reports, best first; of equal ones the newest, for so they come."""
    exact = query(without_names(asked))
    rank = SearchRank(F("words"), exact)
    ranks = dict(SearchDocument.objects.filter(pk__in=keys).annotate(rank=rank).values_list("pk", "rank"))
    close = asked.close.reports
    return sorted(keys, key=lambda key: (-round(close.get(key, 0.0)), -ranks.get(key, 0.0)))


def _cursor(start: int) -> str:
    return str(signing.Signer(salt=SALT).sign_object(start))


def _offset(cursor: str) -> int:
    try:
        return int(signing.Signer(salt=SALT).unsign_object(cursor))
    except (signing.BadSignature, ValueError, TypeError):
        return 0

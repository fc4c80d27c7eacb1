"""The reports that what was asked for finds: as a filter for any list, and as pages, newest first or best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from math import prod, sqrt
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import SearchRank
from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from psycopg.errors import QueryCanceled

from accounts.models import User
from reports import keyset, lines
from reports.finding.asking import Asked, without_names
from reports.finding.frequent import share
from reports.finding.queries import documents, holds, matching, query
from reports.kinds import KINDS
from reports.models import Report, ReportReader, SearchDocument
from reports.models.report import is_among

NEWEST, BEST = "newest", "best"
NEWEST_FIRST = ("-submitted_at", "-id")
# Past this nobody needs the figure, and counting on would cost more than the page.
COUNTED = 1000
# Up to so many hits, at the least, all are fetched and then ordered.
FEWEST = 2_000
SIZE_SECONDS = 600
# Only the newest are ranked: ranking all hits of a frequent word takes seconds.
RANKED, RANKED_OF_MANY = 1000, 200
# What stands in more than this share of all reports is soon met by date, up to all that is counted.
MANY = 0.2
# Up to so many offices, each is gone through from its newest report on.
FEW_OFFICES = 6
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
    # All that were found, or the newest of them, as many as are counted; None where they were not met one by one.
    keys: list[UUID] | None = None


class Key(NamedTuple):
    """Where a report stands among the newest."""

    submitted_at: datetime
    id: UUID


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


def found(
    reports: QuerySet[Report], asked: Asked, *, order: str = NEWEST, cursor: str = "", reader: User | None = None
) -> Found:
    """A page of these reports, which are already what the person may see, narrowed to what was asked for.

    It is quicker to know who the `reader` is, where that is somebody who sees but a few offices.
    """
    if asked.kinds:
        reports = reports.filter(kind__in=asked.kinds)
    try:
        with limited():
            if not asked.wants:
                return _plain(reports if asked.kinds or not asked else reports.none(), cursor)
            search = Search(reports, asked, reader)
            return _best(search, cursor) if order == BEST else _newest(search, cursor)
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


@dataclass(frozen=True)
class Seen:
    """What a first look by the index of words came to: the newest of the hits that the person may see.

    `all_met`: these are all that there are; otherwise there are too many to fetch, and `count` is but what was met.
    """

    rows: list[Key] = field(default_factory=list)
    count: int = 0
    all_met: bool = False


@dataclass(frozen=True)
class Search:
    """What is searched for, among which reports, and for whom."""

    reports: QuerySet[Report]
    asked: Asked
    reader: User | None = None

    def look(self, size: int, cursor: str = "") -> Seen:
        """None is had where the statistics say that there are far too many hits to fetch."""
        if self.share * max(_size.reports, 0) > 2 * few_hits():
            return Seen()
        return _look(self.reports, self.asked, size, cursor)

    @cached_property
    def share(self) -> float:
        """About in what share of all reports all of it stands; 0 where that is unknown, or few."""
        few_hits()
        wanted = [term for term in self.asked.terms if not term.excluded]
        if any(term.prefix or term.parts or term.identifiers or " " in term.text for term in wanted):
            return 0.0
        return prod(share(term.text) for term in wanted) if not any(self.asked.close.instead.values()) else 0.0

    @cached_property
    def arms(self) -> list[QuerySet[Report]]:
        """These reports in parts, each of which an index has from the newest on: one where the reader sees much."""
        offices = _few_offices(self.reader) if self.reader else None
        if not self.reader or offices is None:
            return [self.reports]
        named = ReportReader.objects.filter(user=self.reader).values("content_object_id")
        own = self.reports.filter(Q(author=self.reader) | Q(is_among(named))).exclude(office__in=offices)
        return [*(self.reports.filter(office=office) for office in offices), own]

    def newest(self, many: int, place: keyset.Place | None = None) -> list[Key]:
        """The newest of what holds it, met on the way back through the dates; from a place on, nearest first."""
        older = place is None or place.side == keyset.OLDER
        order = NEWEST_FIRST if older else tuple(name.removeprefix("-") for name in NEWEST_FIRST)
        arms = [
            (keyset.beyond(held, NEWEST_FIRST, place) if place else held)
            .order_by(*order)
            .values_list("submitted_at", "id")[:many]
            for held in (arm.filter(holds(self.asked)) for arm in self.arms)
        ]
        if len(arms) == 1:
            return [Key(*row) for row in arms[0]]
        *offices, own = arms
        with in_order():
            met = {Key(*row) for row in (offices[0].union(*offices[1:], all=True) if offices[1:] else offices[0])}
        return sorted(met | {Key(*row) for row in own}, reverse=older)[:many]

    def counted(self, seen: Seen) -> int:
        """Capped: of what very many hold, those that are met by date; of others, those that the index has."""
        if seen.all_met or seen.count > COUNTED:
            return seen.count
        return len(self.newest(COUNTED + 1) if self.share > MANY else self.some())

    def some(self) -> list[UUID]:
        """Of what holds it, all or as many as are counted, in no order."""
        held = self.reports.filter(pk__in=documents(self.asked).values("report_id")).order_by()
        return list(held.values_list("pk", flat=True)[: COUNTED + 1])


@contextmanager
def in_order() -> Iterator[None]:
    """Rows are met in the order of an index, from its beginning until there are enough, and never sorted.

    That a report is of this office and may be seen are taken by the planner for two things, and so for far too few.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        yield
        cursor.execute("SET LOCAL enable_bitmapscan = DEFAULT; SET LOCAL enable_sort = DEFAULT")


def _few_offices(reader: User) -> list[int] | None:
    """The offices whose reports somebody reads, where that is all they read; None where it is much."""
    offices: set[int] = set()
    for kind in KINDS:
        permission = kind.permission("read")
        if permission in reader.rights.everywhere:
            return None
        offices |= reader.rights.offices.get(permission, frozenset())
    return sorted(offices) if len(offices) <= FEW_OFFICES else None


def _newest(search: Search, cursor: str) -> Found:
    """Few hits are fetched by the index of words and then ordered; many are met on the way back through the dates."""
    seen = search.look(keyset.SIZE + 1, cursor)
    if seen.all_met:
        return _shown_page(search, cursor, seen.rows, seen.count)
    if cursor:
        rows = search.newest(keyset.SIZE + 1, keyset.place(Report, NEWEST_FIRST, cursor))
        return _shown_page(search, cursor, rows, COUNTED + 1)
    if search.share > MANY:
        met = search.newest(COUNTED + 1)
        return _shown_page(search, cursor, met[: keyset.SIZE + 1], len(met), [key.id for key in met])
    rows = search.newest(keyset.SIZE + 1)
    if seen.count > COUNTED:
        return _shown_page(search, cursor, rows, seen.count)
    some = search.some()
    return _shown_page(search, cursor, rows, len(some), some if len(some) <= COUNTED else None)


def _shown_page(search: Search, cursor: str, rows: list[Key], count: int, keys: list[UUID] | None = None) -> Found:
    page = keyset.of_rows(Report, NEWEST_FIRST, rows, cursor)
    if not page.rows and cursor:
        return _newest(search, "")
    return replace(_page_of(replace(page, rows=_shown([row.id for row in page.rows])), count), keys=keys)


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


def _shown(keys: Sequence[UUID]) -> list[Any]:
    """What a line shows of these reports, in this order."""
    rows = {row.id: row for row in lines.columns(Report.objects.filter(pk__in=keys))}
    return [rows[key] for key in keys if key in rows]


@dataclass
class Size:
    """How many reports there are, as the statistics have it, and until when that is taken for true."""

    few: int = FEWEST
    reports: int = 0
    until: float = 0.0


_size = Size()


def few_hits() -> int:
    """Up to how many hits it is quicker to fetch them all than to meet a page of them on the way through the dates."""
    if monotonic() > _size.until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'reports_report'::regclass")
            (reports,) = cursor.fetchone() or (0,)
        _size.reports = max(int(reports), 0)
        _size.few, _size.until = max(FEWEST, int(8 * sqrt(_size.reports))), monotonic() + SIZE_SECONDS
    return _size.few


# -- Best first --------------------------------------------------------------------------------------------------------
SALT = "reports.finding.best"


def _best(search: Search, cursor: str) -> Found:
    """The newest hits and the reports with the closest names, closest name first, then by how they hold the words."""
    seen, asked = search.look(RANKED), search.asked
    keys = [row.id for row in seen.rows]
    if not seen.all_met:
        keys = [row.id for row in search.newest(RANKED_OF_MANY)]
    if asked.close.reports and (seen.count > len(keys) or not seen.all_met):
        close = search.reports.filter(matching(asked), pk__in=list(asked.close.reports))
        keys += close.values_list("pk", flat=True)
    ranked = _ranked(list(dict.fromkeys(keys)), asked)
    start = _offset(cursor)
    start = start if start < len(ranked) else 0
    end = start + keyset.SIZE
    older = _cursor(end) if end < len(ranked) else ""
    newer = _cursor(max(0, start - keyset.SIZE)) if start else ""
    rows = _shown(ranked[start:end])
    return _page_of(keyset.Page(rows, older, newer), search.counted(seen))


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

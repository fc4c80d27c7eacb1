"""What was asked for as one query of words, and as a filter for any list of reports."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from reports.finding.asking import Asked, Term
from reports.finding.documents import CONFIG
from reports.finding.identifiers import lexeme
from reports.models import Report, SearchDocument


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
    close = asked.close
    pieces = _all(list(asked.terms), {} if close.together else close.instead)
    if pieces is None:
        return Built("''::tsquery", [])
    sql, params = pieces
    if close.together and (others := _one_after_other(list(asked.terms), close.instead)):
        sql, params = f"({sql} || {others[0]})", [*params, *others[1]]
    for form in asked.addresses:
        sql, params = f"({sql} || %s::tsquery)", [*params, _quoted(form)]
    return Built(sql, params)


def _all(terms: list[Term], instead: Any = None) -> Piece | None:
    pieces = [_piece(term, instead or {}) for term in terms]
    if not pieces:
        return None
    return f"({' && '.join(sql for sql, _ in pieces)})", [value for _, params in pieces for value in params]


def _one_after_other(terms: list[Term], instead: Any) -> Piece | None:
    """Words of a name, or those near them, as they follow each other in a text; what is left out stays so."""
    free = [_piece(term, instead) for term in terms if not term.excluded]
    without = [_piece(term, {}) for term in terms if term.excluded]
    if any(term.parts or term.either or " " in term.text for term in terms if not term.excluded):
        return None
    following = f"({' <-> '.join(sql for sql, _ in free)})"
    return " && ".join((following, *(sql for sql, _ in without))), [
        v for _, params in (*free, *without) for v in params
    ]


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


def holds(asked: Asked) -> RawSQL:
    """The same as `documents`, asked of one report after another: the planner may not turn it round."""
    where, params = documents(asked).order_by().values("report_id").query.sql_with_params()
    one = f"{where} AND reports_searchdocument.report_id = reports_report.id OFFSET 0"
    return RawSQL(f"EXISTS ({one})", list(params), output_field=BooleanField())  # noqa: S611 - its values are apart


def narrowed(reports: QuerySet[Report], asked: Asked, *, many: bool) -> QuerySet[Report]:
    """These reports narrowed to what was asked for, in the way that is quick for few hits, or for many by date."""
    of_kinds = reports.filter(kind__in=asked.kinds) if asked.kinds else reports
    return of_kinds.filter(holds(asked)) if many and asked.terms else reports.filter(matching(asked))

"""The answer of the list of reports: its rows, how many there are, how they divide, and why each is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.db.models import IntegerField, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from audit.log import record
from reports import historical, keyset, outside
from reports.filters import ListingFilter
from reports.finding import queries, results, snippets
from reports.finding.facets import COUNTED, Facets, facets_of
from reports.lines import columns
from reports.models import Report
from reports.terms import answered

NEWEST_FIRST = ("-submitted_at", "-id")


@dataclass(frozen=True)
class Answer:
    """One page of the list. `count` is known on the first page alone, and one more than COUNTED means more than that.

    `why` says of a row what it holds of what was searched for. `problem` is what was left out of the search, or why
    there was none (`is_searched`).
    """

    rows: list[Any]
    older: str = ""
    newer: str = ""
    count: int | None = None
    problem: str = ""
    is_searched: bool = True
    facets: Facets | None = None
    why: Mapping[UUID, list[SafeString]] = field(default_factory=dict)

    def in_words(self, *, is_narrowed: bool) -> str:
        if not self.count:
            return ""
        if self.count == 1:
            return "1 report matches" if is_narrowed else "1 report"
        figure = f"More than {COUNTED:,}" if self.count > COUNTED else f"{self.count:,}"
        return f"{figure} reports{' match' if is_narrowed else ''}"


class CappedCount(Subquery):
    """How many rows a queryset has, counted no further than its slice goes."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def answer(user: User, form: ListingFilter, cursor: str) -> Answer:
    """What `user` may see of what `form` leaves, from `cursor` on."""
    reports = form.narrow(Report.objects.visible_to(user))
    return _found(reports, user, form, cursor) if form.terms else _listed(reports, form, cursor)


def _listed(reports: QuerySet[Report], form: ListingFilter, cursor: str) -> Answer:
    """On the first page each row also says how many there are, in the same statement."""
    if cursor:
        page = keyset.page(columns(reports), NEWEST_FIRST, cursor)
        return Answer(page.rows, page.older, page.newer)
    count = CappedCount(reports.order_by().values("pk")[: COUNTED + 1])
    page = keyset.page(columns(reports.annotate(matches=count), "matches"), NEWEST_FIRST)
    counted = page.rows[0].matches if page.rows else 0
    facets = facets_of(reports, form) if form.is_narrowed and counted else None
    return Answer(page.rows, page.older, page.newer, counted, facets=facets)


def _found(reports: Any, user: User, form: ListingFilter, cursor: str) -> Answer:
    order = results.BEST if form.is_best_first else results.NEWEST
    found = results.found(reports, form.asked, order=order, cursor=cursor, reader=user)
    if found.problem:
        return Answer([], problem=found.problem, is_searched=False)
    facets = None if cursor or not found.rows else _divided(reports, form, found)
    count = _count(found, facets)
    if not cursor and form.kept:
        answered(form.kept, count, by=user)
    return Answer(
        rows=found.rows,
        older=found.older,
        newer=found.newer,
        count=None if cursor else count,
        problem=form.asked.problem,
        is_searched=form.asked.wants or bool(form.asked.kinds),
        facets=facets,
        why=snippets.why(found.rows, form.asked),
    )


def _count(found: results.Found, facets: Facets | None) -> int:
    """How many there are. Where there were too many hits to tell how many of them this person may see, the facets
    have counted those."""
    if found.is_capped and facets and not facets.is_capped:
        return facets.counted
    return COUNTED + 1 if found.is_capped else found.count


def _divided(reports: Any, form: ListingFilter, found: results.Found) -> Facets | None:
    """Few are collected and then counted; of many the newest are met soon enough. None where it takes too long."""
    try:
        with results.limited():
            if found.keys is not None:
                return facets_of(Report.objects.filter(pk__in=found.keys), form)
            narrowed = queries.narrowed(reports, form.asked, many=found.is_capped)
            return facets_of(narrowed, form, in_order=found.is_capped)
    except OperationalError:
        return None


# -- Where nothing was found -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """What to try next: a sentence, and where it leads ("" where nowhere)."""

    says: str
    url: str = ""


def steps(user: User, form: ListingFilter) -> list[Step]:
    """What may find it after all, of what this person may do."""
    found = []
    if form.terms and form.in_address:
        found.append(Step("Search without the filters.", form.without_filters()))
    if stub := outside.stub(form.terms.strip().upper(), user) if form.terms else None:
        record("report.stub_viewed", by=user, on=stub[0])
        says = f"{stub[0].number} is a report of {stub[0].office.name}. Open it, if your duties require it."
        found.append(Step(says, reverse("reports:detail", args=[stub[0].number])))
    elif outside.kinds_with_bounds(user):
        says = "Look in all offices, by number, kind and office: the words of their reports are not searched."
        found.append(Step(says, reverse("reports:all_offices")))
    if form.kept and user.may_somewhere(historical.PERMISSION):
        found.append(_former(user, form))
    return found


def _former(user: User, form: ListingFilter) -> Step:
    rows = historical.visible_to(user).filter(historical.matching(form.terms))
    count = rows.order_by().values("pk")[: COUNTED + 1].count()
    figure = f"more than {COUNTED:,}" if count > COUNTED else f"{count:,}"
    says = f"Search the reports of former systems: {figure} {'report' if count == 1 else 'reports'}."
    return Step(says, f"{reverse('reports:historical_list')}?q={form.key}")

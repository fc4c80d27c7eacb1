"""The rows of a list of reports, as strings ready to print: drawing fifty rows is most of such a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.kinds import KINDS
from reports.marks import FLAG_FIELDS, flag_marks, state_mark, urgent_mark
from reports.models import Report
from sen import marks

COLUMNS = (
    "id",
    "number",
    "kind",
    "title",
    "status",
    "urgency",
    "version",
    "event_types",
    "submitted_at",
    "people_count",
    "office__name",
    "held_by__name",
    *FLAG_FIELDS,
)


@dataclass(frozen=True)
class Line:
    """One report in a list. What is marked safe has been escaped where it was drawn."""

    number: str
    url: str
    title: str
    events: str
    office: str
    people: str
    state: SafeString
    marks: SafeString
    filed: SafeString
    # Of a search alone: what the report holds of what was searched for.
    why: Sequence[SafeString] = ()


def columns(reports: QuerySet[Report], *more: str) -> QuerySet[Any]:
    """Only what a line shows: no long text, no row of another table but by its name, one statement."""
    return reports.values_list(*COLUMNS, *more, named=True)


def lines(rows: Iterable[Any], short: Mapping[str, tuple[str, str]]) -> list[Line]:
    """The rows of `columns` as lines; `short` gives each event type's (label, short label)."""
    base = reverse("reports:listing")
    return [_line(row, base, short) for row in rows]


def _line(row: Any, base: str, short: Mapping[str, tuple[str, str]]) -> Line:
    return Line(
        number=row.number,
        url=f"{base}{row.number}/",
        title=row.title,
        events=", ".join(short.get(code, (code, code))[1] for code in row.event_types) or KINDS[row.kind].plain,
        office=row.office__name,
        people=str(row.people_count),
        state=_state(row),
        marks=format_html("{} {}", urgent_mark() if row.urgency else "", flag_marks(row)),
        filed=marks.moment(row.submitted_at),
    )


def _state(row: Any) -> SafeString:
    mark = state_mark(row.status)
    return format_html('{} <span class="quiet">{}</span>', mark, row.held_by__name) if row.held_by__name else mark

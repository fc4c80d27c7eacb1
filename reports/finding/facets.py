"""Facets: how the reports that a list holds divide by kind, state, office, event, urgency and time of filing.

A figure beside a choice is how many reports of this list it leaves, so it is what the list shows once it is chosen.
Where the list is longer than is counted, the figures are those of its newest reports, and are said to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from reports.filters import HAPPENED, FilterForm
from reports.kinds import KINDS
from reports.models import Report
from reports.states import Status

COUNTED = 1000
# More choices than these stand in the filters above.
MOST_CHOICES = 8
DAY = timedelta(days=1)


class Row(NamedTuple):
    """What a report is counted by."""

    kind: str
    status: str
    office: str
    events: list[str]
    urgency: int
    filed: datetime


@dataclass(frozen=True)
class Choice:
    """One way to narrow the list: its words, how many reports it leaves, and the address."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Facet:
    """What the list can be narrowed by: the choices that leave most first, times from the newest."""

    name: str
    label: str
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class Facets:
    """All facets of a list, and whether there are more reports than were counted."""

    facets: list[Facet]
    counted: int
    is_capped: bool

    @property
    def of_what(self) -> str:
        return f"of the newest {self.counted:,}" if self.is_capped else ""


def facets_of(reports: QuerySet[Report], form: FilterForm, *, in_order: bool = True) -> Facets:
    """The facets of `reports`, which are what `form` has left; one statement of what is counted and no more.

    Where they are known to be few the order is nothing to be had, and asking for it would cost.
    """
    newest = reports.order_by("-submitted_at", "-id") if in_order else reports.order_by()
    columns = ("kind", "status", "office__code", "event_types", "urgency", "submitted_at")
    found = [Row(*row) for row in newest.values_list(*columns)[: COUNTED + 1]]
    rows = found[:COUNTED]
    drawn = [draw(Drawing(rows, form)) for draw in DRAWN]
    return Facets([one for one in drawn if one.choices], len(rows), len(found) > COUNTED)


@dataclass(frozen=True)
class Drawing:
    """Rows that are counted, and the form whose filters are in force."""

    rows: list[Row]
    form: FilterForm

    @cached_property
    def zone(self) -> ZoneInfo:
        """The clocks by which the filters on days count."""
        return ZoneInfo(self.form.user.office.time_zone if self.form.user.office else "UTC")

    def facet(self, name: str, counts: Counter[str], labels: Mapping[str, str]) -> Facet:
        """The choices that leave some and not all; none where the filter is in force or the list has none such."""
        if name not in self.form.fields or self.form.given.get(name):
            return Facet(name, "")
        label = str(self.form.fields[name].label)
        known = [(code, count) for code, count in counts.items() if code in labels]
        if all(count == len(self.rows) for _, count in known):
            return Facet(name, label)
        known.sort(key=lambda one: (-one[1], labels[one[0]]))
        choices = [Choice(labels[code], count, self.form.query(**{name: code})) for code, count in known]
        return Facet(name, label, choices[:MOST_CHOICES])


def _kinds(drawing: Drawing) -> Facet:
    labels = {kind.code: kind.noun for kind in KINDS}
    return drawing.facet("kind", Counter(row.kind for row in drawing.rows), labels)


def _states(drawing: Drawing) -> Facet:
    labels = {status.value: str(status.label) for status in Status}
    return drawing.facet("state", Counter(row.status for row in drawing.rows), labels)


def _offices(drawing: Drawing) -> Facet:
    """Offices that filed some, each with those of the offices below it: so the filter counts."""
    offered = drawing.form.offers.offices
    own = Counter(row.office for row in drawing.rows if row.office in offered)
    paths = {code: offered[code][1] for code in own}
    counts = Counter(
        {
            code: sum(count for other, count in own.items() if paths[other].startswith(path))
            for code, path in paths.items()
        }
    )
    return drawing.facet("office", counts, {code: offered[code][0] for code in own})


def _events(drawing: Drawing) -> Facet:
    labels = {code: label for code, (label, _) in drawing.form.offers.events.items()}
    return drawing.facet("event", Counter(code for row in drawing.rows for code in set(row.events)), labels)


def _urgent(drawing: Drawing) -> Facet:
    count = sum(row.urgency > 0 for row in drawing.rows)
    return drawing.facet("urgent", Counter({"on": count} if count else {}), {"on": "Urgent"})


def _filed(drawing: Drawing) -> Facet:
    """Years, or months where all were filed in one; bounds that are in force stay in force."""
    form = drawing.form
    if form.given.get("by") == HAPPENED or not {"since", "until"} <= form.fields.keys():
        return Facet("filed", "")
    days = [row.filed.astimezone(drawing.zone).date() for row in drawing.rows]
    spans = Counter(_year(day) for day in days)
    said = "%Y"
    if len(spans) < 2:
        spans, said = Counter(_month(day) for day in days), "%B %Y"
    if len(spans) < 2:
        return Facet("filed", "")
    choices = [Choice(f"{first:{said}}", count, _within(form, first, last)) for (first, last), count in spans.items()]
    newest = sorted(zip(spans, choices, strict=True), key=lambda pair: pair[0], reverse=True)
    return Facet("filed", "Filed", [choice for _, choice in newest[:MOST_CHOICES]])


def _within(form: FilterForm, first: date, last: date) -> str:
    since, until = form.given.get("since"), form.given.get("until")
    return form.query(
        since=f"{max(first, since) if since else first:%Y-%m-%d}",
        until=f"{min(last, until) if until else last:%Y-%m-%d}",
    )


def _year(day: date) -> tuple[date, date]:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1) - DAY


DRAWN: Iterable[Callable[[Drawing], Facet]] = (_kinds, _states, _offices, _events, _urgent, _filed)

"""The queue: its filters, and its rows as finished strings, for drawing fifty of them is most of the page."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from html import escape
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from reports import keyset
from reports.filters import FilterForm, choice
from reports.kinds import KINDS
from reports.marks import FLAG_FIELDS, flag_marks, state_mark, urgent_mark
from reports.models import Report
from reports.states import ACTIVE, Status
from sen import marks, times

ORDER = ("-urgency", "-submitted_at", "-id")
COLUMNS = (
    "id",
    "number",
    "kind",
    "title",
    "status",
    "urgency",
    "event_types",
    "submitted_at",
    "people_count",
    "held_by_id",
    "office__name",
    "held_by__name",
    *FLAG_FIELDS,
)
Row = namedtuple("Row", COLUMNS)  # type: ignore[misc]  # made of the columns themselves: they are listed once
# How long a report may wait for somebody to take it up before the row says so in amber, and at twice that in red.
URGENT_WAITS, OTHERS_WAIT = timedelta(minutes=15), timedelta(hours=1)


class QueueFilter(FilterForm):
    """The filters of the queue: only states that are in it, and one's own reports."""

    hides_voided = False

    held = forms.BooleanField(label="Mine", required=False)

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data, user, without=("mine", "by"))
        self.fields["state"] = choice("State", "All in the queue", lambda: [(one.value, one.label) for one in ACTIVE])
        self.order_fields(["state", "kind", "office", "event", "since", "until", "urgent", "held"])

    def apply(self, reports: QuerySet[Report]) -> QuerySet[Report]:
        left = super().apply(reports)
        return left.filter(held_by=self.user) if self.given.get("held") else left


def waiting(user: User, form: QueueFilter) -> QuerySet[Any]:
    """What a row shows of each report in the queue that `user` may see; no long text, one statement."""
    return _rows(form.apply(Report.objects.visible_to(user).active()))


def top(user: User) -> keyset.Page:
    """The first page of the whole queue, as most ask for it.

    Its statement is built once for the rights from which it follows: building it took a third of the page.
    """
    derived = user.rights.derived
    if "queue.top" not in derived:
        reports = _rows(Report.objects.visible_to(user).active()).order_by(*ORDER)[: keyset.SIZE + 1]
        try:
            derived["queue.top"] = reports.query.sql_with_params()
        except EmptyResultSet:  # these rights let nothing be read
            return keyset.Page([])
    with connection.cursor() as cursor:
        cursor.execute(*derived["queue.top"])
        return keyset.beginning(Report, ORDER, [Row(*row) for row in cursor.fetchall()])


def _rows(reports: QuerySet[Report]) -> QuerySet[Any]:
    return reports.values_list(*COLUMNS, named=True)


# -- Rows --------------------------------------------------------------------------------------------------------------
# The number begins with the kind, so that has no column of its own.
ROW = (
    '<tr id="row-{number}"><td data-label="Waiting">{age}</td>'
    '<td><span class="number"><a href="{url}" data-row-link>{number}</a></span></td>'
    '<td>{urgent}{events}</td><td data-hide-phone>{office}</td><th scope="row" data-main>{title}</th>'
    "<td>{people}{flags}</td><td data-act>{state}{act}</td></tr>"
)
TAKE_UP = (
    '<button class="usa-button usa-button--outline" form="take-up" formaction="{url}moves/take-up/">'
    'Take up<span class="usa-sr-only"> {number}</span></button>'
)


class Rows:
    """Draws the rows of one page for one reader: what many rows share is drawn once."""

    def __init__(self, user: User, events: Mapping[str, tuple[str, str]], now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.user = user
        self.base = reverse("reports:listing")
        self.zone = ZoneInfo(user.office.time_zone if user.office else "UTC")
        self.today = self.now.astimezone(self.zone).date()
        self.events = {code: escape(short) for code, (_, short) in events.items()}
        self.urgent = f"{urgent_mark()} "

    def draw(self, rows: Iterable[Any]) -> SafeString:
        """Everything that a person typed is escaped in `_row`; the rest is ours."""
        return mark_safe("\n".join(map(self._row, rows)))  # noqa: S308

    def _row(self, row: Any) -> str:
        url = f"{self.base}{row.number}/"
        return ROW.format(
            number=row.number,
            url=url,
            age=self._age(row),
            urgent=self.urgent if row.urgency else "",
            events=", ".join([self.events.get(code) or escape(code) for code in row.event_types])
            or escape(KINDS[row.kind].plain),
            office=escape(row.office__name),
            title=escape(row.title),
            people=f"{row.people_count} {'person' if row.people_count == 1 else 'people'}",
            flags=drawn_flags(*[getattr(row, name) for name in FLAG_FIELDS]),
            state=self._state(row),
            act=TAKE_UP.format(url=url, number=row.number) if row.status == Status.SUBMITTED else "",
        )

    def _age(self, row: Any) -> str:
        """How long it has waited and, beside it, since when; amber and red only while nobody has taken it up."""
        waited, since = self.now - row.submitted_at, row.submitted_at.astimezone(self.zone)
        day = "" if since.date() == self.today else f"{since:%b} {since.day}, "
        clock = f"{day}{since:%H:%M} {times.zone_name(since)}"
        tone = tone_of(waited, urgent=bool(row.urgency)) if row.status == Status.SUBMITTED else ""
        words = drawn_wait(times.short(waited), tone) if tone else times.short(waited)
        return (
            f'<time class="age" datetime="{times.iso(since)}" title="{times.utc(since)}">'
            f'{words} <span class="quiet">{clock}</span></time>'
        )

    def _state(self, row: Any) -> str:
        if row.held_by_id is None:
            return drawn_state(row.status)
        who = "you" if row.held_by_id == self.user.pk else escape(row.held_by__name)
        return f'{drawn_state(row.status)} <span class="quiet held">{who}</span>'


def tone_of(waited: timedelta, *, urgent: bool) -> str:
    limit = URGENT_WAITS if urgent else OTHERS_WAIT
    return "overdue" if waited > 2 * limit else "waiting" if waited > limit else ""


@cache
def drawn_flags(*values: bool) -> str:
    """The flags of a row; few combinations occur, so each is drawn once in the life of the process."""
    drawn: Any = flag_marks(SimpleNamespace(**dict(zip(FLAG_FIELDS, values, strict=True))))  # type: ignore[arg-type]
    return f" {drawn}" if drawn else ""


@lru_cache(maxsize=500)
def drawn_wait(words: str, tone: str) -> str:
    return marks.state(words, tone)


@cache
def drawn_state(status: str) -> str:
    return state_mark(status)

"""The board of planned operations: its filters, and its rows by day and office, as a list and as a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from reports import overdue
from reports.filters import DAY, FilterForm, choice
from reports.marks import FLAG_FIELDS, flag_marks, state_mark
from reports.models import Match, Person, PlannedLocation, Report
from reports.models.windows import LONGEST, window_in_words
from reports.states import Status
from sen import marks, times

# That the watch is done with a plan is no news to those who carry it out.
APPROVED = (Status.SUBMITTED, Status.CLOSED)
# What was returned or voided is not going to happen as planned.
SHOWN = (Status.AWAITING_APPROVAL, Status.SUBMITTED, Status.UNDER_REVIEW, Status.CLOSED)
MOST, FEW_OVERDUE = 300, 5
DAYS = {"7": "7 days", "14": "14 days", "30": "30 days"}
AWAITING, OVERDUE = "awaiting", "overdue"
SHOWS = {AWAITING: "Awaiting approval", OVERDUE: "Outcome overdue"}
COLUMNS = (
    "number",
    "title",
    "status",
    "event_types",
    "event_at",
    "event_zone",
    "office__name",
    "spear__planned_end",
    "spear__outcome",
    "spear__contact__name",
    "spear__contact_phone",
    "spear__tactical_team",
    "spear__air_support",
    *FLAG_FIELDS,
)
OUTCOMES = {"executed": ("Executed", "done"), "postponed": ("Postponed", "waiting"), "cancelled": ("Cancelled", "void")}
OWN_FLAGS = (
    ("spear__tactical_team", "Tactical", "groups"),
    ("spear__air_support", "Air", "flight"),
    ("sensitive", "Sensitive location", "location_on"),
)


# -- What is asked for -------------------------------------------------------------------------------------------------
class BoardFilter(FilterForm):
    """Office, first day, how many days ahead, and whether only what awaits approval or its outcome."""

    hides_voided = False

    days = choice("Ahead", "7 days", lambda: [one for one in DAYS.items() if one[0] != "7"])
    show = choice("Show", "All operations", SHOWS.items)
    view = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data, user, without=("state", "by", "until", "urgent", "mine", "event", "kind", "q"))
        self.order_fields(["office", "since", "days", "show", "view"])
        self.zone = ZoneInfo(user.office.time_zone if user.office else "UTC")

    @property
    def ahead(self) -> int:
        return int(self.given.get("days", "7"))

    @property
    def is_calendar(self) -> bool:
        return self.given.get("view") == "calendar"

    @property
    def first(self) -> date:
        """The first day, by the clocks of the reader's office; today unless another was asked for."""
        return self.given.get("since") or timezone.now().astimezone(self.zone).date()

    @property
    def last(self) -> date:
        return self.first + DAY * (self.ahead - 1)

    def narrowed(self, reports: QuerySet[Report]) -> QuerySet[Report]:
        """Only the chosen office, and only what awaits approval where that is asked for."""
        if code := self.given.get("office"):
            reports = reports.filter(self.office_q(code))
        return reports.filter(status=Status.AWAITING_APPROVAL) if self.given.get("show") == AWAITING else reports

    def midnight(self, day: date) -> datetime:
        return self._moment(day)

    def _words(self, name: str, value: Any) -> str:
        if name == "since":
            return f"From {times.day(value)}"
        return "" if name == "view" else super()._words(name, value)


# -- What is read ------------------------------------------------------------------------------------------------------
def between(reports: QuerySet[Report], start: datetime, end: datetime) -> QuerySet[Report]:
    """Operations that take place at some time from `start` to `end`."""
    # No window is longer, so the start has a lower bound too, which is what an index knows.
    begun = Q(event_at__lt=end, event_at__gte=start - LONGEST)
    return reports.filter(begun, kind="spear", status__in=SHOWN, spear__planned_end__gt=start)


def rows(reports: QuerySet[Report]) -> QuerySet[Any]:
    """What a line shows, in one statement: no long text, no row of another table but by its name."""
    of_report = {"report": OuterRef("pk")}
    place = PlannedLocation.objects.filter(**of_report).order_by("position")
    caution = Person.objects.filter(**of_report, role=Person.Role.TARGET).exclude(caution="").order_by("position")
    match = Match.objects.filter(Q(a=OuterRef("pk")) | Q(b=OuterRef("pk")), stands=True, settled_at=None)
    annotated = reports.annotate(
        sensitive=Exists(PlannedLocation.objects.filter(**of_report, sensitive=True)),
        city=Subquery(place.values("city")[:1]),
        region=Subquery(place.values("state")[:1]),
        caution=Subquery(caution.values("caution")[:1]),
        matched=Exists(match),
    )
    return annotated.values_list(*COLUMNS, "sensitive", "city", "region", "caution", "matched", named=True)


# -- What is shown -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One operation. What is marked safe has been escaped where it was drawn."""

    number: str
    url: str
    title: str
    activity: str
    office: str
    place: str
    contact: str
    phone: str
    # The window as it stands under its day, and as it reads alone.
    window: SafeString
    when: SafeString
    start: str
    state: SafeString
    flags: SafeString
    matched: bool
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Day:
    """One day of the board: its operations by office, and whether it lies outside the days that were asked for."""

    day: date
    offices: list[tuple[str, list[Line]]] = field(default_factory=list)
    is_today: bool = False
    is_outside: bool = False

    @property
    def lines(self) -> list[Line]:
        return sorted((line for _, lines in self.offices for line in lines), key=lambda line: line.begins)


class Drawer:
    """Draws rows as lines for one reader, by their clocks where days are meant and by the operation's where hours."""

    def __init__(self, zone: ZoneInfo, short: Mapping[str, tuple[str, str]], now: datetime | None = None) -> None:
        self.zone, self.short, self.now = zone, short, now or timezone.now()
        self.base = reverse("reports:listing")
        self.today = self.now.astimezone(zone).date()

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def lines(self, found: Iterable[Any]) -> list[Line]:
        return [self.line(row) for row in found]

    def line(self, row: Any) -> Line:
        start, end, zone = row.event_at, row.spear__planned_end, row.event_zone
        return Line(
            number=row.number,
            url=f"{self.base}{row.number}/",
            title=row.title,
            activity=", ".join(self.short.get(code, (code, code))[1] for code in row.event_types),
            office=row.office__name,
            place=", ".join(part for part in (row.city, row.region) if part),
            contact=row.spear__contact__name,
            phone=row.spear__contact_phone,
            window=_time(start, window_in_words(start, end, zone, self.day_of(start))),
            when=_time(start, window_in_words(start, end, zone)),
            start=f"{start.astimezone(self.zone):%H:%M}",
            state=self._state(row),
            flags=_flags(row),
            matched=row.matched,
            begins=start,
            ends=end,
        )

    def _state(self, row: Any) -> SafeString:
        if row.spear__outcome:
            return marks.state(*OUTCOMES[row.spear__outcome])
        if row.status == Status.AWAITING_APPROVAL:
            return state_mark(row.status)
        if row.spear__planned_end < self.now and row.status in overdue.COUNTS:
            return marks.state("Outcome overdue", "overdue")
        if row.event_at <= self.now < row.spear__planned_end:
            return marks.state("Under way", "working")
        return marks.state("Approved", "done") if row.status in APPROVED else state_mark(row.status)

    # -- As a list
    def days(self, lines: list[Line], first: date) -> list[Day]:
        """Each day on which something begins; what has begun before the first day stands on the first."""
        by_day = groupby(sorted(lines, key=lambda line: line.begins), key=lambda line: max(self._begins(line), first))
        return [self._day(day, group, day, day) for day, group in by_day]

    def _begins(self, line: Line) -> date:
        return self.day_of(line.begins)

    def _day(self, day: date, lines: Iterable[Line], first: date, last: date) -> Day:
        by_office = sorted(lines, key=lambda line: (line.office, line.begins))
        offices = [(office, list(group)) for office, group in groupby(by_office, key=lambda line: line.office)]
        return Day(day, offices, day == self.today, not first <= day <= last)

    # -- As a calendar
    def weeks(self, lines: list[Line], first: date, last: date) -> list[list[Day]]:
        """The whole weeks of these days; an operation stands on every day that it touches."""
        begin, end = whole_weeks(first, last)
        days = [begin + DAY * number for number in range((end - begin).days + 1)]
        drawn = [self._day(day, [line for line in lines if self._touches(line, day)], first, last) for day in days]
        return [drawn[at : at + 7] for at in range(0, len(drawn), 7)]

    def _touches(self, line: Line, day: date) -> bool:
        # One that ends at midnight has not touched the day that begins then.
        return self._begins(line) <= day <= self.day_of(line.ends - timedelta(microseconds=1))


def whole_weeks(first: date, last: date) -> tuple[date, date]:
    """From the Sunday before the first day to the Saturday after the last."""
    return sunday(first), sunday(last) + DAY * 6


def sunday(day: date) -> date:
    return day - DAY * ((day.weekday() + 1) % 7)


def _time(at: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', times.iso(at), times.utc(at), words)


def _flags(row: Any) -> SafeString:
    """What changes how one goes there, first; then the flags that every report can have."""
    caution = f"Caution: {row.caution}" if row.caution else ""
    drawn = [marks.flag(caution, "warning")] if caution else []
    drawn += [marks.flag(word, icon) for name, word, icon in OWN_FLAGS if getattr(row, name)]
    return mark_safe(" ".join([*drawn, flag_marks(row)]).strip())  # noqa: S308 - each is escaped where it is drawn

"""The filters above a list of reports: what they offer a person, what they leave, and how they stand in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CharField, Q, QuerySet, Value
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Office, User
from privacy import guarded
from reports.finding.asking import Asked, understand
from reports.finding.queries import matching
from reports.kinds import KINDS
from reports.models import EventType, Report
from reports.states import Status
from reports.terms import kept_terms
from sen.forms import Combobox

# A constraint of Report holds that no report of a kind of the past is filed before its event, with a minute's grace.
# So a bound on the event's time is also one on the filing, which is what the list's index knows.
GRACE = timedelta(minutes=1)
DAY = timedelta(days=1)
MOST_REMEMBERED = 100
FILED, HAPPENED = "filed", "happened"
BEST = "best"
# The days that a list is asked for by; past the calendar's own ends there is no moment to compare with.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Offers:
    """What a person can filter by: offices (code -> name, path) and event types (code -> label, short label).

    `labels` are those of all event types, whoever asks. `drawn` keeps the empty controls of each form: they are the
    same for all who have these offers.
    """

    offices: dict[str, tuple[str, str]] = field(default_factory=dict)
    events: dict[str, tuple[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    drawn: dict[type[forms.Form], SafeString] = field(default_factory=dict)


# By the mark of offices and event types, and the offices reached (None: all of them).
_remembered: dict[tuple[UUID | None, frozenset[int] | None], Offers] = {}


def offers(user: User) -> Offers:
    """The offices whose reports the person may read, and the event types; asked for once while neither changes."""
    reach = _reach(user)
    if user.marks is None:
        return _look_up(reach)
    key = (user.marks.reference, reach)
    if key not in _remembered:
        found = _look_up(reach)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = found
        return found
    return _remembered[key]


def _reach(user: User) -> frozenset[int] | None:
    permissions = [kind.permission("read") for kind in KINDS]
    if any(name in user.rights.everywhere for name in permissions):
        return None
    return frozenset[int]().union(*(user.rights.offices.get(name, ()) for name in permissions))


def _look_up(reach: frozenset[int] | None) -> Offers:
    """One statement for both: lists have few. Event types of several kinds are told apart by the kind's name."""
    nouns = {kind.code: kind.noun for kind in KINDS if kind.types}
    reached = Office.objects.order_by() if reach is None else Office.objects.order_by().filter(pk__any_of=sorted(reach))
    offices = _values(reached, "office", ("code", "name", "path", "kind"))
    events = _values(EventType.objects.order_by(), "event", ("code", "label", "short", "kind"))
    found = Offers()
    for what, code, name, more, kind in sorted(offices.union(events, all=True), key=lambda row: row[2].lower()):
        if what == "office":
            found.offices[code] = (name, more)
        elif kind in nouns:
            found.labels[code] = name
            found.events[code] = (f"{nouns[kind]}: {name}" if len(nouns) > 1 else name, more)
    return replace(found, events=dict(sorted(found.events.items(), key=lambda item: item[1][0].lower())))


def _values(rows: QuerySet[Any], what: str, names: tuple[str, ...]) -> QuerySet[Any]:
    return rows.values_list(Value(what, output_field=CharField()), *names)


@dataclass(frozen=True)
class Tag:
    """A filter in force, and the address without it."""

    label: str
    remove_url: str


class DayInput(forms.DateInput):
    """One compact control for a day: the browser's own picker; without one, a field for 2026-03-31."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__({"class": "usa-input"}, format="%Y-%m-%d")


def day(label: str) -> forms.DateField:
    """A day within reason; another one is refused beside its field and left out."""
    refusal = f"Choose a day from {FIRST_DAY} to {LAST_DAY}."
    bounds = [MinValueValidator(FIRST_DAY, refusal), MaxValueValidator(LAST_DAY, refusal)]
    return forms.DateField(label=label, required=False, widget=DayInput(), validators=bounds)


def choice(
    label: str, anything: str, choices: Callable[[], Iterable[tuple[str, str]]], *, long: bool = False
) -> forms.ChoiceField:
    """One of some, or `anything`. The choices are made when they are asked for: most pages are shown unfiltered."""
    widget = Combobox() if long else forms.Select()
    return forms.ChoiceField(label=label, choices=lambda: [("", anything), *choices()], required=False, widget=widget)


def _first_two(offered: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, words) for code, (words, _) in offered.items()]


class FilterForm(guarded.Form):
    """The filters of a list of reports. `without` names those that a list has no use for.

    Use `apply(reports)` whatever `is_valid()` says: a filter that makes no sense shows its message and is left out.
    """

    optional_is_plain = True
    # False where the list itself holds no voided report.
    hides_voided = True

    state = choice("State", "All but voided", lambda: Status.choices)
    by = choice("Date", "Filed", lambda: [(HAPPENED, "Happened")])
    since = day("From")
    until = day("To")
    urgent = forms.BooleanField(label="Urgent", required=False)
    mine = forms.BooleanField(label="Filed by me", required=False)
    q = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict, user: User, *, without: Iterable[str] = (), terms: str = "") -> None:
        """`terms` are those of a search that no key names, as of one that is saved."""
        super().__init__(data)
        self.user, self.offers = user, offers(user)
        self.key = data.get("q", "")
        self.kept = kept_terms(self.key, user)
        self.terms = self.kept.terms if self.kept else terms
        offices, events = self.offers.offices, self.offers.events
        self.fields["kind"] = choice("Kind", "All kinds", lambda: [(kind.code, kind.noun) for kind in KINDS])
        self.fields["office"] = choice("Office", "All offices", lambda: _first_two(offices), long=True)
        self.fields["event"] = choice("Event", "All events", lambda: _first_two(events), long=len(events) > 12)
        self.order_fields(["state", "kind", "office", "urgent", "mine", "event", "by", "since", "until", "q"])
        for name in [*without, *(["kind"] if len(list(KINDS)) < 2 else [])]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", "This day is before the first. Choose a later day, or an earlier first.")
        return cleaned

    @property
    def controls(self) -> SafeString:
        """The controls as they are drawn. Empty ones are the same for all who may choose among the same offices and
        events, so those are drawn once: drawing them anew took as long as all fifty rows."""
        if self.data or self.errors:
            return self._drawn()
        if type(self) not in self.offers.drawn:
            self.offers.drawn[type(self)] = self._drawn()
        return self.offers.drawn[type(self)]

    def _drawn(self) -> SafeString:
        return mark_safe("".join(str(bound if bound.is_hidden else bound.as_field_group()) for bound in self))  # noqa: S308

    # -- What it leaves
    @cached_property
    def given(self) -> dict[str, Any]:
        """The filters in force, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value and name != "q"}

    def apply(self, reports: QuerySet[Report]) -> QuerySet[Report]:
        """The reports that the filters and the search leave."""
        reports = self.narrow(reports)
        return reports.filter(matching(self.asked)) if self.terms else reports

    def narrow(self, reports: QuerySet[Report]) -> QuerySet[Report]:
        """The reports that the filters leave. Voided ones only when they are asked for."""
        for name, value in self.given.items():
            if name in NARROWS:
                reports = reports.filter(NARROWS[name](self, value))
        if self.hides_voided and "state" in self.fields and not self.given.get("state"):
            reports = reports.exclude(status=Status.VOIDED)
        return reports

    @cached_property
    def asked(self) -> Asked:
        """What was typed, as it was understood."""
        return understand(self.terms)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.tags)

    def _moment(self, day: date) -> datetime:
        """Midnight, by the clocks of the person's office."""
        zone = self.user.office.time_zone if self.user.office else "UTC"
        return datetime.combine(day, time(), ZoneInfo(zone))

    def since_q(self, day: date) -> Q:
        at = self._moment(day)
        if self.given.get("by") != HAPPENED:
            return Q(submitted_at__gte=at)
        asked = [KINDS[self.given["kind"]]] if self.given.get("kind") else list(KINDS)
        if not all(kind.past for kind in asked):
            return Q(event_at__gte=at)
        return Q(event_at__gte=at, submitted_at__gte=at - GRACE)

    def until_q(self, day: date) -> Q:
        end = self._moment(day + DAY)
        return Q(event_at__lt=end) if self.given.get("by") == HAPPENED else Q(submitted_at__lt=end)

    def office_q(self, code: str) -> Q:
        """The office and those below it; the paths are at hand, so no list of offices is asked for again."""
        path = self.offers.offices[code][1]
        below = [other for other, (_, theirs) in self.offers.offices.items() if theirs.startswith(path)]
        return Q(office__code__in=below)

    # -- How it stands in the address
    @property
    def in_address(self) -> dict[str, str]:
        """The filters in force as they stand in the address, without the search."""
        return {name: self.data.get(name, "") for name in self.given}

    def query(self, **changes: str) -> str:
        """The address of this list: "?" and the filters in force, with some changed ("" leaves one out)."""
        kept = self.in_address | ({"q": self.key} if self.kept else {})
        kept |= changes
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    @property
    def tags(self) -> list[Tag]:
        """The filters in force, each with the address without it. `by` says what the days mean, so it has no tag."""
        found = [Tag(self._words(name, value), self.query(**{name: ""})) for name, value in self.given.items()]
        if self.terms:
            found.insert(0, Tag(f"Words: {self.terms}", self.query(q="")))
        return [tag for tag in found if tag.label]

    def _words(self, name: str, value: Any) -> str:
        if name == "by":
            return ""
        label = str(self.fields[name].label)
        if isinstance(value, bool):
            return label
        if isinstance(value, date):
            verb = "Happened" if self.given.get("by") == HAPPENED else "Filed"
            return f"{verb} {label.lower()} {value:%b} {value.day}, {value.year}"
        choices: Any = self.fields[name]
        return f"{label}: {dict(choices.choices).get(value, value)}"


class ListingFilter(FilterForm):
    """The filters of the list of reports, and in which order what a search found stands."""

    order = forms.ChoiceField(choices=[(BEST, "Best first")], required=False, widget=forms.HiddenInput())

    @property
    def is_best_first(self) -> bool:
        return bool(self.terms) and self.given.get("order") == BEST

    @property
    def orders(self) -> list[tuple[str, str]]:
        """Both orders of what was found: the words, and the address of the one that is not in force."""
        is_best = self.is_best_first
        return [
            ("Newest first", self.query(order="") if is_best else ""),
            ("Best first", "" if is_best else self.query(order=BEST)),
        ]

    def without_filters(self) -> str:
        """The address of the same search in all reports."""
        return self.query(**dict.fromkeys(self.in_address, ""))

    def _words(self, name: str, value: Any) -> str:
        return "" if name == "order" else super()._words(name, value)


NARROWS: Mapping[str, Callable[[FilterForm, Any], Q]] = {
    "kind": lambda form, code: Q(kind=code),
    "state": lambda form, status: Q(status=status),
    "office": FilterForm.office_q,
    "event": lambda form, code: Q(event_types__contains=[code]),
    "urgent": lambda form, _: Q(urgency__gt=0),
    "mine": lambda form, _: Q(author=form.user),
    "since": FilterForm.since_q,
    "until": FilterForm.until_q,
}

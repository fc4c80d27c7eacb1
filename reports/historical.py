"""Finding and reading reports of former systems: by type, time, office and words, always read only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.utils.http import urlencode

from accounts.models import Office, User
from privacy import guarded
from reports.filters import Tag, choice
from reports.filters import day as day_field
from reports.finding.documents import CONFIG
from reports.imports.columns import COMMON, OWN
from reports.models.historical import HistoricalReport
from reports.terms import kept_terms

PERMISSION = "read_historical"
NEWEST_FIRST = ("-period_from", "-id")
LISTED = ("type", "number", "title", "period_from", "period_to", "office_code", "office__name")
# The codes there are, each found by one step in the index: offices are few and rows are many.
CODES = """
WITH RECURSIVE codes (code) AS (
    (SELECT office_code FROM reports_historicalreport ORDER BY office_code LIMIT 1)
    UNION ALL
    SELECT (SELECT office_code FROM reports_historicalreport WHERE office_code > code ORDER BY office_code LIMIT 1)
    FROM codes WHERE code IS NOT NULL
) SELECT code FROM codes WHERE code <> ''
"""


def visible_to(user: User) -> QuerySet[HistoricalReport]:
    """The historical reports that `user` may read: all of them or none, for the grant reaches all."""
    rows = HistoricalReport.objects.all()
    return rows if user.may_somewhere(PERMISSION) else rows.none()


def lines(rows: QuerySet[HistoricalReport]) -> QuerySet[HistoricalReport]:
    """Only what a line of the list shows."""
    return rows.select_related("office").only(*LISTED)


def by_number(number: str, user: User) -> HistoricalReport | None:
    """The report that bears this number of a former system, if `user` may read it: the newest if several do."""
    found = visible_to(user).filter(number=number.replace("\x00", "")).defer("words")
    return found.order_by(*NEWEST_FIRST).first()


def matching(terms: str) -> Q:
    """Rows that hold these words or bear this number."""
    query = SearchQuery(terms, config=CONFIG, search_type="websearch")
    return Q(words=query) | Q(number=terms.strip())


def office_codes() -> list[tuple[str, str]]:
    """Every office that rows name, with the name of the office that has the code today."""
    with connection.cursor() as cursor:
        cursor.execute(CODES)
        codes = [code for (code,) in cursor.fetchall()]
    names = dict(Office.objects.filter(code__in=codes).values_list("code", "name"))
    return [(code, f"{names[code]} ({code})" if code in names else code) for code in codes]


class HistoricalFilter(guarded.Form):
    """The filters above the list. A filter that makes no sense shows its message and is left out."""

    optional_is_plain = True

    type = choice("Type", "All types", lambda: HistoricalReport.Type.choices)
    since = day_field("From")
    until = day_field("To")
    q = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data)
        self.key = data.get("q", "")
        self.kept = kept_terms(self.key, user)
        self.terms = self.kept.terms if self.kept else ""
        self.fields["office"] = choice("Office", "All offices", office_codes, long=True)
        self.order_fields(["type", "office", "since", "until", "q"])
        for name in ("type", "office"):
            # Django's own words would repeat what was typed.
            self.fields[name].error_messages["invalid_choice"] = "Choose one of the list."
        for name in ("since", "until"):
            # Old reports are older than the days that other lists ask for.
            self.fields[name].validators.clear()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", "This day is before the first. Choose a later day, or an earlier first.")
        return cleaned

    @cached_property
    def given(self) -> dict[str, Any]:
        """The filters in force, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value and name != "q"}

    def apply(self, rows: QuerySet[HistoricalReport]) -> QuerySet[HistoricalReport]:
        narrows = {"type": "type", "office": "office_code", "since": "period_to__gte", "until": "period_from__lte"}
        rows = rows.filter(**{narrows[name]: value for name, value in self.given.items()})
        return rows.filter(matching(self.terms)) if self.terms else rows

    def query(self, **changes: str) -> str:
        """The address of this list: "?" and the filters in force, with some changed ("" leaves one out)."""
        kept = {name: self.data.get(name, "") for name in [*self.given, *(["q"] if self.terms else [])]} | changes
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    @property
    def tags(self) -> list[Tag]:
        found = [Tag(self._words(name, value), self.query(**{name: ""})) for name, value in self.given.items()]
        return [Tag(f"Words: {self.terms}", self.query(q="")), *found] if self.terms else found

    def _words(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return f"{self.fields[name].label} {value:%b} {value.day}, {value.year}"
        choices: Any = self.fields[name]
        return f"{choices.label}: {dict(choices.choices)[value]}"


@dataclass(frozen=True)
class Shown:
    """A report of a former system as its page reads: short answers, long texts, and columns that only it has."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    other: list[tuple[str, str]] = field(default_factory=list)


LONG = 200
# Read as texts however short they are.
TEXTS = frozenset({"summary", "arrest"})
IN_HEADING = frozenset({"number", "title", "type", "period_from", "period_to", "office_code"})


def shown(report: HistoricalReport) -> Shown:
    """Every answer as it was read; those of its type first, in their order."""
    own = [c.name for c in (*COMMON, *OWN[report.type]) if c.name not in IN_HEADING]
    said: dict[str, str] = report.payload
    known = [name for name in own if said.get(name)]
    texts = [name for name in known if name in TEXTS or len(said[name]) > LONG]
    rest = [(_label(name), said[name]) for name in sorted(said.keys() - IN_HEADING - set(own)) if said[name]]
    return Shown(
        facts=[(_label(name), said[name]) for name in known if name not in texts],
        texts=[(_label(name), said[name]) for name in texts],
        other=rest,
    )


def _label(name: str) -> str:
    try:
        words = str(HistoricalReport._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def visible(pk: Any, user: User) -> HistoricalReport:
    """The report, else 404."""
    found = visible_to(user).select_related("office").defer("words").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found

"""What is typed about reading outside one's offices: which stubs to list, why to open one, what a review found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from accounts.forms import ReasonForm
from accounts.models import Office
from privacy import guarded
from reports import outside
from reports.filters import Tag, choice
from reports.kinds import Kind
from reports.models import OutsideReading, Report
from sen.forms import CountedTextarea, RadioTiles


class StubFilter(guarded.Form):
    """Kind, office and the beginning of a number. A filter that makes no sense says so and is left out."""

    optional_is_plain = True

    number = forms.CharField(
        label="Number begins with",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict, kinds: Iterable[Kind]) -> None:
        super().__init__(data)
        self.kinds = list(kinds)
        self.offices = {
            code: (name, path)
            for code, name, path in Office.objects.order_by("name").values_list("code", "name", "path")
        }
        self.fields["kind"] = choice("Kind", "All kinds", lambda: [(kind.code, kind.noun) for kind in self.kinds])
        self.fields["office"] = choice(
            "Office", "All offices", lambda: [(code, name) for code, (name, _) in self.offices.items()], long=True
        )
        self.order_fields(["kind", "office", "number"])
        self.is_valid()
        self.given = {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def in_force(self) -> list[str]:
        return sorted(self.given)

    def apply(self, reports: QuerySet[Report]) -> QuerySet[Report]:
        """The reports that the filters leave; an office brings those below it."""
        if kind := self.given.get("kind"):
            reports = reports.filter(kind=kind)
        if office := self.given.get("office"):
            reports = reports.filter(office__path__startswith=self.offices[office][1])
        if number := self.given.get("number"):
            reports = reports.filter(number__startswith=number.upper())
        return reports

    def query(self, **changes: str) -> str:
        """The address of this list with the filters in force, some changed ("" leaves one out)."""
        kept = {**self.given, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    @property
    def tags(self) -> list[Tag]:
        return [Tag(self._words(name, value), self.query(**{name: ""})) for name, value in self.given.items()]

    def _words(self, name: str, value: str) -> str:
        said: dict[str, str] = {kind.code: kind.noun for kind in self.kinds} if name == "kind" else {}
        if name == "office":
            said = {value: self.offices[value][0]}
        return f"{self.fields[name].label}: {said.get(value, value)}"


class OpenForm(ReasonForm):
    """Why somebody needs to read a report of another office; `after` is the reading that is to go on."""

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, needed="Say why you need to read this report.", longest=outside.LONGEST_REASON)
        self.initial = initial or {}
        self.fields["reason"].label = "Why you need to read it"
        self.fields["reason"].help_text = "A sentence. The office that owns the report reads it."
        self.fields["after"] = forms.IntegerField(
            required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput()
        )


class ReviewForm(guarded.Form):
    """What the review of a reading found."""

    finding = forms.ChoiceField(
        label="Is the reason borne out?",
        choices=[choice for choice in OutsideReading.Finding.choices if choice[0]],
        widget=RadioTiles,
        error_messages={"required": "Say whether the reason is borne out."},
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        widget=CountedTextarea(rows=3),
        help_text="What you looked at and whom you asked. Needed where the reason is not borne out.",
    )

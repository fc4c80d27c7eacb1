"""The forms of the watch: the words of a summary, and whom it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from accounts.models import Office
from accounts.roles import GRANTS, Role
from privacy import guarded
from reports.routing import Recipient
from sen.forms import CheckboxTiles, Combobox, CountedTextarea
from watch.actions import LONGEST

# A role that can acknowledge is one that can be told.
TOLD_ROLES = [role for role, grants in GRANTS.items() if "acknowledge" in grants]


class LongText(forms.CharField):
    """A text whose line ends are counted as one character, as the page counts them."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class MarkField(forms.CharField):
    """When the wording on the screen was written, hidden in the page; None where there was none yet."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> datetime | None:
        try:
            return parse_datetime(str(value or ""))
        except ValueError:
            return None


class SummaryForm(guarded.Form):
    text = LongText(
        label="What the offices must know",
        max_length=LONGEST,
        widget=CountedTextarea(rows=12),
        help_text="Name people only where the office must know who they are. No part of this goes into the mail.",
        error_messages={"required": "Write what the offices must know."},
    )
    of_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    base = MarkField(required=False)


def value_of(to: Recipient) -> str:
    return f"{to.office.pk}:{to.role.value}"


class ReleaseForm(guarded.Form):
    """The offices that are told. `offered` are those with a box to tick; one more can be chosen by hand at a time."""

    # Some office must be chosen, but no one of these answers is needed: the action says so in a sentence.
    optional_is_plain = True

    to = forms.MultipleChoiceField(label="Who is told", required=False, widget=CheckboxTiles())
    office = forms.ChoiceField(label="Another office", required=False, widget=Combobox())
    role = forms.ChoiceField(label="In the role of", required=False)
    note = forms.CharField(
        label="What is new in this version",
        max_length=300,
        required=False,
        help_text="One line, shown beside the version; may stay empty. The mail does not hold it.",
    )
    base = MarkField(required=False)

    def __init__(
        self,
        *args: Any,
        offered: Iterable[Recipient],
        offices: Iterable[Office],
        lines: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {value_of(to): to for to in offered}
        self.offices = {str(office.pk): office for office in offices}
        to, office, role = self.fields["to"], self.fields["office"], self.fields["role"]
        to.choices = [(value, str(one)) for value, one in self.offered.items()]  # type: ignore[attr-defined]
        to.widget.descriptions = lines
        office.choices = [("", "Choose an office"), *((pk, o.name) for pk, o in self.offices.items())]  # type: ignore[attr-defined]
        role.choices = [("", "Choose a role"), *((one.value, one.label) for one in TOLD_ROLES)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("office") and not cleaned.get("role"):
            self.add_error("role", "Say in which role this office is told.")
        if cleaned.get("role") and not cleaned.get("office"):
            self.add_error("office", "Choose the office that is told in this role.")
        return cleaned

    @property
    def by_hand(self) -> Recipient | None:
        """The office chosen beside the list, if the form is valid and one is."""
        office = self.offices.get(self.cleaned_data.get("office", ""))
        return Recipient(office, Role(self.cleaned_data["role"])) if office else None

    @property
    def chosen(self) -> list[Recipient]:
        more = [self.by_hand] if self.by_hand else []
        return [*(self.offered[value] for value in self.cleaned_data.get("to", [])), *more]

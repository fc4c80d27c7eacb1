"""What a form started from, so that of two people who change one row the last does not win unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import models
from django.forms import BoundField, ModelForm
from django.http import HttpRequest


class ChangedMeanwhile(Exception):
    """Somebody else saved the row since the form was drawn; `row` is as it stands now."""

    def __init__(self, row: Any) -> None:
        super().__init__("The row was changed meanwhile.")
        self.row = row


@dataclass(frozen=True)
class Started:
    """The state of a row when its form was drawn, as far as the form shows it."""

    fields: Sequence[str]
    mark: str

    def check(self, row: models.Model) -> None:
        """Raises ChangedMeanwhile unless `row`, locked, is still as it was."""
        if mark_of(row, self.fields) != self.mark:
            raise ChangedMeanwhile(row)


def mark_of(row: models.Model, fields: Sequence[str]) -> str:
    """The same for the same answers, and tells nothing of them."""
    values = [(name, str(getattr(row, row._meta.get_field(name).attname))) for name in fields]  # type: ignore[union-attr]
    return sha256(repr(values).encode()).hexdigest()[:32]


def started(request: HttpRequest, form: ModelForm[Any]) -> Started:
    """What the sent form says that it started from; a form that says nothing started from nothing known."""
    return Started(fields_of(form), request.POST.get("mark", ""))


def fields_of(form: ModelForm[Any] | type[ModelForm[Any]]) -> Sequence[str]:
    fields: Any = form._meta.fields
    return tuple(fields)


def differences(form: ModelForm[Any], row: models.Model) -> list[tuple[str, str, str]]:
    """Every answer in which the valid form differs from the row as it stands: label, theirs, yours."""
    theirs = type(form)(instance=row)
    return [
        (str(form.fields[name].label), _words(theirs[name]), _words(form[name]))
        for name in fields_of(form)
        if form.cleaned_data[name] != getattr(row, name)
    ]


def _words(bound: BoundField) -> str:
    value, choices = bound.value(), dict(_choices(bound))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(choices.get(str(one), str(one)) for one in value)
    return choices.get(str(value), "" if value is None else str(value))


def _choices(bound: BoundField) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in getattr(bound.field, "choices", ()) if str(value)]

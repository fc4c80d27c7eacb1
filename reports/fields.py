"""Form fields that only reports need: several short values in one box, codes, and a person of the same report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reports.models import Person
from sen.forms import Combobox, CountedTextarea, RadioTiles


class LinesField(forms.CharField):
    """Several short values, one to a line."""

    widget = CountedTextarea

    def __init__(self, *, base_field: Any, size: int, max_length: int | None = None, **kwargs: Any) -> None:
        self.size, self.longest = size, base_field.max_length
        super().__init__(**{"widget": CountedTextarea(rows=2), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.size:
            raise ValidationError(f"Give at most {self.size} lines.")
        for line in lines:
            if len(line) > self.longest:
                raise ValidationError(f"A line has {len(line)} characters; at most {self.longest} fit.")
        return lines


class CodeField(forms.CharField):
    """A code that is written in capitals and taken in any case: a phone begins a word as it likes."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        # Beyond ASCII a capital can be another word: it stays as typed, and is refused as such.
        return typed.upper() if typed.isascii() else typed

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocapitalize": "characters"}


class ANumberField(CodeField):
    """Also taken with the hyphens and spaces that stand on a card."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("-", "").replace(" ", "")


class PersonChoice(forms.TypedChoiceField):
    """Someone already entered in this report."""

    def __init__(self, people: dict[str, Person], **kwargs: Any) -> None:
        choices = [("", "- Select -"), *((key, person.line()) for key, person in people.items())]
        widget = RadioTiles() if kwargs["required"] and len(people) <= 4 else Combobox()
        super().__init__(
            choices=choices if isinstance(widget, Combobox) else choices[1:],
            coerce=people.get,
            empty_value=None,
            widget=widget,
            error_messages={"invalid_choice": "This person is not in the report. Choose again, or add the person."},
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return str(value.pk) if isinstance(value, Person) else value

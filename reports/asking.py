"""The form of a move that asks for answers: made from the fields of the kind that the move names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.http import QueryDict

from privacy import guarded
from reports.answers import field_for
from reports.moves import Move
from reports.offers import reword
from sen.forms import MomentField


class MoveForm(guarded.ModelForm):
    """What one move asks. Only its own answers are looked at: the rest of the report was right when it was filed."""

    move: Move

    def __init__(self, data: Any, report: Any) -> None:
        # A decision is made anew, so nothing of an earlier one is chosen already.
        super().__init__(data, instance=report)
        for name, field in self.fields.items():
            reword(name, field, report.declaration)
            field.required = name in self.move.needs
            if isinstance(field, MomentField):
                field.widget = type(field.widget)(report.event_zone)
            if isinstance(field, forms.TypedChoiceField) and name in self.move.needs:
                first = report._meta.get_field(name).default
                offered: Any = field.choices
                field.choices = [choice for choice in offered if choice[0] not in ("", first)]

    def _post_clean(self) -> None:
        construct_instance(self, self.instance, list(self.fields))
        others = [field.name for field in self.instance._meta.fields if field.name not in self.fields]
        try:
            self.instance.clean_fields(exclude=others)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
        if not self.errors:
            for name, said in self.move.check(self.instance).items():
                self.add_error(name, said)


def move_form(move: Move, report: Any, data: Mapping[str, Any] | None = None) -> MoveForm:
    """The form of `move` on `report`, which has the answers of its kind. It never saves."""
    made: Any = forms.modelform_factory(
        type(report), form=MoveForm, fields=list(move.asks), formfield_callback=field_for
    )
    made.move = move
    form: MoveForm = made(_posted(data), report)
    return form


def _posted(data: Mapping[str, Any] | None) -> QueryDict | None:
    """What was posted, without the characters that no database keeps."""
    if data is None:
        return None
    clean = QueryDict(mutable=True)
    lists = (
        data.lists()
        if isinstance(data, QueryDict)
        else ((k, v if isinstance(v, list) else [v]) for k, v in data.items())
    )
    for name, values in lists:
        clean.setlist(name, [str(value).replace("\x00", "") for value in values])
    return clean

"""The forms of the iLeads app: passing on, and looking at who gave the information."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from accounts.models import User
from ileads import dissemination
from ileads.models import Dissemination
from ileads.models.reveal import LONGEST_REASON, Purpose
from ileads.reveal import SHORTEST_REASON
from privacy import guarded
from sen.forms import Combobox, CountedTextarea, DateField, DateParts

if TYPE_CHECKING:
    _PersonChoice = forms.ModelChoiceField[User]
else:  # Django's own class takes no type when the program runs
    _PersonChoice = forms.ModelChoiceField

LONGEST = Dissemination._meta.get_field("need_to_know").max_length or 0


class RecipientChoice(_PersonChoice):
    """Chooses a person by name and office; `__str__` of a person names nobody."""

    widget = Combobox

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name}, {obj.office.name}" if obj.office else obj.name


def in_ninety_days() -> date:
    return timezone.localdate() + dissemination.USUAL


class PassOnForm(guarded.Form):
    """To whom, why, and until when. What stands against it is said by the action, beside the field."""

    recipient = RecipientChoice(
        queryset=User.objects.none(),
        to_field_name="username",
        empty_label="- Select -",
        help_text="Anybody who works with reports here, also who does not read iLeads otherwise.",
        error_messages={
            "invalid_choice": "Nobody of this name holds a role that reads reports. Choose somebody from the list."
        },
    )
    need_to_know = forms.CharField(
        label="Why this person needs to know",
        max_length=LONGEST,
        widget=CountedTextarea(rows=3),
        help_text="What they will do with it. Kept with the iLead, and shown to them.",
        error_messages={"required": "Say why this person needs to know."},
    )
    until = DateField(
        label="Last day",
        initial=in_ninety_days,
        widget=DateParts(today=False),
        help_text="Ninety days from now unless you choose otherwise; at most a year.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["recipient"]
        field.queryset = dissemination.recipients().select_related("office").order_by("name", "username")


class RevealForm(guarded.Form):
    """Why somebody looks at who gave the information."""

    reason = forms.CharField(
        label="Why you need to know who gave this",
        max_length=300,
        help_text="It is recorded with your name and the time.",
        error_messages={"required": "Say why you need to know who gave this."},
    )


class SSNForm(guarded.Form):
    """What a legacy SSN is needed for. `ileads.reveal` decides by the same rules, whatever a form said."""

    purpose = forms.ChoiceField(
        label="What you need it for",
        choices=[("", "- Select -"), *Purpose.choices],
        error_messages={
            "required": "Choose what you need this number for.",
            "invalid_choice": "Choose what you need this number for.",
        },
    )
    reason = forms.CharField(
        label="Why you need this one",
        widget=CountedTextarea(rows=3),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        help_text="What you will do with it. It is recorded with your name and the time.",
        error_messages={
            "required": "Say why you need to see this number.",
            "min_length": "Say it in %(limit_value)d characters or more.",
            "max_length": "Say it in %(limit_value)d characters or fewer. It has %(show_value)d.",
        },
    )

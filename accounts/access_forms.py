"""What people type on the way in: a request for access, its endorsement and grant, completed trainings, lists."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import PersonChoice, in_a_year
from accounts.models import Office, Training, User
from accounts.roles import Role
from privacy import guarded
from sen.forms import Combobox, CountedTextarea, DateField

LONGEST_REASON = 1000


def coming(day: date) -> date:
    """A last day that has not passed."""
    if day < timezone.localdate():
        raise forms.ValidationError("This day has passed. Choose today or a later day.")
    return day


class RequestForm(guarded.Form):
    """What a person asks for."""

    role = forms.ChoiceField(choices=[("", ""), *((role.value, role.label) for role in Role)], widget=Combobox)
    office = forms.ModelChoiceField(
        Office.objects.filter(active=True),
        widget=Combobox,
        help_text="The role holds at this office and at those below it.",
    )
    reason = forms.CharField(
        label="Why you need it",
        max_length=LONGEST_REASON,
        widget=CountedTextarea(rows=3),
        help_text="Your duties in a sentence or two. Your supervisor and the Access Control Manager read it.",
    )
    until = DateField(label="Last day", initial=in_a_year, help_text="A year from now, unless your duty ends sooner.")

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_until(self) -> date:
        return coming(self.cleaned_data["until"])


class EndorseForm(guarded.Form):
    note = forms.CharField(
        label="What you can vouch for",
        max_length=LONGEST_REASON,
        required=False,
        widget=CountedTextarea(rows=2),
        help_text="Such as: works on my team since October.",
    )


class GrantUntilForm(guarded.Form):
    until = DateField(label="Last day", help_text="The day asked for, or an earlier one.")

    def clean_until(self) -> date:
        return coming(self.cleaned_data["until"])


class TrainingForm(guarded.Form):
    """One completed training, recorded by hand."""

    user = PersonChoice(queryset=User.objects.none(), label="Person")
    completed_on = DateField(label="Completed on")
    evidence = forms.CharField(max_length=200, help_text=Training._meta.get_field("evidence").help_text)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: Any = self.fields["user"]
        user.queryset = User.objects.exclude(status=User.Status.LEFT).order_by("name", "username")


class UploadForm(guarded.Form):
    """A file of completed trainings."""

    file = forms.FileField(
        label="CSV file",
        help_text=(
            "Columns: username or employee number, completed_on (such as 2026-03-31), evidence. "
            "At most 10,000 lines and 5 MB."
        ),
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose another."},
    )

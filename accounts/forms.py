"""What people type on the pages of accounts: signing in, profiles, grants and offices."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Role
from sen.forms import Combobox, DateField, formfield

# Bounds the cost of one hash, whatever is posted.
LONGEST_PASSWORD = 1000
YEAR = timedelta(days=365)


class SignInForm(forms.Form):
    username = forms.CharField(
        label="Username",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PersonChoice(forms.ModelChoiceField[User]):
    """Chooses a person by name; `__str__` of a person names nobody."""

    widget = Combobox

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.username})"


def active_people() -> Any:
    return User.objects.filter(status=User.Status.ACTIVE).order_by("name", "username")


class PeopleSearch(forms.Form):
    optional_is_plain = True
    q = forms.CharField(label="Name or username", max_length=150, required=False)


class ProfileForm(forms.ModelForm[User]):
    """All that a System Control Officer may change (PIA)."""

    formfield_callback = formfield
    supervisor = PersonChoice(queryset=User.objects.none(), required=False)

    class Meta:
        model = User
        fields = ("name", "email", "phone", "programme", "office", "supervisor", "status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One who has left stays chosen until another is.
        people = active_people() | User.objects.filter(pk=self.instance.supervisor_id or 0)
        supervisor: Any = self.fields["supervisor"]
        supervisor.queryset = people.exclude(pk=self.instance.pk)


def in_a_year() -> date:
    return timezone.localdate() + YEAR


class GrantForm(forms.Form):
    user = PersonChoice(queryset=User.objects.none(), label="Person")
    # The empty choice stands first: no role is given because nobody looked.
    role = forms.ChoiceField(choices=[("", ""), *((role.value, role.label) for role in Role)], widget=Combobox)
    office = forms.ModelChoiceField(
        Office.objects.filter(active=True),
        widget=Combobox,
        help_text="The role holds at this office and at those below it.",
    )
    until = DateField(label="Last day", initial=in_a_year, help_text="A year from now, unless the duty ends sooner.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: Any = self.fields["user"]
        user.queryset = active_people()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise forms.ValidationError("This day has passed. Choose today or a later day.")
        return day

    @property
    def end(self) -> datetime:
        """The end of the last day, by the clocks of the office."""
        office: Office = self.cleaned_data["office"]
        return datetime.combine(self.cleaned_data["until"], time(23, 59, 59), ZoneInfo(office.time_zone))


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={"required": "Say why the role ends.", "max_length": "Say it in 500 characters or fewer."},
    )


class OfficeForm(forms.ModelForm[Office]):
    formfield_callback = formfield

    class Meta:
        model = Office
        fields = ("code", "name", "kind", "programme", "parent", "time_zone", "active")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].upper()
        if not re.fullmatch(r"[A-Z0-9]{2,8}", code):
            raise forms.ValidationError("Use two to eight letters or digits, such as MIA: it stands in report numbers.")
        return code

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(f"{zone} is not a time zone. Write it as in America/New_York.")
        return zone

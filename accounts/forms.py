"""What people type on the pages of accounts: signing in, profiles, grants and offices."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Role
from privacy import guarded
from sen.forms import Combobox, CountedTextarea, DateField, formfield

# Bounds the cost of one hash, whatever is posted.
LONGEST_PASSWORD = 1000
YEAR = timedelta(days=365)


class SignInForm(guarded.Form):
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


class PeopleSearch(guarded.Form):
    optional_is_plain = True
    q = forms.CharField(label="Name or username", max_length=150, required=False)


class ProfileForm(guarded.ModelForm):
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


class GrantForm(guarded.Form):
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


class ReasonForm(guarded.Form):
    """The reason that an act asks for before it is done; `needed` is said where none is given."""

    def __init__(self, data: QueryDict | None = None, *, needed: str, longest: int = 500) -> None:
        # Without the character that no database keeps.
        super().__init__(data if data is None else {name: str(data[name]).replace("\x00", "") for name in data})
        self.fields["reason"] = forms.CharField(
            label="Reason",
            max_length=longest,
            widget=CountedTextarea(rows=3),
            help_text="Kept with the record and shown on its timeline.",
            error_messages={"required": needed, "max_length": f"Say it in {longest} characters or fewer."},
        )

    @property
    def reason(self) -> str:
        """What was given; "" while it is missing or wrong."""
        return str(self.cleaned_data["reason"]) if self.is_valid() else ""

    def refused(self, error: forms.ValidationError) -> None:
        """Say beside the reason why the act was not done, where the form itself found nothing wrong with it."""
        if self.is_valid():
            self.add_error("reason", error.messages)


class OfficeForm(guarded.ModelForm):
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

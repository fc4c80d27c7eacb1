"""What people type about their second factor: codes, the name of a passkey, why somebody's factors are removed."""

from __future__ import annotations

from typing import Any

from django import forms

from privacy import guarded

LONGEST_CODE = 60
# It says "password", as the standards do of such codes, so `sen.kept` neither keeps it nor shows it again.
FIELD = "one_time_password"


class CodeInput(forms.TextInput):
    """A code; a wrong one is not put back into the page, for the next is another."""

    def format_value(self, value: Any) -> None:
        return None


class ProveForm(guarded.Form):
    """A code of the app."""

    one_time_password = forms.CharField(
        label="Code from your app",
        max_length=LONGEST_CODE,
        help_text="The six digits that it shows now.",
        error_messages={"required": "Enter the six digits that your app shows now."},
        widget=CodeInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "usa-input input-short"}
        ),
    )


class RecoveryForm(guarded.Form):
    """A recovery code, for a second factor that was lost."""

    one_time_password = forms.CharField(
        label="Recovery code",
        max_length=LONGEST_CODE,
        help_text="One of the ten that you kept, such as abcde-fghjk. Each works once.",
        error_messages={"required": "Enter one of your recovery codes."},
        widget=CodeInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class AppForm(guarded.Form):
    """The code with which a new app shows that it has the secret."""

    code = forms.CharField(
        label="Code that the app shows now",
        max_length=LONGEST_CODE,
        help_text="Six digits.",
        error_messages={"required": "Enter the six digits that the app shows now."},
        widget=CodeInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "usa-input input-short"}
        ),
    )


class PasskeyForm(guarded.Form):
    """The name of a new passkey; what the browser made of it comes beside."""

    name = forms.CharField(
        label="Name of this passkey",
        max_length=60,
        help_text="So that you know it again, such as: work phone.",
        error_messages={"required": "Give the passkey a name, such as: work phone."},
    )


class RemoveAllForm(guarded.Form):
    """An Access Control Manager's word that they know whose factors they remove, and why."""

    checked = forms.BooleanField(
        label="I have made sure who this person is",
        error_messages={"required": "Make sure who they are first: in person, or by a call to the number on record."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the record.",
        error_messages={"required": "Say why the second factors are removed."},
    )

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"]).replace("\x00", "")

"""What people type to change or to set a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import password_rules
from accounts.forms import LONGEST_PASSWORD
from accounts.models import User
from privacy import guarded

DIFFERENT = "The two are not the same. Type the new password twice alike."


def password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=LONGEST_PASSWORD, strip=False, widget=widget, help_text=help_text)


class NewPasswordForm(guarded.Form):
    """A new password, twice, held against the rules for this person."""

    new_password = password("New password", "new-password", password_rules.RULES)
    new_password_again = password("New password again", "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        new: str = self.cleaned_data["new_password"]
        password_rules.check(new, self.user)
        return new

    def clean_new_password_again(self) -> str:
        again: str = self.cleaned_data["new_password_again"]
        if again != self.data.get("new_password"):
            raise ValidationError(DIFFERENT)
        return again


class ChangePasswordForm(NewPasswordForm):
    """The present password as well: a desk that was left must not give its owner's account away."""

    current_password = password("Your present password", "current-password")
    field_order = ("current_password", "new_password", "new_password_again")


class AskLinkForm(guarded.Form):
    username = forms.CharField(
        label="Username",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

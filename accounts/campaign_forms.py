"""What people type on the pages of recertification: a new campaign, and the answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import CampaignItem, Office
from accounts.roles import Role
from privacy import guarded
from sen.forms import Combobox, CountedTextarea, DateField

Decision = CampaignItem.Decision
ANSWERS = {"confirm": Decision.CONFIRMED, "drop": Decision.DROPPED}
# As many as a page shows; more at once come from no page of ours.
MOST = 50


def in_three_weeks() -> date:
    return timezone.localdate() + timedelta(days=21)


class CampaignForm(guarded.Form):
    name = forms.CharField(label="Name", max_length=120, help_text="Such as: SAC Miami, fall 2026.")
    office = forms.ModelChoiceField(
        Office.objects.all(), widget=Combobox, help_text="With the offices below it. Headquarters is the whole agency."
    )
    role = forms.ChoiceField(
        choices=[("", "All roles"), *((role.value, role.label) for role in Role)], required=False, widget=Combobox
    )
    last_day = DateField(
        label="Last day to answer", initial=in_three_weeks, help_text="What has no answer by the end of this day ends."
    )


class AnswerForm(guarded.Form):
    """The answer to what was ticked; which button was pressed says which."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=500,
        widget=CountedTextarea(rows=3),
        help_text="Needed to drop. It is kept with the record.",
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        ticked: Any = self.data
        numbers = {int(one) for one in ticked.getlist("item") if one.isdecimal() and len(one) < 16}
        decision = ANSWERS.get(ticked.get("answer", ""))
        if not numbers:
            raise forms.ValidationError("Choose at least one assignment.")
        if len(numbers) > MOST or decision is None:
            raise forms.ValidationError("Choose what is shown on this page, then press Confirm or Drop.")
        if decision is Decision.DROPPED and not found.get("reason"):
            self.add_error("reason", "Say why the access is dropped.")
        return {**found, "items": numbers, "decision": decision}

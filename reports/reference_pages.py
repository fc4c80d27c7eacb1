"""The forms in which an administrator edits event types, thresholds and who is told, and their pages."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Office
from accounts.reference import register
from privacy import guarded
from reports.kinds import KINDS
from reports.models import ApprovalRule, DeconflictionRule, EventType, OutsideRule, RoutingRule, Threshold
from sen.forms import CheckboxTiles, Combobox, RadioTiles, formfield


class EventTypeForm(guarded.ModelForm):
    """What can have happened, and which lists of rows it then asks for."""

    formfield_callback = formfield
    kind = forms.ChoiceField(label="Kind of report", widget=RadioTiles)
    asks = forms.MultipleChoiceField(
        label="Asks for",
        choices=EventType.Asks,
        required=False,
        widget=CheckboxTiles(),
        help_text="The lists that the form shows when this type is chosen. Each then needs at least one row.",
    )

    class Meta:
        model = EventType
        fields = ("kind", "code", "label", "short", "asks", "always_urgent", "position", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].help_text = "Types are offered in the order of this figure, the smallest first."
        fields: Any = self.fields
        fields["kind"].choices = [(kind.code, kind.noun) for kind in KINDS if kind.types]
        # Reports keep the code, so neither it nor whose it is changes once a type is there.
        for name in ("kind", "code"):
            self.fields[name].disabled = bool(self.instance.pk)


class ThresholdForm(guarded.ModelForm):
    """From which quantity or value on a seizure makes a report urgent."""

    formfield_callback = formfield

    class Meta:
        model = Threshold
        fields = ("goods", "measure", "at_least", "unit", "active")


class RoutingRuleForm(guarded.ModelForm):
    """Who is told of which reports."""

    formfield_callback = formfield
    kind = forms.ChoiceField(label="Kind of report", widget=Combobox)

    class Meta:
        model = RoutingRule
        fields = ("kind", "on_summary", "event_type", "urgent_only", "within", "to", "to_office", "to_role", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(kind.code, kind.label) for kind in KINDS]
        for name in ("within", "to_office"):
            fields[name].queryset = Office.objects.filter(active=True)
        fields["event_type"].empty_label = "All event types"
        fields["within"].empty_label = "The whole agency"
        fields["to_office"].empty_label = "The report's own SAC or FOD"


class ApprovalRuleForm(guarded.ModelForm):
    """Whether a kind of report waits for a supervisor."""

    formfield_callback = formfield
    kind = forms.ChoiceField(label="Kind of report", widget=RadioTiles)

    class Meta:
        model = ApprovalRule
        fields = ("kind", "needed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(kind.code, kind.noun) for kind in KINDS]


class DeconflictionRuleForm(guarded.ModelForm):
    """When two planned operations match, and whom to call."""

    formfield_callback = formfield

    class Meta:
        model = DeconflictionRule
        fields = ("gap_hours", "distance_m", "target_days", "desk", "desk_phone")


class OutsideRuleForm(guarded.ModelForm):
    """What a role may do with reports of a kind outside its offices."""

    formfield_callback = formfield
    kind = forms.ChoiceField(label="Kind of report", widget=RadioTiles)

    class Meta:
        model = OutsideRule
        fields = ("role", "kind", "policy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(kind.code, kind.noun) for kind in KINDS]
        fields[
            "policy"
        ].help_text = "What is open already closes at once where this refuses it. Restricted reports never open."


def register_pages() -> None:
    """Give each its pages under /reference/."""
    register(
        model=OutsideRule,
        form=OutsideRuleForm,
        slug="outside",
        label="Reading outside one's offices",
        columns=("role", "kind", "policy"),
    )
    register(model=ApprovalRule, form=ApprovalRuleForm, slug="approval", label="Approval", columns=("kind", "needed"))
    register(
        model=DeconflictionRule,
        form=DeconflictionRuleForm,
        slug="deconfliction",
        label="Deconfliction",
        columns=("gap_hours", "distance_m", "target_days", "desk", "desk_phone"),
    )
    register(
        model=EventType,
        form=EventTypeForm,
        slug="event-types",
        label="Event types",
        columns=("kind", "code", "label", "short", "always_urgent", "position", "active"),
    )
    register(
        model=Threshold,
        form=ThresholdForm,
        slug="thresholds",
        label="Thresholds of urgency",
        columns=("goods", "measure", "at_least", "unit", "active"),
    )
    register(
        model=RoutingRule,
        form=RoutingRuleForm,
        slug="routing",
        label="Who is told",
        columns=(
            "kind", "on_summary", "event_type", "urgent_only", "within", "to", "to_office", "to_role", "active",
        ),
    )  # fmt: skip

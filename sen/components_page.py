"""Every page component with plausible synthetic content, for those who build pages; never in production."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from privacy import guarded
from sen.forms import (
    CheckboxTiles,
    Combobox,
    CountedTextarea,
    DateField,
    DateParts,
    MomentField,
    MoneyField,
    PhoneField,
    RadioTiles,
    Tile,
    WholeNumberField,
    YesNoUnknownField,
)

OFFICES = [("", "- Select -"), *((f"{n}", name) for n, name in enumerate(
    ["SAC Atlanta", "SAC Boston", "SAC Chicago", "SAC Dallas", "SAC Denver", "SAC Miami", "RAC Key West", "FOD Houston"]
))]  # fmt: skip
EVENTS = [("arrest", "Significant arrest"), ("assault", "Assault on an employee"), ("seizure", "Significant seizure")]
STAGES = [("initial", "Initial"), ("final", "Final")]
OLD = "Subject was taken into custody at 14:10 without incident. One handgun was found in the vehicle."
NEW = "Subject was taken into custody at 14:25 after a short foot pursuit. Two handguns were found in the vehicle."


def is_shown() -> bool:
    """Whether this system offers the page at all."""
    return settings.DEBUG or getattr(settings, "MODE", "production") in {"demonstration", "test"}


class Example(guarded.Form):
    """One field of every kind."""

    event_types = forms.MultipleChoiceField(
        label="What happened",
        help_text="Choose all that apply.",
        choices=EVENTS,
        widget=CheckboxTiles(descriptions={"arrest": "A person of note, or a charge of note."}),
    )
    title = forms.CharField(label="Title", max_length=200, help_text="One line that a duty officer understands.")
    office = forms.ChoiceField(label="Originating office", choices=OFFICES, widget=Combobox())
    happened = MomentField(label="When it happened", zone="America/New_York")
    born = DateField(label="Date of birth", required=False, widget=DateParts(today=False))
    stage = forms.ChoiceField(label="This report is", choices=STAGES, widget=RadioTiles())
    rounds = WholeNumberField(label="Rounds fired", min_value=0)
    value = MoneyField(label="Estimated value", required=False)
    phone = PhoneField(label="Contact phone", required=False)
    counsel = YesNoUnknownField(label="Is the detainee represented by counsel?")
    narrative = forms.CharField(label="Narrative", max_length=400, widget=CountedTextarea(rows=4))
    attest = forms.BooleanField(label="I attest that this report is accurate to my knowledge.", widget=Tile())

    def clean_rounds(self) -> int:
        """Always refused, so that the page shows a field in error."""
        raise forms.ValidationError("Rounds that hit cannot exceed rounds fired (3).")


class Why(guarded.Form):
    """Holds what looks like an ITIN, so that the page shows what the guard says; made here, so that no file has one."""

    reason = forms.CharField(label="Reason", max_length=300, widget=CountedTextarea(rows=3))


class Filters(guarded.Form):
    optional_is_plain = True
    office = forms.ChoiceField(label="Office", choices=OFFICES, required=False)
    state = forms.ChoiceField(label="State", choices=[("", "Any"), ("s", "Submitted")], required=False)
    text = forms.CharField(label="Words", required=False)


def show(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Report SIR-2026-MIA-000123 was taken up.")
    return render(request, "components_page.html", _examples())


def _examples() -> dict[str, Any]:
    now = timezone.now()
    typed = {
        "shown-event_types": ["assault"], "shown-title": "Assault during an arrest in Hialeah", "shown-rounds": "four",
        "shown-happened_0": "2", "shown-happened_1": "30", "shown-happened_2": "2026", "shown-happened_3": "25:10",
        "shown-happened_4": "America/New_York", "shown-narrative": OLD, "shown-counsel": "unknown",
    }  # fmt: skip
    return {
        "form": Example(typed, prefix="shown"),
        "filters": Filters(prefix="f"),
        "why": Why({"why-reason": f"Entered twice: see {'-'.join(('900', '78', '0142'))} in the file."}, prefix="why"),
        "now": now,
        "earlier": now - timedelta(minutes=12),
        "long_ago": now - timedelta(hours=5),
        "soon": now + timedelta(minutes=25),
        "tags": [{"label": label, "remove_url": "?"} for label in ("Office: SAC Miami", "State: Submitted")],
        "rows": [("Narrative", OLD, NEW), ("Rounds fired", "3", "4"), ("Hospital", "", "Jackson Memorial")],
        "old": OLD,
        "new": NEW,
        "queue": _queue(now),
    }


QUEUE: list[dict[str, Any]] = [
    {
        "number": "SIR-2026-MIA-000123",
        "type": "Assault on an employee",
        "office": "SAC Miami",
        "title": "Officer struck during an arrest",
        "minutes": 12,
        "state": "Submitted",
        "tone": "waiting",
    },
    {
        "number": "SIR-2026-DAL-000087",
        "type": "Significant seizure",
        "office": "SAC Dallas",
        "title": "Currency found behind a false wall of a trailer",
        "minutes": 47,
        "state": "Under review",
        "tone": "working",
        "who": "R. Ames",
    },
    {
        "number": "SIR-2026-HOU-000041",
        "type": "Firearm discharge",
        "office": "FOD Houston",
        "title": "Unintentional discharge while clearing a weapon; nobody hurt",
        "minutes": 3100,
        "state": "Closed",
        "tone": "done",
        "who": "T. Oyelaran",
    },
]


def _queue(now: datetime) -> list[dict[str, Any]]:
    return [{**row, "at": now - timedelta(minutes=row["minutes"])} for row in QUEUE]

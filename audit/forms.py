"""What an auditor types to find events, and what it means: a person, a record, what happened, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from accounts.models import Office, User
from audit.events import EVENTS, Kind
from audit.search import Filter, codes_of, record_types
from privacy import guarded
from reports.models import Report
from watch.models import Summary

SYSTEM = "system"
MINUTE = timedelta(minutes=1)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
KINDS = {
    Kind.CHANGE: "Every change",
    Kind.READ: "Everything read",
    Kind.ACCESS: "Every sign-in, session and mail",
    Kind.REFUSAL: "Every refusal",
}


def what_choices() -> list[tuple[str, Any]]:
    """Anything, every event of a kind, or one event."""
    single = [(code, _in_words(code)) for code in EVENTS]
    kinds = [(kind.value, words) for kind, words in KINDS.items()]
    return [("", "Anything"), ("All of a kind", kinds), ("One kind of event", sorted(single, key=lambda one: one[1]))]


def _in_words(code: str) -> str:
    words = EVENTS[code].sentence.replace("{actor}", "").replace("{object}", "…").strip(" :")
    return words[0].upper() + words[1:]


class Moment(forms.DateTimeField):
    """A minute in UTC, chosen with the browser's own control."""

    def __init__(self, label: str) -> None:
        years = [
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC)),
        ]
        widget = forms.DateTimeInput({"type": "datetime-local", "class": "usa-input"}, "%Y-%m-%dT%H:%M")
        super().__init__(label=label, required=False, widget=widget, validators=years)
        self.error_messages["invalid"] = "Write the time as 2026-03-31 14:30."
        for year in years:
            year.message = "Choose a year from 2000 to 2199."

    def to_python(self, value: Any) -> datetime | None:
        """Read as UTC wherever the auditor sits: two auditors compare what they found."""
        with timezone.override(UTC):
            return super().to_python(value)


# Types of record, and ids of one of these types.
Record = tuple[tuple[str, ...], tuple[str, ...]]


class EventsForm(guarded.Form):
    """The filter of the log. What is typed may name a person, so it is posted and kept apart from the address."""

    optional_is_plain = True
    person = forms.CharField(label="Person (username)", max_length=60, required=False)
    record = forms.CharField(label="Record (number or code)", max_length=120, required=False)
    what = forms.ChoiceField(label="What happened", choices=what_choices, required=False)
    since = Moment("From (UTC)")
    until = Moment("To (UTC)")

    def clean_person(self) -> tuple[int | None, bool]:
        """Whose acts: an account, or the system itself."""
        name = self.cleaned_data["person"]
        if not name or name == SYSTEM:
            return None, bool(name)
        user = User.objects.filter(username__iexact=name).first()
        if user is None:
            raise ValidationError(f"Nobody has the username {name}. Write it in full, or “{SYSTEM}” for the system.")
        return user.pk, False

    def clean_record(self) -> Record:
        text = self.cleaned_data["record"]
        found = find_record(text) if text else ((), ())
        if found is None:
            raise ValidationError(
                f"No record is called {text}. Write a report number such as SIR-2026-MIA-000123, an office's code, "
                "or the record's type and number as the log shows them, such as user 12."
            )
        return found

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the beginning. Choose a later time.")

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, to be kept and asked again."""
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name)}

    @property
    def filter(self) -> Filter:
        """What the valid form asks for. The last minute is meant whole."""
        given = self.cleaned_data
        actor_id, by_system = given["person"]
        types, object_ids = given["record"]
        before = given["until"] + MINUTE if given["until"] else None
        return Filter(actor_id, by_system, types, object_ids, codes_of(given["what"]), given["since"], before)


def find_record(text: str) -> Record | None:
    """The types and the ids that a number, a code, a bare id or "user 12" stands for.

    A report's number is looked up whoever may read the report: the log itself names it to every auditor. What was
    done with its summary belongs to its story, so it is found with it.
    """
    if report := Report.objects.filter(number=text.upper()).values_list("pk", flat=True).first():
        summaries = Summary.objects.filter(report=report).values_list("pk", flat=True)
        return (Report.audit_type, Summary.audit_type), (str(report), *map(str, summaries))
    if office := Office.objects.filter(code=text.upper()).values_list("pk", flat=True).first():
        return (Office.audit_type,), (str(office),)
    for name in record_types():
        if text.lower().startswith(f"{name} "):
            return _of_type(name, text[len(name) :].strip().lower())
    return (record_types(), (text.lower(),)) if _is_uuid(text) else None


def _of_type(name: str, number: str) -> Record | None:
    """A record of one type has a number or a UUID; whatever else was typed may be a name, and names no record."""
    known = (number.isascii() and number.isdigit()) or _is_uuid(number)
    return ((name,), (number,)) if known else None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False

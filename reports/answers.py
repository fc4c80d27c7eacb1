"""Forms made from a kind's declaration, and a draft's answers read through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.http import QueryDict

from accounts.models import Office, User
from privacy import guarded
from privacy.overrides import SUFFIX
from reports import approval
from reports.content import Filled, answer_field, line_of, person_links
from reports.fields import ANumberField, CodeField, LinesField, PersonChoice
from reports.kinds import KINDS, Kind, Part, Rows, Section, Wrong, nothing_wrong
from reports.models import Draft, EventType, Person, Report
from reports.offers import offer
from reports.protection import may_enter
from sen.forms import CheckboxTiles, MomentField, formfield

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

Raw = dict[str, list[str]]


class AnswersForm(guarded.ModelForm):
    """The answers of one part. Its instance is never saved by it: filing builds and saves the whole report."""

    def __init__(self, answers: Answers, raw: MultiValueDict[str, str] | None, **kwargs: Any) -> None:
        super().__init__(raw, **kwargs)
        self.answers = answers
        self.links = person_links(cast(type[models.Model], type(self.instance)))
        for link in self.links:
            if link.name in self.fields:
                old = self.fields[link.name]
                self.fields[link.name] = PersonChoice(
                    answers.people, required=old.required, label=old.label, help_text=old.help_text
                )
        for name, field in self.fields.items():
            if isinstance(self.instance, Report):
                offer(name, field, answers)
            if isinstance(field, MomentField):
                field.widget = type(field.widget)(answers.zone)
                if isinstance(self.instance, Report) and not answers.kind.past:
                    field.widget.now = ""  # what lies ahead is not now

    def _get_validation_exclusions(self) -> set[str]:
        """People of the same draft are not in the database yet, so the database is not asked about them."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {link.name for link in self.links}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if isinstance(self.instance, Report):
            self.instance.before = self.answers.before  # type: ignore[misc]  # of this instance alone
            self.instance.asked_at = self.answers.now  # type: ignore[misc]
            if cleaned.get("event_at"):
                self.instance.event_zone = cleaned["event_at"].tzinfo.key
        return cleaned

    @property
    def missing(self) -> list[str]:
        """Answers that are needed and not given."""
        return [name for name, errors in self.errors.as_data().items() if all(e.code in MISSING for e in errors)]

    @property
    def wrong(self) -> list[str]:
        """Answers that are given and cannot be right."""
        return [name for name in self.errors if name not in self.missing]


MISSING = {"required", "incomplete_rows"}


def field_for(declared: Any, **kwargs: Any) -> forms.Field | None:
    """The form field of a model field; arrays are lines, but for event types, which are chosen."""
    if declared.name == "event_types":
        return forms.MultipleChoiceField(help_text=declared.help_text, widget=CheckboxTiles())
    if (base := getattr(declared, "base_field", None)) is not None and base.choices:
        return forms.MultipleChoiceField(
            label=declared.verbose_name.capitalize(),
            help_text=declared.help_text,
            required=not declared.blank,
            choices=base.choices,
            widget=CheckboxTiles(),
        )
    if base is not None:
        return LinesField(
            base_field=declared.base_field,
            size=declared.size,
            required=not declared.blank,
            label=declared.verbose_name.capitalize(),
            help_text=declared.help_text,
        )
    code = CODES.get(str(declared))
    return formfield(declared, **kwargs, **({"form_class": code} if code else {}))


# By the model's field, since another model may have a field of the same name.
CODES: dict[str, type[CodeField]] = {
    "reports.Report.place_country": CodeField,
    "reports.Person.citizenship": CodeField,
    "reports.Person.a_number": ANumberField,
    "reports.Related.number": CodeField,
}


@cache
def form_class(model: type[models.Model], fields: tuple[str, ...]) -> type[AnswersForm]:
    made: Any = forms.modelform_factory(model, form=AnswersForm, fields=list(fields), formfield_callback=field_for)
    return cast(type[AnswersForm], made)


@dataclass(frozen=True)
class Problem:
    """Something that stands between a draft and its filing."""

    part: Part
    key: str
    field: str
    label: str
    message: str


@dataclass
class RowAnswers:
    key: str
    form: AnswersForm

    @property
    def line(self) -> str:
        return line_of(self.form.instance)


class Answers:
    """A draft and its author, read through the declaration of its kind."""

    def __init__(self, draft: Draft, user: User, now: datetime | None = None) -> None:
        self.draft, self.user, self.now = draft, user, now
        self.kind: Kind = KINDS[draft.kind]
        self.event_types = list(EventType.objects.filter(kind=self.kind.code))
        self._offices: models.QuerySet[Office] | None = None
        self._people: dict[str, Person] | None = None
        self._sections: dict[str, AnswersForm] = {}
        self._rows: dict[str, list[RowAnswers]] = {}

    # -- What the forms offer
    @property
    def offices(self) -> models.QuerySet[Office]:
        """Active offices for which the author may file this kind; an amendment keeps the office that it has."""
        permission = self.kind.permission("file")
        rights = self.user.rights
        found = Office.objects.filter(active=True)
        if permission not in rights.everywhere:
            found = found.filter(pk__in=rights.offices.get(permission, ()))
        if self.draft.amends_id and self.draft.amends:
            found = found | Office.objects.filter(pk=self.draft.amends.office_id)
        return found

    @property
    def zone(self) -> str:
        return self.user.office.time_zone if self.user.office else "UTC"

    @property
    def chosen_types(self) -> list[str]:
        return self._typed("event_types")

    @property
    def title(self) -> str:
        """The title typed so far, by which the author knows the draft."""
        return " ".join(self._typed("title")).strip()

    def _typed(self, name: str) -> list[str]:
        section = self.kind.section_of(name)
        return list(self.draft.answers.get(section.name, {}).get(name, [])) if section else []

    @cached_property
    def before(self) -> Report | None:
        """The filed report that this draft amends, with the answers of its kind."""
        return self.draft.amends.typed if self.draft.amends else None

    def named(self, attribute: str) -> Any:
        """What the amended report has there already: it may stay, whatever else is offered."""
        return getattr(self.before, attribute, None)

    @property
    def asked(self) -> set[str]:
        """The lists of rows that the chosen event types ask for."""
        return {name for t in self.event_types if t.code in self.chosen_types for name in t.asks}

    @property
    def parts(self) -> list[Part]:
        """The parts to show: what the event types ask for, and what already holds rows."""
        return [part for part in self.enterable if self.shows(part)]

    @cached_property
    def enterable(self) -> list[Part]:
        """The parts that this person may fill in, whether or not the event types ask for them."""
        return [part for part in self.kind.entered if may_enter(part, self.draft.amends, self.user)]

    def shows(self, part: Part) -> bool:
        if part not in self.enterable:
            return False
        if isinstance(part, Section) or not part.asked_by_event:
            return True
        return part.name in self.asked or bool(self.stored_rows(part))

    @property
    def people(self) -> dict[str, Person]:
        """The people entered so far, by key, as unsaved instances."""
        if self._people is None:
            self._people = {}  # while it is being made, a person's own form offers nobody
            rows = [row for part in self.kind.rows if part.model is Person for row in self.rows(part)]
            self._people = {row.key: row.form.instance for row in rows if row.form.instance.last_name}
        return self._people

    # -- Forms
    def form(self, part: Section, raw: MultiValueDict[str, str] | None = None) -> AnswersForm:
        """The part's form: on what was posted, else on what the draft holds, else empty with what is usual."""
        stored = self.draft.answers.get(part.name)
        data = raw if raw is not None else (from_raw(stored) if stored is not None else None)
        return form_class(self.kind.model, part.fields)(self, data)

    def row_form(self, part: Rows, key: str, raw: MultiValueDict[str, str] | None = None) -> AnswersForm:
        stored = next((row["data"] for row in self.stored_rows(part) if row["key"] == key), None)
        data = raw if raw is not None else (from_raw(stored) if stored is not None else None)
        usual = {} if self.stored_rows(part) else dict(part.first)
        form = form_class(part.model, part.fields)(self, data, initial=usual)
        form.instance.pk = UUID(key)
        return form

    def stored_rows(self, part: Rows) -> list[dict[str, Any]]:
        return list(self.draft.answers.get(part.name, []))

    def rows(self, part: Rows) -> list[RowAnswers]:
        """Every row of a list, its form cleaned, so that each instance holds what is valid in it."""
        if part.name not in self._rows:
            self._rows[part.name] = [
                RowAnswers(stored["key"], self.row_form(part, stored["key"], from_raw(stored["data"])))
                for stored in self.stored_rows(part)
            ]
            for row in self._rows[part.name]:
                row.form.is_valid()
        return self._rows[part.name]

    # -- The whole
    def problems(self) -> list[Problem]:
        """All that is missing or wrong, in the order of the report."""
        found: list[Problem] = []
        for part in self.parts:
            if isinstance(part, Section):
                found += self._form_problems(part, "", self.as_filed(part))
            else:
                found += self._rows_problems(part)
        # What is said of an answer that has its own fault already would be said twice.
        said = {(problem.part.name, problem.key, problem.field) for problem in found if problem.field}
        return found + [one for one in self.problems_between() if (one.part.name, one.key, one.field) not in said]

    def problems_between(self) -> list[Problem]:
        """What is wrong between parts, each of which may be right by itself."""
        filled = self.fill()
        unseen = approval.out_of_reach(filled, self.before, self.user)
        return [self._problem(one) for one in (*self.kind.wrong(filled), *unseen)]

    def say_beside(self, form: AnswersForm, part: Part, key: str = "") -> AnswersForm:
        """Say what is wrong between parts beside the very answer too, where the form of its part asks for it."""
        if form.is_bound and (self.kind.wrong is not nothing_wrong or self._typed("restricted")):
            for problem in self.problems_between():
                is_here = (problem.part, problem.key) == (part, key)
                if is_here and problem.field in form.fields and problem.field not in form.errors:
                    form.add_error(problem.field, problem.message)
        return form

    def _problem(self, wrong: Wrong) -> Problem:
        part = self.kind.part(wrong.part)
        assert part  # noqa: S101 - a kind speaks of its own parts
        label = (
            answer_field(part.model if isinstance(part, Rows) else self.kind.model, wrong.field).verbose_name
            if wrong.field
            else part.title
        )
        return Problem(part, wrong.key, wrong.field, str(label).capitalize(), wrong.message)

    def as_filed(self, part: Section) -> AnswersForm:
        """The form as it would be filed: an untouched section stands with what it offers at first."""
        if part.name not in self._sections:
            stored = self.draft.answers.get(part.name)
            if stored is None:
                stored = to_raw(self.form(part))
            self._sections[part.name] = form_class(self.kind.model, part.fields)(self, from_raw(stored))
        return self._sections[part.name]

    def _form_problems(self, part: Part, key: str, form: AnswersForm) -> Iterable[Problem]:
        for name, messages in form.errors.items():
            label = str(form.fields[name].label) if name in form.fields else part.title
            for message in messages:
                yield Problem(part, key, name, label, str(message))

    def wanted(self, part: Rows) -> int:
        """How many rows of this list the report needs at least."""
        return part.minimum if part.name in self.asked or not part.asked_by_event else 0

    def _rows_problems(self, part: Rows) -> Iterable[Problem]:
        rows = self.rows(part)
        if len(rows) < self.wanted(part):
            instead = ", or change the event types" if part.asked_by_event else ""
            yield Problem(part, "", "", part.title, f"Add at least one {part.singular}{instead}.")
        for row in rows:
            yield from self._form_problems(part, row.key, row.form)

    def fill(self) -> Filled:
        """The report and rows that this draft would become, unsaved. Only what is valid in each is set."""
        report = self.kind.model(kind=self.kind.code)
        report.before = self.before  # type: ignore[misc]  # of this instance alone
        filled = Filled(self.kind, report)
        for section in (part for part in self.parts if isinstance(part, Section)):
            form = self.as_filed(section)
            form.is_valid()
            for name, value in form.cleaned_data.items():
                setattr(report, name, value)
            if "event_at" in section.fields:
                report.event_zone = form.instance.event_zone
        for part in self.kind.rows:
            if self.shows(part):
                filled.rows[part.name] = [row.form.instance for row in self.rows(part)]
        for position, row in enumerate(filled.every_row()):
            row.position = position
        return filled


# -- Answers as typed ----------------------------------------------------------------------------------------------
def posted(form: forms.BaseForm, data: QueryDict) -> Raw:
    """What was typed into this form's controls, with what was said of numbers in it, and nothing else."""
    names = set(form.fields)
    return {
        key: [value.replace("\x00", "") for value in data.getlist(key)]
        for key in data
        if key.removesuffix(SUFFIX) in names or (key.rpartition("_")[0] in names and key.rpartition("_")[2].isdigit())
    }


def from_raw(raw: Raw) -> QueryDict:
    data = QueryDict(mutable=True)
    for key, values in raw.items():
        data.setlist(key, values)
    return data


def to_raw(form: AnswersForm) -> Raw:
    """What the controls of an unbound form would post: how a filed report becomes a draft again."""
    raw: Raw = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if isinstance(widget, forms.MultiWidget):
            for position, piece in enumerate(widget.decompress(value) or ()):
                raw[f"{bound.html_name}_{position}"] = ["" if piece is None else str(piece)]
        elif isinstance(widget, forms.CheckboxInput):
            raw[bound.html_name] = ["on"] if value else []
        elif isinstance(value, list | tuple):
            raw[bound.html_name] = [str(piece) for piece in value]
        elif value is None and isinstance(bound.field, forms.MultipleChoiceField):
            raw[bound.html_name] = []  # nothing is ticked: one empty text would be a choice that there is not
        else:
            raw[bound.html_name] = ["" if value is None else str(value)]
    return guarded.vouched(raw)


def raw_of(filled: Filled, user: User, draft: Draft) -> dict[str, Any]:
    """A filed report as the answers of a draft, row keys and all."""
    answers = Answers(draft, user)
    answers._people = filled.people()
    found: dict[str, Any] = {}
    for section in (part for part in answers.parts if isinstance(part, Section)):
        initial = _local(filled.report, section.fields)
        form = form_class(filled.kind.model, section.fields)(answers, None, instance=filled.report, initial=initial)
        found[section.name] = to_raw(form)
    for part in filled.kind.rows:
        found[part.name] = [
            {"key": str(row.pk), "data": to_raw(form_class(part.model, part.fields)(answers, None, instance=row))}
            for row in filled.rows.get(part.name, [])
        ]
    return found


def _local(report: Report, names: Iterable[str]) -> dict[str, datetime]:
    """The moments among these answers, by the clocks of where it happened."""
    zone = ZoneInfo(report.event_zone or "UTC")
    moments = {name: getattr(report, name) for name in names}
    return {name: at.astimezone(zone) for name, at in moments.items() if isinstance(at, datetime)}

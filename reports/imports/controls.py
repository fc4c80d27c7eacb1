"""What the controls of a form would post for the values of a spreadsheet: days in parts, choices by their code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from reports.answers import Raw
from reports.fields import LinesField, PersonChoice
from reports.imports import moments
from reports.imports.sources import Source
from reports.imports.texts import Cells, plain
from sen.forms import DateField, MomentField

YES = {"yes", "y", "true", "t", "1", "1.0", "x", "on"}
NO = {"no", "n", "false", "f", "0", "0.0", "off"}
UNKNOWN = {"unknown", "u", "unk", "n/a", "not known"}


class Trouble(Exception):
    """A value that cannot become an answer. `reason` never quotes it, so that it can be counted and shown."""

    def __init__(self, reason: str, value: str) -> None:
        super().__init__(reason)
        self.reason, self.value = reason, value


@dataclass
class Given:
    """One line's values for one answer, at least one, with what else an answer may depend on."""

    values: list[str]
    source: Source
    cells: Cells
    zone: str
    # The key of the person that each id of the mapping means here.
    people: Mapping[str, str] = field(default_factory=dict)


class Control:
    """The control of one answer. `many` says that it takes several values."""

    many = False

    def __init__(self, name: str, declared: forms.Field) -> None:
        self.name, self.field = name, declared
        self.label = str(declared.label)
        self.longest: int | None = getattr(declared, "max_length", None)

    def raw(self, given: Given) -> Raw:
        return {self.name: [self.value(given.values[0], given)]}

    def value(self, said: str, given: Given) -> str:
        return said if isinstance(self.field.widget, forms.Textarea) else " ".join(said.split())

    def refusal(self, constant: str) -> str:
        """Why a fixed value can never be this answer, or nothing."""
        return ""

    @property
    def takes(self) -> str:
        """What it takes, in words, for the documentation."""
        return f"text, at most {self.longest:,} characters" if self.longest else "text"


class NumberControl(Control):
    """A number; signs of money and thousands fall away, and more decimals than are kept are rounded."""

    def value(self, said: str, given: Given) -> str:
        bare = said.replace("$", "").replace(",", "").replace(" ", "")
        try:
            number = Decimal(bare)
            if not number.is_finite():
                return said
            return f"{round(number, self.places):f}" if self.places or number == int(number) else bare
        except (InvalidOperation, OverflowError):
            return said

    @property
    def places(self) -> int:
        return int(getattr(self.field, "decimal_places", 0) or 0)

    @property
    def takes(self) -> str:
        return f"number, {self.places} decimals" if self.places else "whole number"


class LinesControl(Control):
    many = True

    def raw(self, given: Given) -> Raw:
        return {self.name: ["\n".join(" ".join(one.split()) for one in given.values)]}

    @property
    def takes(self) -> str:
        return "several texts"


class YesControl(Control):
    """A box to tick."""

    def raw(self, given: Given) -> Raw:
        said = given.values[0]
        if plain(said) not in YES | NO:
            raise Trouble(self.refusal(said), said)
        return {self.name: ["on"] if plain(said) in YES else []}

    def refusal(self, constant: str) -> str:
        return "" if plain(constant) in YES | NO else "this is neither yes nor no; add it to the map of the answer"

    @property
    def takes(self) -> str:
        return "yes or no"


class ChoiceControl(Control):
    """One or several of a list, by code or by label."""

    def __init__(self, name: str, declared: forms.Field) -> None:
        super().__init__(name, declared)
        self.many = isinstance(declared, forms.MultipleChoiceField)
        self.codes: list[str] = []
        self._known: dict[str, str] = {}
        for value, names in _choices(declared):
            self.codes.append(names[0])
            for one in names:
                self._known.setdefault(plain(one), value)
        for code, words in (("yes", YES), ("no", NO), ("unknown", UNKNOWN)):
            if set(self.codes) == {"yes", "no", "unknown"}:
                self._known |= dict.fromkeys(words, code)

    def raw(self, given: Given) -> Raw:
        return {self.name: list(dict.fromkeys(self.value(one, given) for one in given.values))}

    def value(self, said: str, given: Given) -> str:
        found = self._known.get(plain(said))
        if found is None:
            raise Trouble("this is none of the choices; add it to the map of the answer", said)
        return found

    def refusal(self, constant: str) -> str:
        return "" if plain(constant) in self._known else "is none of the choices"

    @property
    def takes(self) -> str:
        return ("any of: " if self.many else "one of: ") + ", ".join(self.codes)


class PersonControl(Control):
    """A person of the same report, by the id that the mapping gives."""

    def raw(self, given: Given) -> Raw:
        key = given.people.get(given.values[0])
        return {self.name: [key] if key else []}

    @property
    def takes(self) -> str:
        return "the id of a person of the mapping"


class DayControl(Control):
    """A day in its three parts."""

    def raw(self, given: Given) -> Raw:
        return self._parts(self._moment(given))

    def _moment(self, given: Given) -> moments.Moment:
        said = given.values[0]
        found = moments.moment(said, given.source.dates, given.zone)
        if found is None:
            raise Trouble("this is not read as a date; name its notation in dates", said)
        return found

    def _parts(self, at: moments.Moment) -> Raw:
        return {
            f"{self.name}_{place}": [str(part)] for place, part in enumerate((at.day.month, at.day.day, at.day.year))
        }

    @property
    def takes(self) -> str:
        return "date"


class MomentControl(DayControl):
    """A day, a time and the zone in which both are told."""

    def raw(self, given: Given) -> Raw:
        at = self._moment(given)
        minutes = self._minutes(at, given)
        exact = self._parts(at if minutes is None else at.at(minutes))
        if minutes is not None:
            minutes %= moments.WHOLE_DAY
            exact[f"{self.name}_3"] = [f"{minutes // 60:02}:{minutes % 60:02}"]
        return exact | {f"{self.name}_4": [given.zone]} | self._day_only(at, given)

    def _minutes(self, at: moments.Moment, given: Given) -> int | None:
        said = given.source.time.filled(given.cells) if given.source.time else ""
        if said and not at.fixed:
            found = moments.clock(said)
            if found is None:
                raise Trouble("this is not read as a time of day", said)
            return found
        if at.minutes is None and given.source.no_time:
            return moments.clock(given.source.no_time)
        return at.minutes

    def _day_only(self, at: moments.Moment, given: Given) -> Raw:
        """A time that the mapping has put in is not exact, and the report says so where it can."""
        told = given.source.time.filled(given.cells) if given.source.time else ""
        if at.minutes is not None or told:
            return {}
        return {f"{self.name.removesuffix('_at')}_precision": ["day"]}

    @property
    def takes(self) -> str:
        return "date and time"


CONTROLS: tuple[tuple[type[forms.Field], type[Control]], ...] = (
    (PersonChoice, PersonControl),
    (MomentField, MomentControl),
    (DateField, DayControl),
    (LinesField, LinesControl),
    (forms.ChoiceField, ChoiceControl),
    (forms.ModelChoiceField, ChoiceControl),
    (forms.BooleanField, YesControl),
    (forms.IntegerField, NumberControl),
    (forms.DecimalField, NumberControl),
)


def control(name: str, declared: forms.Field) -> Control:
    suited = next((suited for kind, suited in CONTROLS if isinstance(declared, kind)), Control)
    return suited(name, declared)


def _choices(declared: Any) -> Iterable[tuple[str, list[str]]]:
    """Each choice: what is posted, and the names by which a spreadsheet may call it, its code first."""
    if isinstance(declared, forms.ModelChoiceField):
        for row in declared.queryset or ():
            names = [str(getattr(row, name)) for name in ("code", "username", "name") if hasattr(row, name)]
            yield str(row.pk), [*names, str(declared.label_from_instance(row))]
        return
    for value, label in declared.choices:
        if value not in ("", None):
            yield str(value), [str(value), str(label)]

"""The forms that every form of ours is made from: what a person types is looked at for SSNs beside its own field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms

from privacy import guard, overrides
from sen.forms import SenBoundField

if TYPE_CHECKING:
    from django.forms import BaseForm

    _ModelForm = forms.ModelForm[Any]
else:
    BaseForm, _ModelForm = object, forms.ModelForm

# What stands around a number where it is shown, so that one knows which is meant.
AROUND = 30
MOST_SHOWN = 3


@dataclass(frozen=True)
class Excerpt:
    """A number where it stands: a few words before it, the number, a few behind."""

    before: str
    number: str
    after: str


@dataclass(frozen=True)
class Asked:
    """What stands beneath an answer that holds a number: the number marked, and the box that says why it may stay.

    `sure` is false for nine digits that could be one: then there is a hint and no box.
    """

    name: str
    sure: bool
    excerpts: list[Excerpt]
    reason: str = ""
    numbers: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def short(self) -> str:
        """What the number looks like: an area of 900 and above is a taxpayer's."""
        return "ITIN" if all(number.startswith("9") for number in self.numbers) else "SSN"

    @property
    def what(self) -> str:
        return "an individual taxpayer number (ITIN)" if self.short == "ITIN" else "a Social Security number"

    @property
    def wrong(self) -> str:
        """What is wrong with the answer as it stands; "" where nothing is, or where one was told why it is no SSN."""
        if not self.sure:
            return ""
        if self.reason:
            return overrides.wrong_with(self.reason)
        return f"This looks like {self.what}. Take it out, or say below why it is not one."


def asked(name: str, texts: list[str], reason: str = "") -> Asked | None:
    """What is to be asked about these texts of the answer `name`; None where they hold no such number."""
    found = [(text, one) for text in texts for one in guard.findings(text, label=name)]
    if sure := [pair for pair in found if pair[1].sure]:
        found = sure
    if not found:
        return None
    excerpts = [_excerpt(text, one) for text, one in found[:MOST_SHOWN]]
    numbers = frozenset(overrides.digits(text[one.start : one.end]) for text, one in found)
    return Asked(name + overrides.SUFFIX, bool(sure), excerpts, reason, numbers)


def _excerpt(text: str, found: guard.Finding) -> Excerpt:
    start, end = max(found.start - AROUND, 0), found.end + AROUND
    before, after = text[start : found.start], text[found.end : end]
    return Excerpt(("…" if start else "") + before, text[found.start : found.end], after + ("…" if text[end:] else ""))


class GuardedField(SenBoundField):
    """A field on its form that knows what was found in its answer."""

    @property
    def not_ssn(self) -> Asked | None:
        form: Any = self.form
        found: Asked | None = form.looked().get(self.name)
        return found


class Guarded(BaseForm):
    """Looks at every text that was typed into the form, as it was typed, whatever becomes of it."""

    bound_field_class = GuardedField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked: dict[str, Asked] = {}

    def looked(self) -> dict[str, Asked]:
        """What was found, by the name of the field; nothing in a form that nobody has filled in."""
        self.is_valid()
        return self._asked

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.fields:
            self._guard(name)

    def _guard(self, name: str) -> None:
        bound = self[name]
        found = asked(bound.html_name, list(_texts(bound)), self._reason(bound.html_name))
        if found is None:
            return
        self._asked[name] = found
        if found.wrong:
            self.add_error(name, forms.ValidationError(found.wrong, code="ssn"))
        elif found.sure:
            overrides.allow(found.numbers)
        else:
            overrides.doubt(bound.html_name, str(bound.label))

    def _reason(self, name: str) -> str:
        return str(self.data.get(name + overrides.SUFFIX, "") or "").strip()


def _texts(bound: forms.BoundField) -> Iterator[str]:
    """What was typed into a field's controls, and the names of files; a password is nobody's business."""
    if bound.field.disabled or isinstance(bound.field.widget, forms.PasswordInput):
        return
    value = getattr(bound.data, "name", bound.data)
    for _, text in overrides.texts_in(value):
        yield text.replace("\x00", "")


class Form(Guarded, forms.Form):
    """A form of ours."""


class ModelForm(Guarded, _ModelForm):
    """A form of ours that is made from a model."""


# -- Answers as typed, before they are a form --------------------------------------------------------------------------
Typed = dict[str, list[str]]
STANDS_FILED = "It stands so in a report that is filed."


def storable(raw: Mapping[str, list[str]]) -> tuple[Typed, list[str]]:
    """Typed answers as they may be stored: eight bullets for every number that nobody has said is none.

    Gives them with the names of those that were changed. What was said of a number that is no longer there is dropped.
    """
    kept: Typed = {}
    masked = []
    for name, values in _answers(raw):
        reason = " ".join(raw.get(name + overrides.SUFFIX, [])).strip()
        found = asked(name, values, reason)
        kept[name] = values
        if found and found.wrong:
            kept[name] = [guard.mask(value, label=name)[0] for value in values]
            masked.append(name)
        elif found and found.sure:
            kept[name + overrides.SUFFIX] = [reason]
            overrides.allow(found.numbers)
    return kept, masked


def vouched(raw: Mapping[str, list[str]]) -> Typed:
    """Answers read from what is filed already: whoever filed it was asked, so nobody is asked again."""
    kept = dict(raw)
    for name, values in _answers(raw):
        found = asked(name, values)
        if found and found.sure:
            kept[name + overrides.SUFFIX] = [STANDS_FILED]
            overrides.allow(found.numbers)
    return kept


def _answers(raw: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    return [(name, values) for name, values in raw.items() if not name.endswith(overrides.SUFFIX)]

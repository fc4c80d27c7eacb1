"""How long screens of a draft are laid out: which answers wait under "More", so that the quick report is quick."""

from __future__ import annotations

from dataclasses import dataclass

from reports.answers import AnswersForm
from reports.finding.alike import answers_that_name
from reports.kinds import Part
from sen.forms import SenBoundField

# None of these may be an answer that is needed. What matters for safety, such as a caution, is never here.
LATER: dict[str, tuple[str, tuple[str, ...]]] = {
    "where": ("facility, coordinates", ("place_facility", "place_latitude", "place_longitude")),
    "when": ("planned time", ("planned_start", "planned_end")),
    "people": (
        "middle name, aliases, age, description, phones, addresses",
        (
            "middle_name",
            "suffix",
            "aliases",
            "age_from",
            "age_to",
            "description",
            "phones",
            "emails",
            "addresses",
            "handles",
        ),
    ),
    "seizures": (
        "serial numbers, whose it was, disposition",
        ("serial_numbers", "possessor", "owner", "disposition"),
    ),
    "assaults": ("circumstance, injury, treatment", ("circumstance", "injury", "treatment")),
}


@dataclass(frozen=True)
class Layout:
    """The fields of one screen: those shown at once, and those under "More", which stands open when any is in use.

    What is typed into those `known` is looked for in earlier reports.
    """

    first: list[SenBoundField]
    later: list[SenBoundField]
    summary: str
    is_open: bool
    known: frozenset[str] = frozenset()


def lay_out(part: Part, form: AnswersForm) -> Layout:
    summary, waiting = LATER.get(part.name, ("", ()))
    # What one kind can do without another may need.
    wait = [name for name, field in form.fields.items() if name in waiting and not field.required]
    later = [_bound(form, name) for name in wait]
    in_use = any(field.errors or _typed(field) for field in later)
    known = answers_that_name(type(form.instance))
    return Layout([_bound(form, name) for name in form.fields if name not in wait], later, summary, in_use, known)


def _bound(form: AnswersForm, name: str) -> SenBoundField:
    field = form[name]
    assert isinstance(field, SenBoundField)  # noqa: S101 - our renderer makes no other
    return field


def _typed(field: SenBoundField) -> bool:
    """Whether anything was typed; the zone of a moment, its fifth piece, is always chosen."""
    value = field.value()
    return any(value[:4]) if isinstance(value, list | tuple) else bool(value)

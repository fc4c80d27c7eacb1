"""The answers of every kind of report, as a mapping names them: the table of docs/import-answers.md."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from accounts.models import Office, User
from reports.answers import form_class
from reports.imports.controls import control
from reports.kinds import KINDS, Kind, Part, Rows
from reports.models import Person

INTRODUCTION = """\
# The answers that an import can give

Every answer of every kind by the name that a mapping uses; how a mapping uses it is told in
[import-reports.md](import-reports.md). Written by `manage.py write_docs`; a test compares it with the code.
Answers in **bold** are needed to file; the office and the programme are the user's own unless the mapping gives others.
Event types are those that the installation has: a mapping that names another one is refused with the list of them.
"""
ROWS_OF = {
    Person: "the `id` of a person of the mapping",
    Office: "code or name of an office for which the user may file",
    User: "username or name of a person",
}


def written() -> str:
    """The document: one table a kind, one list of rows a heading."""
    # By code: the order of the registry is that in which modules happened to be imported.
    return "\n".join([INTRODUCTION, *(of_kind(kind) for kind in sorted(KINDS, key=lambda kind: kind.code))])


def of_kind(kind: Kind) -> str:
    said = [f"## {kind.label} (`--kind {kind.code.upper()}`)", ""]
    sections = [part for part in kind.entered if not isinstance(part, Rows)]
    said += ["### [answers]", "", *_table(kind, sections)]
    for part in kind.entered:
        if isinstance(part, Rows):
            said += [f"### [[{part.name}]]: {part.title.lower()}", "", *_table(kind, [part])]
    return "\n".join(said)


def _table(kind: Kind, parts: Iterable[Part]) -> list[str]:
    said = ["| answer | what it is | takes |", "|---|---|---|"]
    for part in parts:
        model = part.model if isinstance(part, Rows) else kind.model
        fields: dict[str, forms.Field] = form_class(model, part.fields).base_fields
        said += [_line(kind, part, name, declared) for name, declared in fields.items()]
    return [*said, ""]


def _line(kind: Kind, part: Part, name: str, declared: forms.Field) -> str:
    offered = declared.initial or name in {"office", "programme"}
    needed = (declared.required and not offered) or (name in kind.needs and not isinstance(part, Rows))
    return f"| {f'**{name}**' if needed else name} | {_label(kind, part, name, declared)} | {_takes(name, declared)} |"


def _label(kind: Kind, part: Part, name: str, declared: forms.Field) -> str:
    if name == "event_types":
        return kind.types
    label, _ = kind.words.get(name, ("", "")) if not isinstance(part, Rows) else ("", "")
    return label[:1].upper() + label[1:] or str(declared.label)


def _takes(name: str, declared: forms.Field) -> str:
    if isinstance(declared, forms.ModelChoiceField):
        model = declared.queryset.model if declared.queryset is not None else None
        return ROWS_OF.get(model, "its code or name") if model else "its code or name"
    if name == "event_types":
        return "any of the event types"
    return control(name, declared).takes

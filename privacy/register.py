"""The data-element register: every field of every model of ours and whether it holds personal data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models

from privacy.fields import Personal

# Fields that come with a base class of a framework, which cannot say it themselves.
OF_FRAMEWORKS = {
    "password": Personal.NO,  # a salted hash
    "last_login": Personal.YES,
    "is_superuser": Personal.NO,
    "groups": Personal.NO,
    "user_permissions": Personal.NO,
    "permission": Personal.NO,
    "user": Personal.YES,
}


@dataclass(frozen=True)
class Element:
    """One column; `personal` is None for a field that does not say."""

    model: type[models.Model]
    field: Any
    personal: Personal | None


def our_apps() -> list[AppConfig]:
    """The apps of this repository, by name."""
    return sorted((app for app in apps.get_app_configs() if _is_here(Path(app.path))), key=lambda app: app.name)


@cache
def _is_here(folder: Path) -> bool:
    """In this repository, but not among the installed packages that may lie within it."""
    return Path(settings.BASE_DIR) in folder.parents and "site-packages" not in folder.parts


def our_models() -> list[type[models.Model]]:
    return [model for app in our_apps() for model in app.get_models()]


def elements(among: list[type[models.Model]] | None = None) -> Iterator[Element]:
    """Every field of its own that each model has, in the order of its declaration."""
    for model in among or our_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            yield Element(model, field, classification(field))


def classification(field: Any) -> Personal | None:
    said: Personal | None = getattr(field, "personal", None)
    return said or (OF_FRAMEWORKS.get(field.name) if _is_of_a_framework(field) else None)


def _is_of_a_framework(field: Any) -> bool:
    ours = {app.name.partition(".")[0] for app in our_apps()}
    bases = (base for base in field.model.__mro__ if base.__module__.partition(".")[0] not in ours)
    return any(
        own.name == field.name
        for base in bases
        if hasattr(base, "_meta")
        for own in [*base._meta.local_fields, *base._meta.local_many_to_many]
    )


def written() -> str:
    """The register as a document."""
    parts = [
        "# Data elements",
        "Every column of the application and whether it holds personal data, as its declaration says. "
        "Written by `manage.py write_docs`; a test compares it with the code.",
    ]
    return "\n\n".join(parts + [_of(model) for model in our_models()]) + "\n"


def _of(model: type[models.Model]) -> str:
    says = (model.__doc__ or "").strip().splitlines()[0]
    head = [
        f"## {model._meta.label}",
        "",
        says,
        "",
        "| field | what it is | type | personal data |",
        "|---|---|---|---|",
    ]
    return "\n".join(head + [_line(element) for element in elements([model])])


def _line(element: Element) -> str:
    field = element.field
    kind = type(field).__name__.removesuffix("Field")
    personal = "yes" if element.personal is Personal.YES else "no"
    return f"| {field.name} | {field.verbose_name} | {kind} | {personal} |"

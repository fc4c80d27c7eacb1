"""The reference data that administrators edit: each kind is registered once and gets its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auditlog.registry import auditlog
from django.db import models
from django.forms import ModelForm

from accounts import actions
from accounts.forms import OfficeForm
from accounts.marks import Started
from accounts.models import Office, User

Save = Callable[[Any, User, Started | None], models.Model]


def _save(form: Any, by: User, started: Started | None) -> models.Model:
    return actions.save_reference(form.instance, by=by, started=started)


@dataclass(frozen=True)
class Reference:
    """One kind of reference data: its rows, the form that edits one, the fields shown in its list."""

    model: type[models.Model]
    form: type[ModelForm[Any]]
    slug: str
    label: str
    columns: tuple[str, ...]
    save: Save = _save

    def heads(self) -> list[str]:
        """The columns' names as people read them."""
        return [str(self.model._meta.get_field(name).verbose_name).capitalize() for name in self.columns]  # type: ignore[union-attr]

    def cells(self, row: models.Model) -> list[str]:
        return [_shown(row, name) for name in self.columns]

    def rows(self) -> models.QuerySet[Any]:
        joined = [name for name in self.columns if self.model._meta.get_field(name).many_to_one]
        rows = self.model._default_manager.select_related(*joined) if joined else self.model._default_manager.all()
        return rows if rows.ordered else rows.order_by("pk")


KINDS: dict[str, Reference] = {}


def register(
    *,
    model: type[models.Model],
    form: type[ModelForm[Any]],
    slug: str,
    label: str,
    columns: tuple[str, ...],
    save: Save = _save,
) -> None:
    """Give `model` its pages under /reference/<slug>/ and its history. `save(form, by, started)` writes it."""
    KINDS[slug] = Reference(model, form, slug, label, columns, save)
    if not auditlog.contains(model):
        auditlog.register(model)


def _shown(row: models.Model, name: str) -> str:
    words = getattr(row, f"get_{name}_display", None)
    value = words() if words else getattr(row, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(value)


def _save_office(form: Any, by: User, started: Started | None) -> Office:
    """An office is written by its own actions: a move takes along what is below it."""
    values = form.cleaned_data
    if form.instance.pk:
        return actions.change_office(Office(pk=form.instance.pk), by=by, started=started, **values)
    return actions.add_office(by=by, **values)


def register_offices() -> None:
    register(
        model=Office,
        form=OfficeForm,
        slug="offices",
        label="Offices",
        columns=("code", "name", "kind", "programme", "parent", "time_zone", "active"),
        save=_save_office,
    )

"""No form and no column of text escapes the SSN guard: a new one is guarded without anybody remembering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.contrib.postgres import fields as postgres
from django.db import connection, models, transaction
from django.test.utils import isolate_apps

from ileads.sealed import SealedField
from privacy import fields, guarded, overrides, register
from tests import house
from tests.privacy.made import ssn

# A salted hash, of a class of Django's own.
OF_FRAMEWORKS = {"accounts.User.password"}
# Whatever is not guarded, for the reason that stands at its declaration.
UNGUARDED = {
    "audit.Seal.key",
    "audit.Checkpoint.key",
    "audit.Checkpoint.place",
    "audit.Unusual.object_type",
    "audit.Unusual.object_id",
    "audit.Unusual.object_label",
    "audit.Unusual.said",
    "accounts.SignInAttempt.username_hash",
    "accounts.SignInAttempt.device",
    "accounts.OpenSession.key",
    "accounts.AccessList.checksum",
    "accounts.Identity.subject",
    "accounts.Identity.issuer",
    "accounts.RecoveryCode.code_hash",
    "reports.HistoricalReport.checksum",
    "reports.LegacySource.checksum",
    "reports.Submission.body_hash",
    "reports.Revision.content",
    "reports.Match.reasons",
    "reports.EarlierSettlement.note",
    "reports.Attachment.sha256",
    "reports.SearchDocument.text",
    "reports.SearchIdentifier.value",
    "reports.SearchName.keys",
    "reports.SearchName.name",
    "reports.SearchWord.keys",
    "reports.SearchWord.word",
    "reports.PlannedPlace.address_key",
    "reports.PlannedTarget.key",
    "watch.SummaryVersion.text",
}
TEXT = (models.CharField, models.TextField, models.JSONField, postgres.ArrayField)


def texts(among: list[type[models.Model]] | None = None) -> Iterator[tuple[str, Any]]:
    """Every column of text, by its full name."""
    for element in register.elements(among):
        if isinstance(element.field, TEXT):
            yield f"{element.model._meta.label}.{element.field.name}", element.field


# -- Forms ----------------------------------------------------------------------------------------------------------
def forms_of_ours() -> Iterator[type[forms.BaseForm]]:
    """Every form class of our apps; to look at the addresses imports each module that has one."""
    list(house.views())
    yield from (form for form in below(forms.BaseForm) if form.__module__.partition(".")[0] in house.packages())


def below(form: type[Any]) -> Iterator[type[Any]]:
    for inner in form.__subclasses__():
        yield inner
        yield from below(inner)


def test_every_form_of_ours_looks_for_ssns() -> None:
    found = set(forms_of_ours())
    assert len(found) > 20
    assert {form for form in found if not issubclass(form, guarded.Guarded)} == set()


def test_a_form_on_another_base_is_seen() -> None:
    stray = type("Stray", (forms.Form,), {"__module__": "reports.stray", "note": forms.CharField()})
    assert stray in set(forms_of_ours())
    assert not issubclass(stray, guarded.Guarded)


# -- Columns --------------------------------------------------------------------------------------------------------
def test_every_column_of_text_is_guarded_or_listed_with_its_reason() -> None:
    every = dict(texts())
    plain = {name for name, field in every.items() if not isinstance(field, fields.Guarded)}
    assert plain == OF_FRAMEWORKS
    assert {name for name, field in every.items() if getattr(field, "unguarded", "")} == UNGUARDED
    assert len(every) - len(plain) - len(UNGUARDED) > 150


def test_a_plain_column_of_text_is_seen() -> None:
    assert not isinstance(models.TextField(), fields.Guarded)


def text_for(field: Any) -> Any:
    """A value of this column that holds a number, however deep."""
    said = f"SSN {ssn()}"
    if isinstance(field, models.JSONField):
        return {"rows": [{"note": said}]}
    return [said] if isinstance(field, postgres.ArrayField) else said


def writes(field: Any) -> dict[str, Callable[[], Any]]:
    """Each way in which a program writes a column. `raw` leaves out what a model does around its own saving."""
    model, value = field.model, text_for(field)
    rows = model._base_manager
    row = model(**{field.attname: value})
    stored = model(**{field.attname: value, model._meta.pk.attname: key_of(model._meta.pk)})
    stored._state.adding = False
    ways: dict[str, Callable[[], Any]] = {"update": lambda: rows.update(**{field.name: value})}
    if not field.primary_key:
        # What `save` comes down to, without what the history of a model would ask of a whole row first.
        ways["save"] = lambda: rows.filter(pk=stored.pk)._update([(field, None, value)])
        ways["bulk_update"] = lambda: rows.bulk_update([stored], [field.name])
    if not any(isinstance(one, SealedField) for one in model._meta.local_fields):  # which refuses to be made up first
        ways["insert"] = lambda: row.save_base(raw=True, force_insert=True)
        if not model._meta.parents:
            ways["bulk_create"] = lambda: rows.bulk_create([row])
    return ways


def key_of(field: Any) -> Any:
    """A key that a row of this model could have."""
    while field.remote_field:
        field = field.target_field
    if isinstance(field, models.DateField):
        return date(2026, 11, 22)
    return uuid4() if isinstance(field, models.UUIDField) else 1


def escapes(among: list[type[models.Model]] | None = None) -> list[str]:
    """Each way of writing a guarded column that takes a number."""
    found = []
    for name, field in texts(among):
        if not getattr(field, "unguarded", "") and name not in OF_FRAMEWORKS:
            found += [f"{name} by {way}" for way, write in writes(field).items() if not refuses(write)]
    return found


def refuses(write: Callable[[], Any]) -> bool:
    """The guard speaks before the database is asked, so rows need not be whole for this."""
    try:
        with transaction.atomic():
            write()
    except fields.SsnFound as found:
        return ssn() not in str(found)
    except Exception:
        return False
    return False


@pytest.mark.django_db
def test_no_guarded_column_takes_a_number_by_any_way_of_writing() -> None:
    assert escapes() == []


@pytest.mark.django_db
def test_a_column_that_takes_one_is_seen(monkeypatch: Any) -> None:
    monkeypatch.setattr(fields.Guarded, "get_db_prep_save", models.Field.get_db_prep_save)
    assert escapes([next(model for model in register.our_models() if model.__name__ == "Related")]) != []


@pytest.mark.django_db
@isolate_apps("sen")
def test_a_new_column_is_guarded_without_further_ado() -> None:
    class Note(models.Model):
        id = fields.UUIDField(personal=fields.Personal.NO, primary_key=True, default=uuid4)
        why = fields.TextField(personal=fields.Personal.YES)

        class Meta:
            app_label = "sen"
            db_table = "reports_related"  # so that it need not be made

        def __str__(self) -> str:
            return "note"

    assert escapes([Note]) == []


@pytest.mark.django_db
def test_a_number_that_was_let_through_is_taken() -> None:
    field = next(field for name, field in texts() if name == "reports.Related.why")
    with overrides.unit_of_work():
        overrides.allow(overrides.numbers_in(ssn(separator=" ")))
        field.get_db_prep_save(f"Not one: {ssn()}", connection)
        with pytest.raises(fields.SsnFound):
            field.get_db_prep_save(f"But this: {ssn(5)}", connection)
    with pytest.raises(fields.SsnFound):
        field.get_db_prep_save(f"Later: {ssn()}", connection)

"""Making the tables of rows hold what a report says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models

from accounts.access import Refused
from reports.content import Filled
from reports.kinds import Rows
from reports.models import Person, Report, Row


def save_rows(filled: Filled) -> None:
    """Make the tables hold exactly these rows."""
    old = {
        part.name: set(part.model._default_manager.filter(report_id=filled.report.pk).values_list("pk", flat=True))
        for part in filled.kind.rows
    }
    for part in reversed(_people_first(filled)):
        gone = old[part.name] - {row.id for row in filled.rows.get(part.name, [])}
        if gone:
            part.model._default_manager.filter(report_id=filled.report.pk, pk__in=gone).delete()
    for part in _people_first(filled):
        for row in filled.rows.get(part.name, []):
            _attach(row, filled.report)
            # Only a row of this very report may be updated, whatever key a page has sent.
            with _keys_of_its_own(part):
                row.save(force_insert=row.id not in old[part.name], force_update=row.id in old[part.name])


def insert_rows(filled: Filled) -> None:
    """Save the rows of a new report, one statement a list."""
    for part in _people_first(filled):
        for row in filled.rows.get(part.name, []):
            _attach(row, filled.report)
        with _keys_of_its_own(part):
            part.model._default_manager.bulk_create(filled.rows.get(part.name, []))


@contextmanager
def _keys_of_its_own(part: Rows) -> Iterator[None]:
    """Refuse a row whose key another report has. The key came from a page; when it was typed nobody had it yet."""
    try:
        yield
    except IntegrityError as error:
        broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if not broken.endswith("_pkey"):
            raise
        said = f"This draft holds a row that another report already has ({part.title.lower()})."
        raise Refused(f"{said} Remove it from the list and add it anew.") from error


def _people_first(filled: Filled) -> list[Rows]:
    """The lists of rows, people first, since the others point at them."""
    return sorted(filled.kind.rows, key=lambda part: part.model is not Person)


def _attach(row: Row, report: Report) -> None:
    """Put a row under its report, and copy the keys of people that were unsaved when they were linked."""
    row.report_id = report.pk
    for declared in row._meta.concrete_fields:
        if isinstance(declared, models.ForeignKey) and declared.related_model is Person:
            person = getattr(row, declared.name)
            setattr(row, declared.attname, person.pk if person else None)

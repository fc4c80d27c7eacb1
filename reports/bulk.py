"""Writing many rows at once, by COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import connection, models

from privacy.fields import Guarded
from reports.models import Person


def copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Append rows to one table by COPY: only the model's own columns, keys that the database gives left out."""
    if not rows:
        return
    fields = [f for f in model._meta.local_concrete_fields if not isinstance(f, models.AutoField)]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    guarded = [f for f in fields if isinstance(f, Guarded)]
    names = [(f.attname, isinstance(f, models.JSONField)) for f in fields]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as stream,
    ):
        for row in rows:
            for field in guarded:  # COPY asks no field what it takes
                field.refuse(getattr(row, field.attname))
            values = [(getattr(row, name), is_json) for name, is_json in names]
            stream.write_row([json.dumps(value) if is_json else value for value, is_json in values])


def people_first(models_of_rows: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Each table once, people before what points at them."""
    return sorted(dict.fromkeys(models_of_rows), key=lambda model: model is not Person)

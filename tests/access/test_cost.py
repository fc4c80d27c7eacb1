"""What access costs on a page of reports: as many statements for many rows, offices and people as for few.

The short form of `make bench-access`.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import User
from audit.log import Subject, record
from bench import access
from bench.queue import reader
from reports.models import Report
from tests.access.explained import insert
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db


def more_reports(model: Report, wanted: int) -> None:
    """Copies of a report that was really filed, under numbers of their own."""
    values = {field.name: getattr(model, field.name) for field in Report._meta.concrete_fields}
    keys = [uuid4() for _ in range(wanted)]
    copies = [Report(**values | {"id": key, "number": f"SIR-{key.hex[:20]}"}) for key in keys]
    with transaction.atomic():
        record("report.batch_filed", by=None, on=Subject("report"), batch=map(str, keys))
        insert(model, copies)


def test_the_statements_are_as_many_at_every_size(agent: Any) -> None:
    model, few = file_sir(agent), reader(1)
    least = access.statements(few)
    more_reports(model, 60)
    access.people(400)
    many = reader(40)
    assert User.objects.count() >= 400
    assert access.statements(few) == access.statements(many) == least
    assert len(many.rights.offices["read_sir"]) >= 40


def test_a_statement_for_each_row_is_seen(agent: Any, monkeypatch: Any) -> None:
    """The control: somebody's rights asked for each row of the queue."""
    from watch import queue

    model, few = file_sir(agent), reader(1)
    drawn = queue.Rows.__init__

    def asks(rows: Any, user: User, *given: Any, **more: Any) -> None:
        drawn(rows, user, *given, **more)
        for report in Report.objects.all():
            assert Report.objects.visible_to(user).filter(pk=report.pk).exists() in (True, False)

    monkeypatch.setattr(queue.Rows, "__init__", asks)
    least = access.statements(few)
    more_reports(model, 10)
    assert access.statements(few) != least


def test_the_rows_beside_the_limit_are_the_same(agent: Any) -> None:
    file_sir(agent)
    user = reader(3)
    assert access.rows_by_access(user, 10)() == access.rows_bare(user, 10)() != []

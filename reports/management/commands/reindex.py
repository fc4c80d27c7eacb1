"""`manage.py reindex`: write anew what every report is found by; safe to repeat, and while the site is in use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from reports.content import event_labels
from reports.finding import documents
from reports.models import Report

BATCH = 100


class Command(BaseCommand):
    help = "Write anew the words, names and identifiers by which reports are found, and forget words of no name."

    def handle(self, *args: Any, **options: Any) -> None:
        labels, done = event_labels(), 0
        keys = list(Report.objects.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(keys), BATCH):
            with transaction.atomic():
                reports = Report.objects.select_for_update(no_key=True).filter(pk__in=keys[first : first + BATCH])
                documents.reindex(reports.order_by("pk"), labels)
            done += len(keys[first : first + BATCH])
            self.stdout.write(f"{done:,} of {len(keys):,}")
        self._forget()

    def _forget(self) -> None:
        """Leave out the words that no name holds any more."""
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
            self.stdout.write(f"{cursor.rowcount:,} words of no name are forgotten.")


# A word is a key of every name that holds it.
FORGET = """
DELETE FROM reports_searchword w WHERE NOT EXISTS (
    SELECT 1 FROM reports_searchname n WHERE n.keys @> w.keys
)
"""

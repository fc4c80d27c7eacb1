"""Adds the reference data that every installation needs: headquarters, the JIOC, event types, routing."""

from typing import Any

from django.core.management.base import BaseCommand

from reports import defaults


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        defaults.load()
        self.stdout.write("Reference data is in place.")

"""`manage.py write_docs`: write the documents that come from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from sen import documents


class Command(BaseCommand):
    help = "Write the documents that come from the code: see sen/documents.py."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        changed = documents.write_all()
        self.stdout.write(f"Written: {', '.join(changed)}." if changed else "Everything is up to date.")

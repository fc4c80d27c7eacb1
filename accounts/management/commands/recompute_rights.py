"""manage.py recompute_rights: makes what people may do follow from the roles they hold, after either has changed."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import recomputing


class Command(BaseCommand):
    help = "Work out anew the rights of everybody whose rights are not what their roles say. Changes nobody else."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = recomputing.recompute_all(by=None)
        if changed or options["verbosity"] > 1:
            self.stdout.write(f"The rights of {changed} people were worked out anew.")

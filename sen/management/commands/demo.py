"""`manage.py demo`: invented people and reports, in demonstration mode only."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sen import demo, demonstration


class Command(BaseCommand):
    help = "Invented people and reports for the demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        wanted = parser.add_mutually_exclusive_group(required=True)
        wanted.add_argument("--sign-ins", action="store_true", help="print who can sign in, as JSON")
        wanted.add_argument("--ensure", action="store_true", help="make what is missing of the demonstration's start")
        wanted.add_argument("--fill", action="store_true", help="make the rest of the reports now")
        wanted.add_argument("--reports", type=int, metavar="N", help="make N more SIRs, in bulk")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_outside()
        if options["sign_ins"]:
            self.stdout.write(json.dumps(demo.everybody(), indent=2, ensure_ascii=False))
        elif options["reports"] is not None:
            self._bulk(options["reports"])
        else:
            self._make(whole=options["fill"])

    def _refuse_outside(self) -> None:
        if settings.MODE != "demonstration":
            raise CommandError(
                "Invented people and reports belong to the demonstration: set SEN_MODE=demonstration to have them."
            )
        try:
            demonstration.refuse_real_people()
        except demonstration.Refused as reason:
            raise CommandError(str(reason)) from reason

    def _make(self, *, whole: bool) -> None:
        from sen.demo import making

        making.ensure(both_cores=True)
        while whole and making.fill():
            self.stderr.write(f"{len(making.missing_reports(demo.MOST)):,} reports still to come")

    def _bulk(self, count: int) -> None:
        from sen.demo import bulk

        if not 0 < count <= bulk.AT_MOST:
            raise CommandError(f"Ask for 1 to {bulk.AT_MOST:,} reports.")
        bulk.make(count, say=self.stderr.write, both_cores=True)

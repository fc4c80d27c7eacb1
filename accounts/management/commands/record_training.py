"""`manage.py record_training USERNAME`: put a training on record where nobody is left who may do it in a page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import training
from accounts.access import Refused
from accounts.completions import LineRefused, day_of, text_for
from accounts.models import Training, User


class Command(BaseCommand):
    help = "Record a completed privacy training, such as that of the first Access Control Manager."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--completed-on", required=True, help="such as 2026-03-31")
        parser.add_argument("--evidence", required=True, help="such as the number of the certificate")

    def handle(self, *, username: str, completed_on: str, evidence: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError("Nobody has this username.")
        try:
            said = text_for(Training, "evidence", evidence)
            training.record_training(user, completed_on=day_of(completed_on), evidence=said, by=None)
        except (LineRefused, Refused) as refused:
            raise CommandError(str(refused)) from None
        user.refresh_from_db()
        self.stdout.write(f"Recorded. It counts until {user.trained_until}.")

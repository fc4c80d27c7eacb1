"""`manage.py bootstrap`: make the first Access Control Manager and print the link to choose their password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import password_links
from accounts.access import Refused
from accounts.bootstrap import make_first_manager
from accounts.models import Office
from accounts.readiness import has_training

TRAIN = (
    "Their privacy training is not on record, and nobody can record their own. When it is completed, run:\n"
    "manage.py record_training {} --completed-on 2026-03-31 --evidence 'the number of the certificate'"
)


class Command(BaseCommand):
    help = "Make the first Access Control Manager. It refuses where there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--employee-number", required=True, dest="person_key")
        parser.add_argument("--office", required=True, help="the code of an office, such as HQ")

    def handle(self, *, office: str, username: str, name: str, email: str, person_key: str, **options: Any) -> None:
        place = Office.objects.filter(code=office.upper(), active=True).first()
        if place is None:
            known = ", ".join(Office.objects.filter(active=True).values_list("code", flat=True)[:20])
            raise CommandError(f"There is no open office {office}. Known: {known or 'none; run load_reference first'}.")
        try:
            values = {"username": username, "name": name, "email": email, "person_key": person_key}
            user = make_first_manager(by=None, office=place, **values)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        except ValidationError as error:
            wrong = (f"{key}: {' '.join(said)}" for key, said in error.message_dict.items())
            raise CommandError("\n".join(wrong)) from None
        hours = password_links.lives_for(user) // 3600
        self.stdout.write(
            f"{username} is Access Control Manager at {place.code}. Give them this address, which works once and for "
            f"{hours} hours:\n{settings.SITE_URL}{password_links.path_for(user)}\n"
            "They sign in, accept the rules and set up a second factor."
        )
        if not has_training(user):
            self.stdout.write(TRAIN.format(username))

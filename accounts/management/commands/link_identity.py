"""`manage.py link_identity USERNAME SUBJECT`: link a person with their account at the agency's identity provider."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import single_sign_on
from accounts.access import Refused
from accounts.identity_provider import LONGEST_SUBJECT
from accounts.models import User


class Command(BaseCommand):
    help = "Link a person with a subject of the agency's identity provider (SEN_OIDC_ISSUER), or end the link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("subject", nargs="?", default="", help="as the provider names the person (claim `sub`)")
        what.add_argument("--remove", action="store_true", help="end the link")

    def handle(self, *, username: str, subject: str, remove: bool, **options: Any) -> None:
        if not settings.OIDC_ISSUER:
            raise CommandError("No identity provider is set: set SEN_OIDC_ISSUER first.")
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError("Nobody has this username.")
        if remove:
            self.stdout.write("Unlinked." if single_sign_on.unlink(user, by=None) else "There was no link.")
            return
        if len(subject.strip()) not in range(1, LONGEST_SUBJECT + 1):
            raise CommandError(f"A subject has 1 to {LONGEST_SUBJECT} characters.")
        try:
            single_sign_on.link(user, subject, by=None)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        self.stdout.write("Linked.")

"""The Rules of Behavior: which version is in force, and whether a person has accepted it within a year."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User

# Change it with the text in templates/accounts/rules_text.html: everyone is then asked again at the next request.
VERSION = "2026-1"


def accepted(user: User) -> bool:
    """PIA: all must sign before they have access; renewed each year."""
    signed = user.rules_accepted_at
    return bool(
        user.rules_version == VERSION and signed and signed > timezone.now() - timedelta(days=settings.RULES_DAYS)
    )

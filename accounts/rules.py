"""The Rules of Behavior: which version is in force, and whether a person has accepted it."""

from accounts.models import User

# Change it with the text in templates/accounts/rules_text.html: everyone is then asked again at the next request.
VERSION = "2026-1"


def accepted(user: User) -> bool:
    """PIA: all must sign before they have access."""
    return bool(user.rules_version == VERSION)

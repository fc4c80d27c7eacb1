"""The cast: a named person per role, made once through the real actions, and `as_(person)` for a signed-in client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.utils import timezone

PASSWORD = "a long enough password"

# Username: role, office. `outsider` is an agent of another office; `stranger` holds no role at all.
CAST: dict[str, tuple[str, str]] = {
    "agent": ("field_hsi", "MIA"),
    "colleague": ("field_hsi", "MIA"),
    "outsider": ("field_hsi", "ATL"),
    "officer": ("field_ero", "MIF"),
    "supervisor": ("supervisor", "MIA"),
    "sac": ("sac", "MIA"),
    "fod": ("fod", "MIF"),
    "fig": ("fig", "MIA"),
    "analyst": ("jioc", "JIOC"),
    "analyst2": ("jioc", "JIOC"),
    "intel": ("intel", "HQ"),
    "hq": ("hq_user", "HQ"),
    "duty": ("hq_duty_manager", "HQ"),
    "sco": ("sco", "HQ"),
    "acm": ("acm", "HQ"),
    "auditor": ("auditor", "HQ"),
    "privacy": ("privacy_officer", "HQ"),
    "historian": ("historical_reader", "HQ"),
    "ssn_reader": ("ssn_reader", "HQ"),
    "administrator": ("administrator", "HQ"),
    "stranger": ("", "MIA"),
}

OFFICES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("HSI", "Homeland Security Investigations", "programme", "HQ", "HSI", "America/New_York"),
    ("ERO", "Enforcement and Removal Operations", "programme", "HQ", "ERO", "America/New_York"),
    ("MIA", "SAC Miami", "sac", "HSI", "HSI", "America/New_York"),
    ("KEY", "Key West", "sub", "MIA", "HSI", "America/New_York"),
    ("ATL", "SAC Atlanta", "sac", "HSI", "HSI", "America/New_York"),
    ("GUM", "Guam", "sac", "HSI", "HSI", "Pacific/Guam"),
    ("MIF", "Miami Field Office", "fod", "ERO", "ERO", "America/New_York"),
)


def build() -> None:
    """Make the offices and the cast. Runs once, before any test, into what every test starts from."""
    from accounts import actions, rules, training
    from accounts.models import Office, User
    from accounts.roles import Role
    from reports import defaults

    defaults.load()
    for code, name, kind, parent, programme, zone in OFFICES:
        actions.add_office(
            by=None,
            code=code,
            name=name,
            kind=kind,
            parent=Office.objects.get(code=parent),
            programme=programme,
            time_zone=zone,
        )
    shared = make_password(PASSWORD)
    for number, (username, (role, code)) in enumerate(CAST.items()):
        office = Office.objects.get(code=code)
        user = actions.add_user(
            by=None,
            password_hash=shared,
            username=username,
            person_key=f"E{number:05d}",
            name=username.replace("_", " ").title(),
            email=f"{username}@example.gov",
            programme=office.programme,
            office=office,
            status=User.Status.ACTIVE,
            is_demonstration=True,
        )
        actions.accept_rules(by=user, version=rules.VERSION)
        training.record_training(user, completed_on=timezone.localdate(), evidence="Course 2026", by=None)
        if role:
            until = timezone.now() + timedelta(days=365)
            actions.grant_role(user=user, role=Role(role), office=office, until=until, by=None)


@pytest.fixture
def person(db: None) -> Callable[[str], Any]:
    """Anybody of the cast, by username."""
    from accounts.models import User

    return lambda username: User.objects.select_related("office").get(username=username)


def _fixture_for(username: str) -> Any:
    @pytest.fixture(name=username)
    def one(person: Callable[[str], Any]) -> Any:
        return person(username)

    one.__doc__ = f"{username} of the cast: {CAST[username]}"
    return one


for _username in CAST:
    globals()[f"cast_{_username}"] = _fixture_for(_username)


def signed_in(user: Any) -> Client:
    """A client signed in as this person, as after a real sign-in."""
    from audit.log import record

    browser = Client()
    with transaction.atomic():
        browser.force_login(user)
        record("session.signed_in", by=user, on=user)  # it sets `last_login`, which no event would else excuse
    return browser


@pytest.fixture
def as_(db: None) -> Callable[[Any], Client]:
    """`as_(person)` is a client signed in as this person."""
    return signed_in

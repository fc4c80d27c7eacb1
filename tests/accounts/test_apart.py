"""Roles that must be held apart stay apart when two accounts of one person are granted them at the same moment."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts import actions
from accounts.access import Refused
from accounts.models import Assignment, Office, User
from accounts.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


def second_account(of: User) -> User:
    return actions.add_user(
        by=None,
        password="a long enough password",
        username="second",
        person_key=of.person_key,
        name="Second",
        email="second@example.gov",
        programme=of.programme,
        office=of.office,
        status=User.Status.ACTIVE,
    )


def grant_at_once(wanted: list[tuple[User, Role]]) -> list[str]:
    """Each grant on a connection of its own; returns what each was told: "" for a role given, else the sentence."""
    barrier, told = threading.Barrier(len(wanted)), ["not asked"] * len(wanted)

    def give(place: int) -> None:
        user, role = wanted[place]
        office, until = Office.objects.get(code="HQ"), timezone.now() + timedelta(days=30)
        barrier.wait(timeout=10)
        try:
            actions.grant_role(user=user, role=role, office=office, until=until, by=None)
            told[place] = ""
        except Refused as refused:
            told[place] = refused.reason
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give, args=(place,)) for place in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_of_two_accounts_of_one_person_only_one_gets_a_role_of_a_pair(
    stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = second_account(stranger)
    looked = threading.Barrier(2)
    real = actions.refuse_together

    def slowly(user: User, role: Role) -> None:
        """Wait a moment for the other grant to have looked too: with the accounts locked it cannot have."""
        real(user, role)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)

    monkeypatch.setattr(actions, "refuse_together", slowly)
    told = grant_at_once([(stranger, Role.SCO), (other, Role.ACM)])
    assert sorted(map(bool, told)) == [False, True]
    assert "may not be held by one person" in "".join(told)
    assert Assignment.objects.live().filter(user__person_key=stranger.person_key).count() == 1

"""A right that ends is gone at the next request of an open session."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import Role

pytestmark = pytest.mark.django_db

# SEN_FULL runs the whole count; the short form keeps the everyday run quick.
TIMES = 100 if "SEN_FULL" in os.environ else 20


def give(user: User) -> Assignment:
    office, until = Office.objects.get(code="JIOC"), timezone.now() + timedelta(days=1)
    return actions.grant_role(user=user, role=Role.JIOC, office=office, until=until, by=None)


def revoke(given: Assignment, user: User) -> None:
    actions.revoke_role(given, by=None, reason="no longer on the watch")


def expire(given: Assignment, user: User) -> None:
    OfficePermission.objects.filter(user=user).update(until=timezone.now())
    Assignment.objects.filter(pk=given.pk).update(revoked_at=timezone.now())


def suspend(given: Assignment, user: User) -> None:
    User.objects.filter(pk=user.pk).update(status=User.Status.SUSPENDED)
    Assignment.objects.filter(pk=given.pk).update(revoked_at=timezone.now())


@pytest.mark.parametrize("end", [revoke, expire])
def test_every_revocation_is_felt_at_the_next_request(
    end: Callable[[Assignment, User], None], stranger: Any, as_: Callable[[Any], Client]
) -> None:
    browser, answers = as_(stranger), []
    for _ in range(TIMES):
        given = give(stranger)
        before = browser.get("/watch/").status_code
        end(given, stranger)
        answers.append((before, browser.get("/watch/").status_code))
    assert answers == [(200, 403)] * TIMES


def test_a_suspended_person_is_signed_out_at_once(stranger: Any, as_: Callable[[Any], Client]) -> None:
    given, browser = give(stranger), as_(stranger)
    assert browser.get("/watch/").status_code == 200
    suspend(given, stranger)
    assert browser.get("/watch/").status_code in {302, 401}

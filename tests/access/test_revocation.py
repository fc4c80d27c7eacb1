"""A right that ends is gone at the next request of an open session, in whatever way it ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts import actions, leaving, memory, rules
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import Role
from audit.log import record

pytestmark = pytest.mark.django_db

# SEN_FULL runs the whole count; the short form keeps the everyday run quick.
TIMES = 100 if "SEN_FULL" in os.environ else 5
PAGE = "/watch/"
SIGNED_OUT, NOT_ALLOWED = 302, 403
DAY = timedelta(days=1)


def give(user: User) -> Assignment:
    """The role, and everything else that is needed to work, as at the start of a round."""
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(
        status=User.Status.ACTIVE,
        trained_until=now.date() + DAY,
        rules_version=rules.VERSION,
        rules_accepted_at=now,
    )
    record("user.changed", by=None, on=user)
    live = Assignment.objects.live().filter(user=user).first()
    office = Office.objects.get(code="JIOC")
    return live or actions.grant_role(user=user, role=Role.JIOC, office=office, until=now + DAY, by=None)


def change(user: User, **values: Any) -> None:
    User.objects.filter(pk=user.pk).update(**values)


# -- The ways in which a right ends ------------------------------------------------------------------------------------
def revoke(given: Assignment, user: User) -> None:
    actions.revoke_role(given, by=None, reason="no longer on the watch")


def expire(given: Assignment, user: User) -> None:
    now = timezone.now()
    OfficePermission.objects.filter(user=user).update(until=now)
    Assignment.objects.filter(pk=given.pk).update(granted_at=now - DAY, until=now)


def deactivate(given: Assignment, user: User) -> None:
    actions.change_profile(user, by=User.objects.get(username="sco"), status=User.Status.SUSPENDED)


def offboard(given: Assignment, user: User) -> None:
    leaving.offboard(user, by=User.objects.get(username="acm"), reason="Moved to another agency")


def training_lapses(given: Assignment, user: User) -> None:
    change(user, trained_until=timezone.localdate() - DAY)


def training_is_withdrawn(given: Assignment, user: User) -> None:
    change(user, trained_until=None)


def rules_lapse(given: Assignment, user: User) -> None:
    change(user, rules_accepted_at=timezone.now() - timedelta(days=366))


def rules_change(given: Assignment, user: User) -> None:
    change(user, rules_version="2025-1")


WAYS: dict[Callable[[Assignment, User], None], int] = {
    revoke: NOT_ALLOWED,
    expire: NOT_ALLOWED,
    deactivate: SIGNED_OUT,
    offboard: SIGNED_OUT,
    training_lapses: SIGNED_OUT,
    training_is_withdrawn: SIGNED_OUT,
    rules_lapse: SIGNED_OUT,
    rules_change: SIGNED_OUT,
}
ways = pytest.mark.parametrize("end", WAYS, ids=lambda end: end.__name__)


def rounds(end: Callable[[Assignment, User], None], user: User, as_: Callable[[Any], Client], times: int) -> list[Any]:
    """What an open session is answered before and after, so many times over."""
    answers, browser = [], None
    for _ in range(times):
        given = give(user)
        # Offboarding ends the session and the password for good, so the next round signs in anew.
        if browser is None or end is offboard:
            change(user, password=make_password(None))
            browser = as_(User.objects.get(pk=user.pk))
        before = browser.get(PAGE).status_code
        end(given, user)
        answers.append((before, browser.get(PAGE).status_code))
    return answers


@ways
def test_every_end_is_felt_at_the_next_request(end: Any, stranger: Any, as_: Callable[[Any], Client]) -> None:
    assert rounds(end, stranger, as_, TIMES) == [(200, WAYS[end])] * TIMES


@ways
def test_a_build_that_goes_on_with_what_it_remembers_is_caught(
    end: Any, stranger: Any, as_: Callable[[Any], Client]
) -> None:
    with mock.patch("accounts.memory.marks_of", return_value=memory.Marks(None, None)):
        memory._known.clear()
        felt = rounds(end, stranger, as_, 1)
    memory._known.clear()
    # The session of somebody offboarded is gone, whatever a process remembers of them.
    assert (felt != [(200, WAYS[end])]) or end is offboard


def test_a_role_that_ends_while_a_form_is_open_refuses_the_form(stranger: Any, as_: Callable[[Any], Client]) -> None:
    given, browser = give(stranger), as_(stranger)
    assert browser.get(PAGE).status_code == 200
    revoke(given, stranger)
    assert browser.post("/watch/summaries/00000000-0000-0000-0000-000000000004/release/").status_code == NOT_ALLOWED

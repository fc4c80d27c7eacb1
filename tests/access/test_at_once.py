"""Two officers at the same moment: each act happens once, and whoever comes second is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts import actions, leaving
from accounts.access import AT_ONCE, Refused
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What each was told, "" where it was done; each on a connection of its own, released together."""
    barrier, told = Barrier(len(acts)), [""] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        connections["default"].ensure_connection()
        barrier.wait(10)
        try:
            act()
        except Refused as refused:
            told[position] = refused.reason
        except BaseException as error:
            told[position] = repr(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def second_manager() -> User:
    user = User.objects.get(username="stranger")
    office, until = Office.objects.get(code="HQ"), timezone.now() + timedelta(days=1)
    actions.grant_role(user=user, role=Role.ACM, office=office, until=until, by=None)
    return User.objects.get(pk=user.pk)


def test_two_managers_offboard_one_person_and_it_happens_once(acm: Any, analyst: Any) -> None:
    other = second_manager()
    told = at_once(*(lambda by=by: leaving.offboard(analyst, by=by, reason="Moved") for by in (acm, other)))
    assert sorted(told) == ["", "This person has left already, and nothing of theirs is open."]
    assert Event.objects.filter(code="user.offboarded").count() == 1
    assert Event.objects.filter(code="assignment.revoked", object_id=analyst.audit_id).count() == 1


def test_two_managers_who_take_away_each_others_role_leave_one(acm: Any) -> None:
    other = second_manager()
    mine, theirs = (Assignment.objects.get(user=user, role=Role.ACM) for user in (acm, other))
    told = at_once(
        lambda: actions.revoke_role(theirs, by=acm, reason="first"),
        lambda: actions.revoke_role(mine, by=other, reason="second"),
    )
    done = [one for one in told if not one]
    (no,) = [one for one in told if one]
    assert len(done) == 1
    assert no == AT_ONCE or no.startswith("Your roles do not let you")
    assert Assignment.objects.live().filter(role=Role.ACM).count() == 1

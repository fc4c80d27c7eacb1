"""The first Access Control Manager: made once by an operator, recorded, let in by the link it prints."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Assignment, User
from accounts.roles import Role
from audit.models import Event

pytestmark = pytest.mark.django_db
FIRST = {
    "username": "first",
    "name": "First Manager",
    "email": "first@example.gov",
    "employee_number": "A1",
    "office": "HQ",
}


def bootstrap(**changed: str) -> str:
    out = StringIO()
    values = {**FIRST, **changed}
    call_command("bootstrap", *(f"--{key.replace('_', '-')}={value}" for key, value in values.items()), stdout=out)
    return out.getvalue()


@pytest.fixture
def nobody_yet(acm: User) -> None:
    from accounts import actions

    actions.revoke_role(Assignment.objects.get(role=Role.ACM), by=None)


@pytest.mark.usefixtures("nobody_yet")
def test_the_first_manager_is_made_recorded_and_comes_in_by_the_link() -> None:
    said = bootstrap()
    user = User.objects.get(username="first")
    held = Assignment.objects.get(user=user)
    assert (held.role, held.granted_by, user.is_superuser) == (Role.ACM, None, False)
    assert Event.objects.get(code="access.bootstrapped").object_id == str(user.pk)
    link = re.search(r"http\S+(/accounts/password/reset/\S+)", said)
    assert link
    client = Client()
    page = client.get(link[1], follow=True)
    new = {"new_password": "four quiet harbors", "new_password_again": "four quiet harbors"}
    assert client.post(page.request["PATH_INFO"], new).status_code == 302
    assert User.objects.get(pk=user.pk).is_active
    assert "record_training first" in said


@pytest.mark.usefixtures("nobody_yet")
def test_the_training_that_nobody_may_record_is_put_on_record_by_the_operator() -> None:
    bootstrap()
    day, out = timezone.localdate().isoformat(), StringIO()
    call_command("record_training", "first", "--completed-on", day, "--evidence", "C 1", stdout=out)
    user = User.objects.get(username="first")
    assert user.trained_until
    assert "counts until" in out.getvalue()
    for wrong in (
        ["first", "--completed-on", day],
        ["nobody", "--completed-on", day],
        ["first", "--completed-on", "x"],
    ):
        with pytest.raises(CommandError):
            call_command("record_training", *wrong, "--evidence", "C 1")


@pytest.mark.usefixtures("acm")
def test_where_there_is_a_manager_it_is_refused() -> None:
    with pytest.raises(CommandError, match="already"):
        bootstrap()
    assert not User.objects.filter(username="first").exists()


@pytest.mark.usefixtures("nobody_yet")
def test_the_same_again_gives_a_new_link_until_the_first_has_come_in_and_nobody_else_gets_one() -> None:
    assert bootstrap().count("/accounts/password/reset/") == 1
    assert bootstrap().count("/accounts/password/reset/") == 1
    assert Event.objects.filter(code="access.bootstrapped").count() == 1
    with pytest.raises(CommandError, match="already"):
        bootstrap(username="other", employee_number="A2", email="other@example.gov")


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "no such office": ({"office": "XYZ"}, "There is no open office XYZ"),
    "no address": ({"email": "nowhere"}, "email"),
    "no name": ({"name": ""}, "name"),
    "a username that is taken": ({"username": "agent"}, "username"),
}


@pytest.mark.usefixtures("nobody_yet")
@pytest.mark.parametrize(("changed", "why"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_and_nothing_is_made(changed: dict[str, str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        bootstrap(**changed)
    assert not Assignment.objects.live().filter(role=Role.ACM).exists()


def test_a_manager_who_has_left_is_none(acm: User, sco: User) -> None:
    from accounts import actions

    values: Any = {"status": User.Status.LEFT}
    actions.change_profile(acm, by=sco, **values)
    assert "Access Control Manager at HQ" in bootstrap()

"""What people may do follows from their roles, also after an upgrade has changed the roles or an office has moved."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import actions, recomputing
from accounts.access import may
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import ALL, GRANTS, Role
from audit.models import Event

pytestmark = pytest.mark.django_db


def again(user: Any) -> User:
    return User.objects.get(pk=user.pk)


def test_an_upgrade_that_gives_a_role_more_reaches_whoever_holds_it_and_nobody_else(fig: Any) -> None:
    assert recomputing.recompute_all(by=None) == 0
    with mock.patch.dict(GRANTS[Role.FIG], {"read_tav": ALL}):
        said = StringIO()
        call_command("recompute_rights", stdout=said)
        assert "1 people" in said.getvalue()
        assert may(again(fig), "read_tav", Office.objects.get(code="ATL"))
    assert Event.objects.filter(code="user.rights_recomputed").values_list("object_id", flat=True)[0] == fig.audit_id
    assert recomputing.recompute_all(by=None) == 1
    assert not may(again(fig), "read_tav")


def test_rows_that_no_role_gives_and_rows_that_are_missing_are_both_mended(agent: Any, stranger: Any) -> None:
    rows = set(OfficePermission.objects.filter(user=agent).values_list("permission", "content_object", "until"))
    one = OfficePermission.objects.filter(user=agent)[0]
    OfficePermission.objects.filter(pk=one.pk).update(user=stranger)
    assert recomputing.recompute_all(by=None) == 2
    assert set(OfficePermission.objects.filter(user=agent).values_list("permission", "content_object", "until")) == rows
    assert not OfficePermission.objects.filter(user=stranger).exists()


def test_a_role_that_has_ended_asks_for_nothing(stranger: Any) -> None:
    until = timezone.now() + timedelta(days=1)
    office = Office.objects.get(code="MIA")
    actions.grant_role(user=stranger, role=Role.FIG, office=office, until=until, by=None)
    with mock.patch("django.utils.timezone.now", return_value=until + timedelta(hours=1)):
        assert recomputing.recompute_all(by=None) == 0


def test_before_anything_is_set_up_there_is_nothing_to_do() -> None:
    with mock.patch.object(Office.objects, "filter", return_value=Office.objects.none()):
        assert recomputing.recompute_all(by=None) == 0


def test_an_office_moved_in_the_tree_takes_the_roles_on_it_and_above_it_along(supervisor: Any, stranger: Any) -> None:
    """A supervisor of Miami keeps Key West while it is part of Miami; one of Atlanta gains it by the move."""
    key, miami, atlanta = (Office.objects.get(code=code) for code in ("KEY", "MIA", "ATL"))
    until = timezone.now() + timedelta(days=1)
    for user, office in ((stranger, atlanta), (again(stranger), key)):
        role = Role.SUPERVISOR if office == atlanta else Role.FIG
        actions.grant_role(user=user, role=role, office=office, until=until, by=None)
    assert may(again(supervisor), "void_sir", key)
    assert not may(again(stranger), "void_sir", key)
    actions.change_office(key, by=None, parent=atlanta)
    assert not may(again(supervisor), "void_sir", key)
    assert may(again(supervisor), "void_sir", miami)
    assert may(again(stranger), "void_sir", key)
    assert recomputing.recompute_all(by=None) == 0


def test_an_office_that_changes_its_programme_changes_what_roles_at_it_give(fod: Any) -> None:
    office = Assignment.objects.get(user=fod).office
    assert may(fod, "decide_tav", office)
    actions.change_office(office, by=None, programme="HSI")
    assert not may(again(fod), "decide_tav", office)
    assert recomputing.recompute_all(by=None) == 0

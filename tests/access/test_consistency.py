"""guardian's rows, `may`, `has_perm` and `visible_to` say the same for every role, permission and office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts import actions
from accounts.access import may, recompute
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import GRANTS, PERMISSIONS, Reach, Role
from audit.log import Subject, record
from reports.kinds import KINDS
from reports.models import Report
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


def expected(permission: str, office: Office, held: list[tuple[Role, Office]]) -> bool:
    """What the table of grants says, worked out in the plainest way."""
    for role, at in held:
        grant = GRANTS[role].get(permission)
        if grant is None or (grant.programme and grant.programme != at.programme):
            continue
        if grant.reach is Reach.ALL or (grant.reach is Reach.OFFICE and office.path.startswith(at.path)):
            return True
    return False


def afresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def disagreements(user: User, held: list[tuple[Role, Office]]) -> list[str]:
    """Where the three answers differ from the table, over every permission and office."""
    user, wrong = afresh(user), []
    for office in Office.objects.all():
        for permission in PERMISSIONS:
            wanted = expected(permission, office, held)
            said = (bool(may(user, permission, office)), user.has_perm(f"accounts.{permission}", office))
            if said != (wanted, wanted):
                wrong.append(f"{permission} at {office.code}: {said}, should be {wanted}")
    seen = set(Report.objects.visible_to(user).values_list("kind", "office__code"))
    should = {
        (kind.code, office.code)
        for kind in KINDS
        for office in Office.objects.all()
        if expected(kind.permission("read"), office, held)
    }
    return [*wrong, *([f"lists {seen}, should {should}"] if seen != should else [])]


@pytest.fixture
def reports_everywhere(agent: Any) -> None:
    """One report of every kind in every office: copies of what all kinds have, of one SIR that was really filed."""
    report = file_sir(agent)
    missing = [
        (kind.code, office)
        for office in Office.objects.all()
        for kind in KINDS
        if (kind.code, office.pk) != (report.kind, report.office_id)
    ]
    copies = [copy_of(report, kind, office) for kind, office in missing]
    record("report.batch_filed", by=None, on=Subject("report"), batch=[copy.audit_id for copy in copies])


def copy_of(report: Report, kind: str, office: Office) -> Report:
    copy = Report.objects.get(pk=report.pk)
    copy.number, copy.kind, copy.office = f"{kind.upper()}-2026-{office.code}-000777", kind, office
    copy.id, copy._state.adding = uuid4(), True
    copy.save()
    return copy


def give(user: User, role: Role, office: Office) -> Assignment:
    return actions.grant_role(user=user, role=role, office=office, until=timezone.now() + YEAR, by=None)


@pytest.mark.usefixtures("reports_everywhere")
@pytest.mark.parametrize("role", list(Role))
def test_every_role_at_every_office(role: Role, stranger: Any) -> None:
    for office in Office.objects.all():
        given = give(stranger, role, office)
        assert disagreements(stranger, [(role, office)]) == []
        actions.revoke_role(given, by=None, reason="the next one")
        assert disagreements(stranger, []) == []


def test_every_cell_is_asked() -> None:
    """Only a person changes this count: roles, offices where given, permissions, offices asked about."""
    assert len(Role) * Office.objects.count() ** 2 * len(PERMISSIONS) == CELLS


CELLS = 17 * 9 * 44 * 9


@pytest.mark.usefixtures("reports_everywhere")
def test_of_two_roles_that_overlap_the_end_of_one_leaves_the_other(stranger: Any) -> None:
    miami, root = Office.objects.get(code="MIA"), Office.objects.get(parent=None)
    first, _ = give(stranger, Role.FIELD_HSI, miami), give(stranger, Role.SUPERVISOR, miami)
    both = [(Role.FIELD_HSI, miami), (Role.SUPERVISOR, miami)]
    assert disagreements(stranger, both) == []
    actions.revoke_role(first, by=None, reason="moved on")
    assert disagreements(stranger, both[1:]) == []
    give(stranger, Role.JIOC, root)
    assert disagreements(stranger, [*both[1:], (Role.JIOC, root)]) == []


@pytest.mark.usefixtures("reports_everywhere")
def test_a_role_ends_by_its_date_without_anybody_acting(stranger: Any) -> None:
    miami = Office.objects.get(code="MIA")
    given = give(stranger, Role.SUPERVISOR, miami)
    past = timezone.now() - timedelta(seconds=1)
    OfficePermission.objects.filter(user=stranger).update(until=past)
    assert disagreements(stranger, []) == []
    Assignment.objects.filter(pk=given.pk).update(until=past, granted_at=past - YEAR)
    recompute(stranger)
    assert not OfficePermission.objects.filter(user=stranger).exists()


@pytest.mark.usefixtures("reports_everywhere")
def test_an_office_that_moves_in_the_tree_takes_its_reports_along(stranger: Any, person: Callable[[str], Any]) -> None:
    miami, atlanta = Office.objects.get(code="MIA"), Office.objects.get(code="ATL")
    give(stranger, Role.SUPERVISOR, atlanta)
    assert disagreements(person("supervisor"), [(Role.SUPERVISOR, miami)]) == []
    actions.change_office(Office.objects.get(code="KEY"), by=None, parent=atlanta)
    for user, office in ((stranger, atlanta), (person("supervisor"), miami)):
        assert disagreements(user, [(Role.SUPERVISOR, Office.objects.get(pk=office.pk))]) == []


@pytest.mark.usefixtures("reports_everywhere")
@pytest.mark.parametrize("status", [User.Status.SUSPENDED, User.Status.LEFT, User.Status.INVITED])
def test_nobody_inactive_may_do_anything(status: str, stranger: Any) -> None:
    give(stranger, Role.SUPERVISOR, Office.objects.get(code="MIA"))
    User.objects.filter(pk=stranger.pk).update(status=status)
    assert disagreements(stranger, []) == []


def test_a_lost_row_is_seen(stranger: Any, reports_everywhere: None) -> None:
    """The control: without one guardian row the three no longer agree with the table."""
    miami = Office.objects.get(code="MIA")
    give(stranger, Role.SUPERVISOR, miami)
    OfficePermission.objects.filter(user=stranger, permission__codename="read_sir").delete()
    assert len(disagreements(stranger, [(Role.SUPERVISOR, miami)])) > 1


def test_no_permission_is_ever_global(person: Callable[[str], Any]) -> None:
    for username in ("analyst", "auditor", "administrator"):
        assert not any(person(username).has_perm(f"accounts.{permission}") for permission in PERMISSIONS)

"""Each term of what is granted already counts: leave one out, and this fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions
from accounts.access import Refused, requires
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import Role

pytestmark = pytest.mark.django_db


def test_what_is_given_already_is_refused_for_this_person_role_office_and_time_alone(
    stranger: User, agent: User, acm: User
) -> None:
    now = timezone.now()

    def give(
        user: User = stranger, *, role: Role = Role.FIG, office: str = "MIA", by: User | None = acm, days: int = 30
    ) -> Assignment:
        at, until = Office.objects.get(code=office), now + timedelta(days=days)
        return actions.grant_role(user=user, role=role, office=at, until=until, by=by)

    first = give()
    for days in (30, 29):
        with pytest.raises(Refused, match="until that day or longer"):
            give(days=days)
    give(agent)
    give(role=Role.FIELD_HSI)
    give(office="ATL")
    give(by=None)  # a list or a command gives what it says
    later = give(days=31)
    with pytest.raises(Refused, match="until that day or longer"):
        give()
    actions.revoke_role(later, by=None)
    for held in Assignment.objects.live().filter(user=stranger, role=Role.FIG, office__code="MIA"):
        actions.revoke_role(held, by=None)
    assert give().pk != first.pk


def test_what_two_roles_give_lasts_until_the_later_of_them_ends(stranger: User) -> None:
    """Both read SIRs of Miami: the right is there until the last day of either, whichever was granted first."""
    miami, now = Office.objects.get(code="MIA"), timezone.now()
    for role, days in ((Role.FIELD_HSI, 5), (Role.SAC, 20), (Role.FIG, 10)):
        actions.grant_role(user=stranger, role=role, office=miami, until=now + timedelta(days=days), by=None)
    right = OfficePermission.objects.get(user=stranger, permission__codename="read_sir", content_object=miami)
    assert right.until == now + timedelta(days=20)


@pytest.mark.parametrize("names", [(), ("fly",), ("read_sir", "fly")])
def test_a_page_asks_for_permissions_that_there_are_and_for_one_at_least(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="unknown permissions"):
        requires(*names)

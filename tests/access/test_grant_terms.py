"""Each term of what is granted already counts: leave one out, and this fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions
from accounts.access import Refused
from accounts.models import Assignment, Office, User
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

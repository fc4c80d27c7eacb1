"""The first Access Control Manager: made by an operator, once, where nobody yet can grant anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.access import Refused, action
from accounts.actions import add_user, grant_role
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit.log import record

YEAR = timedelta(days=365)
EXISTS = (
    "There is an Access Control Manager already, so this makes no further one. Sign in as one and grant the role, "
    "or ask one to."
)


@action
def make_first_manager(*, by: None, office: Office, **values: Any) -> User:
    """Add the person, invited to choose a password, as Access Control Manager for a year.

    The same person again, who has not come in yet, is only invited anew. Raises Refused where there is a manager, and
    ValidationError for what an account cannot hold.
    """
    list(Office.objects.select_for_update().filter(parent=None))  # one operator at a time
    live = Assignment.objects.live().filter(role=Role.ACM).select_related("user")
    managers = {one.user for one in live if one.user.status in (User.Status.ACTIVE, User.Status.INVITED)}
    if managers:
        return _invited_before(managers, values)
    user = add_user(by=by, programme=office.programme, office=office, **values)
    record("access.bootstrapped", by=by, on=user, office=office.code)
    grant_role(user=user, role=Role.ACM, office=office, until=timezone.now() + YEAR, by=by)
    return User.objects.get(pk=user.pk)  # as stored: the link to a password is made of it


def _invited_before(managers: set[User], values: dict[str, Any]) -> User:
    for user in managers:
        same = (user.username, user.person_key) == (values["username"], values["person_key"])
        if same and user.status == User.Status.INVITED and len(managers) == 1:
            return user
    raise Refused(EXISTS)

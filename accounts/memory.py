"""What a process remembers of people from one request to the next, for as long as the database says nothing changed."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import User

# People remembered at once, some kilobytes each.
MOST = 1000


@dataclass(frozen=True)
class Marks:
    """The marks of a person and of the reference data, as the database has them; triggers renew them."""

    person: UUID | None
    reference: UUID | None


@dataclass(frozen=True)
class Known:
    """A person with office, rights and roles, as read after these marks were; good until the first of them ends."""

    marks: Marks
    until: datetime
    user: User


_known: dict[int, Known] = {}

MARKS = """
SELECT (SELECT mark FROM accounts_version WHERE about = %s),
       (SELECT mark FROM accounts_version WHERE about = 'reference')
"""


def signed_in(user_id: int) -> User | None:
    """The active person of this number, as one's own copy: what a request sets on it stays in the request."""
    marks, known = marks_of(user_id), _known.get(user_id)
    if known is None or known.marks != marks or known.until <= timezone.now():
        known = _look_up(user_id, marks)
    return copy(known.user) if known else None


def marks_of(user_id: int) -> Marks:
    with connection.cursor() as cursor:
        cursor.execute(MARKS, [f"person {user_id}"])
        return Marks(*cursor.fetchone())


def _look_up(user_id: int, marks: Marks) -> Known | None:
    """Read anew, after the marks: should something change in between, the next request sees a new mark."""
    user = User.objects.select_related("office").filter(pk=user_id, status=User.Status.ACTIVE).first()
    if user is None:
        _known.pop(user_id, None)
        return None
    user.marks = marks
    until = min([user.rights.until, *(assignment.until for assignment in user.live_assignments)])
    if len(_known) >= MOST:
        _known.clear()
    _known[user_id] = Known(marks, until, user)
    return _known[user_id]

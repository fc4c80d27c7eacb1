"""Recording: the one way an event is written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection

from audit.events import EVENTS
from audit.models import Auditable
from privacy import guard


@dataclass(frozen=True)
class Origin:
    """Where an act came from: the peer's address, an opaque mark of the session, the request's own id."""

    address: str = ""
    session: str = ""
    request: str = ""


class Actor(Protocol):
    """Whoever acts; `origin` is set on the signed-in user by the middleware, never kept in a thread-local."""

    pk: Any
    username: str
    person_key: str
    origin: Origin


@dataclass(frozen=True)
class Subject:
    """An object of an event that is not a row: a list, a page, a name typed at sign-in."""

    audit_type: str
    audit_id: str = ""
    audit_label: str = ""


# The database stamps the time itself, but has by then chosen the month's partition by the time given here.
INSERT = """
INSERT INTO audit_event (code, kind, outcome, actor_id, actor, person_key, address, session, request,
                         object_type, object_id, object_label, batch, payload, at, xid, epoch, row_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp(), 0, 0, '')
RETURNING id
"""


def record(
    code: str,
    *,
    by: Actor | None,
    on: Auditable | Subject,
    outcome: str = "done",
    batch: Iterable[str] = (),
    origin: Origin | None = None,
    **payload: Any,
) -> int:
    """Write one event in the current transaction and return its number.

    `by=None` is the system itself. `batch` lists the ids of every object that one act touches. Raises KeyError
    for a code that `audit.events` does not declare, and the database's error when it cannot be written: the
    caller's act then does not happen.
    """
    declaration = EVENTS[code]
    where = origin or (getattr(by, "origin", None) if by else None) or Origin()
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                code,
                declaration.kind,
                outcome,
                by.pk if by else None,
                by.username if by else "system",
                by.person_key if by else "system",
                where.address,
                where.session,
                where.request,
                on.audit_type,
                _clean(on.audit_id),
                _clean(on.audit_label),
                list(batch),
                json.dumps(_clean(payload), ensure_ascii=False, sort_keys=True, default=str),
            ],
        )
        number: int = cursor.fetchone()[0]
    return number


def _clean(value: Any) -> Any:
    """Without NUL, which no database keeps, and with eight bullets for every SSN: evidence never holds one."""
    if isinstance(value, str):
        return guard.mask(value.replace("\x00", ""))[0]
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list | tuple) else value

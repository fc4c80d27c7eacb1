"""Events of one's own and their seals, for tests of the sealed log."""

import time

from django.db import connection

from audit import sealing
from audit.evidence import leaves_of
from audit.log import Subject, record
from audit.models import Seal

SUBJECT = Subject("list", "", "a list")


def write(count: int = 1) -> list[int]:
    """So many events, each committed by itself when no transaction is open; their numbers."""
    return [record("audit.viewed", by=None, on=SUBJECT) for _ in range(count)]


def seal_everything(seconds: float = 60) -> int:
    """Seal until no event is left over, and return how many were sealed.

    The horizon is that of the whole server: a test of another worker that keeps a transaction open holds it.
    """
    deadline, total = time.monotonic() + seconds, sealing.seal_once()
    while sealing.unsealed():
        assert time.monotonic() < deadline, sealing.standing()
        time.sleep(0.02)
        total += sealing.seal_once()
    return total


def sealed_numbers() -> list[int]:
    """The number of each sealed event, in the order of the seals."""
    return [
        int.from_bytes(one[:8], "big")
        for leaves in Seal.objects.order_by("sequence").values_list("leaves", flat=True)
        for one in leaves_of(bytes(leaves))
    ]


def numbers_in_order() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_event ORDER BY epoch, xid, id")
        return [number for (number,) in cursor.fetchall()]

"""Events of one's own and their seals, for tests of the sealed log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from audit import evidence, keys, sealing
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


def is_whole() -> bool:
    """Whether the seals hold every event once, in the order of the log, each chain link and signature right."""
    seals = list(Seal.objects.order_by("sequence"))
    known = keys.public_keys()
    head, reached = bytes(seals[0].previous), (0, 0)
    for one in seals:
        head = evidence.head_of(head, one.body().digest())
        stretch = (one.epoch, one.from_xid)
        follows = stretch == reached or (one.epoch > reached[0] and one.from_xid == 0)
        signed = evidence.is_signed(known[one.key], bytes(one.signature), evidence.HEAD + bytes(one.head))
        leaves = evidence.leaves_of(bytes(one.leaves))
        if not (follows and signed and head == bytes(one.head) and evidence.root_of(leaves) == bytes(one.root)):
            return False
        reached = (one.epoch, one.to_xid)
    return sealed_numbers() == numbers_in_order()


@contextmanager
def open_transaction(name: str = "") -> Iterator[psycopg.Connection]:
    """A writing transaction of another process, which stays open until the end."""
    config = connection.settings_dict
    with psycopg.connect(
        host=config["HOST"], user=config["USER"], dbname=config["NAME"], application_name=name
    ) as other:
        other.execute("SELECT pg_current_xact_id()")
        yield other

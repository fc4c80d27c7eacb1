"""The evidence: events that are only ever added, their epochs, seals and checkpoints, and the terms searched for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol

from django.db import models

from audit.evidence import SealBody
from audit.review_models import CountedDay, PersonDay, Review, Unusual
from privacy.fields import (
    ArrayField,
    BigAutoField,
    BigIntegerField,
    BinaryField,
    CharField,
    DateTimeField,
    IntegerField,
    Personal,
    TextField,
    UUIDField,
)

__all__ = [
    "Auditable",
    "Checkpoint",
    "CountedDay",
    "Epoch",
    "Event",
    "PersonDay",
    "Review",
    "Seal",
    "SearchTerms",
    "Unusual",
]


class Auditable(Protocol):
    """Anything an event can be about. `audit_label` holds no personal data: it is shown and kept for years."""

    audit_type: ClassVar[str]

    @property
    def audit_id(self) -> str: ...

    @property
    def audit_label(self) -> str: ...


class Event(models.Model):
    """One thing that somebody did or saw (CETS PIA: all user actions are logged and auditable).

    The database sets `at`, `xid`, `epoch` and `row_hash` and refuses every update, delete and truncate.
    The table is partitioned by month and has no foreign keys, so that it outlives what it speaks of.
    `payload` is JSON kept as text: a verifier hashes the very bytes.
    """

    id = BigAutoField(personal=Personal.NO, primary_key=True)
    at = DateTimeField(personal=Personal.NO)
    xid = BigIntegerField(personal=Personal.NO)
    epoch = IntegerField(personal=Personal.NO)
    row_hash = BinaryField(personal=Personal.NO)
    code = TextField(personal=Personal.NO)
    kind = TextField(personal=Personal.NO)
    outcome = TextField(personal=Personal.NO)
    actor_id = BigIntegerField(personal=Personal.YES, null=True)
    actor = TextField(personal=Personal.YES)
    person_key = TextField(personal=Personal.YES)
    address = TextField(personal=Personal.YES)
    session = TextField(personal=Personal.NO)
    request = TextField(personal=Personal.NO)
    object_type = TextField(personal=Personal.NO)
    object_id = TextField(personal=Personal.NO)
    object_label = TextField(personal=Personal.NO)
    batch = ArrayField(TextField(personal=Personal.NO), personal=Personal.NO)
    payload = TextField(personal=Personal.YES)

    class Meta:
        managed = False
        db_table = "audit_event"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"event {self.pk} {self.code}"


class Epoch(models.Model):
    """A stretch of transaction numbers; a restored cluster starts them anew and so opens the next epoch."""

    number = IntegerField(personal=Personal.NO, primary_key=True)
    opened_at = DateTimeField(personal=Personal.NO)
    why = CharField(personal=Personal.NO, max_length=200)

    class Meta:
        managed = False
        db_table = "audit_epoch"

    def __str__(self) -> str:
        return f"epoch {self.number}"


# A name of a key or of a file holds digits that mean nobody, and a seal must not fail for them.
NOT_TYPED = "made by the sealer and typed by nobody"


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exact: the form in which a time is hashed and signed."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


class Seal(models.Model):
    """What the sealer says of a stretch of the log: these events in this order and no others (`audit.evidence`).

    `leaves` holds `evidence.leaf` of each event of `epoch` whose transaction is in [from_xid, to_xid), in the order of
    transaction and number. The run-time role can add and read seals; triggers refuse everything else to everybody.
    """

    sequence = BigIntegerField(personal=Personal.NO, primary_key=True)
    at = DateTimeField(personal=Personal.NO)
    epoch = IntegerField(personal=Personal.NO)
    from_xid = BigIntegerField(personal=Personal.NO)
    to_xid = BigIntegerField(personal=Personal.NO)
    count = IntegerField(personal=Personal.NO)
    leaves = BinaryField(personal=Personal.NO)
    root = BinaryField(personal=Personal.NO)
    previous = BinaryField(personal=Personal.NO)
    head = BinaryField(personal=Personal.NO)
    key = TextField(personal=Personal.NO, unguarded=NOT_TYPED)
    signature = BinaryField(personal=Personal.NO)

    class Meta:
        managed = False
        db_table = "audit_seal"
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"seal {self.pk}"

    def body(self) -> SealBody:
        """What is hashed of it; the head chains this to the seal before."""
        return SealBody(
            sequence=self.sequence,
            epoch=self.epoch,
            from_xid=self.from_xid,
            to_xid=self.to_xid,
            count=self.count,
            root=bytes(self.root),
            at=microseconds(self.at),
            key=self.key,
        )


class Checkpoint(models.Model):
    """A signed head that was written outside the database; `at` is the time of its seal, as in the signed text."""

    sequence = BigIntegerField(personal=Personal.NO, primary_key=True)
    at = DateTimeField(personal=Personal.NO)
    head = BinaryField(personal=Personal.NO)
    events = BigIntegerField(personal=Personal.NO)
    key = TextField(personal=Personal.NO, unguarded=NOT_TYPED)
    signature = BinaryField(personal=Personal.NO)
    place = TextField(personal=Personal.NO, unguarded=NOT_TYPED)

    class Meta:
        managed = False
        db_table = "audit_checkpoint"
        ordering = ("-sequence",)

    def __str__(self) -> str:
        return f"checkpoint {self.pk}"


class SearchTerms(models.Model):
    """What was searched for, apart from the event that names it, since a search may be a person's name."""

    audit_type: ClassVar[str] = "search"
    audited: ClassVar[tuple[str, str, str]] = ("search", "id", "read")

    id = UUIDField(personal=Personal.NO, primary_key=True, default=uuid.uuid4, editable=False)
    user_id = BigIntegerField(personal=Personal.YES)
    terms = TextField(personal=Personal.YES)
    # How many reports it found for this person; one more than the list counts to means "more than that".
    found = IntegerField(personal=Personal.NO, null=True)

    def __str__(self) -> str:
        return f"search {self.pk}"

    @property
    def audit_id(self) -> str:
        return str(self.id)

    @property
    def audit_label(self) -> str:
        return "search"

"""The memo: a note to somebody, with the points that it makes and the reply that it got."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from privacy.fields import CharField, OneToOneField, Personal, TextField
from reports.kinds import KINDS, Kind, Rows, Section
from reports.models import Report, Row
from reports.moves import FILED, Move

NO, YES = Personal.NO, Personal.YES


class Memo(Report):
    """A note to somebody. It was written at `event_at`."""

    audited: ClassVar[tuple[str, str, str]] = ("report", "report_ptr_id", "change")

    class Weight(models.TextChoices):
        LIGHT = "light", "For information"
        HEAVY = "heavy", "For action"

    report_ptr = OneToOneField(
        Report, models.CASCADE, personal=NO, parent_link=True, primary_key=True, related_name="memo"
    )
    addressee = CharField("addressed to", personal=YES, max_length=80)
    weight = CharField("weight", personal=NO, max_length=10, choices=Weight)
    reply = TextField("reply", personal=YES, max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = "memo"


class Point(Row):
    """One point that the memo makes."""

    saying = CharField("what it says", personal=YES, max_length=200)
    source = CharField("where it is from", personal=NO, max_length=80, blank=True)

    class Meta(Row.Meta):
        verbose_name = "point"

    def line(self) -> str:
        return self.saying


REPLY = Move(
    name="reply",
    label="Reply",
    done="replied to",
    from_states=FILED,
    to_state=None,
    permission="amend_memo",
    says="Say what was answered.",
    event="report.amended",
    asks=("reply",),
    needs=("reply",),
)

KINDS.register(
    Kind(
        code="memo",
        prefix="MEMO",
        noun="memo",
        label="Memo",
        line="You want to tell somebody something.",
        model=Memo,
        words={"event_at": ("written at", ""), "narrative": ("text", "What is to be said, in order.")},
        approval=True,
        moves=(REPLY,),
        aliases=("NOTE TO FILE",),
        parts=(
            Section(
                "what",
                "To whom, and about what",
                ("addressee", "weight", "title", "synopsis", "event_at", "office", "programme"),
            ),
            Rows("points", "Points", Point, "point", minimum=1, empty="No point yet."),
            Section("narrative", "Text", ("narrative",)),
            Section("reply", "Reply", ("reply",), by_move=True),
        ),
    )
)

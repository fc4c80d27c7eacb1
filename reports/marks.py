"""The small marks that tell a report at a glance, the same in the list, in the queue and on its page."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from reports.models import Report
from reports.states import Status
from sen import marks

TONES: dict[str, str] = {
    Status.AWAITING_APPROVAL: "waiting",
    Status.RETURNED: "waiting",
    Status.SUBMITTED: "neutral",
    Status.UNDER_REVIEW: "working",
    Status.CLOSED: "done",
    Status.VOIDED: "void",
}

# Field of the report, its word, its icon. What limits who may know stands first.
FLAGS: tuple[tuple[str, str, str], ...] = (
    ("restricted", "Restricted", "lock"),
    ("legal_hold", "Legal hold", "security"),
    ("sensitive_source", "Sensitive source", "visibility_off"),
    ("minor_involved", "Minor", "person"),
    ("foreign_national", "Foreign national", "language"),
    ("media_interest", "Media", "campaign"),
    ("congressional_interest", "Congress", "public"),
    ("sar_present", "SAR exists", "report"),
)
FLAG_FIELDS = tuple(name for name, _, _ in FLAGS)


def state_mark(status: str) -> SafeString:
    """The state as a word with its tone."""
    return marks.state(str(Status(status).label), TONES[status])


def urgent_mark() -> SafeString:
    return marks.state("Urgent", "overdue", "priority_high")


def flag_marks(report: Report) -> SafeString:
    """The flags that are set, each labelled; nothing where none is."""
    drawn = [marks.flag(word, icon) for name, word, icon in FLAGS if getattr(report, name)]
    return mark_safe(" ".join(drawn))  # noqa: S308 - each is escaped where it is drawn

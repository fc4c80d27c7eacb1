"""What the page of a report shows: the document, what may be done with it now, who knows, and its life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse

from accounts.access import Verdict, may
from accounts.models import User
from reports import actions, panels, protection
from reports.compare import changes
from reports.content import Filled
from reports.document import as_kept, document, related_numbers
from reports.kinds import KINDS, Start
from reports.lookup import with_people
from reports.marks import flag_marks, state_mark, urgent_mark
from reports.models import Draft, Report, Revision
from reports.moves import Move
from reports.reading import last_read_version
from reports.states import Status
from reports.timeline import life, steps_of, taken_up
from reports.told import told
from reports.workflow import may_move, moves_of

# The page shows these in its heading and its side column.
SHOWN_ELSEWHERE = ("title", "related")


def opened(number: str, user: User) -> Any:
    """The report, its newest version as kept, what `user` read last, whether they are amending it: one statement."""
    newest = Revision.objects.filter(report=OuterRef("pk"), version=OuterRef("version")).values("content")
    reports: QuerySet[Any] = with_people(Report.objects.visible_to(user)).annotate(
        content=Subquery(newest),
        last_read=last_read_version(user),
        is_amending=Exists(Draft.objects.filter(amends=OuterRef("pk"), author=user)),
    )
    report = reports.filter(number=number.replace("\x00", "")).first()
    if report is None:
        raise Http404
    return report


def page_of(report: Any, user: User) -> dict[str, Any]:
    """Everything the template names, of a report that `opened` gave."""
    filled = as_kept(report, report.content)
    notices = list(report.notices.select_related("office", "acknowledged_by"))
    steps = steps_of(report)
    return {
        "report": report,
        "state": state_mark(report.status),
        "urgent": urgent_mark() if report.urgent else "",
        "flags": flag_marks(report),
        "parts": document(filled, leave_out=SHOWN_ELSEWHERE, opened=protection.opened(report, user)),
        "moves": _moves(report, user),
        "starts": _starts(report, user),
        "amend": _amend_verdict(report, user),
        "may_name_readers": report.restricted and bool(may(user, "name_readers", report.office, report.author_id)),
        "told": told(report, notices, taken_up(report, steps), user),
        "unread": _unread(report, filled, user),
        "related": _related(filled, user),
        "panels": panels.panels_for(report, user),
        "timeline": life(report, steps, notices, user),
    }


@dataclass(frozen=True)
class Offer:
    """A move on the page: one that may be made, or one that may not with the reason."""

    move: Move
    url: str
    refused: str = ""


def _moves(report: Report, user: User) -> list[Offer]:
    """What may be done now; of the rest, what this person's role does, where the reason helps."""
    found = []
    for move in moves_of(report.declaration).values():
        verdict = may_move(report, move, user)
        url = reverse("reports:move", args=[report.number, move.name])
        if verdict:
            found.append(Offer(move, url))
        elif _reason_helps(report, move, user):
            found.append(Offer(move, url, verdict.reason))
    return found


def _reason_helps(report: Report, move: Move, user: User) -> bool:
    before_review = move.name == "close" and report.status == Status.SUBMITTED
    if report.legacy or (move.name == "approve" and report.status != Status.AWAITING_APPROVAL):
        return False
    return (report.status in move.from_states or before_review) and user.may_somewhere(move.permission_for(report))


def _starts(report: Report, user: User) -> list[tuple[Start, str]]:
    """What this report can give rise to, for whoever may file it: each with why it cannot yet, if so."""
    if report.legacy or report.status == Status.VOIDED:
        return []
    offered = [s for s in report.declaration.starts if user.may_somewhere(KINDS[s.kind].permission("file"))]
    return [(start, start.hindered(report.typed)) for start in offered]


def _amend_verdict(report: Report, user: User) -> Verdict | None:
    if actions.closed_to_amending(report):
        return None
    return may(user, report.declaration.permission("amend"), report.office, report.author_id)


def _unread(report: Any, filled: Filled, user: User) -> dict[str, int] | None:
    """What has changed since the version that this person read last, if they read an older one."""
    if report.last_read is None or report.last_read >= report.version:
        return None
    _, old = actions.version(report, report.last_read)
    seen = len(changes(old, filled, opened=protection.opened(report, user)))
    return {"last": report.last_read, "newest": report.version, "changes": seen}


def _related(filled: Filled, user: User) -> list[tuple[str, str, bool]]:
    """The reports that this one names: number, why, and whether this person may open it."""
    rows = related_numbers(filled)
    if not rows:
        return []
    numbers = [row.number for row in rows]
    visible = set(Report.objects.visible_to(user).filter(number__in=numbers).values_list("number", flat=True))
    return [(row.number, row.why, row.number in visible) for row in rows]

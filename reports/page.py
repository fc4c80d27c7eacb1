"""What the page of a report shows: the document, what may be done with it now, who knows, and its life."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import Verdict, may
from accounts.models import User
from reports import actions, outside, panels, protection
from reports.compare import changes
from reports.condensed import when, where
from reports.content import Filled
from reports.document import as_kept, document, related_numbers
from reports.filters import offers
from reports.kinds import KINDS, Start
from reports.lookup import with_people
from reports.marks import flag_marks, state_mark, urgent_mark
from reports.models import Draft, Report, Revision
from reports.models.attachments import Attachment
from reports.moves import FILED, Move
from reports.picture import picture
from reports.reading import last_read_version
from reports.relations import Links, links_of
from reports.standing import banners
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
        has_attachments=Exists(Attachment.objects.filter(report=OuterRef("pk"))),
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
    links = links_of(report, related_numbers(filled), user)
    typed = filled.report
    starts = _starts(report, typed, links, user)
    beside = panels.panels_for(report, user)
    return {
        "report": report,
        "state": state_mark(report.status),
        "urgent": urgent_mark() if report.urgent else "",
        "flags": flag_marks(report),
        "parts": document(
            filled,
            leave_out=SHOWN_ELSEWHERE,
            opened=protection.opened(report, user),
            reveals=protection.reveals(report, user),
            labels=offers(user).labels,
        ),
        "when": when(filled),
        "where": where(filled),
        "banners": [*banners(report, steps, user), *(panel.banner for panel in beside if panel.banner)],
        "moves": _moves(report, typed, user, first_is_next=not any(offer.is_next for offer in starts)),
        "starts": starts,
        "amend": _amend_verdict(report, user),
        "amend_label": "Go on amending" if report.is_amending else "Amend",
        "may_name_readers": report.restricted and bool(may(user, "name_readers", report.office, report.author_id)),
        "told": told(report, notices, taken_up(report, steps), user),
        "unread": _unread(report, filled, user),
        "links": links,
        "picture": picture(report, links.open),
        "may_relate": bool(actions.may_relate(report, user)),
        "panels": beside,
        "timeline": sorted([*life(report, steps, notices, user), *links.entries], key=lambda entry: entry.at),
    }


@dataclass(frozen=True)
class Offer:
    """A move on the page: one that may be made, or one that may not with the reason. `is_next` is the usual one."""

    move: Move
    url: str
    refused: str = ""
    is_next: bool = False


@dataclass(frozen=True)
class StartOffer:
    """A report that this one can give rise to; `is_next` where that is what is waited for."""

    start: Start
    url: str
    refused: str = ""
    is_next: bool = False


def _moves(report: Report, typed: Report, user: User, *, first_is_next: bool) -> list[Offer]:
    """What may be done now, the usual first; of the rest, what this person's role does, where the reason helps."""
    found, refused = [], []
    for move in moves_of(report.declaration).values():
        verdict = may_move(report, move, user, typed=typed)
        url = reverse("reports:move", args=[report.number, move.name])
        if verdict:
            found.append(Offer(move, url))
        elif _reason_helps(report, move, user):
            refused.append(Offer(move, url, verdict.reason))
    found.sort(key=lambda offer: not _goes_on(offer.move, typed))
    if found and first_is_next and _goes_on(found[0].move, typed):
        found[0] = replace(found[0], is_next=True)
    return found + refused


def _goes_on(move: Move, typed: Report) -> bool:
    """Whether a move brings the report further on its way, rather than back, out of it, or over an answer again.

    One that asks does so when the kind says that something is waited for.
    """
    if not move.asks:
        return move.tone in ("working", "done")
    return bool(typed.declaration.pending(typed, timezone.now())) and not _is_answered(move, typed)


def _is_answered(move: Move, typed: Any) -> bool:
    return all(getattr(typed, name) not in ("", None, typed._meta.get_field(name).default) for name in move.needs)


def _reason_helps(report: Report, move: Move, user: User) -> bool:
    before_review = move.name == "close" and report.status == Status.SUBMITTED
    if report.legacy or (move.name == "approve" and report.status != Status.AWAITING_APPROVAL):
        return False
    return (report.status in move.from_states or before_review) and user.may_somewhere(move.permission_for(report))


def _starts(report: Report, typed: Report, links: Links, user: User) -> list[StartOffer]:
    """What this report can give rise to, for whoever may file it: each with why it cannot yet, if so."""
    if report.legacy or report.status not in FILED or outside.only_read(report, user):
        return []
    offered = [s for s in report.declaration.starts if user.may_somewhere(KINDS[s.kind].permission("file"))]
    done = {link.why for link in links.named}
    return [_start(report.number, typed, start, is_done=start.because in done) for start in offered]


def _start(number: str, typed: Report, start: Start, *, is_done: bool) -> StartOffer:
    url = reverse("reports:start", args=[number, start.name])
    return StartOffer(start, url, start.hindered(typed), is_next=not is_done and start.awaited(typed))


def _amend_verdict(report: Report, user: User) -> Verdict | None:
    if actions.closed_to_amending(report):
        return None
    return may(user, report.declaration.permission("amend"), report.office, report.author_id)


def _unread(report: Any, filled: Filled, user: User) -> dict[str, int] | None:
    """What others have changed since the version that this person read last."""
    if report.last_read is None or report.last_read >= report.version:
        return None
    newer = Revision.objects.filter(report=report, version__gt=report.last_read)
    if not newer.exclude(by=user).exists():
        return None
    _, old = actions.version(report, report.last_read)
    seen = len(changes(old, filled, opened=protection.opened(report, user)))
    return {"last": report.last_read, "newest": report.version, "changes": seen}

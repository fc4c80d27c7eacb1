"""Linking reports with each other, by hand with a reason or because one gave rise to the other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.access import Refused, Verdict, action, may
from accounts.models import User
from audit.log import record
from reports.models import Draft, Relation, Report

LONGEST_REASON = 300
WHY_APART = "Say why the two do not belong together."
UNKNOWN = "There is no report of this number that you can read. Check the number, such as SIR-2026-MIA-000123."


def may_relate(report: Report, user: User) -> Verdict:
    """Whoever may amend the report, and the watch."""
    if user.may_somewhere("review_reports"):
        return may(user, "review_reports", report.office)
    return may(user, report.declaration.permission("amend"), report.office, report.author_id)


@action
def relate(report: Report, other: Report, *, by: User, reason: str, now: datetime | None = None) -> Relation:
    """Link two reports that `by` may see. Raises ValidationError beside the field, and Refused."""
    _refuse_reason(reason, "Say why the two belong together.")
    if report.pk == other.pk:
        raise ValidationError({"number": "This is the report itself. Give the number of another one."})
    seen = _locked(report, other, by)
    if report.pk not in seen or not (verdict := may_relate(seen[report.pk], by)):
        raise Refused(verdict.reason if report.pk in seen else "You can no longer read this report.")
    if other.pk not in seen:
        raise ValidationError({"number": UNKNOWN})
    if Relation.objects.filter(of__in=seen, to__in=seen, unmade_at=None).exists():
        raise ValidationError({"number": "These two reports are linked already."})
    return _make(report, other, Relation.Type.RELATED, reason, by=by, now=now or timezone.now())


def _locked(report: Report, other: Report, by: User) -> dict[UUID, Report]:
    """Those of the two that `by` may see, locked in the order of their keys: two who link them wait for each other."""
    both = Report.objects.visible_to(by).filter(pk__in=(report.pk, other.pk)).order_by("pk")
    return {one.pk: one for one in both.select_for_update(of=("self",)).select_related("office")}


def _refuse_reason(reason: str, missing: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": missing})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": f"Shorten the reason to {LONGEST_REASON} characters."})


def relate_start(draft: Draft, report: Report, *, by: User, now: datetime) -> None:
    """Link a report that was begun from another one, in the act that files it."""
    origin = draft.begun_from
    start = origin.declaration.start(draft.start) if origin else None
    if origin and start:
        _make(origin, report, Relation.Type.LED_TO, start.because, by=by, now=now)


def _make(of: Report, to: Report, kind: Relation.Type, reason: str, *, by: User, now: datetime) -> Relation:
    relation = Relation.objects.create(of=of, to=to, type=kind, reason=reason, made_by=by, made_at=now)
    # Each names the other: whoever reads the log of one report finds the link.
    for one, other in ((of, to), (to, of)):
        record("relation.made", by=by, on=one, other=str(other.pk), reason=reason)
    return relation


@action
def unrelate(relation_id: UUID, *, by: User, reason: str, now: datetime | None = None) -> Relation:
    """Take a link back. Both reports keep that it was there, who took it back and why.

    Raises Relation.DoesNotExist to whom either of the two is hidden, ValidationError and Refused.
    """
    relation = (
        Relation.objects.select_for_update(of=("self",))
        .select_related("of__office", "to__office", "unmade_by")
        .get(pk=relation_id)
    )
    both = (relation.of, relation.to)
    if Report.objects.visible_to(by).filter(pk__in=[report.pk for report in both]).count() < len(both):
        raise Relation.DoesNotExist
    verdicts = [may_relate(report, by) for report in both]
    if not any(verdicts):
        raise Refused(verdicts[0].reason)
    if relation.unmade_by:
        raise Refused(f"{relation.unmade_by.name} has unlinked these two reports already.")
    _refuse_reason(reason, WHY_APART)
    relation.unmade_by, relation.unmade_at, relation.unmade_reason = by, now or timezone.now(), reason
    relation.save(update_fields=["unmade_by", "unmade_at", "unmade_reason"])
    for one, other in (both, both[::-1]):
        record("relation.unmade", by=by, on=one, other=str(other.pk), reason=reason)
    return relation

"""Whether a report waits for a supervisor: what its kind declares, unless an administrator's rule says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.access import may
from accounts.models import User
from reports.content import Filled
from reports.kinds import Kind, Wrong
from reports.models import ApprovalRule, Report
from reports.moves import AWAITED
from reports.states import Status


def needed(kind: Kind) -> bool:
    rule = ApprovalRule.objects.filter(kind=kind.code).first()
    return rule.needed if rule else kind.approval


def out_of_reach(filled: Filled, before: Report | None, by: User) -> Iterable[Wrong]:
    """A restricted report that waits for approval names somebody who may approve it: nobody else can even see it."""
    report = filled.report
    waits = before is None or before.status in AWAITED or not before.restricted
    section = filled.kind.section_of("supervisor")
    if not (report.restricted and waits and section and report.office_id and needed(filled.kind)):
        return
    who, author = report.supervisor, before.author if before else by
    approves = filled.kind.permission("approve")
    if who is None or who.person_key == author.person_key or not may(who, approves, report.office):
        said = "Only people named on a restricted report can see it, and somebody has to approve it."
        yield Wrong(section.name, "supervisor", f"{said} Name a supervisor who may approve for {report.office.name}.")


def first_status(kind: Kind) -> Status:
    """Where a report of this kind stands when it has just been filed."""
    return Status.AWAITING_APPROVAL if needed(kind) else Status.SUBMITTED


def status_after(report: Report, before: Mapping[str, Any], after: Mapping[str, Any]) -> Status:
    """Where it stands after an amendment: what was returned is decided on again, and so is a plan that changed."""
    kind = report.declaration
    if report.status == Status.RETURNED:
        return first_status(kind)
    if kind.approved_again(before, after):
        return Status.AWAITING_APPROVAL if needed(kind) else Status(report.status)
    return Status(report.status)

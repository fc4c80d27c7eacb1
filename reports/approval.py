"""Whether a report waits for a supervisor: what its kind declares, unless an administrator's rule says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.kinds import Kind
from reports.models import ApprovalRule, Report
from reports.states import Status


def needed(kind: Kind) -> bool:
    rule = ApprovalRule.objects.filter(kind=kind.code).first()
    return rule.needed if rule else kind.approval


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

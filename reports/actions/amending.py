"""Amending: a draft becomes the next version of its report, and nothing of the older versions is overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.access import Refused
from accounts.models import User
from audit.log import record
from reports import approval, consequences, naming
from reports.actions.keeping import announce, ask_supervisor, keep_version, locked, require, tell, weigh
from reports.actions.rows import save_rows
from reports.answers import Answers
from reports.attachments.filing import take_along
from reports.content import Filled, read, to_content
from reports.finding import alerts, documents
from reports.kinds import Section
from reports.models import Draft, Report, StatusChange
from reports.states import Status


class Outdated(Exception):
    """The report has a newer version than the amendment started from."""

    def __init__(self, report: Report, base_version: int) -> None:
        super().__init__("The report was amended meanwhile.")
        self.report, self.base_version = report, base_version


def amend(draft: Draft, answers: Answers, filled: Filled, *, by: User, now: datetime) -> Report:
    """Save the draft as the next version of its report. Call it inside the act of filing."""
    report = locked(by).get(pk=draft.amends_id or draft.pk)
    _refuse(report, draft, by)
    typed = filled.kind.model.objects.get(pk=report.pk)
    before = to_content(read(typed))
    for section in (part for part in answers.parts if isinstance(part, Section)):
        for name in section.fields:
            setattr(typed, name, getattr(filled.report, name))
    typed.event_zone = filled.report.event_zone
    typed.version, typed.amended_at = report.version + 1, now
    filled.report = typed
    filled.kind.renews(typed, before)
    weigh(filled)
    files = take_along(draft, report, by=by)
    if (after := to_content(filled)) == before and not files:
        raise Refused("Nothing has been changed yet, so there is no new version to file.")
    _await_again(typed, approval.status_after(report, before, after), by=by, now=now)
    typed.save()
    save_rows(filled)
    naming.follow(report, typed, by=by)
    keep_version(filled, by=by, at=now, reason=draft.reason)
    notices = tell(typed, now)
    documents.index(filled)
    record("report.amended", by=by, on=typed, version=typed.version, reason=draft.reason)
    consequences.follow(filled, before, by=by, now=now)
    announce(notices)
    ask_supervisor(typed)
    alerts.look(typed)
    return typed


def _refuse(report: Report, draft: Draft, by: User) -> None:
    require(by, report.declaration.permission("amend"), report)
    if refusal := closed_to_amending(report):
        raise Refused(refusal)
    if not draft.reason.strip():
        raise Refused("Say why you amend the report.")
    if report.version != draft.base_version:
        raise Outdated(report, draft.base_version or 0)


def closed_to_amending(report: Report) -> str:
    """Why nobody amends this report, whoever they are; nothing where somebody may."""
    if report.status == Status.VOIDED:
        return "This report is voided and cannot be amended."
    if report.legacy:
        return "This report was brought from an older system and stands as it was written. File a new report instead."
    return ""


def _await_again(typed: Any, status: Status, *, by: User, now: datetime) -> None:
    """Where the new version has to be approved (again), nobody has it under review and nothing is closed."""
    if status == typed.status:
        return
    StatusChange.objects.create(
        report_id=typed.pk, move="file-again", from_status=typed.status, to_status=status, by=by, at=now
    )
    typed.status, typed.held_by, typed.closed_at = status, None, None


def rebase(draft: Draft, mine: dict[str, Any], *, by: User) -> Draft:
    """Set an outdated amendment on the newest version, with the answers that its author chose to keep."""
    draft.answers, draft.version = mine, draft.version + 1
    draft.base_version = draft.amends.version if draft.amends else None
    draft.save()
    return draft

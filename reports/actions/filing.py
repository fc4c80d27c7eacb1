"""Filing a draft: once for each key, as a new report or as the next version of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.access import Refused, action
from accounts.models import User
from audit.log import record
from reports import approval, consequences, naming
from reports.actions.amending import amend
from reports.actions.keeping import announce, ask_supervisor, keep_version, require, tell, weigh
from reports.actions.relating import relate_start
from reports.actions.rows import insert_rows
from reports.answers import Answers, Problem
from reports.attachments.filing import take_along
from reports.content import Filled
from reports.finding import alerts, documents
from reports.models import Draft, Report, StatusChange, Submission
from reports.numbers import next_number


class NotComplete(Exception):
    """The draft cannot be filed yet; each problem says what to mend and where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("The draft is not complete.")
        self.problems = problems


class KeyReused(Exception):
    """The same key came with another body."""


class ChangedSince(Exception):
    """The draft is no longer what its author has checked."""


@dataclass(frozen=True)
class Receipt:
    """What a submit made, the first time or again."""

    report: Report
    repeated: bool = False


@action
def submit(
    draft_id: UUID,
    *,
    by: User,
    key: UUID,
    body_hash: str,
    attested: bool,
    checked_version: int | None = None,
    brought_in: bool = False,
    now: datetime | None = None,
) -> Receipt:
    """File a draft as a new report, or as the next version of the report that it amends, once for each key.

    A second call with the same key waits for the first to commit and returns the same report. Raises KeyReused when
    the body differs, ChangedSince when the draft is not in its `checked_version`, NotComplete with every problem,
    Outdated when the report changed meanwhile, Refused when the author may not file, and Draft.DoesNotExist.
    What is `brought_in` from a file of past events is filed by the same rules, but nobody's mailbox is filled.
    """
    now = now or timezone.now()
    earlier = _claim(key, by, body_hash, draft_id, now)
    if earlier:
        return Receipt(earlier.report, repeated=True)
    draft = (
        Draft.objects.select_for_update(of=("self",)).select_related("amends", "begun_from").get(pk=draft_id, author=by)
    )
    if checked_version not in (None, draft.version):
        raise ChangedSince
    if not attested:
        raise Refused("Confirm that the report is accurate to the best of your knowledge.")
    answers = Answers(draft, by, now)
    if problems := answers.problems():
        raise NotComplete(problems)
    filled = answers.fill()
    if draft.amends:
        report = amend(draft, answers, filled, by=by, now=now)
    else:
        report = _file(draft, filled, by=by, now=now, quiet=brought_in)
    draft.delete()
    return Receipt(report)


def _claim(key: UUID, by: User, body_hash: str, draft_id: UUID, now: datetime) -> Submission | None:
    """Take the key, or wait for whoever has it and return what they filed."""
    draft = Draft.objects.filter(pk=draft_id, author=by).values("amends_id", "base_version").first()
    report_id = draft["amends_id"] if draft and draft["amends_id"] is not None else draft_id
    version = (draft["base_version"] or 0) + 1 if draft else 1
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_submission (key, author_id, body_hash, report_id, version, at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            [key, by.pk, body_hash, report_id, version, now],
        )
        if cursor.rowcount:
            return None
    earlier = Submission.objects.select_related("report").get(key=key)
    if earlier.author_id != by.pk or earlier.body_hash != body_hash:
        raise KeyReused
    return earlier


def _file(draft: Draft, filled: Filled, *, by: User, now: datetime, quiet: bool) -> Report:
    """Number and save a new report with its rows, its first version, its notices and its event."""
    report = filled.report
    require(by, filled.kind.permission("file"), report)
    report.id = report.pk = draft.pk
    report.kind, report.author = draft.kind, by
    report.number = next_number(filled.kind.prefix, report.office, now)
    report.created_at, report.submitted_at, report.attested_at = draft.created_at, now, now
    report.status = approval.first_status(filled.kind)
    weigh(filled)
    report.save(force_insert=True)
    insert_rows(filled)
    if report.restricted:
        naming.name(report, {person for person in (by, report.supervisor) if person})
    keep_version(filled, by=by, at=now)
    StatusChange.objects.create(report_id=report.pk, move="file", to_status=report.status, by=by, at=now)
    take_along(draft, report, by=by)
    notices = tell(report, now)
    documents.index(filled)
    record("report.submitted", by=by, on=report, version=1, urgent=report.urgent)
    if draft.begun_from:
        relate_start(draft, report, by=by, now=now)
    consequences.follow(filled, None, by=by, now=now)
    if not quiet:
        announce(notices)
        ask_supervisor(report)
        alerts.look(report)
    return report

"""Every change to a filed report: filing, amending, moving, naming readers, acknowledging."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models
from django.utils import timezone

from accounts.access import Refused, action, may
from accounts.models import User
from audit.log import record
from reports import mail, naming, routing, search, urgency
from reports.answers import Answers, Problem
from reports.content import Filled, from_content, read, to_content
from reports.kinds import Rows
from reports.models import (
    Draft,
    Person,
    Report,
    ReportNotice,
    ReportReader,
    Revision,
    Row,
    StatusChange,
    Submission,
)
from reports.numbers import next_number
from reports.states import Status
from reports.workflow import MOVES, may_move


class NotComplete(Exception):
    """The draft cannot be filed yet; each problem says what to mend and where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("The draft is not complete.")
        self.problems = problems


class KeyReused(Exception):
    """The same key came with another body."""


class ChangedSince(Exception):
    """The draft is no longer what its author has checked."""


class Outdated(Exception):
    """The report has a newer version than the amendment started from."""

    def __init__(self, report: Report, base_version: int) -> None:
        super().__init__("The report was amended meanwhile.")
        self.report, self.base_version = report, base_version


@dataclass(frozen=True)
class Receipt:
    """What a submit made, the first time or again."""

    report: Report
    repeated: bool = False


# -- Filing --------------------------------------------------------------------------------------------------------
@action
def submit(
    draft_id: UUID,
    *,
    by: User,
    key: UUID,
    body_hash: str,
    attested: bool,
    checked_version: int | None = None,
    now: datetime | None = None,
) -> Receipt:
    """File a draft as a new report, or as the next version of the report that it amends, once for each key.

    A second call with the same key waits for the first to commit and returns the same report. Raises KeyReused when
    the body differs, ChangedSince when the draft is not in its `checked_version`, NotComplete with every problem,
    Outdated when the report changed meanwhile, Refused when the author may not file, and Draft.DoesNotExist.
    """
    now = now or timezone.now()
    earlier = _claim(key, by, body_hash, draft_id, now)
    if earlier:
        return Receipt(earlier.report, repeated=True)
    draft = Draft.objects.select_for_update(of=("self",)).select_related("amends").get(pk=draft_id, author=by)
    if checked_version not in (None, draft.version):
        raise ChangedSince
    if not attested:
        raise Refused("Confirm that the report is accurate to the best of your knowledge.")
    answers = Answers(draft, by)
    if problems := answers.problems():
        raise NotComplete(problems)
    filled = answers.fill()
    report = _amend(draft, filled, by=by, now=now) if draft.amends else _file(draft, filled, by=by, now=now)
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


def _file(draft: Draft, filled: Filled, *, by: User, now: datetime) -> Report:
    """Number and save a new report with its rows, its first version, its notices and its event."""
    report = filled.report
    _require(by, filled.kind.permission("file"), report)
    report.id = report.pk = draft.pk
    report.kind, report.author = draft.kind, by
    report.number = next_number(filled.kind.prefix, report.office, now)
    report.created_at, report.submitted_at, report.attested_at = draft.created_at, now, now
    weigh(filled)
    report.save(force_insert=True)
    insert_rows(filled)
    if report.restricted:
        naming.name(report, {person for person in (by, report.supervisor) if person})
    keep_version(filled, by=by, at=now)
    StatusChange.objects.create(report_id=report.pk, move="file", to_status=report.status, by=by, at=now)
    notices = tell(report, now)
    search.index(filled)
    record("report.submitted", by=by, on=report, version=1, urgent=report.urgent)
    announce(notices)
    return report


def _locked(by: User) -> models.QuerySet[Report]:
    """Reports that `by` may see, their rows locked; to anybody else they do not exist."""
    # Without `held_by`: whoever has waited for the lock would get what was joined before it, so nobody's name.
    return Report.objects.visible_to(by).select_for_update(of=("self",)).select_related("office", "author")


def _require(by: User, permission: str, report: Report) -> None:
    verdict = may(by, permission, report.office, report.author_id or by.pk)
    if not verdict:
        raise Refused(verdict.reason)


def weigh(filled: Filled, why: list[str] | None = None) -> None:
    """Set what lists show of a report without reading its rows: its urgency and how many people it names."""
    why = urgency.reasons(filled) if why is None else why
    filled.report.urgency = 1 if why else 0
    filled.report.urgent_because = "; ".join(why)[:300]
    filled.report.people_count = len(filled.people())


def save_rows(filled: Filled) -> None:
    """Make the tables hold exactly these rows."""
    old = {
        part.name: set(part.model._default_manager.filter(report_id=filled.report.pk).values_list("pk", flat=True))
        for part in filled.kind.rows
    }
    for part in reversed(_people_first(filled)):
        gone = old[part.name] - {row.id for row in filled.rows.get(part.name, [])}
        if gone:
            part.model._default_manager.filter(report_id=filled.report.pk, pk__in=gone).delete()
    for part in _people_first(filled):
        for row in filled.rows.get(part.name, []):
            _attach(row, filled.report)
            # Only a row of this very report may be updated, whatever key a page has sent.
            with _keys_of_its_own(part):
                row.save(force_insert=row.id not in old[part.name], force_update=row.id in old[part.name])


def insert_rows(filled: Filled) -> None:
    """Save the rows of a new report, one statement a list."""
    for part in _people_first(filled):
        for row in filled.rows.get(part.name, []):
            _attach(row, filled.report)
        with _keys_of_its_own(part):
            part.model._default_manager.bulk_create(filled.rows.get(part.name, []))


@contextmanager
def _keys_of_its_own(part: Rows) -> Iterator[None]:
    """Refuse a row whose key another report has. The key came from a page; when it was typed nobody had it yet."""
    try:
        yield
    except IntegrityError as error:
        broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if not broken.endswith("_pkey"):
            raise
        said = f"This draft holds a row that another report already has ({part.title.lower()})."
        raise Refused(f"{said} Remove it from the list and add it anew.") from error


def _people_first(filled: Filled) -> list[Rows]:
    """The lists of rows, people first, since the others point at them."""
    return sorted(filled.kind.rows, key=lambda part: part.model is not Person)


def _attach(row: Row, report: Report) -> None:
    """Put a row under its report, and copy the keys of people that were unsaved when they were linked."""
    row.report_id = report.pk
    for declared in row._meta.concrete_fields:
        if isinstance(declared, models.ForeignKey) and declared.related_model is Person:
            person = getattr(row, declared.name)
            setattr(row, declared.attname, person.pk if person else None)


def keep_version(filled: Filled, *, by: User, at: datetime, reason: str = "") -> None:
    Revision.objects.create(
        report_id=filled.report.pk,
        version=filled.report.version,
        content=to_content(filled),
        by=by,
        at=at,
        reason=reason,
    )


def tell(report: Report, now: datetime) -> list[ReportNotice]:
    """A notice for each office that the routing rules name and that has none yet."""
    told = set(ReportNotice.objects.filter(report_id=report.pk).values_list("office_id", "role"))
    notices = [
        ReportNotice(
            report_id=report.pk,
            office=to.office,
            role=to.role,
            urgent=report.urgent,
            version=report.version,
            made_at=now,
        )
        for to in routing.recipients(report, urgent=report.urgent)
        if (to.office.pk, to.role) not in told
    ]
    return ReportNotice.objects.bulk_create(notices)


def announce(notices: Iterable[ReportNotice]) -> None:
    """Queue the mail of each notice in this very transaction: a report that is filed now is always announced."""
    from reports.tasks import mail_notice

    jobs: list[dict[str, Any]] = [{"notice_id": str(one.pk)} for one in notices if mail.is_news(one.made_at)]
    if jobs:
        mail_notice.batch_defer(*jobs)


# -- Amending ------------------------------------------------------------------------------------------------------
def _amend(draft: Draft, filled: Filled, *, by: User, now: datetime) -> Report:
    """Save the draft as the next version of its report; nothing of the older versions is overwritten."""
    report = _locked(by).get(pk=draft.amends_id or draft.pk)
    _require(by, report.declaration.permission("amend"), report)
    if report.status == Status.VOIDED:
        raise Refused("This report is voided and cannot be amended.")
    if not draft.reason.strip():
        raise Refused("Say why you amend the report.")
    if report.version != draft.base_version:
        raise Outdated(report, draft.base_version or 0)
    typed = filled.kind.model.objects.get(pk=report.pk)
    before = to_content(read(typed))
    for section in filled.kind.sections:
        for name in section.fields:
            setattr(typed, name, getattr(filled.report, name))
    typed.event_zone = filled.report.event_zone
    typed.version, typed.amended_at = report.version + 1, now
    filled.report = typed
    weigh(filled)
    if to_content(filled) == before:
        raise Refused("Nothing has been changed yet, so there is no new version to file.")
    typed.save()
    save_rows(filled)
    naming.follow(report, typed, by=by)
    keep_version(filled, by=by, at=now, reason=draft.reason)
    notices = tell(typed, now)
    search.index(filled)
    record("report.amended", by=by, on=typed, version=typed.version, reason=draft.reason)
    announce(notices)
    return typed


def rebase(draft: Draft, mine: dict[str, Any], *, by: User) -> Draft:
    """Set an outdated amendment on the newest version, with the answers that its author chose to keep."""
    draft.answers, draft.version = mine, draft.version + 1
    draft.base_version = draft.amends.version if draft.amends else None
    draft.save()
    return draft


# -- Moving --------------------------------------------------------------------------------------------------------
@action
def move(report_id: UUID, name: str, *, by: User, reason: str = "", now: datetime | None = None) -> Report:
    """Make one move of the table. Of two people who move one report, the second gets Refused with the reason."""
    now = now or timezone.now()
    wanted = MOVES[name]
    report = _locked(by).get(pk=report_id)
    verdict = may_move(report, wanted, by)
    if not verdict:
        raise Refused(verdict.reason)
    if wanted.needs_reason and not reason.strip():
        raise ValidationError({"reason": f"Say why you {wanted.label.lower()} this report."})
    came_from, report.status = report.status, wanted.to_state
    report.held_by = by if wanted.to_state == Status.UNDER_REVIEW else None
    report.closed_at = now if wanted.to_state == Status.CLOSED else None
    report.save(update_fields=["status", "held_by", "closed_at"])
    StatusChange.objects.create(
        report=report, move=name, from_status=came_from, to_status=report.status, by=by, at=now, reason=reason
    )
    record(wanted.event, by=by, on=report, reason=reason)
    return report


# -- Readers of a restricted report --------------------------------------------------------------------------------
@action
def name_reader(report: Report, person: User, *, by: User, reason: str) -> None:
    """Let one person read a restricted report."""
    _require(by, "name_readers", report)
    if not reason.strip():
        raise ValidationError({"reason": "Say why this person needs to know."})
    if not report.restricted:
        raise Refused("This report is not restricted: whoever may read its office's reports can read it.")
    naming.name(report, {person})
    record("report.reader_named", by=by, on=report, reader=person.pk, reason=reason)


@action
def remove_reader(report: Report, person: User, *, by: User, reason: str) -> None:
    """Take the reading of a restricted report away again."""
    _require(by, "name_readers", report)
    naming.refuse_the_last(report, person)
    record("report.reader_removed", by=by, on=report, reader=person.pk, reason=reason)
    ReportReader.objects.filter(content_object=report, user=person).delete()


# -- Acknowledging -------------------------------------------------------------------------------------------------
@action
def acknowledge(notice_id: UUID, *, by: User, now: datetime | None = None) -> ReportNotice:
    """Record that an office knows: one entitled person of it has said so. Again changes nothing."""
    notice = ReportNotice.objects.select_for_update(of=("self",)).select_related("office", "report").get(pk=notice_id)
    if not (verdict := routing.may_acknowledge(notice, by)):
        raise Refused(verdict.reason)
    if notice.acknowledged_at is None:
        notice.acknowledged_at, notice.acknowledged_by = now or timezone.now(), by
        notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
        record("notice.acknowledged", by=by, on=notice.report, office=notice.office.code, role=notice.role)
    return notice


def version(report: Report, number: int) -> tuple[Revision, Filled]:
    """One version of a report as it was. Raises Revision.DoesNotExist."""
    revision = Revision.objects.select_related("by").get(report=report, version=number)
    return revision, from_content(report, revision.content)

"""What reports keep for a person who leaves: what was taken up, what was begun, and the reports named for reading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from accounts import leaving
from accounts.access import may
from accounts.leaving import Ending, Leave
from accounts.models import User
from audit.log import record
from reports import naming
from reports.attachments.filing import hand_over
from reports.kinds import KINDS
from reports.models import Draft, Match, Report, ReportReader, SavedSearch, StatusChange
from reports.models.report import NAMED
from reports.states import Status

WHY = "Who had it has left."


def register() -> None:
    leaving.register(
        Ending("Reports taken up", "go back to the queue", _held, _release),
        Ending("Matches taken up", "go back to the list", _matches, _release_matches),
        Ending(
            "Drafts",
            "go to the supervisor named below; one that this supervisor may not read stays closed to everybody",
            _drafts,
            _hand_over,
        ),
        Ending(
            "Reports named for reading",
            "can no longer be read; a restricted one that nobody else could read goes to the supervisor named below",
            _readings,
            _end_readings,
        ),
        Ending("Saved searches", "are removed, and tell nobody of anything any more", _searches, _end_searches),
    )


# -- What was taken up -------------------------------------------------------------------------------------------------
def _held(accounts: Sequence[User]) -> int:
    return Report.objects.filter(held_by__in=accounts).count()


def _release(leave: Leave) -> dict[str, int]:
    held = Report.objects.filter(held_by__in=leave.accounts).order_by("pk")
    reports = list(held.select_for_update(of=("self",), no_key=True))
    for report in reports:
        came_from, report.status, report.held_by = report.status, Status.SUBMITTED, None
        report.save(update_fields=["status", "held_by"])
        StatusChange.objects.create(
            report_id=report.pk,
            move="release",
            from_status=came_from,
            to_status=report.status,
            by=leave.by,
            at=leave.now,
            reason=WHY,
        )
        record("report.released", by=leave.by, on=report, reason=WHY, version=report.version)
    return {"Reports taken up": len(reports)}


def _matches(accounts: Sequence[User]) -> int:
    return Match.objects.filter(held_by__in=accounts, settled_at=None).count()


def _release_matches(leave: Leave) -> dict[str, int]:
    held = Match.objects.filter(held_by__in=leave.accounts, settled_at=None).order_by("pk")
    matches = list(held.select_for_update(of=("self",)))
    for match in matches:
        match.held_by = None
        match.save(update_fields=["held_by"])
        record("match.released", by=leave.by, on=match)
    return {"Matches taken up": len(matches)}


# -- What was begun ----------------------------------------------------------------------------------------------------
def _drafts(accounts: Sequence[User]) -> int:
    return Draft.objects.filter(author__in=accounts).count()


def _hand_over(leave: Leave) -> dict[str, int]:
    """A draft goes to whoever could have begun it themselves; else nobody reads it, and what is filed stands."""
    mine = Draft.objects.filter(author__in=leave.accounts).order_by("pk")
    drafts = list(mine.select_for_update(of=("self",)).select_related("amends__office", "begun_from"))
    handed = [draft for draft in drafts if leave.heir and _inherits(leave.heir, draft)]
    for draft in handed:
        # Not `save`: its time of saving stays what the author made it.
        Draft.objects.filter(pk=draft.pk).update(author=leave.heir)
        hand_over(draft, by=leave.by)
    return {"Drafts handed over": len(handed), "Drafts that stay closed": len(drafts) - len(handed)}


def _inherits(heir: User, draft: Draft) -> bool:
    kind = KINDS[draft.kind]
    sources = [one.pk for one in (draft.amends, draft.begun_from) if one]
    if Report.objects.visible_to(heir).filter(pk__in=sources).count() != len(set(sources)):
        return False
    if draft.amends:
        own = Draft.objects.filter(author=heir, amends=draft.amends).exists()
        return not own and bool(may(heir, kind.permission("amend"), draft.amends.office, draft.amends.author_id))
    return not _names_its_readers(draft) and bool(may(heir, kind.permission("file")))


def _names_its_readers(draft: Draft) -> bool:
    """A draft marked restricted is for those whom its author would have named, at no rank for anybody else."""
    section = KINDS[draft.kind].section_of("restricted")
    return bool(section) and "on" in draft.answers.get(section.name if section else "", {}).get("restricted", [])


# -- Single reports that were opened to the person ---------------------------------------------------------------------
def _readings(accounts: Sequence[User]) -> int:
    return ReportReader.objects.filter(user__in=accounts).values("content_object").distinct().count()


def _end_readings(leave: Leave) -> dict[str, int]:
    """Of the reports first, then their rows: removals of two readers of one report wait for each other."""
    mine = ReportReader.objects.filter(user__in=leave.accounts)
    reports = list(Report.objects.filter(pk__in=mine.values("content_object")).order_by("pk").select_for_update())
    rows = list(mine.select_related("permission").order_by("content_object_id", "pk"))
    by_report = {key: list(group) for key, group in groupby(rows, key=lambda row: row.content_object_id)}
    for report in reports:
        for row in by_report.get(report.pk, []):
            record("report.reader_removed", by=leave.by, on=report, reader=row.user_id, reason=WHY)
    mine.delete()
    was_named = {row.content_object_id for row in rows if row.permission.codename == NAMED}
    orphans = [report for report in reports if report.pk in was_named and _is_closed_to_all(report)]
    named = [report for report in orphans if _name_heir(report, leave)]
    return {
        "Reports named for reading": len(reports),
        "Restricted reports that the supervisor reads now": len(named),
        "Restricted reports that nobody can read now": len(orphans) - len(named),
    }


def _is_closed_to_all(report: Report) -> bool:
    return report.restricted and not naming.named(report).filter(user__in=naming.able(report)).exists()


def _name_heir(report: Report, leave: Leave) -> bool:
    if leave.heir is None or not naming.able(report).filter(pk=leave.heir.pk).exists():
        return False
    naming.name(report, {leave.heir})
    reason = "Nobody else who was named could read it."
    record("report.reader_named", by=leave.by, on=report, reader=leave.heir.pk, reason=reason)
    return True


# -- What was looked for -----------------------------------------------------------------------------------------------
def _searches(accounts: Sequence[User]) -> int:
    return SavedSearch.objects.filter(owner__in=accounts).count()


def _end_searches(leave: Leave) -> dict[str, int]:
    mine = list(SavedSearch.objects.filter(owner__in=leave.accounts).order_by("pk").select_for_update())
    for saved in mine:
        record("saved_search.removed", by=leave.by, on=saved, reason=WHY)
        saved.delete()
    return {"Saved searches": len(mine)}

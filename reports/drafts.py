"""Every change to a draft: opened, saved part by part as typed, discarded. A draft is not evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from accounts.access import Refused, may
from accounts.models import User
from privacy import guarded
from reports import outside
from reports.actions.amending import closed_to_amending
from reports.answers import Answers, Raw, raw_of, to_raw
from reports.attachments.filing import discard_all
from reports.content import read
from reports.kinds import KINDS, Part, Rows, Section, Start
from reports.models import Draft, Report
from reports.moves import FILED

MOST_ROWS = 200
# Several times the longest report that the fields of a kind can hold in earnest.
MOST_BYTES = 1_000_000


class Conflict(Exception):
    """Somebody (or oneself, elsewhere) saved the same part since this page was opened; both stand side by side."""

    def __init__(self, theirs: Raw, yours: Raw) -> None:
        super().__init__("The draft was changed elsewhere.")
        self.theirs, self.yours = theirs, yours


@dataclass(frozen=True)
class Page:
    """The open page that saves: the version it started from, and its own mark, so that its own saves never clash."""

    version: int
    mark: str


def open_draft(kind_code: str, *, by: User) -> Draft:
    """The person's untouched draft of this kind, else a new one."""
    verdict = may(by, KINDS[kind_code].permission("file"))
    if not verdict:
        raise Refused(verdict.reason)
    untouched = Draft.objects.filter(author=by, kind=kind_code, amends=None, version=0).first()
    return untouched or Draft.objects.create(author=by, kind=kind_code)


def bring(draft: Draft, *, by: User) -> Draft:
    """Keep a draft whose answers come whole, from an import. Raises Refused where a form would have refused it."""
    verdict = may(by, KINDS[draft.kind].permission("file"))
    if not verdict:
        raise Refused(verdict.reason)
    refuse_oversized(draft)
    draft.author, draft.version = by, 1
    draft.save(force_insert=True)
    return draft


def refuse_oversized(draft: Draft) -> None:
    """Refuse answers that no form would have let grow so long."""
    for part in KINDS[draft.kind].rows:
        _refuse_too_many(draft.answers.get(part.name, []), part)
    _refuse_too_large(draft)


def open_amendment(report: Report, *, by: User) -> Draft:
    """The person's draft amendment of this report, else a new one that holds the report as it now is."""
    verdict = may(by, report.declaration.permission("amend"), report.office, report.author_id)
    if not verdict:
        raise Refused(verdict.reason)
    if refusal := closed_to_amending(report):
        raise Refused(refusal)
    with transaction.atomic():
        draft, made = Draft.objects.get_or_create(
            author=by, amends=report, defaults={"kind": report.kind, "base_version": report.version}
        )
        if made:
            draft.answers = raw_of(read(report), by, draft)
            draft.save(update_fields=["answers"])
    return draft


def begin_from(report: Report, start: Start, *, by: User) -> Draft:
    """The person's draft of the report that this one gives rise to, else a new one with what is known already."""
    verdict = may(by, KINDS[start.kind].permission("file"))
    if not verdict:
        raise Refused(verdict.reason)
    if hindrance := outside.only_read(report, by) or _stands_apart(report) or start.hindered(report.typed):
        raise Refused(hindrance)
    begun = Draft.objects.filter(author=by, begun_from=report, start=start.name).first()
    if begun:
        return begun
    draft = Draft(author=by, kind=start.kind, begun_from=report, start=start.name, version=1)
    draft.answers = _known(report, start, draft, by)
    draft.save()
    return draft


def _stands_apart(report: Report) -> str:
    """Why nothing is begun from a report that does not count."""
    if report.legacy:
        return "This report was brought from an older system. File a new report and link the two."
    if report.status not in FILED:
        return f"This report is {report.get_status_display().lower()}, so no other report is begun from it."
    return ""


def _known(report: Report, start: Start, draft: Draft, by: User) -> dict[str, Any]:
    """Each section as its form first stands, with what the other report says; and copies of its people."""
    filled = read(report)
    blank = Answers(draft, by)
    sections = [part for part in blank.parts if isinstance(part, Section)]
    given = start.answers(filled)
    known: dict[str, Any] = {s.name: to_raw(blank.form(s)) | given[s.name] for s in sections if s.name in given}
    rows = raw_of(filled, by, Draft(author=by, kind=report.kind))
    for name in start.copies:
        if rows.get(name) and blank.kind.part(name):
            known[name] = [{"key": str(uuid4()), "data": _in_role(row["data"], start)} for row in rows[name]]
    known |= _restriction(report, blank, known)
    return {name: raw if isinstance(raw, list) else guarded.vouched(raw) for name, raw in known.items()}


def _restriction(report: Report, blank: Answers, known: dict[str, Any]) -> dict[str, Any]:
    """What is told of a restricted report is restricted too, unless its author says otherwise."""
    section = blank.kind.section_of("restricted") if report.restricted else None
    if section is None:
        return {}
    raw = known.get(section.name) or to_raw(blank.form(section))
    return {section.name: raw | {"restricted": ["on"], "restricted_reason": [report.restricted_reason]}}


def _in_role(data: Raw, start: Start) -> Raw:
    return data | {"role": [start.roles.get(role, role) for role in data["role"]]} if "role" in data else data


def save_part(draft_id: UUID, part: Part, raw: Raw, page: Page, *, by: User) -> Draft:
    """Keep what was typed in one section, right or wrong, with eight bullets for what looks like an SSN.

    Raises Conflict when it was saved elsewhere meanwhile, and Refused when the draft would be too large.
    """
    raw, _ = guarded.storable(raw)
    with transaction.atomic():
        draft = _locked(draft_id, by)
        stored = draft.answers.get(part.name)
        if stored == raw:
            return draft
        _refuse_overwrite(draft, part.name, stored or {}, raw, page)
        draft.answers[part.name] = raw
        _refuse_too_large(draft)
        return _saved(draft, part.name, page)


def save_row(draft_id: UUID, part: Rows, key: str, raw: Raw, page: Page, *, by: User) -> Draft:
    """Keep one row as typed; a new key adds a row. Raises Refused past 200 rows, and as `save_part`."""
    raw, _ = guarded.storable(raw)
    with transaction.atomic():
        draft = _locked(draft_id, by)
        rows: list[dict[str, Any]] = draft.answers.setdefault(part.name, [])
        row = next((row for row in rows if row["key"] == key), None)
        if row and row["data"] == raw:
            return draft
        if row is None:
            _refuse_foreign(draft, part, key)
            rows.append(row := {"key": key, "data": {}})
            _refuse_too_many(rows, part)
        else:
            _refuse_overwrite(draft, f"{part.name}/{key}", row["data"], raw, page)
        row["data"] = raw
        _refuse_too_large(draft)
        return _saved(draft, f"{part.name}/{key}", page)


def remove_row(draft_id: UUID, part: Part, key: str, *, by: User) -> dict[str, Any] | None:
    """Take a row out and return it, so that the page can offer to put it back."""
    with transaction.atomic():
        draft = _locked(draft_id, by)
        rows = draft.answers.get(part.name, [])
        removed = next((row for row in rows if row["key"] == key), None)
        if removed:
            draft.answers[part.name] = [row for row in rows if row is not removed]
            draft.answers.setdefault("_removed", {})[f"{part.name}/{key}"] = removed
            _saved(draft, part.name, Page(draft.version, uuid4().hex))
        return removed


def restore_row(draft_id: UUID, part: Part, key: str, *, by: User) -> None:
    """Put a removed row back."""
    with transaction.atomic():
        draft = _locked(draft_id, by)
        removed = draft.answers.get("_removed", {}).pop(f"{part.name}/{key}", None)
        if removed:
            draft.answers.setdefault(part.name, []).append(removed)
            _saved(draft, part.name, Page(draft.version, uuid4().hex))


def discard(draft_id: UUID, *, by: User) -> None:
    """Delete a draft for good, with its files: it was never filed."""
    with transaction.atomic():
        draft = _locked(draft_id, by)
        discard_all(draft, by=by)
        draft.delete()


def give_reason(draft_id: UUID, typed: Raw, *, by: User) -> None:
    """Keep the reason of an amendment as typed, with eight bullets for what looks like an SSN."""
    raw, _ = guarded.storable(typed)
    Draft.objects.filter(pk=draft_id, author=by).update(reason="".join(raw.get("reason", []))[:500])


def _locked(draft_id: UUID, by: User) -> Draft:
    """The draft, its row locked. Raises Draft.DoesNotExist for anybody but its author."""
    return Draft.objects.select_for_update(of=("self",)).select_related("amends").get(pk=draft_id, author=by)


def _refuse_too_many(rows: Sequence[object], part: Rows) -> None:
    if len(rows) > MOST_ROWS:
        raise Refused(f"A report holds at most {MOST_ROWS} rows of {part.title.lower()}.")


def _refuse_foreign(draft: Draft, part: Rows, key: str) -> None:
    """A new row's key comes from the page, so one of another report may have been sent."""
    of = part.model._default_manager.filter(pk=key).values_list("report_id", flat=True).first()
    if of not in (None, draft.amends_id):
        raise Refused(f"This {part.singular} belongs to another report. Add a new one instead.")


def _refuse_too_large(draft: Draft) -> None:
    """A draft is read whole for every page, so it has an end. Removed rows go first: they only could be put back."""
    if _size(draft) > MOST_BYTES:
        draft.answers.pop("_removed", None)
        if _size(draft) > MOST_BYTES:
            raise Refused("A draft holds at most 1 MB of text, so this was not saved. Shorten it, then save again.")


def _size(draft: Draft) -> int:
    return len(json.dumps(draft.answers, ensure_ascii=False).encode())


def _refuse_overwrite(draft: Draft, slot: str, stored: Raw, raw: Raw, page: Page) -> None:
    saved = draft.saved.get(slot)
    if saved and saved["version"] > page.version and saved["mark"] != page.mark:
        raise Conflict(stored, raw)


def _saved(draft: Draft, slot: str, page: Page) -> Draft:
    draft.version += 1
    draft.saved[slot] = {"version": draft.version, "mark": page.mark}
    draft.save()
    return draft

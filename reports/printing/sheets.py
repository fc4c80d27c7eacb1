"""What stands on the sheets: a report, or a comparison of two of its versions, as plain data for the templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.access import Refused
from accounts.models import User
from reports import protection
from reports.attachments import reading, sealing
from reports.compare import changes
from reports.condensed import when, where
from reports.content import Answer
from reports.document import DocumentPart, as_kept, document, related_numbers
from reports.filters import offers
from reports.marks import FLAGS
from reports.models import Attachment, AttachmentPiece, Report, Revision
from reports.page import SHOWN_ELSEWHERE
from reports.panels import Entry
from reports.relations import links_of
from reports.standing import banners
from reports.timeline import life, steps_of, taken_up
from reports.told import Told, told
from sen.times import exact, zone_of

# In the order in which a letter is looked for: our own face, then those of other scripts.
FONTS = (
    "Public Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Bengali",
    "Noto Sans Gurmukhi", "Noto Sans Thai", "MotoyaLCedar", "ZCOOL XiaoWei", "Gowun Dodum",
)  # fmt: skip

MOST_PICTURES = 12
Copy = AttachmentPiece.Copy


def report_sheet(report: Any, user: User, *, at: datetime, copy: int) -> dict[str, Any]:
    """A report as `user` may read it, in the order of its page. `report` is one that `reports.page.opened` gave."""
    filled = as_kept(report, report.content)
    steps, links = steps_of(report), links_of(report, related_numbers(filled), user)
    notices = list(report.notices.select_related("office", "acknowledged_by"))
    parts = document(
        filled, leave_out=SHOWN_ELSEWHERE, opened=protection.opened(report, user), labels=offers(user).labels
    )
    entries = sorted([*life(report, steps, notices, user), *links.entries], key=lambda entry: entry.at)
    return {
        **_frame(report, user, at=at, copy=copy, title=f"{report.number}: {report.title}"),
        "kicker": f"{report.declaration.label} · {report.number}",
        "title": report.title,
        "glance": _facts([("When", when(filled)), ("Where", where(filled)), ("Flags", _flags(report))]),
        "notices": _notices(report, steps, user),
        "parts": [_part(part) for part in parts],
        "attachments": _attachments(report),
        "about": _facts(_about(report, [link.number for link in links.open])),
        "told": [_told(one) for one in told(report, notices, taken_up(report, steps), user)],
        "timeline": [_entry(entry) for entry in entries],
    }


def comparison_sheet(report: Report, pair: tuple[Any, Any], user: User, *, at: datetime, copy: int) -> dict[str, Any]:
    """What changed between two versions, each a revision and the report as it then was."""
    (old, before), (new, after) = pair
    title = f"{report.number}: version {old.version} and version {new.version}"
    found = changes(before, after, opened=protection.opened(report, user))
    return {
        **_frame(report, user, at=at, copy=copy, title=title),
        "kicker": f"{report.declaration.label} · {report.number}",
        "title": f"What changed from version {old.version} to version {new.version}",
        "glance": _facts([*_written(old), *_written(new), ("Why", new.reason)]),
        "old_title": f"Version {old.version}",
        "new_title": f"Version {new.version}",
        "changes": [[change.place, change.old, change.new] for change in found],
    }


# -- On every page -----------------------------------------------------------------------------------------------------
def _frame(report: Report, user: User, *, at: datetime, copy: int, title: str) -> dict[str, Any]:
    markings = dict.fromkeys([settings.HANDLING_MARKING.upper(), report.marking.upper()])
    if report.restricted:
        markings["RESTRICTED: ONLY FOR THOSE NAMED ON THE REPORT"] = None
    who = ", ".join(part for part in (user.name, user.role_line, user.office_line) if part)
    return {
        "document_title": title,
        "agency": settings.AGENCY,
        "fonts": FONTS,
        "marking": " · ".join(mark for mark in markings if mark),
        "running": f"{report.number} · version {report.version} · {report.declaration.plain}",
        "printed": f"Printed {_moment(at)} by {who} · copy {copy}",
        "records": f"System of records: {settings.SYSTEMS_OF_RECORDS}",
    }


def _moment(at: datetime) -> str:
    return exact(timezone.localtime(at, zone_of()))


def _facts(rows: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "text": text} for label, text in rows if text]


# -- Of a report -------------------------------------------------------------------------------------------------------
def _flags(report: Report) -> str:
    urgent = ["Urgent"] if report.urgent else []
    return ", ".join([*urgent, *(word for name, word, _ in FLAGS if getattr(report, name))])


def _notices(report: Report, steps: Any, user: User) -> list[str]:
    said = [f"{one.heading}. {one.text}" for one in banners(report, steps, user) if not one.to_acts]
    return [words for words in (report.declaration.warning, *said) if words]


def _part(part: DocumentPart) -> dict[str, Any]:
    return {
        "title": part.title,
        "by_move": part.by_move,
        "facts": _answers(part.facts),
        "texts": _answers(part.texts),
        "closed": (part.closed_says or "Protected.") if part.closed else "",
        "cards": [
            {"title": c.title, "beside": c.beside, "facts": _answers(c.facts), "texts": _answers(c.texts)}
            for c in part.cards
        ],
    }


def _attachments(report: Report) -> list[dict[str, Any]]:
    """What was released: the first pictures small, and of each file the hash by which its original is known."""
    files = [one for one in reading.of(report) if one.state == Attachment.State.RELEASED]
    pictured = {one.pk for one in [one for one in files if reading.has_thumbnail(one)][:MOST_PICTURES]}
    return [
        {
            "title": one.caption or one.name,
            "alt": one.caption or f"Photo, {one.name}",
            "picture": _picture(one) if one.pk in pictured else [],
            "facts": _facts(
                [
                    ("File", f"{one.name}, {filesizeformat(one.size)}"),
                    ("Added", f"{_moment(one.at)} by {one.by.name}"),
                    ("SHA-256 of the original", one.sha256),
                ]
            ),
        }
        for one in files
    ]


def _picture(file: Attachment) -> list[int]:
    """Nothing where it was withdrawn at this moment or does not open: its words and its hash are printed still."""
    try:
        return [*b"".join(reading.stream(file, Copy.THUMBNAIL))]
    except (Refused, sealing.CannotOpen):
        return []


def _answers(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    return [asdict(answer) for answer in answers]


def _about(report: Report, linked: list[str]) -> list[tuple[str, str]]:
    return [
        ("State", report.get_status_display()),
        ("Who has it", report.held_by.name if report.held_by else ""),
        ("Urgent", report.urgent_because),
        ("Originating office", report.office.name),
        ("Filed", f"{_moment(report.submitted_at)} by {report.author_name}"),
        ("Amended", _moment(report.amended_at) if report.amended_at else ""),
        ("Version", str(report.version)),
        ("Linked with", ", ".join(linked)),
    ]


def _told(one: Told) -> list[str]:
    office = f"{one.notice.office.name} ({one.notice.get_role_display()})"
    by = f"{one.who}, {_moment(one.at)}" if one.at else f"Told {_moment(one.notice.made_at)}"
    return [office, one.words, by]


def _entry(entry: Entry) -> list[str]:
    return [_moment(entry.at), f"{entry.text}: {entry.note}" if entry.note else entry.text, entry.who]


def _written(revision: Revision) -> list[tuple[str, str]]:
    return [(f"Version {revision.version}", f"{revision.by.name}, {_moment(revision.at)}")]

"""Where other pages tell of attachments: the panel on the report's page, and the part in a draft's list."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from reports import panels
from reports.attachment_page import Line, Place
from reports.attachments import reading
from reports.models import Draft, Report
from reports.models.attachments import Attachment
from reports.panels import Panel

SHOWN = 6
GONE = (Attachment.State.REFUSED, Attachment.State.WITHDRAWN)


def register() -> None:
    panels.register(panels=of_report)


def of_report(report: Report, user: User) -> Iterable[Panel]:
    """The first few with a way to all of them; nothing where there is none and the reader may not add one."""
    place = Place(report, user)
    # The page of a report has asked with the report whether there are any.
    found = place.files() if getattr(report, "has_attachments", True) else []
    may_add = bool(place.may_add)
    if not found and not may_add:
        return
    standing = [file for file in found if file.state not in GONE]
    context = {
        "lines": [Line(file, place) for file in standing[:SHOWN]],
        "url": place.url,
        "link": _link(len(found), may_add),
    }
    yield Panel("Photos and documents", "reports/attachments_panel.html", context)


def _link(count: int, may_add: bool) -> str:
    if not count:
        return "Add photos or documents"
    words = "One attachment" if count == 1 else f"All {count} attachments"
    return f"{words}, or add more" if may_add else words


def in_words(draft: Draft) -> tuple[str, str]:
    """Where a draft's attachments are, and in words how many will go with the report ("" for none)."""
    count = len([file for file in reading.of(draft) if file.state not in GONE])
    words = "" if not count else "One file" if count == 1 else f"{count} files"
    return reverse("reports:draft_attachments", args=[draft.pk]), words

"""Drafts that field agents have not finished yet: a list to come back to, forms that still say what is missing."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from reports.answers import raw_of
from reports.models import Draft
from sen.demo.people import Cast
from sen.demo.stories import story

SERIES = "draft "
# Who has one, and which parts are still to be written.
UNFINISHED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("agent", ("narrative", "flags", "case")),
    ("agent", ("where", "narrative", "flags", "case", "people", "arrests", "seizures")),
    ("officer", ("narrative", "arrests", "case")),
)


def make() -> None:
    """Once: a person who has any draft is left alone."""
    cast = Cast()
    busy = set(Draft.objects.values_list("author__username", flat=True))
    for number, (username, open_parts) in enumerate(UNFINISHED):
        if username not in busy:
            _make(number, cast.users[username], open_parts, cast)


def _make(number: int, author: User, open_parts: tuple[str, ...], cast: Cast) -> None:
    told = story(number + 100, cast, timezone.now(), SERIES)
    report = told.filled.report
    assert author.office  # noqa: S101 - every demonstration person has one
    report.office, report.programme, report.supervisor = author.office, author.office.programme, author.supervisor
    draft = Draft(author=author, kind=told.filled.kind.code, version=1)
    answers = raw_of(told.filled, author, draft)
    draft.answers = {part: typed for part, typed in answers.items() if part not in open_parts}
    draft.save()

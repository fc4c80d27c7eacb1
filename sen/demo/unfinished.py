"""Drafts that field agents have not finished yet: a list to come back to, forms that still say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from accounts.models import User
from reports.answers import raw_of
from reports.models import SPEAR, Draft
from sen.demo import leads, plans
from sen.demo.people import Cast
from sen.demo.stories import Story, story

SERIES, BEYOND, SPAN = "draft ", 10_000, 10_000
Teller = Callable[[int, Cast, datetime], Story]


def a_plan(number: int, cast: Cast, moment: datetime) -> Story:
    """A plan of next week; its words name the day of the week, so it is moved by whole weeks."""
    told = plans.plan(number, cast, moment)
    report = told.filled.report
    assert isinstance(report, SPEAR)  # noqa: S101 - tells the type checker
    weeks = timedelta(weeks=(moment - report.event_at).days // 7 + 1)
    report.event_at, report.planned_end = report.event_at + weeks, report.planned_end + weeks
    return told


def a_sir(number: int, cast: Cast, moment: datetime) -> Story:
    return story(number, cast, moment, SERIES)


# Who has one, of what, and which parts are still to be written.
UNFINISHED: tuple[tuple[str, Teller, tuple[str, ...]], ...] = (
    ("agent", a_sir, ("narrative", "flags", "case")),
    ("agent", a_sir, ("where", "narrative", "flags", "case", "people", "arrests", "seizures")),
    ("officer", a_sir, ("narrative", "arrests", "case")),
    ("agent", a_plan, ("narrative", "warrants", "units", "flags", "case")),
    ("officer", leads.lead, ("basis", "narrative", "flags", "case")),
)


def make() -> None:
    """Once: a person who has any draft is left alone."""
    cast = Cast()
    busy = set(Draft.objects.values_list("author__username", flat=True))
    for number, (username, teller, open_parts) in enumerate(UNFINISHED):
        if username not in busy:
            _make(_own(teller, BEYOND + SPAN * number, cast.users[username], cast), open_parts)


def _own(teller: Teller, first: int, author: User, cast: Cast) -> Story:
    """The first story that is told by this very author, from a number that the mix does not reach."""
    moment = timezone.now()
    return next(told for number in count(first) if (told := teller(number, cast, moment)).author == author)


def _make(told: Story, open_parts: tuple[str, ...]) -> None:
    draft = Draft(author=told.author, kind=told.filled.kind.code, version=1)
    answers = raw_of(told.filled, told.author, draft)
    draft.answers = {part: typed for part, typed in answers.items() if part not in open_parts}
    draft.save()

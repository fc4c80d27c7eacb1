"""Making the demonstration: at once what the first page needs, then the rest in slices, never anything twice."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from reports import defaults
from reports.models import Report
from sen.demo import FIRST, MOST, access, attached, goods, old_leads, old_reports, outside, people, requests, unfinished
from sen.demo.cores import in_two
from sen.demo.lives import file
from sen.demo.mix import SERIES, Entry, entries

LOCK = 739_105_514  # an arbitrary number that means "somebody makes demonstration reports"
SLICE_SECONDS = 2.0


def ensure(*, both_cores: bool = False) -> None:
    """Reference data, people, the first reports; the worker is asked for the rest. Again changes nothing, quickly."""
    defaults.load()
    goods.make_thresholds()
    people.make_offices()
    people.make_people()
    requests.renew_trainings()
    with alone() as mine:
        if mine and (missing := missing_reports(FIRST)):
            if both_cores:
                in_two(lambda part: _make_part(missing, part))
            else:
                make(missing)
            unfinished.make()
        if mine:
            old_reports.make()
            old_leads.make()
            access.make_campaigns()
            outside.make()
            requests.make()
            attached.make()
    if missing_reports(MOST):
        ask_for_more()


def missing_reports(most: Mapping[str, int]) -> list[Entry]:
    """The reports of the mix that are not filed yet, oldest first, so that numbers rise with the dates."""
    wanted = {entry.key: entry for entry in entries(most)}
    filed = set(Report.objects.filter(pk__in=list(wanted)).values_list("pk", flat=True))
    now = timezone.now()
    return sorted((entry for key, entry in wanted.items() if key not in filed), key=lambda entry: entry.filed(now))


def make(wanted: Sequence[Entry], seconds: float | None = None) -> int:
    """File these stories through the real actions, each in its own transaction; stop after `seconds`, if given."""
    cast, moment = people.Cast(), timezone.now()
    until = time.monotonic() + seconds if seconds else None
    for done, entry in enumerate(wanted):
        if until and time.monotonic() > until:
            return done
        live(entry, cast, moment)
    return len(wanted)


def _make_part(wanted: Sequence[Entry], part: int) -> None:
    make([entry for entry in wanted if entry.thread % 2 == part])


@transaction.atomic
def live(entry: Entry, cast: people.Cast, moment: datetime) -> None:
    """File a story and let happen what had time to happen before `moment`: all of it, or after a kill nothing."""
    story = entry.story(cast, moment)
    SERIES[entry.series].life(story, file(story), cast, moment).run()


def fill() -> bool:
    """One slice of the rest; True while more is to be made."""
    with alone() as mine:
        if not mine:
            return False
        missing = missing_reports(MOST)
        return make(missing, SLICE_SECONDS) < len(missing)


def ask_for_more() -> None:
    """Queue the next slice behind everything else that waits, unless one is queued already."""
    from sen.tasks import fill_demonstration

    try:
        with transaction.atomic():
            fill_demonstration.defer()
    except AlreadyEnqueued:
        pass


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process alone makes demonstration reports now; the lock ends with the connection, come what may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

"""Many reports quickly: what the real actions would have written for the same stories, copied table by table.

A batch is one transaction with events that list its reports, so every constraint and the audit hold at its commit.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Subject, record
from reports import routing, urgency
from reports.actions import weigh
from reports.bulk import copy
from reports.content import Filled, event_labels, person_links, to_content
from reports.finding import documents
from reports.models import (
    SIR,
    EventType,
    Person,
    Report,
    ReportNotice,
    ReportReader,
    Revision,
    StatusChange,
    Submission,
    Threshold,
)
from reports.naming import LONG_TIME
from reports.numbers import next_numbers
from sen.demo.cores import in_two
from sen.demo.lives import BODY
from sen.demo.past import Past, pass_over
from sen.demo.people import Cast
from sen.demo.stories import Story, story, when_filed
from watch.models import Summary, SummaryNotice, SummaryVersion

AT_MOST = 5_000_000
BATCH = 250
# Several events a batch, since the audit looks for each row's report in the list of an event.
LISTED = 100

Written = dict[type[models.Model], list[models.Model]]


def make(count: int, *, say: Callable[[str], Any] = lambda words: None, both_cores: bool = False) -> None:
    """Make `count` reports over twelve months, oldest first, so that numbers rise with the dates."""
    # Each run tells stories of its own, also after one that was killed half-way.
    series, moment = f"bulk {token_hex(4)} ", timezone.now()
    ordered = sorted(range(count), key=lambda number: when_filed(number, moment, series))
    batches = [ordered[first : first + BATCH] for first in range(0, count, BATCH)]
    if both_cores and len(batches) > 1:
        in_two(lambda part: _make(Maker(series, moment), batches[part::2], count, say if part == 0 else None))
    else:
        _make(Maker(series, moment), batches, count, say)


def _make(maker: Maker, batches: Sequence[list[int]], count: int, say: Callable[[str], Any] | None) -> None:
    began = time.monotonic()
    for number, batch in enumerate(batches, start=1):
        maker.batch(batch)
        done = min(count, number * count // len(batches))
        if say:
            say(f"{done:,} of {count:,} ({done / (time.monotonic() - began):,.0f} a second)")


class Maker:
    """Makes batches of reports; what all of them need is looked up once."""

    def __init__(self, series: str, moment: datetime) -> None:
        self.series, self.cast, self.moment = series, Cast(), moment
        self.labels = event_labels()
        self.urgent_types = list(EventType.objects.filter(always_urgent=True))
        self.thresholds = list(Threshold.objects.filter(active=True))
        self.permission = Permission.objects.get(content_type__app_label="reports", codename="read_report")
        self._told: dict[tuple[Any, ...], list[routing.Recipient]] = {}

    def batch(self, numbers: Iterable[int]) -> None:
        self.write([story(number, self.cast, self.moment, self.series) for number in numbers])

    def write(self, stories: list[Story]) -> None:
        """File these stories, and let the past happen to them, in one transaction.

        What needs no database is worked out before it, since the series of numbers are locked until it ends.
        """
        written: Written = defaultdict(list)
        entries: list[documents.Entry] = []
        for told in stories:
            self._prepare(told)
            self._rows(told, written)
            entries.append(documents.entry(told.filled, self.labels))
            past = pass_over(told, self.cast, self.moment, self.recipients)
            _follow(past, written)
            if told.filled.report.restricted and len(past.moves) > 1:
                self._name_readers(told, [past.analyst], written)
        with transaction.atomic():
            number(stories)
            _record([str(told.id) for told in stories], [str(row.pk) for row in written[Summary]])
            for model in ORDER:
                copy(model, written[model])
            documents.write(entries)

    def _prepare(self, told: Story) -> None:
        report = told.filled.report
        report.id = report.pk = told.id
        report.report_ptr_id = told.id  # type: ignore[attr-defined]
        report.kind, report.author = told.filled.kind.code, told.author
        report.created_at = told.begun_at
        report.submitted_at = report.attested_at = told.filed_at
        weigh(told.filled, urgency.reasons_among(told.filled, self.urgent_types, self.thresholds))
        for row in told.filled.every_row():
            row.report_id = report.pk
            for link in person_links(type(row)):
                person = getattr(row, link.name)
                setattr(row, link.attname, person.pk if person else None)

    def _rows(self, told: Story, written: Written) -> None:
        """What a filing writes, in every table."""
        report, author, at = told.filled.report, told.author, told.filed_at
        written[Report].append(report)
        written[SIR].append(report)
        for row in told.filled.every_row():
            written[type(row)].append(row)
        written[Submission].append(
            Submission(key=uuid5(told.id, "1"), author=author, body_hash=BODY, report_id=report.pk, version=1, at=at)
        )
        written[Revision].append(
            Revision(report_id=report.pk, version=1, content=to_content(told.filled), by=author, at=at)
        )
        if report.restricted:
            self._name_readers(told, {person for person in (author, report.supervisor) if person}, written)

    def _name_readers(self, told: Story, people: Iterable[User], written: Written) -> None:
        until = timezone.now() + LONG_TIME
        written[ReportReader] += [
            ReportReader(content_object_id=told.id, user=user, permission=self.permission, until=until)
            for user in people
        ]

    def recipients(self, filled: Filled, on_summary: bool) -> list[routing.Recipient]:
        """Who is told: asked of the rules once for each office, urgency, restriction and set of event types."""
        report = filled.report
        case = (report.office_id, report.urgent, report.restricted, tuple(report.event_types), on_summary)
        if case not in self._told:
            self._told[case] = routing.recipients(report, urgent=report.urgent, on_summary=on_summary)
        return self._told[case]


def number(stories: Iterable[Story]) -> None:
    """Give the numbers of a batch, series by series in one order, so that two makers never wait for each other."""
    series: dict[tuple[str, int], list[Report]] = defaultdict(list)
    for told in stories:
        report = told.filled.report
        series[report.office.code, told.filed_at.astimezone(ZoneInfo(report.office.time_zone)).year].append(report)
    for _, reports in sorted(series.items()):
        first = reports[0]
        given = next_numbers(first.declaration.prefix, first.office, first.submitted_at, len(reports))
        for report, its_number in zip(reports, given, strict=True):
            report.number = its_number


def _follow(past: Past, written: Written) -> None:
    """The rows of what came after the filing."""
    written[StatusChange] += past.moves
    written[ReportNotice] += past.notices
    written[Summary] += past.summaries
    written[SummaryVersion] += past.versions
    written[SummaryNotice] += past.summary_notices


def _record(reports: list[str], summaries: list[str]) -> None:
    """The events of a batch: each lists the objects that it speaks for."""
    for first in range(0, len(reports), LISTED):
        ids = reports[first : first + LISTED]
        record("report.batch_filed", by=None, on=Subject("report", "", "demonstration"), batch=ids, count=len(ids))
    for first in range(0, len(summaries), LISTED):
        ids = summaries[first : first + LISTED]
        record("summary.released", by=None, on=Subject("summary", "", "demonstration"), batch=ids, count=len(ids))


# People before what points at them; a report before everything.
ORDER: tuple[type[models.Model], ...] = (
    Report,
    SIR,
    Person,
    *(part.model for part in SIR(kind="sir").declaration.rows if part.model is not Person),
    Submission,
    Revision,
    StatusChange,
    ReportNotice,
    ReportReader,
    Summary,
    SummaryVersion,
    SummaryNotice,
)

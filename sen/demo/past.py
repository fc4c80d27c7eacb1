"""What happened to a report after its filing, worked out at once: for reports that are made in bulk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from reports.content import Filled
from reports.models import Notice, Report, ReportNotice, StatusChange
from reports.routing import Recipient
from reports.states import Status
from sen.demo.lives import summary_of
from sen.demo.names import key
from sen.demo.people import Cast
from sen.demo.stories import Story
from watch.models import Summary, SummaryNotice, SummaryVersion

Told = Callable[[Filled, bool], list[Recipient]]
N = TypeVar("N", bound=Notice)


@dataclass
class Past:
    """The rows of a report's life."""

    story: Story
    cast: Cast
    moment: datetime
    clock: datetime
    analyst: User
    moves: list[StatusChange] = field(default_factory=list)
    notices: list[ReportNotice] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    versions: list[SummaryVersion] = field(default_factory=list)
    summary_notices: list[SummaryNotice] = field(default_factory=list)

    @property
    def report(self) -> Report:
        return self.story.filled.report

    def after(self, least: int, most: int) -> bool:
        self.clock += timedelta(minutes=self.story.rng.randint(least, most))
        return self.clock < self.moment

    def chance(self, share: float) -> bool:
        return self.story.rng.random() < share

    def move(self, name: str, to: Status, by: User) -> None:
        came_from = self.report.status if self.moves else ""
        self.moves.append(
            StatusChange(report_id=self.report.pk, move=name, from_status=came_from, to_status=to, by=by, at=self.clock)
        )
        self.report.status = to
        self.report.held_by = by if to == Status.UNDER_REVIEW else None
        self.report.closed_at = self.clock if to == Status.CLOSED else None

    def acknowledged(self, notice: N) -> N:
        """Acknowledged where somebody holds the role; of what was filed lately, a few are not yet."""
        people = self.cast.having(Role(notice.role), notice.office.code)
        at = notice.made_at + timedelta(minutes=self.story.rng.randint(4, 900))
        knows = self.chance(0.88) or self.story.old(self.moment)
        if people and at < self.moment and notice.role != Role.JIOC and knows:
            notice.acknowledged_at, notice.acknowledged_by = at, people[0]
        return notice


def pass_over(story: Story, cast: Cast, moment: datetime, told: Told) -> Past:
    """The life of a filed story up to `moment`; sets the report's state too."""
    past = Past(story, cast, moment, story.filed_at, story.rng.choice(cast.analysts))
    past.move("file", Status.SUBMITTED, story.author)
    report = past.report
    for to in told(story.filled, False):
        notice = ReportNotice(
            id=key(story.rng),
            report_id=report.pk,
            office=to.office,
            role=to.role,
            urgent=report.urgent,
            version=1,
            made_at=story.filed_at,
        )
        past.notices.append(past.acknowledged(notice))
    reviewed = not report.restricted or story.old(moment)
    if reviewed and past.after(3, 55 if report.urgent else 420):
        _review(past, told)
    return past


def _review(past: Past, told: Told) -> None:
    past.move("take-up", Status.UNDER_REVIEW, past.analyst)
    if past.chance(0.72) and past.after(12, 110):
        _summarise(past, told)
    if past.after(30, 48 * 60) and (past.story.old(past.moment) or past.chance(0.9)):
        past.move("close", Status.CLOSED, past.analyst)


def _summarise(past: Past, told: Told) -> None:
    report, at, by = past.report, past.clock, past.analyst
    if report.restricted:  # no rule names anybody who could read it
        return
    text, summary_id = summary_of(report), key(past.story.rng)
    past.summaries.append(
        Summary(
            id=summary_id,
            report_id=report.pk,
            text=text,
            of_version=1,
            written_by=by,
            written_at=at - timedelta(minutes=5),
            released_at=at,
            released_by=by,
        )
    )
    past.versions.append(SummaryVersion(summary_id=summary_id, version=1, text=text, of_version=1, by=by, at=at))
    past.summary_notices += [past.acknowledged(_notice(past, summary_id, to)) for to in told(past.story.filled, True)]


def _notice(past: Past, summary_id: UUID, to: Recipient) -> SummaryNotice:
    return SummaryNotice(
        id=key(past.story.rng),
        summary_id=summary_id,
        office=to.office,
        role=to.role,
        urgent=past.report.urgent,
        made_at=past.clock,
    )

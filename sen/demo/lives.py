"""Filing an invented report through the real actions, and what befalls a report of any kind afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from accounts.access import may
from accounts.models import User
from accounts.roles import Role
from reports import actions, drafts, routing
from reports.answers import raw_of
from reports.models import Draft, Report
from reports.reading import note_reading
from reports.states import Status
from sen.demo.people import Cast
from sen.demo.stories import Story
from watch import actions as watch

BODY = "demonstration"


def file(story: Story) -> Report:
    """Through a draft, as a person would; the draft is set back to when it was begun."""
    draft = draft_of(story)
    receipt = actions.submit(
        draft.pk, by=story.author, key=uuid5(story.id, "1"), body_hash=BODY, attested=True, now=story.filed_at
    )
    return receipt.report


def draft_of(story: Story) -> Draft:
    draft = Draft(id=story.id, author=story.author, kind=story.filled.kind.code, version=1)
    draft.begun_from_id, draft.start = story.follows, story.start
    draft.answers = raw_of(story.filled, story.author, draft)
    draft.save(force_insert=True)
    Draft.objects.filter(pk=draft.pk).update(created_at=story.begun_at)
    return draft


class Life:
    """What follows a filing, step by step; each step takes its time and none lies after `moment`."""

    def __init__(self, story: Story, report: Report, cast: Cast, moment: datetime) -> None:
        self.story, self.report, self.cast, self.moment = story, report, cast, moment
        self.rng, self.clock = story.rng, story.filed_at
        self.analyst: User = self.rng.choice(cast.analysts)

    def run(self) -> None:
        raise NotImplementedError

    def after(self, least: int, most: int) -> bool:
        """Let some minutes pass; False when that would be later than now."""
        self.clock += timedelta(minutes=self.rng.randint(least, most))
        return self.clock < self.moment

    @property
    def is_old(self) -> bool:
        """Long enough ago that nothing about it is still open."""
        return self.story.old(self.moment)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def move(
        self, name: str, reason: str = "", by: User | None = None, answers: Mapping[str, Any] | None = None
    ) -> None:
        self.report = actions.move(
            self.report.pk, name, by=by or self.analyst, reason=reason, answers=answers, now=self.clock
        )

    # -- The offices
    def acknowledge(self) -> None:
        """Offices say that they know within hours; of what was filed lately, a few have not yet."""
        for notice in self.report.notices.select_related("office").order_by("office_id", "role"):
            people = self.cast.having(Role(notice.role), notice.office.code)
            at = self.story.filed_at + timedelta(minutes=self.rng.randint(4, 900))
            if people and (self.rng.random() < 0.88 or self.is_old) and at < self.moment and notice.role != Role.JIOC:
                note_reading(self.report, by=people[0], now=at)
                actions.acknowledge(notice.pk, by=people[0], now=at)

    @property
    def overseer(self) -> User | None:
        """Who decides about what this author files: the supervisor named on it, else whoever leads the office."""
        found = self.report.supervisor or self.cast.overseer(self.report.office)
        able = found and may(found, self.report.declaration.permission("approve"), self.report.office)
        return found if able and found != self.story.author else None

    def approve(self) -> bool:
        """A supervisor reads it and approves it, within the working day."""
        if self.report.status != Status.AWAITING_APPROVAL:
            return True
        overseer = self.overseer
        if overseer is None or not self.after(15, 420):
            return False
        note_reading(self.report, by=overseer, now=self.clock)
        self.move("approve", by=overseer)
        return True

    # -- The watch
    def take_up(self) -> bool:
        """An analyst takes it up; of a restricted report only one whom its author has named."""
        if self.report.restricted:
            if not self.is_old and self.chance(0.5):
                return False
            reason = "Reviews it for the watch."
            actions.name_reader(self.report, self.analyst, by=self.story.author, reason=reason)
        note_reading(self.report, by=self.analyst, now=self.clock)
        self.move("take-up")
        return True

    def summarise(self) -> None:
        if self.report.restricted:  # no rule names anybody who could read it
            return
        text = summary_of(self.report)
        summary = watch.write(self.report.pk, text, by=self.analyst, of_version=self.report.version, now=self.clock)
        if not self.after(2, 40):
            return
        chosen = routing.recipients(self.report, urgent=self.report.urgent, on_summary=True)
        notices = watch.release(summary.pk, chosen, by=self.analyst, base=summary.written_at, now=self.clock)
        for notice in notices:
            people = self.cast.having(Role(notice.role), notice.office.code)
            at = self.clock + timedelta(minutes=self.rng.randint(5, 1200))
            if people and (self.rng.random() < 0.85 or self.is_old) and at < self.moment:
                watch.acknowledge(notice.pk, by=people[0], now=at)

    # -- The author
    def amend(self) -> None:
        """The author adds what became known, as a new version."""
        draft = drafts.open_amendment(self.report, by=self.story.author)
        draft.reason = self.change(draft.answers)
        draft.save()
        key = uuid5(self.story.id, str(self.report.version + 1))
        receipt = actions.submit(draft.pk, by=self.story.author, key=key, body_hash=BODY, attested=True, now=self.clock)
        self.report = receipt.report

    def change(self, answers: dict[str, Any]) -> str:
        """Change what the draft says, and say why."""
        raise NotImplementedError

    def belongs_with_another(self) -> None:
        """The author links it with what the office reported before, where there is anything."""
        mine = Report.objects.visible_to(self.story.author).filter(office=self.report.office, restricted=False)
        other = mine.filter(submitted_at__lt=self.story.filed_at).order_by("-submitted_at", "pk").first()
        if other and not self.report.restricted:
            reason = REASONS[self.report.pk.int % len(REASONS)]
            actions.relate(self.report, other, by=self.story.author, reason=reason, now=self.clock)

    def void(self) -> bool:
        overseer = self.cast.overseer(self.report.office)
        if self.report.restricted or overseer is None or overseer == self.story.author or not self.after(60, 900):
            return False
        self.move("void", "Filed twice: the other report stands.", by=overseer)
        return True


REASONS = (
    "The same telephone number came up in both.",
    "The same vehicle was seen at both places.",
    "Both are part of one inquiry.",
    "The people of one are named in the other.",
)


def summary_of(report: Report) -> str:
    """What the watch tells the offices: the gist, without names beyond those of the synopsis."""
    return f"{report.office.name}: {report.synopsis}\n\nAssessment: {ASSESSMENTS[report.pk.int % len(ASSESSMENTS)]}"


ASSESSMENTS = (
    "no link to other reports is known so far. Offices with similar cases should tell the JIOC.",
    "the method agrees with two earlier reports of the region. A pattern is likely.",
    "a single event. No further action by other offices is asked for.",
    "offices along the same route should look out for the same kind of hiding place.",
)


def moment(name: str, at: datetime) -> dict[str, list[str]]:
    """A moment as its controls would post it, by the clocks that it carries."""
    pieces = (str(at.month), str(at.day), str(at.year), f"{at:%H:%M}", str(at.tzinfo))
    return {f"{name}_{position}": [piece] for position, piece in enumerate(pieces)}

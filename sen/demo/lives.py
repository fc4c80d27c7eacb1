"""Filing an invented report through the real actions, and what the watch and the offices then do with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from reports import actions, drafts, routing
from reports.answers import raw_of
from reports.models import Draft, Report
from reports.reading import note_reading
from sen.demo.people import Cast
from sen.demo.stories import Story
from watch import actions as watch

BODY = "demonstration"


@transaction.atomic
def live(story: Story, cast: Cast, moment: datetime) -> Report:
    """File the story and let happen what had time to happen before `moment`: all of it, or after a kill nothing."""
    report = file(story)
    Life(story, report, cast, moment).run()
    return report


def file(story: Story) -> Report:
    """Through a draft, as a person would; the draft is set back to when it was begun."""
    draft = draft_of(story)
    receipt = actions.submit(
        draft.pk, by=story.author, key=uuid5(story.id, "1"), body_hash=BODY, attested=True, now=story.filed_at
    )
    return receipt.report


def draft_of(story: Story) -> Draft:
    draft = Draft(id=story.id, author=story.author, kind=story.filled.kind.code, version=1)
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

    def after(self, least: int, most: int) -> bool:
        """Let some minutes pass; False when that would be later than now."""
        self.clock += timedelta(minutes=self.rng.randint(least, most))
        return self.clock < self.moment

    def run(self) -> None:
        self.acknowledge()
        if self.story.untouched:
            return
        if self.chance(0.03) and self.after(20, 120):
            self.amend()
        if self.chance(0.012) and self.void():
            return
        if self.after(3, 55 if self.report.urgent else 420) and self.take_up():
            self.review()

    def review(self) -> None:
        """What the analyst does with it, and what the author adds meanwhile and later."""
        if self.chance(0.72) and self.after(10, 90):
            self.summarise()
        if self.chance(0.04) and self.after(45, 600):
            self.amend()
        if self.after(30, 48 * 60) and (self.is_old or self.chance(0.9)):
            self.move("close")
            if not self.is_old and self.chance(0.02) and self.after(600, 6000):
                self.move("reopen", "The laboratory has sent its result.")
            if self.chance(0.06) and self.after(600, 6000):
                self.amend()

    @property
    def is_old(self) -> bool:
        """Long enough ago that nothing about it is still open."""
        return self.story.old(self.moment)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def move(self, name: str, reason: str = "", by: User | None = None) -> None:
        self.report = actions.move(self.report.pk, name, by=by or self.analyst, reason=reason, now=self.clock)

    def acknowledge(self) -> None:
        """Offices say that they know within hours; of what was filed lately, a few have not yet."""
        for notice in self.report.notices.select_related("office").order_by("office_id", "role"):
            people = self.cast.having(Role(notice.role), notice.office.code)
            at = self.story.filed_at + timedelta(minutes=self.rng.randint(4, 900))
            if people and (self.rng.random() < 0.88 or self.is_old) and at < self.moment and notice.role != Role.JIOC:
                note_reading(self.report, by=people[0], now=at)
                actions.acknowledge(notice.pk, by=people[0], now=at)

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

    def amend(self) -> None:
        """The author adds what became known, as a new version."""
        draft = drafts.open_amendment(self.report, by=self.story.author)
        reason = self.change(draft.answers)
        draft.reason = reason
        draft.save()
        key = uuid5(self.story.id, str(self.report.version + 1))
        receipt = actions.submit(draft.pk, by=self.story.author, key=key, body_hash=BODY, attested=True, now=self.clock)
        self.report = receipt.report

    def change(self, answers: dict[str, Any]) -> str:
        """Change what the draft says, and say why."""
        narrative = answers["narrative"]["narrative"]
        if answers.get("seizures") and self.rng.random() < 0.5:
            seized = answers["seizures"][0]["data"]
            seized["disposition"] = ["Moved to the seized property custodian"]
            narrative[0] += "\n\nUpdate: the goods were weighed again and handed over to their custodian."
            answers["what"]["stage"] = ["update"]
            return "The goods were handed over"
        added, reason = self.rng.choice(UPDATES)
        narrative[0] += f"\n\nUpdate: {added}"
        answers["what"]["stage"] = [self.rng.choice(("update", "final"))]
        return reason

    def void(self) -> bool:
        overseer = self.cast.overseer(self.report.office)
        if self.report.restricted or overseer is None or overseer == self.story.author or not self.after(60, 900):
            return False
        self.move("void", "Filed twice: the other report stands.", by=overseer)
        return True


UPDATES = (
    ("a witness came forward and was heard at the office; the statement agrees with what was seen.",
     "A further statement was taken"),
    ("the prosecutor declined federal charges and the case was referred to the county.", "The prosecutor has decided"),
    ("identity was confirmed by fingerprints; the date of birth given at first was right.", "Identity confirmed"),
    ("the address was corrected after the team's notes had been compared.", "Correction of a detail"),
)  # fmt: skip


def summary_of(report: Report) -> str:
    """What the watch tells the offices: the gist, without names beyond those of the synopsis."""
    return f"{report.office.name}: {report.synopsis}\n\nAssessment: {ASSESSMENTS[report.pk.int % len(ASSESSMENTS)]}"


ASSESSMENTS = (
    "no link to other reports is known so far. Offices with similar cases should tell the JIOC.",
    "the method agrees with two earlier reports of the region. A pattern is likely.",
    "a single event. No further action by other offices is asked for.",
    "offices along the same route should look out for the same kind of hiding place.",
)

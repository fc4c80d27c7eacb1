"""The life of a planned operation: approved, matched, taken up, carried out or not, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from reports import matches
from reports.models import SPEAR, Match
from sen.demo import plans
from sen.demo.lives import Life, moment


class PlanLife(Life):
    """`fate` of the story says how it ends; what is not due yet stays open."""

    def run(self) -> None:
        self.acknowledge()
        if self.story.fate == "awaiting":
            return
        if self.story.fate == "returned":
            self.send_back()
        elif self.approve():
            self.settle()
            self.review()

    def send_back(self) -> None:
        if self.overseer and self.after(60, 400):
            reason = (
                "The briefing is at a place that the other target can see. Choose another one, and name the air unit."
            )
            self.move("return", reason, by=self.overseer)

    def review(self) -> None:
        """The watch mostly keeps a plan until its outcome is known: nobody is reminded of a closed one."""
        if not self.after(10, 300) or not self.take_up():
            return
        if self.chance(0.15) and self.after(10, 60):
            self.summarise()
        if self.chance(0.05) and self.after(60, 400) and self.clock < self.start:
            self.amend()
        self.clock = max(self.clock, self.end)
        if self.story.fate == "overdue":
            return
        if self.clock < self.moment:
            self.finish()
        elif self.chance(0.25):
            self.clock = min(self.moment, self.story.filed_at + timedelta(hours=20))
            self.move("close")

    def finish(self) -> None:
        """The outcome is recorded within hours, and the watch closes the plan."""
        if self.after(25, 540):
            self.move("outcome", by=self.story.author, answers=self.outcome())
            if self.chance(0.04):
                self.belongs_with_another()
            if self.after(20, 900):
                self.move("close")

    @property
    def start(self) -> datetime:
        return self.plan.event_at

    @property
    def end(self) -> datetime:
        return self.plan.planned_end

    @property
    def plan(self) -> SPEAR:
        report = self.story.filled.report
        assert isinstance(report, SPEAR)  # noqa: S101 - tells the type checker
        return report

    def outcome(self) -> dict[str, Any]:
        executed = self.story.fate == "executed"
        at = self.start + timedelta(minutes=self.rng.randint(5, 50)) if executed else self.start - timedelta(hours=12)
        local = at.astimezone(ZoneInfo(self.plan.event_zone))
        note = self.rng.choice(NOTES[self.story.fate])
        return {"outcome": [self.story.fate], **moment("outcome_at", local), "outcome_note": [note]}

    def change(self, answers: dict[str, Any]) -> str:
        answers["narrative"]["narrative"][0] += "\n\nChange: the briefing begins a quarter of an hour earlier."
        answers["units"]["personnel_count"] = [str((self.plan.personnel_count or 6) + 4)]
        return "Four more people take part"

    # -- Deconfliction
    def settle(self) -> None:
        """Of the newest matches two are open and two are taken up; the JIOC has settled the others."""
        if self.story.id in OPEN:
            return
        pair = Match.objects.filter(Q(a=self.report) | Q(b=self.report), settled_at=None, stands=True)
        for match in pair.order_by("pk"):
            matches.take_up(match.pk, by=self.analyst)
            if self.story.id not in HELD and self.after(30, 300):
                outcome, note = self.rng.choice(SETTLED)
                matches.settle(match.pk, outcome, note, by=self.analyst, now=self.clock)


OPEN, HELD = ({plans.key_of(number) for number in numbers} for numbers in ((11, 19), (13, 17)))
SETTLED = (
    (
        Match.Outcome.COORDINATED,
        "The contacts spoke by telephone: the teams enter one after the other, on one channel.",
    ),
    (Match.Outcome.COORDINATED, "Different doors of one block. Each team knows of the other's marked cars."),
    (Match.Outcome.JOINED, "The second office lends four people, and the first one leads."),
    (Match.Outcome.NO_CONFLICT, "The two places lie on either side of the canal; neither team passes the other's."),
)
NOTES = {
    "executed": (
        "Carried out as planned. Nobody was hurt.",
        "The target opened the door and was arrested without incident.",
        "Entry after two minutes. Evidence was seized and taken to the vault.",
        "Nobody was there. The place was searched and handed back.",
        "One target was arrested; the other had left the day before.",
    ),
    "postponed": (
        "The prosecutor asked for two more weeks.",
        "Storm warning for the coast: the boats stay in port.",
        "The lead investigator is in court that day.",
    ),
    "cancelled": (
        "The target surrendered at the office the evening before.",
        "Another agency arrested the target on its own warrant.",
        "The source withdrew what was said about the place.",
    ),
}  # fmt: skip

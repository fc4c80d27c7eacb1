"""The life of an agency visit: decided by somebody else than its author, held or not, closed with its outcome."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.roles import Role
from reports.models import TAV
from reports.reading import note_reading
from sen.demo.lives import Life, moment


class VisitLife(Life):
    """`fate` of the story is its decision, or what is still open."""

    def run(self) -> None:
        self.acknowledge()
        if self.story.fate == "undecided" or not self.after(40, 1100):
            return
        self.decide()
        if self.chance(0.3) and self.after(10, 200):
            self.take_up()
        self.clock = max(self.clock, self.end + timedelta(minutes=self.rng.randint(30, 600)))
        if self.story.fate == "open" or self.clock > self.moment:
            return
        self.move("outcome", by=self.story.author, answers=self.outcome())
        if self.after(60, 1600):
            self.move("close", by=self.director)

    @property
    def director(self) -> User:
        """The Field Office Director decides and closes."""
        return self.cast.having(Role.FOD, self.report.office.code)[0]

    @property
    def asked(self) -> TAV:
        report = self.story.filled.report
        assert isinstance(report, TAV)  # noqa: S101 - tells the type checker
        return report

    @property
    def end(self) -> datetime:
        return self.asked.requested_end or self.asked.event_at

    def decide(self) -> None:
        decision = self.story.fate if self.story.fate in REASONS else "approved"
        near = decision == "approved" and self.chance(0.08)
        note = "An operation in the same county on that day; the visitors keep to the facility." if near else ""
        note_reading(self.report, by=self.director, now=self.clock)
        answers = {
            "decision": [decision],
            "conflict": ["possible" if near else "none"],
            "conflict_note": [note],
            "decision_reason": [self.rng.choice(REASONS[decision])],
        }
        self.move("decide", by=self.director, answers=answers)

    def outcome(self) -> dict[str, Any]:
        """What came of it; a visit that was not approved never began."""
        if self.story.fate != "approved":
            return {"outcome": [self.rng.choice(NOT_HELD)]}
        zone = ZoneInfo(self.asked.event_zone)
        start = (self.asked.event_at + timedelta(minutes=self.rng.randint(0, 20))).astimezone(zone)
        end = (start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=self.rng.randint(25, 110))).astimezone(zone)
        said = self.rng.choice(HELD)
        return {**moment("actual_start", start), **moment("actual_end", end), "outcome": [said]}


REASONS = {
    "approved": (
        "The request is in order, and the detainee's counsel was told.",
        "Credentials were confirmed with the agency; a room and an escort are free.",
        "Lawful purpose; no objection of the prosecutor.",
    ),
    "denied": (
        "The detainee does not consent and counsel objects.",
        "The agency did not say what it wants to ask. It may ask again in writing.",
        "The detainee is to be moved on that day.",
    ),
    "withdrawn": (
        "The agency wrote that the interview is no longer needed.",
        "The agency has found another witness.",
    ),
}  # fmt: skip
HELD = (
    "The interview took place as planned. A statement was signed.",
    "The detainee ended the interview after twenty minutes. Nothing was signed.",
    "Photographs were shown; two people were recognized.",
    "The detainee asked for counsel at the beginning, so nothing was asked.",
    "A useful interview: names and an address that are new to this office.",
)
NOT_HELD = ("The agency was told of the decision by telephone and in writing.", "No visit took place.")

"""The life of an intelligence lead: approved, taken up, passed on, validated, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.roles import Role
from ileads import actions as ileads
from reports.models import Report
from reports.reading import note_reading
from sen.demo.clock import YEAR
from sen.demo.lives import Life


class LeadLife(Life):
    """A few of those that are due for validation wait; the others were validated in time."""

    def run(self) -> None:
        self.acknowledge()
        if self.story.fate == "awaiting" or not self.approve():
            return
        if self.chance(0.1):
            self.pass_on()
        if self.after(10, 400) and self.take_up():
            self.review()

    def review(self) -> None:
        if self.chance(0.2) and self.after(10, 90):
            self.summarise()
        if self.chance(0.03) and self.after(45, 600):
            self.amend()
        if self.chance(0.04):
            self.belongs_with_another()
        if self.after(60, 30 * 60) and (self.is_old or self.chance(0.8)):
            self.move("close")
        if self.is_old and self.story.fate != "due" and self.chance(0.12):
            self.validate()

    def validate(self) -> None:
        if self.after(60 * 24 * 90, 60 * 24 * 170):
            due = self.clock + YEAR
            note = self.rng.choice(CHECKED)
            days = {f"validation_due_{n}": [str(piece)] for n, piece in enumerate((due.month, due.day, due.year))}
            self.move("validate", by=self.story.author, answers={"validation_note": [note], **days})

    def pass_on(self) -> None:
        """To somebody elsewhere who needs to know: an agent of the city, or an intelligence analyst."""
        agents = [one for one in self.cast.having(Role.FIELD_HSI) if one.office_id != self.report.office_id]
        if self.report.restricted or not self.after(20, 200):
            return
        until = self.moment + timedelta(days=self.rng.randint(60, 180))
        recipient, need = self.rng.choice(agents), self.rng.choice(NEEDS)
        until = min(until, self.clock + YEAR)
        if until <= self.clock:
            return
        ileads.pass_on(self.report.pk, recipient, by=self.analyst, need_to_know=need, until=until, now=self.clock)
        if self.chance(0.6) and until > self.moment and self.after(20, 600):
            report = Report.objects.visible_to(recipient).get(pk=self.report.pk)
            note_reading(report, by=recipient, now=self.clock)

    def change(self, answers: dict[str, Any]) -> str:
        answers["narrative"]["narrative"][0] += "\n\nUpdate: a second person was heard, and says the same."
        answers["narrative"]["validity"] = ["2"]
        return "A second person was heard"


NEEDS = (
    "Works on the same group in another city.",
    "Plans an operation against somebody named here.",
    "Knows the address from an open case.",
    "Is to interview the same person next week.",
)
CHECKED = (
    "Records checked again: the warrant is still open.",
    "A second source says the same; nothing speaks against it.",
    "Custody and address confirmed; the marks were seen again.",
)

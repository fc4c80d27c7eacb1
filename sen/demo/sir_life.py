"""The life of a SIR: reviewed, summed up, amended as more becomes known, closed."""

from __future__ import annotations

from typing import Any

from sen.demo.lives import Life


class SirLife(Life):
    """Most are closed within two days; a few are amended, voided or reopened."""

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


UPDATES = (
    ("a witness came forward and was heard at the office; the statement agrees with what was seen.",
     "A further statement was taken"),
    ("the prosecutor declined federal charges and the case was referred to the county.", "The prosecutor has decided"),
    ("identity was confirmed by fingerprints; the date of birth given at first was right.", "Identity confirmed"),
    ("the address was corrected after the team's notes had been compared.", "Correction of a detail"),
)  # fmt: skip

"""One event under construction: its facts as rows, and the sentences that tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from accounts.models import User
from reports.kinds import KINDS
from reports.models import Person, Row
from sen.demo import names
from sen.demo.places import Place, Site


def no_rows(kind: str) -> dict[str, list[Row]]:
    """The lists of rows of a kind of report, empty."""
    return {part.name: [] for part in KINDS[kind].rows}


@dataclass
class Scene:
    """What happened at one place and time. Each part of the event adds its rows and its sentences."""

    rng: Random
    author: User
    site: Site
    place: Place
    at: datetime  # in the zone of the office
    title: str = ""
    because: list[str] = field(default_factory=list)
    gist: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=lambda: no_rows("sir"))
    minor: bool = False
    flags: dict[str, str | bool] = field(default_factory=dict)

    def add(self, part: str, row: Row) -> None:
        self.rows[part].append(row)

    def someone(self, role: str, *, alien: bool = False, known: bool = True) -> Person:
        found = names.member_of_public(self.rng, role, self.at.date(), alien=alien, known=known)
        self.add("people", found)
        return found

    def agent(self, name: str = "") -> Person:
        """A colleague who took part: once in the list, however often the story needs one."""
        wanted = name or self.rng.choice(names.AGENT_NAMES)
        found = names.employee(self.rng, wanted)
        self.add("people", found)
        return found

    def pick(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    @property
    def ero(self) -> bool:
        return self.site.programme == "ERO"

    @property
    def officers(self) -> str:
        return "officers" if self.ero else "agents"

    @property
    def where(self) -> str:
        return f"{self.place.phrase} in {self.site.city}"


def money(amount: int) -> str:
    return f"${amount:,}"


def listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""Which reports the demonstration holds, of every kind, in the order in which they were filed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sen.demo import followers, leads, plans, stories, visits
from sen.demo.lead_life import LeadLife
from sen.demo.lives import Life
from sen.demo.people import Cast
from sen.demo.plan_life import PlanLife
from sen.demo.sir_life import SirLife
from sen.demo.stories import Story
from sen.demo.visit_life import VisitLife


def always(number: int) -> bool:
    return True


@dataclass(frozen=True)
class Series:
    """Reports told from a number: their keys, when they were filed, their stories, what befalls them.

    One that `follows` another series has only those numbers that gave rise to a report.
    """

    key: Callable[[int], UUID]
    filed: Callable[[int, datetime], datetime]
    tell: Callable[[int, Cast, datetime], Story]
    life: type[Life]
    follows: str = ""
    has: Callable[[int], bool] = always


SERIES: dict[str, Series] = {
    "sir": Series(stories.key_of, stories.when_filed, stories.story, SirLife),
    "plan": Series(plans.key_of, plans.when_filed, plans.plan, PlanLife),
    "lead": Series(leads.key_of, leads.when_filed, leads.lead, LeadLife),
    "visit": Series(visits.key_of, visits.when_filed, visits.visit, VisitLife),
    "plan's sir": Series(plans.sir_key, followers.sir_filed, followers.sir, SirLife, "plan", plans.led_to_a_sir),
    "visit's lead": Series(
        visits.lead_key, followers.lead_filed, followers.lead, LeadLife, "visit", visits.led_to_a_lead
    ),
}


@dataclass(frozen=True)
class Entry:
    """One report of the demonstration."""

    series: str
    number: int

    @property
    def key(self) -> UUID:
        return SERIES[self.series].key(self.number)

    def filed(self, moment: datetime) -> datetime:
        return SERIES[self.series].filed(self.number, moment)

    @property
    def thread(self) -> int:
        """What depends on each other stands in one: a plan, the one that it meets, and what came of it."""
        first = plans.met_by(self.number) if self.series == "plan" else None
        return self.number if first is None else first

    def story(self, cast: Cast, moment: datetime) -> Story:
        return SERIES[self.series].tell(self.number, cast, moment)


def entries(counts: Mapping[str, int]) -> Iterator[Entry]:
    """The first reports of each series, with those that they gave rise to."""
    for name, series in SERIES.items():
        for number in range(counts.get(series.follows or name, 0)):
            if series.has(number):
                yield Entry(name, number)

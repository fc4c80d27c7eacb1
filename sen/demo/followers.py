"""Reports that another one gave rise to: the SIR that tells what came of a plan, the lead that came of a visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from reports.models import SPEAR, Person
from sen.demo import leads, places, plans, visits
from sen.demo.events import EVENTS
from sen.demo.people import Cast
from sen.demo.scene import Scene
from sen.demo.stories import Story, sir_of

# What was planned -> what happened.
HAPPENED = {
    "planned-arrest": "significant-arrest",
    "planned-search": "significant-seizure",
    "planned-seizure": "significant-seizure",
}


class Foreseen(Scene):
    """A scene in which the people who were looked for are met first."""

    expected: list[Person]

    def someone(self, role: str, *, alien: bool = False, known: bool = True) -> Person:
        found = super().someone(role, alien=alien, known=known)
        if self.expected and role in (Person.Role.ARRESTEE, Person.Role.SUBJECT):
            target = self.expected.pop(0)
            for name in ("last_name", "first_name", "date_of_birth", "a_number", "citizenship", "sex", "description"):
                setattr(found, name, getattr(target, name))
        return found


def sir(number: int, cast: Cast, moment: datetime) -> Story:
    """What happened in the operation of this number."""
    plan = plans.plan(number, cast, moment)
    spear = plan.filled.report
    assert isinstance(spear, SPEAR) and plan.author.office  # noqa: S101, PT018
    rng = Random(f"what happened {number}")
    filed = spear.planned_end + timedelta(minutes=rng.randint(30, 400))
    types = tuple(dict.fromkeys(HAPPENED.get(code, "other") for code in sorted(spear.event_types, reverse=True)))
    site = places.BY_CODE[plan.author.office.code]
    scene = Foreseen(rng, plan.author, site, _place(plan), spear.event_at + timedelta(minutes=rng.randint(0, 25)))
    scene.expected = [row for row in plan.filled.rows["people"] if isinstance(row, Person)]
    scene.agent(plan.author.name)
    for code in types:
        EVENTS[code](scene)
    filled = sir_of(scene, types, plan.author.office)
    filled.report.operation_name = spear.operation_name
    begun = filed - timedelta(minutes=rng.randint(10, 30))
    story = Story(plans.sir_key(number), plan.author, filled, begun, filed, rng)
    story.follows, story.start = plan.id, "what-happened"
    return story


def _place(plan: Story) -> places.Place:
    """The place of the plan, as a report of events speaks of it."""
    location = plan.filled.rows["locations"][0]
    address = getattr(location, "address", "")
    street = address.split(" ", 1)[-1]
    latitude, longitude = getattr(location, "latitude", None), getattr(location, "longitude", None)
    site = places.BY_CODE[plan.filled.report.office.code]
    return places.Place(
        kind="house",
        name="",
        address=address,
        phrase=f"the place on {street}",
        latitude=str(latitude or f"{site.latitude:.4f}"),
        longitude=str(longitude or f"{site.longitude:.4f}"),
    )


def lead(number: int, cast: Cast, moment: datetime) -> Story:
    """What was learned in the visit of this number."""
    visit = visits.visit(number, cast, moment)
    rng = Random(f"learned {number}")
    filed = visit.filled.report.event_at + timedelta(hours=rng.randint(30, 50))
    known = leads.Known(visit.author, filed, visits.detainee_of(visit), visit.filled.report.place_facility)
    story = leads.told(visits.lead_key(number), rng, known)
    story.follows, story.start = visit.id, "lead"
    return story


def sir_filed(number: int, moment: datetime) -> datetime:
    """About when: some days after its plan."""
    return plans.when_filed(number, moment) + timedelta(days=10)


def lead_filed(number: int, moment: datetime) -> datetime:
    return visits.when_filed(number, moment) + timedelta(days=9)

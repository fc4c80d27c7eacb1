"""A whole invented report from its number alone: the same number and moment give the same report again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Office, User
from reports.content import Filled
from reports.kinds import KINDS
from reports.models import SIR, Notification, Organization, Person, Report
from sen.demo import names, places, texture
from sen.demo.events import EVENTS
from sen.demo.people import Cast
from sen.demo.scene import Scene

SEED = "significant events"
YEAR = timedelta(days=365)
# Of the first reports so many are of the last hours, so that the queue is alive; so many more of the last days.
HOURS, DAYS = 14, 46

# What happens together -> how often; places where it happens.
MIX: tuple[tuple[tuple[str, ...], int], ...] = (
    (("significant-seizure",), 340),
    (("significant-arrest",), 330),
    (("significant-seizure", "significant-arrest"), 190),
    (("use-of-force",), 40),
    (("significant-arrest", "use-of-force"), 35),
    (("other",), 35),
    (("assault-on-employee",), 14),
    (("significant-arrest", "assault-on-employee"), 8),
    (("injury-or-death",), 6),
    (("firearm-discharge",), 5),
)
SCENES = {
    "significant-seizure": ("house", "storage", "warehouse", "pier", "roadside", "cargo", "port", "motel"),
    "significant-arrest": ("house", "apartment", "motel", "lot", "roadside", "port"),
    "other": ("office", "port"),
}
ELSEWHERE = ("lot", "roadside", "apartment", "port", "office", "motel")


@dataclass
class Story:
    """One report as it would be filed: by whom, when, and everything in it."""

    id: UUID
    author: User
    filled: Filled
    begun_at: datetime
    filed_at: datetime
    rng: Random  # goes on to decide what follows
    untouched: bool = False  # nobody on the watch has taken it up yet
    fate: str = ""  # what becomes of it, where its kind knows several ends
    follows: UUID | None = None  # the report that gave rise to it, by its start of this name
    start: str = ""

    def old(self, moment: datetime) -> bool:
        """Whether the watch would be done with it by now: an old urgent report would top the queue for months."""
        return self.filed_at < moment - timedelta(days=7)


def identity(number: int, series: str = "") -> Random:
    return Random(f"{SEED} {series}{number}")


def age(number: int, rng: Random, series: str = "") -> timedelta:
    """How long ago a report was filed: the first of the last hours, then days, the others over twelve months."""
    if series:
        return timedelta(minutes=rng.randint(5, int(YEAR.total_seconds() // 60)))
    if number < HOURS:
        return timedelta(minutes=rng.randint(4, 25) + 40 * number)
    if number < HOURS + DAYS:
        return timedelta(minutes=rng.randint(11 * 60, 72 * 60))
    return timedelta(minutes=rng.randint(72 * 60, int(YEAR.total_seconds() // 60)))


def when_filed(number: int, moment: datetime, series: str = "") -> datetime:
    return (moment - age(number, identity(number, series), series)).replace(second=0, microsecond=0)


def key_of(number: int, series: str = "") -> UUID:
    rng = identity(number, series)
    age(number, rng, series)
    return names.key(rng)


def story(number: int, cast: Cast, moment: datetime, series: str = "") -> Story:
    rng = identity(number, series)
    filed_at = (moment - age(number, rng, series)).replace(second=0, microsecond=0)
    key = names.key(rng)
    author = rng.choices(cast.authors, cast.weights)[0]
    office = _office_of(author)
    begun_at = filed_at - timedelta(minutes=rng.randint(6, 35))
    event_at = begun_at - timedelta(minutes=5 * rng.randint(2, 60))
    types = _types(number, rng, series)
    scene = _scene(rng, author, office, types[0], event_at)
    for code in types:
        EVENTS[code](scene)
    _surround(scene)
    untouched = not series and number < HOURS and number % 3 != 1
    return Story(key, author, sir_of(scene, types, office), begun_at, filed_at, rng, untouched)


def _office_of(author: User) -> Office:
    assert author.office  # noqa: S101 - every demonstration person has one
    return author.office


def _types(number: int, rng: Random, series: str) -> tuple[str, ...]:
    """Of the newest, two are urgent by their kind, so that the top of the queue shows what urgent looks like."""
    if number in (2, 5) and not series:
        return (("assault-on-employee",), ("firearm-discharge",))[number == 5]
    return rng.choices([types for types, _ in MIX], [weight for _, weight in MIX])[0]


def _scene(rng: Random, author: User, office: Office, first: str, event_at: datetime) -> Scene:
    site = places.BY_CODE[office.code]
    place = places.somewhere(rng, site, SCENES.get(first, ELSEWHERE))
    scene = Scene(rng, author, site, place, event_at.astimezone(ZoneInfo(site.zone)))
    scene.agent(author.name)
    return scene


def _surround(scene: Scene) -> None:
    """What many reports hold besides: word of mouth, a company, a bystander, flags."""
    if scene.chance(0.35):
        _tell(scene)
    if scene.chance(0.12):
        name = scene.pick("Tidewater Logistics LLC", "Keystone Self Storage Inc.", "Larkspur Imports Co.")
        scene.add("organizations", Organization(id=names.key(scene.rng), name=name))
    if scene.chance(0.15):
        witness = scene.someone(Person.Role.WITNESS)
        scene.followed.append(f"{names.spoken(witness)} gave a statement as a witness.")
    if scene.chance(0.04):
        scene.flags["minor_involved"] = True
        scene.followed.append("A child was present and was placed with a relative after child-welfare staff were told.")
    foreign = any(isinstance(p, Person) and p.citizenship not in ("", "US") for p in scene.rows["people"])
    scene.flags |= {
        "foreign_national": foreign,
        "media_interest": scene.chance(0.07),
        "congressional_interest": scene.chance(0.01),
        "sar_present": scene.chance(0.03),
        "sensitive_source": scene.chance(0.05),
    }
    if scene.chance(0.008):
        scene.flags |= {"restricted": True, "restricted_reason": "Concerns an inquiry into an employee."}
    if scene.chance(0.008):
        scene.flags |= {"legal_hold": True, "legal_hold_reason": "Preservation notice in a civil action."}


def _tell(scene: Scene) -> None:
    told = scene.pick("Duty desk", "Watch commander", "Sector radio room")
    row = Notification(
        id=names.key(scene.rng),
        told=told,
        told_office=scene.pick("JIOC", scene.site.name, "County sheriff's office"),
        told_by=scene.author.name,
        told_at=scene.at + timedelta(minutes=10),
    )
    scene.add("notifications", row)
    scene.followed.append(f"The {told.lower()} was told by telephone at {row.told_at:%H:%M}.")


def sir_of(scene: Scene, types: tuple[str, ...], office: Office) -> Filled:
    """The scene as an unsaved report with its rows, each row where its list has it."""
    report = SIR(
        title=scene.title[:200],
        event_types=sorted(types),
        synopsis=" ".join(scene.gist),
        significance=" ".join(dict.fromkeys(scene.because)),
        stage=SIR.Stage.INITIAL if scene.chance(0.8) else SIR.Stage.FINAL,
        narrative=_narrative(scene),
        actions_taken=_actions_taken(scene),
        programme=office.programme,
        office=office,
        supervisor=scene.author.supervisor,
        event_at=scene.at,
        event_zone=scene.site.zone,
        event_precision=scene.rng.choice(("exact", "exact", "hour")),
        **_where(scene),
        **_case(scene),
        **scene.flags,
    )
    return filled_with("sir", report, scene)


def filled_with(kind: str, report: Report, scene: Scene) -> Filled:
    """The report with the rows of its scene, each in its place."""
    filled = Filled(KINDS[kind], report, scene.rows)
    for position, row in enumerate(filled.every_row()):
        row.position = position
    return filled


def _narrative(scene: Scene) -> str:
    opening = [texture.background(scene)] if scene.chance(0.85) else []
    ending = " ".join([*scene.followed, texture.closing(scene)])
    return "\n\n".join(filter(None, [*opening, *scene.story, ending]))


def _actions_taken(scene: Scene) -> str:
    return scene.pick(
        "", "", "Evidence secured. Prosecutor informed. Follow-up interviews are planned.",
        "Debriefing held. Photographs and video were added to the case file.",
        "Partner agencies were informed. The inquiry goes on.",
    )  # fmt: skip


def _where(scene: Scene) -> dict[str, object]:
    place = scene.place
    where: dict[str, object] = {
        "place_name": place.name,
        "place_address": place.address,
        "place_city": scene.site.city,
        "place_state": scene.site.state,
        "place_country": "US",
    }
    if scene.chance(0.6):
        where |= {"place_latitude": Decimal(place.latitude), "place_longitude": Decimal(place.longitude)}
    return where


def _case(scene: Scene) -> dict[str, object]:
    case: dict[str, object] = {}
    if scene.chance(0.5):
        case["icm_case_number"] = f"{scene.site.code}-{scene.at:%y}-{scene.rng.randint(100, 9999):06d}"
    if scene.chance(0.2):
        case["operation_name"] = f"Operation {scene.pick('Quiet', 'Iron', 'Copper', 'Silent')} " + scene.pick(
            "Harbor", "Lantern", "Bridge", "Anvil"
        )
    return case

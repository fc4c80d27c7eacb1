"""Intelligence leads from a number alone: of whom, what was learned and how, from whom, and how good it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from accounts.models import User
from ileads.models import GangClaim, ILead, WarrantClaim
from reports.models import Identifier, Person
from sen.demo import names, places
from sen.demo.clock import YEAR, ago, office_hours
from sen.demo.lead_words import ABOUT, CLAIMS, GANGS, OFFENSES, PROVIDERS, SUBJECTS
from sen.demo.names import key
from sen.demo.people import Cast
from sen.demo.scene import Scene, no_rows
from sen.demo.stories import Story, filled_with, identity

SERIES = "lead "
# The first leads are of these days; the next ones are a year old and to be validated now.
LIVING, DUE, LATE = 22, range(22, 28), range(28, 30)
AWAITING = range(4)
AUTHORS = {0: "officer", 1: "officer", 4: "officer", 5: "officer", 22: "officer", 23: "officer", 28: "officer"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """What a lead begins with: who wrote it, when, and the person of whom something was learned, if known already."""

    author: User
    filed: datetime
    person: Person | None = None
    facility: str = ""


def key_of(number: int) -> UUID:
    return key(identity(number, SERIES))


def when_filed(number: int, moment: datetime) -> datetime:
    return (moment - _age(number)).replace(second=0, microsecond=0)


def _age(number: int) -> timedelta:
    rng = Random(f"lead {number}")
    if number in AWAITING:
        return ago(rng, timedelta(minutes=50), 20 * HOUR)
    if number < LIVING:
        return ago(rng, 18 * HOUR, 6 * DAY)
    if number in DUE:
        return ago(rng, YEAR - 14 * DAY, YEAR - DAY)
    return ago(rng, YEAR + 2 * DAY, YEAR + 9 * DAY) if number in LATE else ago(rng, 5 * DAY, YEAR)


def lead(number: int, cast: Cast, moment: datetime) -> Story:
    rng = identity(number, SERIES)
    its_key = key(rng)
    officers = [person for person in cast.authors if person.office and person.office.programme == "ERO"]
    author = cast.users[AUTHORS[number]] if number in AUTHORS else rng.choice(officers)
    filed = when_filed(number, moment)
    if number >= LIVING and author.office:
        filed = office_hours(filed, places.BY_CODE[author.office.code].zone, rng)
    story = told(its_key, rng, Known(author, filed))
    story.fate = "awaiting" if number in AWAITING else ""
    if number in DUE or number in LATE:
        report = story.filled.report
        assert isinstance(report, ILead)  # noqa: S101 - tells the type checker
        report.validation_due = (filed + YEAR).date()
        story.fate = "due"
    return story


def told(its_key: UUID, rng: Random, known: Known) -> Story:
    """A lead as its author tells it."""
    assert known.author.office  # noqa: S101 - every demonstration person has one
    site = places.BY_CODE[known.author.office.code]
    learned = office_hours(known.filed - ago(rng, HOUR, 30 * HOUR), site.zone, rng)
    learned = learned.replace(minute=rng.choice((0, 15, 30, 45)))
    about = rng.choices(list(ABOUT), [subject.weight for subject in ABOUT.values()])[0]
    scene = Scene(rng, known.author, site, places.somewhere(rng, site, ("apartment",)), learned, rows=no_rows("ilead"))
    subject = _subject(scene, known.person)
    DETAILS.get(about, _nothing_more)(scene, subject)
    report = _ilead(scene, about, subject, known)
    begun = known.filed - timedelta(minutes=rng.randint(10, 50))
    return Story(its_key, known.author, filled_with("ilead", report, scene), begun, known.filed, rng)


def _subject(scene: Scene, known: Person | None) -> Person:
    if known is None:
        person = scene.someone(Person.Role.SUBJECT, alien=True)
    else:
        person = Person(id=key(scene.rng), role=Person.Role.SUBJECT)
        for name in ("last_name", "first_name", "date_of_birth", "a_number", "citizenship", "sex"):
            setattr(person, name, getattr(known, name))
        scene.add("people", person)
    if not person.a_number and scene.chance(0.85):
        names.give_a_number(scene.rng, person)
    return person


# -- What hangs on the subject -----------------------------------------------------------------------------------------
def _nothing_more(scene: Scene, subject: Person) -> None:
    if scene.chance(0.2):
        state = scene.site.state
        value = f"{scene.pick('KX', 'RT', 'BW')}{scene.rng.randint(1000, 9999)}"
        row = Identifier(id=key(scene.rng), person=subject, type=Identifier.Type.PLATE, value=value, issuer=state)
        scene.add("identifiers", row)


def _gang(scene: Scene, subject: Person) -> None:
    """One row for each criterion claimed, each with its evidence."""
    gang = scene.pick(*GANGS)
    standing = scene.rng.choice(GangClaim.Standing.values)
    for criterion in scene.rng.sample(list(CLAIMS), scene.rng.choice((1, 2, 2, 3))):
        row = GangClaim(
            id=key(scene.rng),
            person=subject,
            gang=gang,
            standing=standing,
            criterion=criterion,
            evidence=scene.pick(*CLAIMS[criterion]).format(gang=gang, city=scene.site.city, day=f"{scene.at:%B %-d}"),
            confirmed_by=scene.pick("", "", "Gang unit of the county sheriff", "Two officers of the intake team"),
            validate_by=_in_a_year(scene) if scene.chance(0.4) else None,
        )
        scene.add("gang_claims", row)
    if scene.chance(0.15):
        _wanted(scene, subject)


def _in_a_year(scene: Scene) -> date:
    return (scene.at + YEAR + 30 * DAY).date()


def _wanted(scene: Scene, subject: Person) -> None:
    row = WarrantClaim(
        id=key(scene.rng),
        person=subject,
        agency=scene.pick(
            f"{scene.site.city} police department", "Circuit court of the county", "Interpol notice", "State police"
        ),
        number=f"{scene.pick('CR', 'W', 'F')}-{scene.at:%y}-{scene.rng.randint(1000, 9999)}",
        offense=scene.pick(*OFFENSES),
        checked_at=scene.at,
    )
    scene.add("warrant_claims", row)


DETAILS: dict[str, Callable[[Scene, Person], None]] = {"lead-gang": _gang, "lead-wanted": _wanted}


# -- The report --------------------------------------------------------------------------------------------------------
def _ilead(scene: Scene, about: str, subject: Person, known: Known) -> ILead:
    words, author = ABOUT[about], scene.author
    said = {"who": names.spoken(subject), "city": scene.site.city, "office": scene.site.name}
    methods = scene.rng.sample(ILead.Method.values[:6], scene.rng.choice((1, 1, 2)))
    facility = known.facility or (scene.pick(*FACILITIES).format(city=scene.site.city) if scene.chance(0.6) else "")
    report = ILead(
        title=scene.pick(*words.titles).format(**said)[:200],
        event_types=[about],
        synopsis=scene.pick(*words.gists).format(**said),
        narrative="\n\n".join(part.format(**said) for part in (scene.pick(*words.stories), scene.pick(*SUBJECTS))),
        methods=sorted(methods, key=ILead.Method.values.index),
        event_at=scene.at.astimezone(places.zone_of(scene.site)),
        event_zone=scene.site.zone,
        event_precision=scene.pick("exact", "hour", "day"),
        office=author.office,
        programme=author.programme,
        supervisor=author.supervisor,
        custody=ILead.Custody.ICE if facility else scene.rng.choice(ILead.Custody.values[1:]),
        place_facility=facility,
        basis=scene.pick(*words.bases).format(**said),
        threat=ILead.Threat.GANG if about == "lead-gang" else scene.pick("violent", "non_violent", "unknown"),
        first_amendment=ILead.Protected.NO,
        reliability=scene.pick("A", "B", "B", "C", "C", "F"),
        validity=scene.pick("1", "2", "2", "3", "3", "4", "6"),
        validation_due=(known.filed + 5 * YEAR).date(),
        foreign_national=True,
        icm_case_number=f"{scene.site.code}-{known.filed:%y}-{scene.rng.randint(100, 9999):06d}",
    )
    if scene.chance(0.06):
        report.first_amendment = ILead.Protected.LAWFUL
        report.first_amendment_note = "A rally is mentioned as the place of a meeting; the suspicion rests on the sale."
    if scene.chance(0.45):
        _provider(scene, report)
    return report


def _provider(scene: Scene, report: ILead) -> None:
    """Who gave the information; mostly closed to other readers."""
    relation = scene.pick(*PROVIDERS)
    report.provider_name = f"{scene.pick(*names.FIRST['US'])} {scene.pick(*names.LAST['US'])}"
    report.provider_contact = f"{scene.site.area_code}-555-01{scene.rng.randint(0, 99):02d}"
    report.provider_relation = relation
    report.provider_protected = scene.chance(0.85)
    report.sensitive_source = report.provider_protected


FACILITIES = (
    "{city} contract detention facility",
    "{city} service processing center",
    "Sawgrass detention center",
    "Heron Point processing center",
    "County jail, {city}",
)

"""Agency visits from a number alone: who asks to see whom, when, why, and what is decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from reports.models import TAV, Person, Visitor
from sen.demo import names, places
from sen.demo.clock import DAYTIME, YEAR, ago, at_clock, office_hours, working_day
from sen.demo.leads import FACILITIES
from sen.demo.names import key
from sen.demo.people import Cast
from sen.demo.scene import Scene, no_rows
from sen.demo.stories import Story, filled_with, identity

SERIES = "visit "
# Of the first visits some wait for a decision today, some are decided and to come, some lack their outcome.
LIVING, UNDECIDED, TO_COME, OPEN = 18, range(5), range(5, 11), range(11, 14)
AUTHORS = {0: "officer", 1: "officer", 5: "officer", 11: "officer"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Level -> how often it asks, and its agencies.
AGENCIES: dict[str, tuple[int, tuple[str, ...]]] = {
    TAV.Level.FEDERAL: (34, ("Federal Bureau of Investigation", "Drug Enforcement Administration",
                             "U.S. Marshals Service", "Bureau of Prisons, investigations")),
    TAV.Level.STATE: (18, ("State bureau of investigation ({state})", "State attorney's office ({state})")),
    TAV.Level.LOCAL: (24, ("{city} police department", "County sheriff's office, {city}")),
    TAV.Level.TRIBAL: (5, ("Red Mesa tribal police", "Lake Nations tribal police")),
    TAV.Level.TERRITORIAL: (5, ("Territorial police of Guam", "Territorial police of the Virgin Islands")),
    TAV.Level.FOREIGN: (10, ("National police of {country}, attaché", "Consulate general of {country}")),
    TAV.Level.INTERNATIONAL: (4, ("INTERPOL, national central bureau", "International tribunal, investigations")),
}  # fmt: skip
COUNTRIES = {"MX": "Mexico", "GT": "Guatemala", "HN": "Honduras", "CO": "Colombia", "CN": "China", "BS": "the Bahamas",
             "PH": "the Philippines", "CA": "Canada", "NL": "the Netherlands"}  # fmt: skip
TITLES = ("Detective", "Special agent", "Sergeant", "Inspector", "Investigator", "Assistant state attorney")
PURPOSES = (
    "To ask about a homicide of last spring, at which the detainee is believed to have been present.",
    "To take a statement about the people who arranged the journey and what was paid.",
    "To identify a person in photographs of a robbery series.",
    "To ask about money that went through an account in the detainee's name.",
    "To hear the detainee as a victim of trafficking; a victim specialist will be there.",
    "To serve papers and to explain a request for extradition.",
)


def key_of(number: int) -> UUID:
    return key(identity(number, SERIES))


def when_filed(number: int, moment: datetime) -> datetime:
    return (moment - _age(number)).replace(second=0, microsecond=0)


def _age(number: int) -> timedelta:
    rng = Random(f"visit {number}")
    if number in UNDECIDED:
        return ago(rng, HOUR, 26 * HOUR)
    if number in TO_COME:
        return ago(rng, 20 * HOUR, 3 * DAY)
    return ago(rng, 8 * DAY, 11 * DAY) if number < LIVING else ago(rng, 14 * DAY, YEAR)


def led_to_a_lead(number: int) -> bool:
    """Whether an iLead was begun from what was said in the visit: from every fifth that is old enough."""
    return number >= LIVING and number % 5 == 3 and _age(number) > 30 * DAY


def lead_key(number: int) -> UUID:
    return uuid5(key_of(number), "lead")


def visit(number: int, cast: Cast, moment: datetime) -> Story:
    rng = identity(number, SERIES)
    its_key = key(rng)
    officers = [person for person in cast.authors if person.office and person.office.programme == "ERO"]
    author = cast.users[AUTHORS[number]] if number in AUTHORS else rng.choice(officers)
    assert author.office  # noqa: S101 - every demonstration person has one
    site = places.BY_CODE[author.office.code]
    filed = when_filed(number, moment)
    if number >= LIVING:
        filed = office_hours(filed, site.zone, rng)
    start = _asked_for(number, rng, filed, moment, site.zone)
    scene = Scene(rng, author, site, places.somewhere(rng, site, ("office",)), start, rows=no_rows("tav"))
    report = _tav(scene, filed)
    begun = filed - timedelta(minutes=rng.randint(8, 30))
    return Story(its_key, author, filled_with("tav", report, scene), begun, filed, rng, fate=_fate(number, rng))


def _asked_for(number: int, rng: Random, filed: datetime, moment: datetime, zone: str) -> datetime:
    """The next days for those that are open; else some days after the request. Visits take place in office hours."""
    if number in UNDECIDED or number in TO_COME:
        return working_day(at_clock(moment, rng.randint(1, 4), rng.choice(DAYTIME), zone))
    return working_day(at_clock(filed, rng.randint(2, 6), rng.choice(DAYTIME), zone))


def _fate(number: int, rng: Random) -> str:
    drawn = rng.choices(("approved", "denied", "withdrawn"), (78, 13, 9))[0]
    if number in UNDECIDED:
        return "undecided"
    if number in OPEN:
        return "open"
    return "approved" if led_to_a_lead(number) or number in TO_COME else drawn


def _tav(scene: Scene, filed: datetime) -> TAV:
    detainee = scene.someone(Person.Role.DETAINEE, alien=True)
    names.give_a_number(scene.rng, detainee)
    detainee.caution = ""
    level = scene.rng.choices(list(AGENCIES), [weight for weight, _ in AGENCIES.values()])[0]
    agency = scene.pick(*AGENCIES[level][1]).format(
        city=scene.site.city, state=scene.site.state, country=COUNTRIES[detainee.citizenship]
    )
    for _ in range(scene.rng.choice((1, 1, 2, 2, 3))):
        _visitor(scene)
    return _report(scene, filed, detainee, level, agency)


def _report(scene: Scene, filed: datetime, detainee: Person, level: str, agency: str) -> TAV:
    rng, author, start = scene.rng, scene.author, scene.at
    end = start + timedelta(minutes=30 * rng.randint(2, 6))
    purpose = scene.pick(*PURPOSES)
    yes_no = ("yes", "no", "unknown")
    return TAV(
        title=f"{agency[0].upper()}{agency[1:]} asks to interview {_whom(scene, detainee)}"[:200],
        synopsis=f"{agency[0].upper()}{agency[1:]} asks for {start:%A, %H:%M}. {purpose}",
        narrative=_account(scene, filed, agency),
        purpose=purpose,
        agency=agency,
        agency_level=level,
        case_reference=scene.pick("None", f"{filed:%y}-{rng.randint(1000, 9999)}", f"C/{rng.randint(100, 999)}"),
        event_at=start,
        event_zone=scene.site.zone,
        requested_end=end,
        planned_start=start if scene.chance(0.7) else None,
        planned_end=None,
        office=author.office,
        programme=author.programme,
        supervisor=author.supervisor,
        place_facility=scene.pick(*FACILITIES[:4]).format(city=scene.site.city),
        place_city=scene.site.city,
        place_state=scene.site.state,
        detainee_consent=rng.choice(yes_no),
        counsel_represented=rng.choice(yes_no),
        counsel_notified=rng.choice(yes_no),
        interpreter=scene.pick("yes", "no"),
        consular_notice=rng.choice(yes_no),
        escort_present="yes",
        foreign_national=True,
        sensitive_source=scene.chance(0.05),
    )


def _whom(scene: Scene, detainee: Person) -> str:
    return scene.pick("a detainee", f"a {names.ADJECTIVE.get(detainee.citizenship, 'foreign')} detainee")


def _account(scene: Scene, filed: datetime, agency: str) -> str:
    came = scene.pick("by letter", "by telephone, confirmed by e-mail", "through the duty desk")
    agreed = scene.pick(
        "A room with a window to the corridor was reserved. No recording devices are brought in.",
        "The facility asks for the names of all visitors a day ahead and for credentials at the gate.",
        "The interview is to be recorded by the agency; the detainee will be asked first.",
    )
    return f"The request came {came} on {filed:%A}. The call was returned through the switchboard.\n\n{agreed}"


def _visitor(scene: Scene) -> None:
    row = Visitor(
        id=key(scene.rng),
        name=f"{scene.pick(*names.FIRST['US'])} {scene.pick(*names.LAST['US'])}",
        title=scene.pick(*TITLES),
        badge=f"{scene.pick('D', 'SA', 'I')}-{scene.rng.randint(100, 9999)}",
        contact=f"{scene.site.area_code}-555-01{scene.rng.randint(0, 99):02d}",
        identity_verified=scene.pick("yes", "yes", "unknown"),
    )
    scene.add("visitors", row)


def detainee_of(story: Story) -> Person:
    found = story.filled.rows["people"][0]
    assert isinstance(found, Person)  # noqa: S101 - tells the type checker
    return found

"""iLeads of a former system with masked legacy SSNs, brought in as an agency would bring them: through both imports."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from django.db import transaction
from django.utils import timezone

from ileads.imports import LegacySSNs, Row
from ileads.models import LegacySSN
from privacy.mask import BULLETS
from reports.imports.legacy import Legacy, Prepared
from reports.imports.lines import Line
from reports.kinds import KINDS
from sen.demo import names, places

LEADS, SOURCE = 8, "former iLead system"
FIRST_YEAR = 2009
WHAT = (
    (
        "lead-gang",
        "Tattoo of a gang seen",
        "inspection",
        "A tattoo on the left hand names a street gang.",
    ),
    ("lead-wanted", "Warrant found in a review of records", "records", "A county holds an open warrant for robbery."),
    (
        "lead-smuggling",
        "Route of smugglers named",
        "interview",
        "He named a ranch road and its nights.",
    ),
    (
        "lead-fraud",
        "False documents found",
        "possessions",
        "Three cards with one photograph were found.",
    ),
)


def make() -> None:
    """All of them at once, if they are not there yet."""
    if LegacySSN.objects.filter(source=SOURCE).exists():
        return
    told = list(leads())
    with transaction.atomic():
        now, leading = timezone.now(), Legacy(KINDS["ilead"])
        leading.write([row for row in map(leading.prepare, told) if isinstance(row, Prepared)], now=now)
        numbers: dict[int, str] = {}
        sealing = LegacySSNs(numbers, SOURCE)
        rows = [sealing.prepare(line) for line in ssns(told, numbers)]
        sealing.write([row for row in rows if isinstance(row, Row)], now=now)


def leads() -> Iterator[Line]:
    """The iLeads as the former system would have written them; a number always tells the same."""
    sites = [site for site in places.SITES if site.kind == "fod"]
    for place in range(LEADS):
        rng, site = Random(f"former lead {place}"), sites[place % len(sites)]
        about, title, method, said = WHAT[place % len(WHAT)]
        day = f"{FIRST_YEAR + place // 3}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        yield Line(
            place + 1,
            {
                "number": number(place),
                "title": title,
                "event_types": about,
                "event_at": f"{day} {rng.randint(8, 15):02d}:30",
                "submitted_at": f"{day} 17:10",
                "office": site.code,
                "author": f"{rng.choice(names.FIRST['US'])} {rng.choice(names.LAST['US'])}",
                "synopsis": said,
                "narrative": f"{said} An officer of {site.name} wrote it down the same day.",
                "methods": method,
                "basis": said,
                "first_amendment": "none",
                **people(rng),
            },
        )


def people(rng: Random) -> dict[str, str]:
    """The subject and somebody who spoke of them."""
    found: dict[str, str] = {}
    for nth, role in ((1, "subject"), (2, "witness")):
        found |= {
            f"people_{nth}_role": role,
            f"people_{nth}_last_name": rng.choice(names.LAST["US"]),
            f"people_{nth}_first_name": rng.choice(names.FIRST["US"]),
            f"people_{nth}_date_of_birth": f"{rng.randint(1955, 1988)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}",
        }
    return found


def number(place: int) -> str:
    return f"OLD-LEAD-{FIRST_YEAR + place // 3}-{place + 101:05d}"


def ssns(told: list[Line], numbers: dict[int, str]) -> Iterator[Line]:
    """One for each subject, and for every third witness too; made now, of an area that hardly anybody has."""
    for line in told:
        for nth in (1, 2) if line.number % 3 == 0 else (1,):
            rng, key = Random(f"former SSN {line.number} {nth}"), line.number * 10 + nth
            numbers[key] = f"{rng.randint(850, 899)}{rng.randint(10, 99)}{rng.randint(1000, 9999)}"
            values = {"source_id": f"{line.values['number']}/{nth}", "report": line.values["number"]}
            yield Line(key, values | {"person": str(nth), "ssn": BULLETS})

"""Reports of the types that nobody files any more, brought in as an agency would bring them: through the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from reports.imports.historical import Historical, Row
from reports.imports.lines import Line
from reports.models import HistoricalReport
from sen.demo import HISTORICAL, names, places
from sen.demo.places import Site

BEGAN, DAYS, BATCH = date(2009, 1, 5), 2600, 250
SEIZED = ("14 kg of cocaine", "$82,400 in cash", "three rifles", "220 lb of marijuana", "6 kg of methamphetamine")
CHARGES = ("21 USC 841", "18 USC 554", "8 USC 1324", "31 USC 5332", "18 USC 1028")


def make() -> None:
    """All of them, if they are not there yet; a row that is there already is passed over by its checksum."""
    if HistoricalReport.objects.count() >= sum(type_ != "spot" for type_ in map(type_of, range(HISTORICAL))):
        return
    destination, found = Historical(), list(rows())
    for first in range(0, HISTORICAL, BATCH):
        lines = [Line(first + place, values) for place, values in enumerate(found[first : first + BATCH], start=1)]
        prepared = [row for row in map(destination.prepare, lines) if isinstance(row, Row)]
        with transaction.atomic():
            destination.write(prepared, now=timezone.now())


def rows() -> Iterator[dict[str, str]]:
    """The rows as the former system would have written them; a number always tells the same."""
    sites = [site for site in places.SITES if site.kind in ("sac", "fod", "sub")]
    for number in range(HISTORICAL):
        rng = Random(f"former {number}")
        type_, site = type_of(number), rng.choice(sites)
        began = BEGAN + timedelta(days=number * DAYS // HISTORICAL)
        ended = began + timedelta(days=rng.choice((0, 0, 1, 6)))
        yield {
            "type": type_,
            "number": f"{type_.upper()}-{began:%Y}-{number:05d}",
            "period_from": began.isoformat(),
            "period_to": ended.isoformat(),
            "office_code": site.code,
            **OWN[type_](rng, site),
        }


def type_of(number: int) -> str:
    """Of every hundred 42 AMO, 30 OPPRED, 27 LEARA and one SPOT, mixed."""
    place = number * 37 % 100
    return "amo" if place < 42 else "oppred" if place < 72 else "leara" if place < 99 else "spot"


def _amo(rng: Random, site: Site) -> dict[str, str]:
    platform = rng.choice(
        ("Helicopter", "Patrol aircraft", "Interceptor boat", "Unmarked vehicle", "Unmanned aircraft")
    )
    activity = rng.choice(("Surveillance", "Pursuit of a vessel", "Search and rescue", "Transport of a team"))
    found = rng.choice(SEIZED)
    return {
        "platform": platform,
        "activity": activity,
        "title": f"{platform}: {activity.lower()} near {site.city}",
        "summary": f"{activity} for {site.name} over {rng.randint(1, 6)} hours. It led to the seizure of {found}.",
    }


def _oppred(rng: Random, site: Site) -> dict[str, str]:
    who = f"{rng.choice(names.FIRST['US'])} {rng.choice(names.LAST['US'])}"
    arrest = f"{who} was arrested in {site.city} without incident."
    return {
        "arrest": arrest,
        "charge": rng.choice(CHARGES),
        "title": f"Arrest in {site.city}",
        "summary": f"{site.name} had looked for {who} for {rng.randint(2, 18)} months. {arrest}",
    }


def _leara(rng: Random, site: Site) -> dict[str, str]:
    agency = rng.choice((f"{site.city} police department", "County sheriff's office", "State highway patrol"))
    assistance = rng.choice(("Canine search", "Interpreter", "Identification of a person", "Perimeter", "Air support"))
    return {
        "requesting_agency": agency,
        "assistance": assistance,
        "title": f"{assistance} for the {agency}",
        "summary": f"The {agency} asked for help. {site.name} sent {rng.randint(1, 8)} people for half a day.",
    }


def _spot(rng: Random, site: Site) -> dict[str, str]:
    return {"title": f"Observation in {site.city}", "summary": "A car was parked at an unusual place."}


OWN: dict[str, Callable[[Random, Site], dict[str, str]]] = {
    "amo": _amo,
    "oppred": _oppred,
    "leara": _leara,
    "spot": _spot,
}

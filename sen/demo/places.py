"""Where the demonstration happens: the offices of the agency with their cities, and invented places in each."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Site:
    """An office and the city it works in."""

    code: str
    name: str
    kind: str
    parent: str
    programme: str
    zone: str
    city: str
    state: str
    latitude: float
    longitude: float
    area_code: str = "202"


EAST, MIDDLE, WEST = "America/New_York", "America/Chicago", "America/Los_Angeles"
MOUNTAIN, ARIZONA = "America/Denver", "America/Phoenix"

# Headquarters and the JIOC are reference data of every installation; these are the others, parents first.
SITES: tuple[Site, ...] = (
    Site("HSI", "Homeland Security Investigations", "programme", "HQ", "HSI", EAST, "Washington", "DC", 38.90, -77.04),
    Site("ERO", "Enforcement and Removal Operations", "programme", "HQ", "ERO", EAST, "Washington", "DC", 38.9, -77.04),
    Site("MIA", "SAC Miami", "sac", "HSI", "HSI", EAST, "Miami", "FL", 25.77, -80.19, "305"),
    Site("ATL", "SAC Atlanta", "sac", "HSI", "HSI", EAST, "Atlanta", "GA", 33.75, -84.39, "404"),
    Site("NYC", "SAC New York", "sac", "HSI", "HSI", EAST, "New York", "NY", 40.71, -74.01, "212"),
    Site("BOS", "SAC Boston", "sac", "HSI", "HSI", EAST, "Boston", "MA", 42.36, -71.06, "617"),
    Site("DET", "SAC Detroit", "sac", "HSI", "HSI", "America/Detroit", "Detroit", "MI", 42.33, -83.05, "313"),
    Site("CHI", "SAC Chicago", "sac", "HSI", "HSI", MIDDLE, "Chicago", "IL", 41.88, -87.63, "312"),
    Site("NOL", "SAC New Orleans", "sac", "HSI", "HSI", MIDDLE, "New Orleans", "LA", 29.95, -90.07, "504"),
    Site("HOU", "SAC Houston", "sac", "HSI", "HSI", MIDDLE, "Houston", "TX", 29.76, -95.37, "713"),
    Site("SNA", "SAC San Antonio", "sac", "HSI", "HSI", MIDDLE, "San Antonio", "TX", 29.42, -98.49, "210"),
    Site("ELP", "SAC El Paso", "sac", "HSI", "HSI", MOUNTAIN, "El Paso", "TX", 31.76, -106.49, "915"),
    Site("DEN", "SAC Denver", "sac", "HSI", "HSI", MOUNTAIN, "Denver", "CO", 39.74, -104.99, "303"),
    Site("PHX", "SAC Phoenix", "sac", "HSI", "HSI", ARIZONA, "Phoenix", "AZ", 33.45, -112.07, "602"),
    Site("SDG", "SAC San Diego", "sac", "HSI", "HSI", WEST, "San Diego", "CA", 32.72, -117.16, "619"),
    Site("LAX", "SAC Los Angeles", "sac", "HSI", "HSI", WEST, "Los Angeles", "CA", 34.05, -118.24, "213"),
    Site("SEA", "SAC Seattle", "sac", "HSI", "HSI", WEST, "Seattle", "WA", 47.61, -122.33, "206"),
    Site("HNL", "SAC Honolulu", "sac", "HSI", "HSI", "Pacific/Honolulu", "Honolulu", "HI", 21.31, -157.86, "808"),
    Site("KEY", "Key West", "sub", "MIA", "HSI", EAST, "Key West", "FL", 24.56, -81.78, "305"),
    Site("LRD", "Laredo", "sub", "SNA", "HSI", MIDDLE, "Laredo", "TX", 27.51, -99.51, "956"),
    Site("NOG", "Nogales", "sub", "PHX", "HSI", ARIZONA, "Nogales", "AZ", 31.34, -110.93, "520"),
    Site("ANC", "Anchorage", "sub", "SEA", "HSI", "America/Anchorage", "Anchorage", "AK", 61.22, -149.90, "907"),
    Site("GUM", "Guam", "sub", "HNL", "HSI", "Pacific/Guam", "Tamuning", "GU", 13.49, 144.78, "671"),
    Site("MIF", "Miami Field Office", "fod", "ERO", "ERO", EAST, "Miramar", "FL", 25.98, -80.30, "954"),
    Site("NWF", "Newark Field Office", "fod", "ERO", "ERO", EAST, "Newark", "NJ", 40.74, -74.17, "973"),
    Site("CHF", "Chicago Field Office", "fod", "ERO", "ERO", MIDDLE, "Chicago", "IL", 41.88, -87.63, "312"),
    Site("HOF", "Houston Field Office", "fod", "ERO", "ERO", MIDDLE, "Houston", "TX", 29.76, -95.37, "713"),
    Site("EPF", "El Paso Field Office", "fod", "ERO", "ERO", MOUNTAIN, "El Paso", "TX", 31.76, -106.49, "915"),
    Site("PXF", "Phoenix Field Office", "fod", "ERO", "ERO", ARIZONA, "Phoenix", "AZ", 33.45, -112.07, "602"),
    Site("LAF", "Los Angeles Field Office", "fod", "ERO", "ERO", WEST, "Los Angeles", "CA", 34.05, -118.24, "213"),
)

BY_CODE: dict[str, Site] = {site.code: site for site in SITES}
NAMES: dict[str, str] = {
    "HQ": "Headquarters",
    "JIOC": "Joint Intelligence Operations Center",
} | {site.code: site.name for site in SITES}

STREETS = (
    "Harbor", "Cypress", "Larkspur", "Granite", "Meridian", "Foundry", "Willow", "Commerce", "Orchard", "Prospect",
    "Sandpiper", "Juniper", "Canal", "Station", "Quarry", "Mercado", "Bluebird", "Terminal", "Summit", "Magnolia",
)  # fmt: skip
WAYS = ("Street", "Avenue", "Road", "Boulevard", "Lane", "Parkway")

# What kind of place it is -> its names, and how the narrative speaks of one.
SCENES: dict[str, tuple[tuple[str, ...], str]] = {
    "house": (("",), "a house on {street}"),
    "apartment": (("Palm Court Apartments", "Lakeview Apartments", "The Birches"), "an apartment of {name}"),
    "storage": (("Secure-All Storage", "Keystone Self Storage", "Bluebird Storage"), "a unit rented at {name}"),
    "motel": (("Wayside Motel", "Traveler's Rest Motel", "Sunrise Inn"), "a room of the {name}"),
    "lot": (("Fairview Shopping Plaza", "Crossroads Mall", "Old Mill Market"), "the parking lot of {name}"),
    "warehouse": (("Northgate Freight", "Tidewater Logistics", "Pallet & Crate Co."), "the warehouse of {name}"),
    "pier": (("Pier 9 marina", "Heron Point marina", "Commercial dock 4"), "a boat at {name}"),
    "roadside": (("",), "a vehicle stopped on {street}"),
    "cargo": (("Air cargo building 12", "Express consignment hall", "Container yard C"), "a shipment in {name}"),
    "port": (("Passenger inspection hall", "Vehicle lanes", "Outbound lanes"), "the port of entry ({name})"),
    "office": (("Federal building", "Processing area"), "the agency's own premises ({name})"),
}


@dataclass(frozen=True)
class Place:
    """One invented place."""

    kind: str
    name: str
    address: str
    phrase: str
    latitude: str
    longitude: str


def somewhere(rng: Random, site: Site, kinds: tuple[str, ...]) -> Place:
    kind = rng.choice(kinds)
    names, phrase = SCENES[kind]
    name, street = rng.choice(names), f"{rng.choice(STREETS)} {rng.choice(WAYS)}"
    return Place(
        kind=kind,
        name=name,
        address=f"{rng.randint(100, 9899)} {street}",
        phrase=phrase.format(name=name, street=street),
        latitude=f"{site.latitude + rng.uniform(-0.15, 0.15):.4f}",
        longitude=f"{site.longitude + rng.uniform(-0.15, 0.15):.4f}",
    )


def zone_of(site: Site) -> ZoneInfo:
    return ZoneInfo(site.zone)

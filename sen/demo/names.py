"""Invented names, and the people of one report: agents, those they met, and what is written down of each."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from reports.models import Person

LAST: dict[str, tuple[str, ...]] = {
    "US": ("Hollins", "Prewitt", "Danforth", "Mayhew", "Castor", "Ridley", "Oakes", "Tillman", "Burnside", "Lamar",
           "Winfrey-Cole", "Sutter", "Haskell", "Dunmore", "Yates", "Pruitt", "Calloway", "Beaumont", "Strickler"),
    "MX": ("Arriaga Luna", "Becerril", "Cordero Paz", "Escamilla", "Galindo", "Ibarra Sol", "Lozoya", "Montiel",
           "Olvera", "Quintanar", "Robledo", "Tapia Rey", "Urrutia", "Villalpando"),
    "GT": ("Ajanel", "Batzin", "Choc", "Ixcoy", "Mejicanos", "Pocasangre", "Tzul"),
    "HN": ("Amador Paz", "Banegas", "Cerrato", "Discua", "Funes", "Matamoros"),
    "CO": ("Arbelaez", "Buitrago", "Cifuentes", "Montoya Ruiz", "Ospina", "Zuleta"),
    "CN": ("Bai", "Fang", "Geng", "Luo", "Qiao", "Tong", "Xue"),
    "BS": ("Albury", "Bethel", "Knowles", "Pinder", "Rolle", "Sweeting"),
    "PH": ("Abad", "Dimaculangan", "Magsino", "Pangilinan", "Tolentino"),
    "CA": ("Beauchemin", "Gauthier", "Lachance", "Pelland", "Thibert"),
    "NL": ("de Graaf", "Hoekstra", "van Loon", "Wiersma"),
}  # fmt: skip
FIRST: dict[str, tuple[str, ...]] = {
    "US": ("Travis", "Kendra", "Leon", "Marlene", "Dwight", "Shelby", "Corey", "Tonya", "Wade", "Bianca", "Rusty"),
    "MX": ("Efraín", "Lucía", "Octavio", "Rogelio", "Marisela", "Saúl", "Ximena", "Gerardo", "Noemí"),
    "CN": ("Jianhua", "Meiling", "Weidong", "Xiaoyan", "Guoqiang"),
    "NL": ("Joost", "Femke", "Ruud"),
}  # fmt: skip
SPANISH, ENGLISH = "MX", "US"
GIVEN_LIKE = {"GT": SPANISH, "HN": SPANISH, "CO": SPANISH, "PH": SPANISH, "BS": ENGLISH, "CA": ENGLISH}
ADJECTIVE = {
    "US": "United States", "MX": "Mexican", "GT": "Guatemalan", "HN": "Honduran", "CO": "Colombian", "CN": "Chinese",
    "BS": "Bahamian", "PH": "Philippine", "CA": "Canadian", "NL": "Dutch",
}  # fmt: skip
WOMEN = {"Kendra", "Marlene", "Shelby", "Tonya", "Bianca", "Lucía", "Marisela", "Ximena", "Noemí", "Meiling",
         "Xiaoyan", "Femke"}  # fmt: skip
AGENT_NAMES = tuple(f"{first} {last}" for first in ("Robin", "Casey", "Jordan", "Avery", "Quinn")
                    for last in ("Stallard", "Moss", "Trent", "Kimball", "Varley", "Udall"))  # fmt: skip
BUILDS = ("slim", "medium", "heavy", "athletic")
COUNTRIES = ("US",) * 7 + ("MX",) * 6 + ("GT", "GT", "HN", "HN", "CO", "CN", "CN", "BS", "PH", "CA", "NL")


def key(rng: Random) -> UUID:
    """A row's key that the same seed makes again."""
    return UUID(int=rng.getrandbits(128), version=4)


def member_of_public(rng: Random, role: str, on: date, *, alien: bool = False, known: bool = True) -> Person:
    """Somebody met in the field, with as much written down as officers usually learn."""
    country = rng.choice([c for c in COUNTRIES if c != "US"] if alien else COUNTRIES)
    first = rng.choice(FIRST[GIVEN_LIKE.get(country, country)])
    person = Person(
        id=key(rng),
        role=role,
        population=Person.Population.PUBLIC,
        last_name=rng.choice(LAST[country]),
        first_name=first,
        citizenship=country,
        sex="F" if first in WOMEN else "M",
    )
    if known:
        person.date_of_birth = on - timedelta(days=rng.randint(19 * 365, 62 * 365))
        _describe(rng, person)
    else:
        low = rng.randrange(20, 50, 5)
        person.age_from, person.age_to, person.last_name, person.first_name = low, low + 10, "Unknown", ""
        person.citizenship = ""
    return person


def _describe(rng: Random, person: Person) -> None:
    if rng.random() < 0.5:
        height = f"{rng.randint(5, 6)} ft {rng.randint(0, 11)} in"
        person.description = f"About {height}, {rng.choice(BUILDS)} build."
    if rng.random() < 0.25:
        person.phones = [f"{rng.choice(('305', '213', '915', '602', '713'))}-555-01{rng.randint(0, 99):02d}"]
    if rng.random() < 0.12:
        person.aliases = [rng.choice(("Flaco", "Tito", "Slim", "Doc", "Güero", "Ray", "La Jefa"))]
    if rng.random() < 0.1:
        person.caution = rng.choice(("Known to carry a firearm", "Has threatened officers before", "May flee"))


def give_a_number(rng: Random, person: Person) -> None:
    """An A-Number of the range that no one has: three zeros first."""
    person.a_number = f"A000{rng.randint(100000, 999999)}"


def employee(rng: Random, name: str) -> Person:
    """An agent or officer of the agency, as a person of the report."""
    first, _, last = name.partition(" ")
    return Person(
        id=key(rng), role=Person.Role.EMPLOYEE, population=Person.Population.ICE, last_name=last, first_name=first
    )


def spoken(person: Person) -> str:
    """The person as the narrative speaks of them."""
    if person.last_name == "Unknown":
        return "an unidentified man" if person.sex == "M" else "an unidentified woman"
    return f"{person.first_name} {person.last_name}".strip()

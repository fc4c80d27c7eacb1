"""What the plan of an operation says: its title, its aim, and how it is to be done, in order."""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.models import Person
from sen.demo.names import spoken
from sen.demo.scene import Scene, listed

HOSPITALS = ("County General Hospital", "St. Brendan Medical Center", "University Trauma Center", "Bayside Hospital")
GOODS = ("fentanyl", "cocaine", "methamphetamine", "firearms bound for the border", "bulk cash", "counterfeit goods")


def title(scene: Scene, types: tuple[str, ...]) -> str:
    """One line; `planned-…` codes say what is to be done."""
    where = scene.place.phrase.replace("a vehicle stopped on ", "a vehicle on ")
    targets = [row for row in scene.rows["people"] if isinstance(row, Person) and row.role == Person.Role.TARGET]
    people = {0: "a fugitive", 1: "one person", 2: "two people"}.get(len(targets), "several people")
    city = scene.site.city
    if types == ("planned-arrest",):
        return scene.pick(f"Arrest of {people} in {city}", f"Fugitive arrest at {where}, {city}")
    if "planned-arrest" in types:
        return f"Search of {where} and arrest of {people}, {city}"
    if types == ("planned-seizure",):
        return f"Seizure of {scene.pick(*GOODS)} at {where}, {city}"
    if types == ("planned-search",):
        return f"Search of {where}, {city}"
    return scene.pick(f"Worksite inspection in {city}", f"Controlled delivery to {where}, {city}")


def objective(scene: Scene, types: tuple[str, ...]) -> str:
    aims = []
    targets = [spoken(row) for row in scene.rows["people"] if isinstance(row, Person) and row.role == "target"]
    if "planned-arrest" in types:
        aims.append(f"arrest {listed(targets)}" if targets else "arrest whoever is found with the goods")
    if "planned-search" in types:
        aims.append(f"search {scene.where} for {scene.pick('records and telephones', 'narcotics', 'weapons', 'cash')}")
    if "planned-seizure" in types:
        aims.append(f"seize the goods expected at {scene.where}")
    said = " and ".join(aims) or f"look into {scene.where} with the county's inspectors"
    return f"{said[0].upper()}{said[1:]}."


def synopsis(scene: Scene, types: tuple[str, ...], start: datetime, end: datetime, people: int) -> str:
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%A, %H:%M}"
    return (
        f"{people} {scene.officers} of {scene.site.name} and partners will be at {scene.where} on {start:%A} from "
        f"{start:%H:%M} to {until}. {objective(scene, types)}"
    )


def narrative(scene: Scene, start: datetime, types: tuple[str, ...]) -> str:
    parts = [_basis(scene), _approach(scene, start, types), _care(scene)]
    return "\n\n".join(parts)


def _basis(scene: Scene) -> str:
    return scene.pick(
        f"Surveillance over two weeks showed a steady coming and going at {scene.where}. A magistrate judge has signed "
        "the warrant on the affidavit of the case agent.",
        f"A source whose statements have held before named {scene.where}. Records checks and one controlled purchase "
        "bear the source out.",
        f"The place came up in telephones examined under an earlier warrant. Utility records tie it to those wanted at "
        f"{scene.where}.",
        "The person has missed every report date since spring. A neighbor confirmed the address last week.",
    )


def _approach(scene: Scene, start: datetime, types: tuple[str, ...]) -> str:
    briefing = start - timedelta(minutes=scene.rng.choice((60, 75, 90)))
    meet = scene.pick("the parking structure of the office", "the county fire station", "the sheriff's substation")
    entry = scene.pick(
        "The lead knocks and announces; entry after a reasonable time. A second team holds the rear.",
        "Two marked units block the street at both ends. The lead calls the occupants out by loudspeaker.",
        "The team waits for the person to leave the building and stops the vehicle two blocks away.",
    )
    if types == ("planned-seizure",):
        entry = "Inspectors hold the shipment aside. The team opens it before witnesses, and every step is filmed."
    return f"Briefing at {briefing:%H:%M} in {meet}: roles, routes, radio channel, rules on the use of force. {entry}"


def _care(scene: Scene) -> str:
    dog = scene.pick("Two dogs are kept at the place. ", "Children may be present: a relative is on call. ", "", "")
    return (
        f"{dog}Nearest emergency room: {scene.pick(*HOSPITALS)}. Those arrested go to the office for processing; "
        "evidence goes to the vault the same day. If the place is empty, the team withdraws and the contact officer "
        "decides about another day."
    )

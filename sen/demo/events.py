"""What happens in the demonstration: each kind of event adds its facts and the sentences that tell them."""

from __future__ import annotations

from collections.abc import Callable

from reports.models import Arrest, Assault, Casualty, Discharge, Person, Seizure, UseOfForce
from sen.demo import goods, names, texture
from sen.demo.names import key, spoken
from sen.demo.scene import Scene, listed, money

CHARGES = {
    "drugs": (
        "21 USC 841, possession with intent to distribute",
        "21 USC 952, importation of a controlled substance",
        "21 USC 846, conspiracy to distribute",
    ),
    "money": ("31 USC 5332, bulk cash smuggling", "18 USC 1956, money laundering"),
    "firearm": ("18 USC 554, smuggling of goods from the United States", "18 USC 922(g), unlawful possession"),
    "trade": ("18 USC 2320, trafficking in counterfeit goods", "18 USC 545, smuggling of goods"),
    "reentry": ("8 USC 1326, reentry after removal",),
    "administrative": ("8 USC 1227, removable alien", "8 USC 1182, inadmissible alien", "Final order of removal"),
    "fugitive": (
        "18 USC 1073, flight to avoid prosecution",
        "State warrant for aggravated assault",
        "State warrant for armed robbery",
        "18 USC 1591, trafficking of persons",
    ),
    "assault": ("18 USC 111, assault on a federal officer",),
}
DRUGS = {"fentanyl", "cocaine", "methamphetamine", "heroin", "marijuana"}
HOSPITALS = ("County General Hospital", "St. Brendan Medical Center", "University Trauma Center", "Bayside Hospital")


def charge_for(scene: Scene, found: str) -> str:
    family = "drugs" if found in DRUGS else {"currency": "money", "firearm": "firearm", "ammunition": "firearm"}.get(
        found, "trade"
    )  # fmt: skip
    return scene.pick(*CHARGES[family])


# -- Seizures -------------------------------------------------------------------------------------------------------
def seizure(scene: Scene) -> None:
    """Goods found in a search; now and then a second class of goods beside them."""
    kind = scene.rng.choice(goods.USUAL)
    holder = scene.someone(Person.Role.SUBJECT)
    first = _seize(scene, kind, holder)
    words = goods.measured(kind, first.quantity)
    scene.title = scene.title or f"Seizure of {words} in {scene.site.city}"
    scene.story.append(
        f"{texture.search(scene)} {scene.where}. They found {words} {texture.hidden(scene)}: "
        f"{first.description[0].lower()}{first.description[1:]}. "
        f"{spoken(holder)}, who was {texture.presence(scene)}, {texture.statement(scene)}."
    )
    scene.gist.append(f"{scene.officers.capitalize()} found and seized {words} at {scene.where}.")
    scene.because.append(_why_goods(scene, kind, first))
    if scene.chance(0.25):
        _also(scene, holder)
    tested = kind.goods in DRUGS
    scene.followed.append(texture.evidence(scene, tested=tested))


def _seize(scene: Scene, kind: goods.Goods, holder: Person) -> Seizure:
    quantity = goods.quantity_of(scene.rng, kind)
    row = Seizure(
        id=key(scene.rng),
        goods=kind.goods,
        description=scene.rng.choice(kind.descriptions),
        quantity=quantity,
        unit=kind.unit,
        estimated_value=goods.value_of(kind, quantity),
        possessor=holder,
        disposition=scene.pick("Evidence vault", "Held for the laboratory", "Seized property custodian", ""),
    )
    if kind.goods == goods.Class.FIREARM:
        numbers = min(3, int(quantity))
        row.serial_numbers = [
            f"{scene.pick('TX', 'KB', 'LW')}{scene.rng.randint(10000, 99999)}" for _ in range(numbers)
        ]
    scene.add("seizures", row)
    return row


def _also(scene: Scene, holder: Person) -> None:
    currency = next(g for g in goods.GOODS if g.goods == goods.Class.CURRENCY)
    taken = {row.goods for row in scene.rows["seizures"] if isinstance(row, Seizure)}
    if currency.goods in taken:
        return
    row = _seize(scene, currency, holder)
    scene.story.append(
        f"A further search brought to light {money(int(row.quantity))} in cash, {texture.hidden(scene)}. "
        "It was counted twice by two people and seized as suspected proceeds."
    )


def _why_goods(scene: Scene, kind: goods.Goods, row: Seizure) -> str:
    worth = money(int(row.estimated_value or 0))
    return scene.pick(
        f"The seizure removes goods worth about {worth} from a known smuggling route.",
        f"It is among the larger seizures of {kind.noun} by this office this year, worth about {worth}.",
        f"Goods worth about {worth} were hidden in a way that has not been seen in this area before.",
    )


# -- Arrests --------------------------------------------------------------------------------------------------------
def arrest(scene: Scene) -> None:
    """One to three people arrested; those who held goods are charged with them."""
    count = scene.rng.choice((1, 1, 1, 1, 2, 2, 3))
    seized = [row for row in scene.rows["seizures"] if isinstance(row, Seizure)]
    arrested = [_arrest(scene, seized[0] if seized else None, first=n == 0) for n in range(count)]
    who = listed([spoken(row.person) for row in arrested])
    first = arrested[0]
    if not scene.title:
        scene.title = f"{first.get_kind_display()} arrest in {scene.site.city}: {_what_for(first)}"
    manner = (
        "after a short foot chase" if first.resisted == "yes" else scene.pick("without incident", "without resistance")
    )
    scene.story.append(_arrest_story(scene, who, first, manner))
    scene.gist.append(f"{who} {'was' if count == 1 else 'were'} arrested {manner}.")
    if not scene.because:
        scene.because.append(_why_arrest(scene, first))
    scene.followed.append(texture.custody(scene, criminal=first.kind == Arrest.Kind.CRIMINAL))


def _arrest(scene: Scene, seized: Seizure | None, *, first: bool) -> Arrest:
    """The first arrested with goods is who held them."""
    administrative = scene.ero and seized is None and scene.chance(0.75)
    if seized and seized.possessor and first:
        person = seized.possessor
        person.role = Person.Role.ARRESTEE
    else:
        person = scene.someone(Person.Role.ARRESTEE, alien=administrative)
    if person.citizenship != "US" and scene.chance(0.6):
        names.give_a_number(scene.rng, person)
    warrant = scene.pick("yes", "yes", "no", "unknown")
    family = "administrative" if administrative else ("reentry" if scene.ero else "fugitive")
    row = Arrest(
        id=key(scene.rng),
        person=person,
        kind=Arrest.Kind.ADMINISTRATIVE if administrative else Arrest.Kind.CRIMINAL,
        charge=charge_for(scene, seized.goods) if seized else scene.pick(*CHARGES[family]),
        warrant=warrant,
        resisted="yes" if scene.chance(0.12) else "no",
    )
    if warrant == "yes" and scene.chance(0.5):
        row.warrant_number = f"{scene.site.code}-{scene.at:%y}-M{scene.rng.randint(1000, 9999)}"
    scene.add("arrests", row)
    return row


def _arrest_story(scene: Scene, who: str, first: Arrest, manner: str) -> str:
    law, _, words = first.charge.partition(", ")
    for_what = f"for {words} ({law})" if words else f"on a {_what_for(first)}"
    verb = "were" if " and " in who else "was"
    said = texture.interview(scene)
    if scene.rows["seizures"]:
        return f"{who} {verb} arrested on the spot {manner}, {for_what}. {said}"
    return f"{texture.approach(scene)} {who} {verb} arrested at {scene.where} {manner}, {for_what}. {said}"


def _what_for(row: Arrest) -> str:
    law, _, words = row.charge.partition(", ")
    return words or f"{law[0].lower()}{law[1:]}"


def _why_arrest(scene: Scene, first: Arrest) -> str:
    country = names.ADJECTIVE.get(first.person.citizenship, "foreign")
    return scene.pick(
        "The person was wanted for a violent offense and had evaded arrest for more than a year.",
        f"The {country} national is believed to lead a local cell of a larger organization.",
        "The arrest is expected to draw the attention of the local press.",
        "The person held a position of trust in a transport company used by smugglers.",
    )


# -- Violence -------------------------------------------------------------------------------------------------------
WEAPONS = (
    ("None", "fists"), ("Vehicle", "a moving car"), ("Knife", "a folding knife"), ("Tool", "a tire iron"),
    ("Bottle", "a glass bottle"),
)  # fmt: skip


ASSAULTS = {"physical": "Physical assault on", "attempted": "Attempted assault on", "threat": "Threat against"}


def assault(scene: Scene) -> None:
    """An employee attacked or threatened."""
    victim, assailant = scene.agent(), scene.someone(Person.Role.SUBJECT, known=scene.chance(0.8))
    kind = scene.rng.choice((Assault.Kind.PHYSICAL, Assault.Kind.PHYSICAL, Assault.Kind.ATTEMPTED, Assault.Kind.THREAT))
    weapon, with_what = scene.rng.choice(WEAPONS)
    hurt = kind == Assault.Kind.PHYSICAL
    row = Assault(
        id=key(scene.rng),
        employee=victim,
        assailant=assailant,
        kind=kind,
        weapon=weapon,
        circumstance=scene.pick("While identification was asked for", "During the arrest", "While leaving the place"),
        injury=scene.pick("Bruised forearm", "Cut above the eye", "Sprained wrist") if hurt else "",
        treatment=scene.pick("Treated on site", "Seen at an urgent-care clinic and released") if hurt else "",
    )
    scene.add("assaults", row)
    deed = {"physical": "struck", "attempted": "tried to strike", "threat": "threatened"}[kind]
    scene.title = scene.title or f"{ASSAULTS[kind]} an employee in {scene.site.city}"
    scene.story.append(
        f"At {scene.at:%H:%M}, at {scene.where}, {spoken(assailant)} {deed} {spoken(victim)} with {with_what}. "
        f"It happened {row.circumstance[0].lower()}{row.circumstance[1:]}; "
        f"{scene.pick('there was no warning', 'voices had been raised for some minutes', 'a crowd had gathered')}."
    )
    scene.gist.append(f"An employee was {'assaulted' if hurt else 'threatened or nearly struck'} with {with_what}.")
    scene.because.append("An employee was attacked in the line of duty.")
    if hurt:
        scene.followed.append(f"Injury: {row.injury.lower()}. {row.treatment}.")


def force(scene: Scene) -> None:
    """One or two uses of force, a row for each."""
    officer, subject = scene.agent(), scene.someone(Person.Role.SUBJECT)
    kinds = scene.rng.sample(
        [UseOfForce.Kind.PHYSICAL, UseOfForce.Kind.OC, UseOfForce.Kind.ECW, UseOfForce.Kind.POINTED],
        k=1 if scene.chance(0.7) else 2,
    )
    for kind in kinds:
        scene.add(
            "uses_of_force",
            UseOfForce(
                id=key(scene.rng),
                employee=officer,
                subject=subject,
                kind=kind,
                reason=scene.pick("Active resistance to arrest", "Attempt to flee", "Reached for the waistband"),
                injuries=scene.pick("None", "None", "Minor abrasion"),
                body_camera=scene.pick("yes", "yes", "no", "unknown"),
            ),
        )
    how = listed([kind.label.lower() for kind in kinds])
    scene.title = scene.title or f"Use of force during an operation in {scene.site.city}"
    scene.story.append(f"{spoken(subject)} did not follow commands and {spoken(officer)} used force: {how}.")
    scene.gist.append(f"Force was used on one person ({how}).")
    scene.because.append("Force was used, and each use is reported.")
    scene.followed.append("Medical staff examined the person on site. The use of force is under review.")


def discharge(scene: Scene) -> None:
    """A firearm discharged; never more hits than rounds."""
    shooter = scene.agent()
    intentional = scene.pick("yes", "no")
    rounds = scene.rng.randint(1, 5) if intentional == "yes" else 1
    hits = scene.rng.randint(0, rounds) if intentional == "yes" else 0
    target = scene.pick("Charging dog", "Tire of a fleeing vehicle") if intentional == "yes" else "None"
    row = Discharge(
        id=key(scene.rng),
        shooter=shooter,
        intentional=intentional,
        rounds=rounds,
        hits=hits,
        target=target,
        firearm=scene.pick("Service pistol", "Service rifle"),
        on_duty="yes" if intentional == "yes" or scene.chance(0.6) else "no",
    )
    scene.add("discharges", row)
    fired = f"{rounds} round{'s' if rounds > 1 else ''}"
    scene.title = scene.title or f"{'Discharge' if intentional == 'yes' else 'Unintentional discharge'} of a firearm"
    aimed = f" at a {target.lower()}; {hits or 'none'} hit" if intentional == "yes" else " while clearing the weapon"
    scene.story.append(f"{spoken(shooter)} fired {fired} from a {row.firearm.lower()}{aimed}. Nobody was hurt.")
    scene.gist.append(f"An employee fired {fired}. Nobody was hurt.")
    scene.because.append("A firearm was discharged by an employee.")
    scene.followed.append("The weapon was secured, the scene was closed off and the shooting review team was told.")


def casualty(scene: Scene) -> None:
    """Somebody hurt, rarely killed."""
    person = scene.someone(scene.pick("subject", "detainee", "witness"))
    severity = scene.rng.choice((Casualty.Severity.MINOR, Casualty.Severity.SERIOUS, Casualty.Severity.SERIOUS,
                                 Casualty.Severity.CRITICAL, Casualty.Severity.DEATH))  # fmt: skip
    row = Casualty(
        id=key(scene.rng),
        person=person,
        severity=severity,
        hospital=scene.pick(*HOSPITALS),
        next_of_kin_notified=scene.pick("yes", "no", "unknown"),
        consulate_notified="" if person.citizenship == "US" else scene.pick("yes", "no"),
    )
    scene.add("casualties", row)
    cause = scene.pick("a fall from a wall", "a traffic collision", "a medical emergency", "a heat illness")
    end = "and died there" if severity == Casualty.Severity.DEATH else f"with a {row.get_severity_display().lower()}"
    scene.title = scene.title or f"{row.get_severity_display()} after {cause} in {scene.site.city}"
    scene.story.append(
        f"After {cause}, {spoken(person)} was given first aid by {scene.officers} at {scene.where} and taken to "
        f"{row.hospital} {end}."
    )
    scene.gist.append(f"One person was taken to hospital after {cause} {end}.")
    scene.because.append("A person was hurt or died in an encounter with the agency.")


def other(scene: Scene) -> None:
    """A notable event of no built-in type."""
    what, title = scene.rng.choice(
        (
            ("a demonstration of about two hundred people blocked the entrance for three hours",
             "Demonstration at a government building"),
            ("a government vehicle was broken into and a radio was taken", "Theft of a radio from a vehicle"),
            ("a package left at the gate was found to be harmless after the area had been cleared",
             "Suspicious package, found harmless"),
            ("a power failure stopped the processing of arrivals for two hours", "Power failure at a facility"),
        )
    )  # fmt: skip
    witness = scene.someone(Person.Role.WITNESS)
    scene.title = scene.title or f"{title} ({scene.site.city})"
    scene.story.append(f"At {scene.at:%H:%M}, at {scene.where}, {what}. {spoken(witness)} reported it first.")
    scene.gist.append(f"At {scene.where}, {what}.")
    scene.because.append("It hindered the work of the office and may be asked about by the press.")


EVENTS: dict[str, Callable[[Scene], None]] = {
    "significant-seizure": seizure,
    "significant-arrest": arrest,
    "assault-on-employee": assault,
    "use-of-force": force,
    "firearm-discharge": discharge,
    "injury-or-death": casualty,
    "other": other,
}

"""The sentences that make a narrative read as one: how it began, how it was done, what was said, what followed."""

from __future__ import annotations

from sen.demo.scene import Scene

VEHICLE = ("inside the spare tire", "in a false compartment under the rear seat", "behind the dashboard panel",
           "inside the door panels", "in a cooler behind the seat", "under a tarpaulin in the truck bed")  # fmt: skip
BUILDING = ("in the lining of a suitcase", "in a locked tool chest", "behind a closet panel", "in two duffel bags",
            "under loose floor boards", "in a shoe box on a shelf", "in blankets behind a mattress")  # fmt: skip
FREIGHT = ("among boxes of frozen fruit", "in cartons declared as household items", "on a pallet marked garden soil",
           "in crates declared as ornaments", "inside hollowed table legs", "between layers of tile")  # fmt: skip
VESSEL = ("under the deck boards", "in the anchor locker", "in a sealed compartment beside the fuel tank")
HIDING = {
    "roadside": VEHICLE, "port": VEHICLE, "lot": VEHICLE, "warehouse": FREIGHT, "cargo": FREIGHT, "pier": VESSEL,
}  # fmt: skip


def hidden(scene: Scene) -> str:
    return scene.rng.choice(HIDING.get(scene.place.kind, BUILDING))


def background(scene: Scene) -> str:
    """Why anybody was there: the first paragraph."""
    since = scene.pick("For some months", "For about two months", "For three weeks",
                       "Since early last month")  # fmt: skip
    return scene.pick(
        f"{since}, {scene.site.name} had been looking into a group that moves goods and people through the "
        f"{scene.site.city} area. A source with knowledge of the group had named the place and the time.",
        f"On {scene.at:%A}, {scene.officers} of {scene.site.name} held a briefing at which roles, routes and the "
        "nearest hospital were gone through. The county sheriff's office lent two deputies and a canine.",
        f"The matter began with a call to the tip line and was assigned to {scene.author.name} the same day. Records "
        "checks and open sources bore the caller out.",
        "The place had come up in the statements of two people arrested elsewhere. Surveillance was set up on the "
        "morning of the event, and a marked car was kept out of sight nearby.",
        ""
        if scene.rows["seizures"]
        else f"The {scene.officers} were in the area on other business when the event "
        "took place. They wore clothing marked as police and their radios worked throughout.",
    )


def search(scene: Scene) -> str:
    """Up to the place that was searched."""
    at = f"At {scene.at:%H:%M}, {scene.officers} of {scene.site.name}"
    stopped = {"roadside", "port", "lot"}
    if scene.place.kind in stopped:
        return scene.pick(
            f"{at} followed an alert by a detection canine and searched",
            f"{at}, with the driver's consent, searched",
            f"{at}, after a records check of the plate, inspected",
        )
    return scene.pick(
        f"{at} executed a federal search warrant at",
        f"{at}, with the consent of whoever was in charge, searched",
        f"{at} acted on information received the day before and searched",
    )


def presence(scene: Scene) -> str:
    return scene.pick("the only one there", "there with two relatives", "found a few steps away", "in charge of it")


def statement(scene: Scene) -> str:
    return scene.pick(
        "said that a friend had asked for a favor and gave no name",
        "declined to answer questions without a lawyer",
        "said at first that the goods were unknown, and later that a fee of $2,000 had been promised",
        "agreed to speak and described two earlier trips",
    )


def evidence(scene: Scene, *, tested: bool) -> str:
    weighed = scene.pick(
        "The goods were weighed, photographed and sealed before two witnesses.",
        "Chain of custody was opened on site and the evidence was delivered to the vault the same day.",
        "Everything was entered in the seizure log on site, and the vehicle was towed to the federal lot.",
    )
    test = scene.pick("A field test was positive; samples go to the laboratory.", "A laboratory will confirm the kind.")
    phones = scene.pick("Two telephones were taken for examination under a separate warrant. ", "", "")
    return f"{weighed} {phones}{test if tested else ''}".strip()


def approach(scene: Scene) -> str:
    return scene.pick(
        f"{scene.officers.capitalize()} had watched the place since early that day and saw the person arrive by car.",
        f"The team reached the place shortly before {scene.at:%H:%M} and took positions at both exits.",
        f"At {scene.at:%H:%M}, the lead called out and identified the team; the door was opened after about a minute.",
        "A records check during an unrelated inspection had shown the person to be wanted.",
    )


def interview(scene: Scene) -> str:
    return scene.pick(
        "The rights were read in a language that was understood, and a waiver was signed.",
        "The rights were read from the card. No statement was made.",
        "A short interview at the office confirmed the identity; nothing was said about others.",
        "In the car, without being asked, the person named a contact who has been identified since.",
    )


def custody(scene: Scene, *, criminal: bool) -> str:
    prints = scene.pick("an earlier removal was found", "no other warrant was found", "two aliases came to light")
    taken = f"Fingerprints were taken and compared; {prints}."
    if criminal:
        return f"{taken} " + scene.pick(
            "The United States Attorney's Office accepted the case, and the first appearance is set for tomorrow.",
            "The case will be presented to the grand jury. Custody was passed to the Marshals.",
        )
    return f"{taken} " + scene.pick(
        "The charging document was served and the person is held at the contract facility.",
        "The consulate was told. Transfer to the contract facility followed the same evening.",
    )


def closing(scene: Scene) -> str:
    """The last words: what is still open."""
    return scene.pick(
        "A relief team took over the shift."
        if scene.rows["assaults"]
        else "No employee was hurt, no property damaged.",
        "Body-worn cameras recorded throughout; the recordings are kept with the case.",
        f"The inquiry goes on. Questions go to {scene.author.name}.",
        "The supervisor on duty was told by telephone and came to the scene.",
        "The place was cleared and handed back within two hours.",
    )

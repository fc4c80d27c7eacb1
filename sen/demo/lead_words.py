"""What intelligence leads say: titles, gists, accounts, evidence, each with places for who and where."""

from __future__ import annotations

from dataclasses import dataclass

GANGS = ("Eastside Vipers", "Los Hierros", "Dock Street Crew", "Norte Once", "Cuatro Caminos", "Barrio Cobalto")
OFFENSES = ("Armed robbery", "Aggravated assault", "Homicide", "Trafficking of narcotics", "Extortion", "Kidnapping",
            "Burglary of an occupied dwelling")  # fmt: skip
PROVIDERS = ("Former employer of the subject", "Shares the housing unit", "Relative who wishes to stay unnamed",
             "Neighbor for three years", "Was offered a part in it")  # fmt: skip

# Criterion -> what was seen, said or found.
CLAIMS: dict[str, tuple[str, ...]] = {
    "admission": ("Said at intake on {day}, before two officers, to have joined {gang} at the age of sixteen.",
                  "Asked on {day} where it was safe to be housed, and named {gang} as one's own."),
    "tattoo": ("The mark of {gang} in three-inch letters across the upper back, photographed at intake on {day}.",
               "Two tear-shaped marks and the number of {gang} on the left hand, seen and photographed on {day}."),
    "symbols": ("Wore the colors of {gang} on three of four visits; the belt buckle bears its sign.",),
    "photograph": ("Eleven pictures on the telephone searched under a warrant show the subject making the sign of "
                   "{gang} among four known members.",),
    "named": ("A source whose last five statements were confirmed named the subject on {day} as one who collects for "
              "{gang} in {city}.",),
    "corroborated": ("Two people held apart from each other named the subject as a driver of {gang}; toll records of "
                     "four nights agree.",),
    "writings": ("A letter found in the cell on {day} gives orders in the name of {gang} and is signed with the "
                 "subject's by-name.",),
    "arrested_with": ("Arrested in {city} with three members of {gang} in one car, in which two pistols lay.",),
    "frequents": ("Seen on nine evenings of one month in the yard of {gang}, each time with members known by name.",),
    "identified": ("The gang unit of the county keeps the subject as a member of {gang} since last year; its card was "
                   "read on {day}.",),
}  # fmt: skip


@dataclass(frozen=True)
class About:
    """One category of leads, and what is said in it."""

    weight: int
    titles: tuple[str, ...]
    gists: tuple[str, ...]
    stories: tuple[str, ...]
    bases: tuple[str, ...]


ABOUT: dict[str, About] = {
    "lead-gang": About(
        34,
        ("Gang member identified at intake in {city}", "New cell of a street gang in {city}",
         "Gang orders carried between housing units"),
        ("{who} was identified as belonging to a street gang that is new in {city}.",
         "Statements and marks tie {who} to a gang that collects protection money along two streets of {city}."),
        ("At intake the officers of {office} noticed marks that they had been briefed about. In the interview {who} "
         "spoke freely of the last two years and drew a sketch of who answers to whom.",
         "In the recreation yard two groups took up opposite corners within a week. {who} was seen to pass folded "
         "paper between them. One piece was found and read."),
        ("Members of the gang have been convicted of extortion and assault in this county. What {who} said of the "
         "collections agrees with two complaints of shopkeepers.",),
    ),
    "lead-wanted": About(
        24,
        ("Wanted abroad and held in {city}", "Outstanding warrant found on a detainee",
         "Fugitive believed to live in {city}"),
        ("A records check shows that {who} is wanted for a violent offense.",
         "{who} is believed to live in {city} under another name while a warrant is open."),
        ("The fingerprints of {who} matched a notice that had been entered under another spelling. The issuing agency "
         "was called back through its switchboard and confirmed the warrant.",
         "During an interview about another matter, {who} gave a birthplace that differs from the file. A second check "
         "with that birthplace returned an open warrant."),
        ("The warrant was confirmed by the agency that issued it; the photographs agree.",),
    ),
    "lead-smuggling": About(
        13,
        ("Guide of a smuggling route named", "Stash house in {city}"),
        ("{who} described the last leg of a smuggling route and named the guide.",
         "{who} spent nine days in a house in {city} in which up to thirty people are held."),
        ("{who} was told to wait at a fuel station, was picked up by a white van and paid the second half of the fee "
         "on arrival. The number that was called to confirm the payment is known from two earlier cases.",),
        ("The account agrees with telephone records of an earlier case, and the house was found as described.",),
    ),
    "lead-narcotics": About(
        10,
        ("Narcotics in parcels to {city}", "Supplier of pressed tablets named"),
        ("{who} named the person who supplies pressed tablets to four corners of {city}.",),
        ("{who} described the wrapping, the stamp and the day of the week on which parcels arrive. A parcel with that "
         "stamp was seized in the spring.",),
        ("The stamp is that of a seizure in the spring; whoever described it could not have read of it.",),
    ),
    "lead-fraud": About(
        7,
        ("Sale of false papers in {city}",),
        ("A shop in {city} sells false residence papers for $1,200 a set.",),
        ("{who} bought a set of papers in the back room of a shop and described the printer. Two others bought there "
         "within a month.",),
        ("Two sets of papers were compared and come from one printer.",),
    ),
    "lead-threat": About(
        6,
        ("Threat against officers of {office}",),
        ("{who} was heard to say that a car of {office} would be followed.",),
        ("In a recorded call, after the usual warning that calls are recorded, {who} asked for the shift times of two "
         "officers and for the street on which one of them lives.",),
        ("The call was recorded lawfully; the times that were asked for are those of two real shifts.",),
    ),
    "lead-facility": About(
        6,
        ("Tools hidden in a housing unit",),
        ("A sharpened rod and a telephone are said to be hidden in the ceiling of a housing unit.",),
        ("{who} told the shift lead where the rod is kept and who brought the telephone. A search the same evening "
         "found both.",),
        ("Both objects were found where {who} had said.",),
    ),
}  # fmt: skip
SUBJECTS = (
    "{who} gave the interview in the presence of an interpreter and signed each page. No promise was made.",
    "Nothing was said to {who} about what else is known. {office} asks other offices to compare.",
    "A second interview is planned. Until then {office} keeps the notes and the recording.",
)

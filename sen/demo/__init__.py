"""Invented people, offices and reports for the demonstration; nothing here runs in production."""

from __future__ import annotations

# The reports of the demonstration over twelve months, by series: SIRs, SPEARs, iLeads, TAVs. What a SPEAR or a TAV gave
# rise to comes on top, which makes about 2,000, 1,500, 800 and 300.
MOST = {"sir": 1720, "plan": 1500, "lead": 750, "visit": 300}
# Of them there when the first page is served: about 200.
FIRST = {"sir": 84, "plan": 56, "lead": 32, "visit": 22}
HISTORICAL = 1000


def sign_ins() -> list[dict[str, str]]:
    """One sign-in for each role; asks the database nothing."""
    from sen.demo.people import LEADS

    return everybody()[: len(LEADS)]


def everybody() -> list[dict[str, str]]:
    """All who can sign in, one for each role first."""
    from sen.demo.people import CAST, PASSWORD
    from sen.demo.places import NAMES

    return [
        {
            "username": member.username,
            "password": PASSWORD,
            "name": member.name,
            "role": member.role.label,
            "office": NAMES[member.office],
        }
        for member in CAST
    ]

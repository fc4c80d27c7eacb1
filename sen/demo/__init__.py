"""Invented people, offices and reports for the demonstration; nothing here runs in production."""

from __future__ import annotations

MOST = 2000  # reports of the demonstration, over twelve months
FIRST = 200  # of them there when the first page is served


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

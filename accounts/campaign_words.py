"""What a role opens at an office, in words: for whoever is asked whether somebody should keep it."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Office
from accounts.roles import GRANTS, PERMISSIONS, Grant, Reach, Role


def opens(role: Role, office: Office) -> list[tuple[str, str]]:
    """Where, and what: one line for each reach, the widest first. A grant for another programme opens nothing here."""
    given = {name: grant for name, grant in GRANTS[role].items() if _holds(grant, office)}
    places = {
        Reach.ALL: "At every office",
        Reach.OFFICE: f"At {office.name} and the offices below it",
        Reach.OWN: "In what the person wrote",
    }
    found = (
        (place, [name for name, grant in given.items() if grant.reach is reach]) for reach, place in places.items()
    )
    return [(place, _listed(PERMISSIONS[name] for name in names)) for place, names in found if names]


def _holds(grant: Grant, office: Office) -> bool:
    return grant.programme in ("", office.programme)


def _listed(words: Iterable[str]) -> str:
    """The acts as one sentence."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last

"""What other modules show on a report's page: they register panels and entries, so the page imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.models import User
from reports.models import Report
from reports.moves import Move

if TYPE_CHECKING:
    from reports.standing import Banner


@dataclass(frozen=True)
class Panel:
    """One panel of the right column: a title, a template and what it needs.

    On a phone that column comes last, so what cannot wait is a `banner` at the top of the page too.
    """

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    banner: Banner | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: when, what, by whom."""

    at: datetime
    text: str
    who: str = ""
    icon: str = "check"
    tone: str = ""
    note: str = ""


MakesPanels = Callable[[Report, User], Iterable[Panel]]
MakesEntries = Callable[[Report, User], Iterable[Entry]]
# What helps somebody who is about to make a move, above its form.
MakesHelp = Callable[[Report, Move, User], Iterable[Panel]]

_panels: list[MakesPanels] = []
_entries: list[MakesEntries] = []
_help: list[MakesHelp] = []


def register(
    *, panels: MakesPanels | None = None, entries: MakesEntries | None = None, help_with: MakesHelp | None = None
) -> None:
    """Called once by each app when it is ready."""
    if panels:
        _panels.append(panels)
    if entries:
        _entries.append(entries)
    if help_with:
        _help.append(help_with)


def panels_for(report: Report, user: User) -> list[Panel]:
    return [panel for make in _panels for panel in make(report, user)]


def entries_for(report: Report, user: User) -> list[Entry]:
    return [entry for make in _entries for entry in make(report, user)]


def help_with(report: Report, move: Move, user: User) -> list[Panel]:
    return [panel for make in _help for panel in make(report, move, user)]

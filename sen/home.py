"""The first page: what waits for this person, made of the blocks that the apps register for their roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import person, signed_in
from accounts.models import User
from sen.ui import holds_any


@dataclass(frozen=True)
class Action:
    """The one thing a role most often does."""

    label: str
    url: str
    icon: str = ""


@dataclass(frozen=True)
class Block:
    """One block of a home page: a heading, a template and what it needs. `url` instead sends the person there."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Home:
    """What one permission, or any of several, puts on the home page.

    The lowest `order` that a person has gives the primary action.

    `waits` says whether there is anything to do by that action; without, there always is. `alone` leaves out the blocks
    of whatever comes behind it and is not alone too, for a role whose first page has its own order.
    """

    permission: str | tuple[str, ...]
    order: int
    blocks: Callable[[User], list[Block]]
    action: Action | None = None
    instead: str = ""
    waits: Callable[[User], bool] | None = None
    alone: bool = False

    def action_for(self, user: User) -> Action | None:
        return self.action if self.waits is None or self.waits(user) else None


_homes: list[Home] = []


def register(home: Home) -> None:
    """Called by each app when it is ready."""
    _homes.append(home)
    _homes.sort(key=lambda home: home.order)


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    user = person(request)
    mine = [home for home in _homes if holds_any(user, home.permission)]
    if mine and mine[0].instead:
        return redirect(mine[0].instead)
    if mine and mine[0].alone:
        mine = [home for home in mine if home.alone]
    blocks = [block for home in mine for block in home.blocks(user)]
    action = next((action for home in mine if (action := home.action_for(user))), None)
    return render(request, "home.html", {"blocks": blocks, "action": action})

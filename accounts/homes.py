"""What accounts puts on the first page: the requests and roles of others that wait for this person."""

from __future__ import annotations

from django.db.models import Count, Min

from accounts import campaign_reach, campaign_record, carry_over, requests
from accounts.models import User
from sen.home import Action, Block, Home, register


def register_homes() -> None:
    """Addresses stand written out, since none can be looked up before all apps are ready."""
    oldest = Action("Open the oldest request", "/accounts/requests/?oldest=1", "group_add")
    register(Home("grant_roles", 16, deciding, oldest, waits=lambda user: requests.waiting_for(user).exists()))
    register(Home("endorse_access", 18, endorsing))
    register(Home(("endorse_access", "grant_roles"), 17, certifying))


def deciding(user: User) -> list[Block]:
    """How many wait: figures, not names; whose they are is a page of its own, which records its reading."""
    lists = carry_over.to_confirm().count()
    waiting, empty = requests.waiting_for(user).count(), "No request for access waits for you."
    context = {"lists": lists, "waiting": waiting, "empty": empty}
    return [Block("Requests for access", "accounts/home_requests.html", context)]


def endorsing(user: User) -> list[Block]:
    """What is empty would only stand in the way of those who have reports to decide on."""
    if user.may_somewhere("grant_roles") or not (waiting := requests.waiting_for(user).count()):
        return []
    return [Block("Requests for access", "accounts/home_requests.html", {"waiting": waiting})]


def certifying(user: User) -> list[Block]:
    """How many roles of others wait for this person to confirm or drop; figures, not names."""
    mine = campaign_reach.waiting(campaign_reach.asked(user))
    figures = mine.aggregate(count=Count("pk"), until=Min("campaign__deadline"))
    running = campaign_record.running(user) if user.may_somewhere("grant_roles") else []
    context = {**figures, "running": running}
    return [Block("Recertification", "accounts/home_campaigns.html", context)] if figures["count"] or running else []

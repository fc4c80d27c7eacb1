"""How access is looked after in the demonstration: a recertification that has ended, and one that waits for answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import actions, campaign_reach, campaigns
from accounts.models import Campaign, CampaignItem, Office, User
from accounts.roles import Role
from audit.log import record
from sen.demo.people import Cast

Decision = CampaignItem.Decision
# Further analysts of a Field Intelligence Group, by office: one role was dropped, one had no answer, one stays.
FURTHER = ("NYC", "CHI", "ATL")
# The sign-ins that the site offers meet in Miami, so there the answers are left to whoever tries it.
LEFT_OPEN = ("MIA", "SEA", "HNL")
DAY = timedelta(days=1)


def make_campaigns() -> None:
    """Both, through the real actions; nothing where there is a campaign already."""
    if Campaign.objects.exists():
        return
    cast = Cast()
    acm = cast.having(Role.ACM)[0]
    with transaction.atomic():
        _make_ended(cast, acm)
        _make_running(acm)


def _make_ended(cast: Cast, acm: User) -> None:
    """Last summer, of the Field Intelligence Groups."""
    year = timezone.now() + timedelta(days=365)
    for code in FURTHER:
        agent, office = cast.having(Role.FIELD_HSI, code)[0], cast.offices[code]
        actions.grant_role(user=agent, role=Role.FIG, office=office, until=year, by=None)
    campaign = _opened(acm, "Field Intelligence Groups, summer", "HQ", Role.FIG, 1)
    _answer(campaign, lambda item: item.assignment.office.code not in FURTHER[:2], Decision.CONFIRMED)
    _answer(campaign, lambda item: item.assignment.office.code == FURTHER[0], Decision.DROPPED, "Back to field work")
    _date_back(campaign)
    campaigns.end_due()


def _make_running(acm: User) -> None:
    """Of all roles of the programme HSI, partly answered."""
    campaign = _opened(acm, "HSI, this season", "HSI", "", 12)
    _answer(campaign, lambda item: item.assignment.office.code not in LEFT_OPEN, Decision.CONFIRMED)


def _opened(acm: User, name: str, office: str, role: str, days: int) -> Campaign:
    last_day = timezone.localdate() + days * DAY
    at = Office.objects.get(code=office)
    return campaigns.open_campaign(by=acm, name=name, office=at, role=role, last_day=last_day)


def _answer(campaign: Campaign, chosen: Callable[[CampaignItem], bool], decision: Decision, reason: str = "") -> None:
    """Each answers what they are asked first: their own staff, or whoever of their offices has no supervisor."""
    for person in campaign_reach.people_asked(campaign):
        waiting = campaign_reach.waiting(campaign_reach.asked(person).filter(campaign=campaign))
        items = [item.pk for item in waiting.select_related("assignment__office") if chosen(item)]
        if items:
            campaigns.answer(campaign, items, by=person, decision=decision, reason=reason)


def _date_back(campaign: Campaign) -> None:
    """Opened four months ago and answered within three weeks."""
    now = timezone.now()
    opened, deadline = now - 120 * DAY, now - 99 * DAY
    Campaign.objects.filter(pk=campaign.pk).update(opened_at=opened, deadline=deadline)
    campaign.items.exclude(decision="").update(decided_at=opened + 6 * DAY)
    record("campaign.reminded", by=None, on=campaign)

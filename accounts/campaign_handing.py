"""Recertification when somebody leaves who is asked: their answers wait for their office, else for the managers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from accounts import campaign_reach
from accounts.models import Campaign, CampaignItem, User
from audit.log import record

if TYPE_CHECKING:
    from accounts.leaving import Leave


def _of(accounts: Sequence[User]) -> QuerySet[CampaignItem]:
    return campaign_reach.waiting(CampaignItem.objects.filter(reviewer__in=accounts))


def count(accounts: Sequence[User]) -> int:
    """How many answers a person is asked for."""
    return _of(accounts).count()


def hand_on(leave: Leave) -> dict[str, int]:
    """Each is asked of whoever endorses access at its office now, as if there were no supervisor on record."""
    found = list(_of(leave.accounts).select_for_update(of=("self",)).order_by("campaign_id", "pk"))
    for key, items in groupby(found, key=lambda one: one.campaign_id):
        _hand_on(Campaign.objects.get(pk=key), [one.pk for one in items], leave)
    return {"Answers to a recertification": len(found)}


def _hand_on(campaign: Campaign, items: list[int], leave: Leave) -> None:
    """Who is asked now is found and told by a job, once the leaver's rights have ended with the rest."""
    from accounts.campaign_tasks import mail_handed_on

    CampaignItem.objects.filter(pk__in=items).update(reviewer=None)
    left = leave.accounts[0].pk
    record("campaign.handed_on", by=leave.by, on=campaign, left=left, items=items)
    mail_handed_on.defer(campaign_id=campaign.pk, items=items, occasion=f"handed-on.{left}")

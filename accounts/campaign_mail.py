"""Mail of recertification: how many answers are waited for and until when; never whose access is meant."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from accounts import campaign_reach
from accounts.mailing import send_letters
from accounts.models import Campaign, User


def send_asked(campaign_id: int, user_id: int, occasion: str) -> None:
    """One mail, if anything still waits for this person. Sent again, it bears the same Message-ID."""
    campaign = Campaign.objects.get(pk=campaign_id)
    user = User.objects.select_related("office").get(pk=user_id)
    count = campaign_reach.waiting(campaign_reach.asked(user)).filter(campaign=campaign).count()
    if not count or not user.is_active:
        return
    until = campaign.deadline.astimezone(ZoneInfo(user.office.time_zone if user.office else "UTC"))
    waits = "1 assignment waits" if count == 1 else f"{count} assignments wait"
    send_letters(
        f"campaign.{campaign.pk}.{occasion}",
        [user],
        subject=f"{waits} for your answer until {until:%B} {until.day}",
        says=(
            f"A recertification of roles is under way: {waits} for you to confirm or drop "
            f"until {until:%B} {until.day}, {until:%Y at %H:%M %Z}. What has no answer by then ends."
        ),
        path=f"/accounts/campaigns/{campaign.pk}/",
    )

"""Background jobs of recertification: telling who is asked, reminding them, and ending what nobody answers."""

from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_asked(campaign_id: int, user_id: int, occasion: str) -> None:
    """Tell one person by mail how many answers a campaign waits for from them."""
    from accounts.campaign_mail import send_asked

    send_asked(campaign_id, user_id, occasion)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_handed_on(campaign_id: int, items: list[int], occasion: str) -> None:
    """Tell those who are asked now what a colleague who left was asked; each by a job, so that none is told twice."""
    from accounts.campaign_reach import people_asked
    from accounts.models import Campaign, CampaignItem

    for user in people_asked(Campaign.objects.get(pk=campaign_id), CampaignItem.objects.filter(pk__in=items)):
        mail_asked.defer(campaign_id=campaign_id, user_id=user.pk, occasion=occasion)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="upkeep", queueing_lock="end_campaigns", pass_context=False)
def end_campaigns(timestamp: int) -> None:
    """End the campaigns whose deadline has passed, with every assignment that nobody answered for."""
    from accounts.campaigns import end_due

    end_due()


@app.periodic(cron="5 * * * *")
@app.task(queue="upkeep", queueing_lock="remind_campaigns", pass_context=False)
def remind_campaigns(timestamp: int) -> None:
    """Every hour, remind of the campaigns of which a reminder is due; each is due once."""
    from accounts.campaigns import remind, to_remind

    for campaign in to_remind(timezone.now()):
        remind(campaign, by=None)

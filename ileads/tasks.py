"""Background jobs of the iLeads app: thin calls, queued in the transaction of the change that needs them."""

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_dissemination(dissemination_id: str) -> None:
    """Tell somebody by mail that an iLead was passed on to them."""
    from ileads.mail import send_dissemination

    send_dissemination(dissemination_id)


@app.periodic(cron="15 0 * * *")
@app.task(queue="upkeep", queueing_lock="count_reveals", pass_context=False)
def count_reveals(timestamp: int) -> None:
    """When a day (UTC) is over, one job that tells the privacy officers how many legacy SSNs were shown on it."""
    day = datetime.fromtimestamp(timestamp, UTC).date() - timedelta(days=1)
    mail_reveals.defer(day=day.isoformat())


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_reveals(day: str, only: list[str] | None = None) -> None:
    """Tell the privacy officers, or only some of them; whoever got no mail has a job of their own."""
    from ileads.mail import send_reveals

    if left := send_reveals(day, only):
        mail_reveals.defer(day=day, only=left)

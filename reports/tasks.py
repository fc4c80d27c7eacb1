"""Background jobs of the reports app: thin calls, queued in the transaction of the change that needs them."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

# A poisoned job is parked (status "failed") after five tries, and the readiness page counts it.
PATIENCE = RetryStrategy(max_attempts=5, exponential_wait=5)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_notice(notice_id: str) -> None:
    """Tell the people of an office by mail that a report waits for them."""
    from reports.mail import send_report_notice

    send_report_notice(notice_id)

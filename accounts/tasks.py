"""Background jobs of accounts: thin calls, queued in the transaction of the change that needs them."""

from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE


@app.periodic(cron="40 10 * * *")
@app.task(queue="upkeep", queueing_lock="look_for_unused", pass_context=False)
def look_for_unused(timestamp: int) -> None:
    """Every morning (Eastern): warn whose account nobody uses, and disable whom the warning did not bring back."""
    from accounts import unused

    unused.look()


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_unused_warning(user_id: int, warned: str) -> None:
    """Tell a person that their account will be disabled because nobody uses it."""
    from accounts.unused_mail import send_warning

    send_warning(user_id, warned)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_unused(what: str, day: str, count: int, only: list[str] | None = None) -> None:
    """Tell those who look after accounts what was not done; whoever got no mail has a job of their own."""
    from accounts.unused_mail import send_told

    if left := send_told(what, day, count, only):
        mail_unused.defer(what=what, day=day, count=count, only=left)

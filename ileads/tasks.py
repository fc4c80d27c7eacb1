"""Background jobs of the iLeads app: thin calls, queued in the transaction of the change that needs them."""

from procrastinate.contrib.django import app

from reports.tasks import PATIENCE


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_dissemination(dissemination_id: str) -> None:
    """Tell somebody by mail that an iLead was passed on to them."""
    from ileads.mail import send_dissemination

    send_dissemination(dissemination_id)

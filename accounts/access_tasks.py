"""Background jobs of the way in: each move of a request told to whoever is next."""

from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_request(request_id: int, version: int, only: list[str] | None = None) -> None:
    """Tell whoever is next that a request waits, or the person that it was decided; whoever got no mail is retried."""
    from accounts.access_mail import send_request_mail

    if left := send_request_mail(request_id, version, only):
        mail_request.defer(request_id=request_id, version=version, only=left)

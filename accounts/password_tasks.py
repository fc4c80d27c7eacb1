"""Background jobs about passwords: the link goes out, and its owner hears when a password was changed."""

from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_link(user_id: int) -> None:
    """Send the link, which is made only now, so that no job holds one; 0 is nobody and costs whoever asks the same."""
    from accounts.password_mail import send_link

    if user_id:
        send_link(user_id)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_changed(user_id: int, number: int) -> None:
    """Tell the person that their password was changed; `number` is that of the event."""
    from accounts.password_mail import send_changed

    send_changed(user_id, number)

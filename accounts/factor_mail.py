"""Telling a person by mail that something happened to their second factor; never what, in detail, nor from where."""

from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE, send_letters
from accounts.models import User
from audit.log import record

NOT_YOU = "If this was not you, change your password and tell an Access Control Manager at once."
SUBJECTS = {
    "added": "A second factor was added to your account",
    "removed": "A second factor of your account was removed",
    "all removed": "The second factors of your account were removed",
    "codes made": "New recovery codes were made for your account",
    "code used": "A recovery code of your account was used",
    "locked": "Wrong codes were given for your account",
}
MORE = {
    "all removed": " An Access Control Manager did so. Your next sign-in asks you to set up a new one.",
    "locked": " Whoever gave them knew your password. Codes are not taken for a while.",
}


def tell(user: User, what: str, number: int) -> None:
    """Queue the mail in the transaction of the change; the `number` of its event makes the mail one of a kind."""
    mail_factor.defer(user_id=user.pk, what=what, number=number)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_factor(user_id: int, what: str, number: int) -> None:
    """Tell the person; nobody else, and somebody who has left hears nothing."""
    user = User.objects.get(pk=user_id)
    if user.status != User.Status.ACTIVE:
        return
    says = f"{SUBJECTS[what]}.{MORE.get(what, '')} {NOT_YOU}"
    send_letters(f"factor.{number}", [user], subject=SUBJECTS[what], says=says, path="/accounts/second-factors/")
    record("notice.mailed", by=None, on=user, notice=f"factor.{number}", people=1)

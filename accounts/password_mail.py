"""Mail about passwords: the link to set one, and that one was set. It goes to the person's own mailbox alone."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage

from accounts import password_links
from accounts.mailing import send, send_letters
from accounts.models import User
from audit.log import record

HOUR = 3600
RESET = "Set a new password for SEN", "Somebody asked to set a new password for your account."
INVITED = "Choose your password for SEN", "An account was made for you."


def send_link(user_id: int) -> None:
    """Send the person the link, if they may have one now."""
    user = User.objects.get(pk=user_id)
    if user.status not in password_links.OPEN_TO:
        return
    send({str(user.pk): _link(user)})
    record("notice.mailed", by=None, on=user, notice="password link", people=1)


def _link(user: User) -> EmailMessage:
    subject, why = INVITED if user.status == User.Status.INVITED else RESET
    return EmailMessage(
        subject=subject,
        body=(
            f"{why} Open this address within {hours(password_links.lives_for(user))} to choose one:\n\n"
            f"{settings.SITE_URL}{password_links.path_for(user)}\n\n"
            "It works once, and signs nobody in. If you did not ask for it, do nothing: all stays as it is.\n"
        ),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[user.email],
    )


def hours(seconds: int) -> str:
    """Such as "1 hour" or "72 hours"."""
    count = max(1, seconds // HOUR)
    return f"{count} hour{'' if count == 1 else 's'}"


def send_changed(user_id: int, number: int) -> None:
    """Tell the person; sent again, the mail is the same one."""
    user = User.objects.get(pk=user_id)
    says = "The password of your account was changed. If it was not you, tell your System Control Officer at once."
    send_letters(
        f"password.{number}", [user], subject="Your password for SEN was changed", says=says, path="/accounts/sessions/"
    )
    record("notice.mailed", by=None, on=user, notice=f"password.{number}", people=1)

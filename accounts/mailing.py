"""Handing mail to the mail server: one a person, none held back by another's, and a server that is away waited for."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parseaddr
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from accounts.models import User

TRIES = 5
LONGEST_WAIT = 300
A_DAY_OF_TRIES = 24 * 3600 // LONGEST_WAIT


class Patience(BaseRetryStrategy):
    """A mail server that is away is waited for, a day long; a job that fails for any other reason gets five tries.

    A job given up is parked (status "failed"), and the readiness page counts it.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        tries = job.attempts + 1
        if tries >= (A_DAY_OF_TRIES if is_away(exception) else TRIES):
            return None
        return RetryDecision(retry_in={"seconds": min(5 * 2**tries, LONGEST_WAIT)})


def is_away(error: BaseException) -> bool:
    """Whether the mail server cannot be reached, rather than refusing this very mail."""
    if isinstance(error, SMTPException):
        return isinstance(error, SMTPConnectError | SMTPServerDisconnected)
    return isinstance(error, OSError)


PATIENCE = Patience()


def send(messages: dict[str, EmailMessage]) -> list[str]:
    """Send one after the other: a refused address keeps nobody else's mail back. The keys of those that did not go.

    Where nobody got any the error of the mail server raises: the job is tried again, and doubles nothing.
    """
    left: list[str] = []
    failure: Exception | None = None
    with get_connection() as connection:
        for key, message in messages.items():
            try:
                connection.send_messages([message])
            except (SMTPException, OSError) as error:
                failure, left = error, [*left, key]
    if failure and len(left) == len(messages):
        raise failure
    return left


def send_letters(occasion: str, people: Iterable[User], *, subject: str, says: str, path: str) -> list[str]:
    """Mail each of `people` the same sentence and where to go on; the keys of those who got none, while others did.

    `occasion` makes it the same mail when it is sent again. Neither subject nor sentence may tell of anybody.
    """
    messages = {str(person.pk): _letter(occasion, person, subject, says, path) for person in people}
    return send(messages) if messages else []


def _letter(occasion: str, person: User, subject: str, says: str, path: str) -> EmailMessage:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=subject,
        body=(
            f"{says}\n\nSign in to go on: {settings.SITE_URL}{path}\n\n"
            "This message holds no details on purpose. Do not reply with any.\n"
        ),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={"Message-ID": f"<{occasion}.{person.pk}@{host}>"},
    )

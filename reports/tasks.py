"""Background jobs of the reports app: thin calls, queued in the transaction of the change that needs them."""

from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

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


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_notice(notice_id: str, only: list[str] | None = None) -> None:
    """Tell the people of an office by mail that a report waits for them; whoever got none has a job of their own."""
    from reports.mail import send_report_notice

    if left := send_report_notice(notice_id, only):
        mail_notice.defer(notice_id=notice_id, only=left)

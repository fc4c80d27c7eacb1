"""Background jobs of the reports app: thin calls, queued in the transaction of the change that needs them."""

from datetime import UTC, datetime
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from django.db import transaction
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


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_waiting(report_id: str, version: int) -> None:
    """Tell the supervisor whom a report names that it waits for their approval."""
    from reports.mail import send_waiting

    send_waiting(report_id, version)


@app.periodic(cron="30 11 * * *")
@app.task(queue="upkeep", queueing_lock="remind_outcomes", pass_context=False)
def remind_outcomes(timestamp: int) -> None:
    """Every morning (Eastern), one job for each operation whose outcome is overdue: all of them, or none and again."""
    from reports.overdue import to_remind

    day = datetime.fromtimestamp(timestamp, UTC).date().isoformat()
    with transaction.atomic():
        if jobs := [{"report_id": str(pk), "day": day} for pk in to_remind()]:
            mail_reminder.batch_defer(*jobs)  # type: ignore[arg-type]


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_reminder(report_id: str, day: str, only: list[str] | None = None) -> None:
    """Remind those who answer for an operation, once on that day; whoever got no mail has a job of their own."""
    from reports.overdue import remind

    if left := remind(report_id, day, only):
        mail_reminder.defer(report_id=report_id, day=day, only=left)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_match(notice_id: str, only: list[str] | None = None) -> None:
    """Tell a person, or the people of an office, by mail that two operations may collide."""
    from reports.match_mail import send_match_notice

    if left := send_match_notice(notice_id, only):
        mail_match.defer(notice_id=notice_id, only=left)

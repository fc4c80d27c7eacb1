"""Background jobs of the reports app: thin calls, queued in the transaction of the change that needs them."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.mailing import PATIENCE
from reports.attachments.waiting import UntilScanned


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


@app.task(queue="searches", retry=PATIENCE, pass_context=False)
def match_saved_searches(report_id: str, version: int) -> None:
    """Hold a report that was filed or has changed against every saved search that tells its owner."""
    from reports.finding import alerts

    alerts.match(report_id, version)


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_find(report_id: str, owner_id: int, version: int) -> None:
    """Tell the owner of a saved search by mail that it found a report."""
    from reports.finding import alerts

    alerts.mail(report_id, owner_id, version)


# After everything else: mail about a report does not wait for a file.
@app.task(queue="attachments", retry=UntilScanned(), priority=-10, pass_context=False)
def check_attachment(attachment_id: str) -> None:
    """Have a file scanned and cleaned, then release it to readers, or refuse it."""
    from reports.attachments.release import check

    check(UUID(attachment_id))


@app.periodic(cron="*/10 * * * *")
@app.task(queue="upkeep", queueing_lock="recheck_attachments", pass_context=False)
def recheck_attachments(timestamp: int) -> None:
    """Every ten minutes, a job for each file that waits and that no job would check any more."""
    from reports.attachments.waiting import forgotten

    if jobs := [{"attachment_id": str(pk)} for pk in forgotten()]:
        check_attachment.batch_defer(*jobs)  # type: ignore[arg-type]

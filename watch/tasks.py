"""Background jobs of the watch, and the one that takes up what a killed worker left behind."""

from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from accounts.mailing import PATIENCE

# A worker says every ten seconds that it lives; one that has been silent this long was killed.
SILENT_SECONDS = 60
# A job may have waited for the mail server many times before; one that outlives this many workers is the killer.
TRIES_WITH_KILLS = 20


@app.task(queue="mail", retry=PATIENCE, pass_context=False)
def mail_summary(notice_id: str, only: list[str] | None = None) -> None:
    """Tell the people of an office by mail that a summary waits for them; whoever got none has a job of their own."""
    from watch.mail import send_summary_notice

    if left := send_summary_notice(notice_id, only):
        mail_summary.defer(notice_id=notice_id, only=left)


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """A job whose worker was killed stays "doing" for ever; put it back, or park it if it keeps killing workers."""
    manager: Any = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        if job.attempts + 1 >= TRIES_WITH_KILLS:
            await manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)

"""Files that wait: how long until one is tried again, and which of them nobody would try any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from reports.attachments.release import Interrupted
from reports.attachments.scanner import Unavailable
from reports.attachments.sealing import NoKey
from reports.models.attachments import Attachment

TRIES = 5
LONGEST_WAIT = 600
TASK = "reports.tasks.check_attachment"
FORGOTTEN_AFTER = timedelta(minutes=2)


class UntilScanned(BaseRetryStrategy):
    """A scanner, key or database that is away is waited for without end; what fails otherwise gets five tries."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        is_away = isinstance(exception, Unavailable | NoKey | Interrupted | OperationalError)
        if not is_away and job.attempts + 1 >= TRIES:
            return None
        return RetryDecision(retry_in={"seconds": min(5 * 2 ** min(job.attempts + 1, 10), LONGEST_WAIT)})


def forgotten() -> list[UUID]:
    """Files that wait and have no job: one that was lost, or written by a restored database. A parked job is told."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK, status__in=["todo", "doing", "failed"])
    known = set(jobs.values_list("args__attachment_id", flat=True))
    old = Attachment.objects.filter(state=Attachment.State.WAITING, at__lt=timezone.now() - FORGOTTEN_AFTER)
    return [pk for pk in old.values_list("pk", flat=True) if str(pk) not in known]

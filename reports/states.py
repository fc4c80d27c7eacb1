"""The states a filed report can be in; `reports.workflow` says how it gets from one to another."""

from django.db import models


class Status(models.TextChoices):
    SUBMITTED = "submitted", "Submitted"
    UNDER_REVIEW = "under_review", "Under review"
    CLOSED = "closed", "Closed"
    VOIDED = "voided", "Voided"


# In the queue: what the watch still has to deal with.
ACTIVE = (Status.SUBMITTED, Status.UNDER_REVIEW)

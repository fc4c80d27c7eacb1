"""The states a filed report can be in; `reports.workflow` says how it gets from one to another."""

from django.db import models


class Status(models.TextChoices):
    AWAITING_APPROVAL = "awaiting", "Awaiting approval"
    RETURNED = "returned", "Returned"
    SUBMITTED = "submitted", "Submitted"
    UNDER_REVIEW = "under_review", "Under review"
    CLOSED = "closed", "Closed"
    VOIDED = "voided", "Voided"


# In the queue: what the watch still has to deal with, and what it sees coming before a supervisor has approved it.
ACTIVE = (Status.AWAITING_APPROVAL, Status.SUBMITTED, Status.UNDER_REVIEW)

"""Completed training: recording it, taking a false one back, and until when a person's training counts."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.access import Refused, action
from accounts.actions import require
from accounts.models import Training, User
from audit.log import record


@action
def record_training(
    user: User, *, completed_on: date, evidence: str, by: User | None, kind: str = Training.Kind.PRIVACY
) -> Training:
    """Record that `user` completed a training. Raises Refused for one's own, a day to come, and one recorded before."""
    require(by, "record_training")
    if by is not None and by.person_key == user.person_key:
        raise Refused("You cannot record your own training. Ask another Access Control Manager.")
    if completed_on > timezone.localdate():
        raise Refused("This day is still to come. Give the day on which the training was completed.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.trainings.filter(kind=kind, completed_on=completed_on, withdrawn_at=None).exists():
        raise Refused("This training is recorded already.")
    done = Training.objects.create(
        user=user, kind=kind, completed_on=completed_on, evidence=evidence, recorded_by=by, recorded_at=timezone.now()
    )
    _count(user)
    record("training.recorded", by=by, on=user, kind=kind, completed_on=completed_on.isoformat())
    return done


def _count(user: User) -> None:
    """Write until when the newest privacy training counts, so that no request has to look for it."""
    newest = user.trainings.filter(kind=Training.Kind.PRIVACY, withdrawn_at=None).order_by("-completed_on").first()
    user.trained_until = newest.completed_on + timedelta(days=settings.TRAINING_DAYS) if newest else None
    user.save(update_fields=["trained_until"])


@action
def withdraw_training(training: Training, *, by: User | None, reason: str) -> Training:
    """Take back a training that was recorded wrongly; what it alone opened is closed at the person's next request."""
    require(by, "record_training")
    user = User.objects.select_for_update().get(pk=training.user_id)
    if by is not None and by.person_key == user.person_key:
        raise Refused("You cannot change your own training. Ask another Access Control Manager.")
    training = Training.objects.select_for_update().get(pk=training.pk)
    if training.withdrawn_at:
        raise Refused("This training is withdrawn already. Nothing was done again.")
    training.withdrawn_by, training.withdrawn_at, training.withdrawn_reason = by, timezone.now(), reason
    training.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    _count(user)
    record("training.withdrawn", by=by, on=user, completed_on=training.completed_on.isoformat(), reason=reason)
    return training

"""Readings outside one's offices: a few of the last days, some drawn for review and one signed off."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, When
from django.utils import timezone

from accounts.models import User
from reports import actions, outside
from reports.models import OutsideReading, Report
from sen.demo.people import invented

# Who read, of which office and kind, how many hours ago, and why.
READINGS: tuple[tuple[str, str, str, int, str], ...] = (
    ("a.fenwick", "MIA", "sir", 75, "Our suspect gave a Miami address; I look whether he was arrested there before."),
    ("d.sharpe", "MIA", "sir", 50, "A vessel that we follow was last seen in Biscayne Bay."),
    ("e.holt", "MIA", "spear", 31, "We plan an arrest of the same group and must not cross this operation."),
    ("a.fenwick", "MIA", "spear", 6, "The target of this plan has moved to Atlanta, where my team takes over."),
    ("agent", "ATL", "sir", 4, "The courier of this arrest is named in a case of ours."),
    ("agent", "HOU", "sir", 27, "Money of the same bank account turned up in our seizure."),
)


def make() -> None:
    """Once: nothing is added where anybody has read from outside already."""
    if OutsideReading.objects.exists():
        return
    people = {user.username: user for user in invented()}
    now = timezone.now()
    for username, office, kind, hours, reason in sorted(READINGS, key=lambda one: -one[3]):
        reader = people[username]
        if report := _report(reader, office, kind):
            at = now - timedelta(hours=hours)
            actions.open_outside(report.number, by=reader, reason=reason, now=at)
    _review(people["acm"])


def _report(reader: User, office: str, kind: str) -> Report | None:
    """One of that office which the reader may know of and nobody has opened; of another office if it has none."""
    there = outside.stubs(reader, outside.policies(reader)).filter(kind=kind, outside_readings=None)
    return there.order_by(Case(When(office__code=office, then=0), default=1), "number").first()


def _review(by: User) -> None:
    if reading := outside.waiting_for(by).order_by("opened_at").first():
        note = "The supervisor confirms the case."
        actions.review_outside(reading.pk, by=by, finding=OutsideReading.Finding.JUSTIFIED, note=note)

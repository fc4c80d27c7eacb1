"""Where pages tell of reading outside one's offices: on the report, to its reader and its office, and at home."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.access import may
from accounts.models import User
from audit.log import Subject, record
from reports import outside, panels
from reports.models import OutsideReading, Report
from reports.panels import Entry, Panel
from reports.standing import Banner
from sen.home import Block, Home
from sen.home import register as register_home
from sen.times import exact
from sen.ui import navigation

WEEK = timedelta(days=7)


def register() -> None:
    panels.register(panels=for_the_reader, entries=for_the_office)
    register_home(Home("name_readers", 27, of_the_week))
    register_home(Home("grant_roles", 21, to_review))
    navigation.add(
        label="Outside readings",
        url_name="reports:outside_readings",
        permission=("grant_roles", "read_audit"),
        icon="visibility",
        order=72,
    )


def for_the_reader(report: Report, user: User) -> Iterable[Panel]:
    """That this reading is one from outside, until when, and how to go on."""
    reading = outside.under_way(report, user)
    if reading is None:
        return
    until = exact(timezone.localtime(reading.until))
    url = reverse("reports:open_outside", args=[report.number])
    says = f"Until {until}. {report.office.name} can see that you did, and your reason. You cannot change anything."
    banner = Banner("info", "You read this outside your offices", says, url=url, link="Read it for longer")
    yield Panel("Outside your offices", "reports/outside_panel.html", {"reading": reading, "url": url}, banner)


def for_the_office(report: Report, user: User) -> Iterable[Entry]:
    """Who read it from outside and why, in the timeline of those who decide who reads it."""
    if not may(user, "name_readers", report.office, report.author_id):
        return
    for one in OutsideReading.objects.filter(report=report).select_related("reader"):
        yield Entry(one.opened_at, "Opened from outside the office", one.reader.name, "visibility", note=one.reason)


# -- At home -----------------------------------------------------------------------------------------------------------
def of_the_week(user: User) -> list[Block]:
    """How often the reports of one's offices were read from outside this week, for whoever leads one."""
    if not user.rights.offices.get("name_readers") and "name_readers" not in user.rights.everywhere:
        return []
    lately = OutsideReading.objects.filter(outside.of_own_offices(user), opened_at__gte=timezone.now() - WEEK)
    if not (found := lately.count()):
        return []
    record("reports.outside_readings_listed", by=user, on=Subject("list", "", "readings of the week"), count=found)
    return [Block("Read from outside", "reports/outside_home.html", {"readings": found})]


def to_review(user: User) -> list[Block]:
    """How many readings wait for the after-review: a figure; whose they are is a page of its own."""
    waiting = outside.waiting_for(user).count()
    return [Block("Readings to review", "reports/outside_home_review.html", {"waiting": waiting})] if waiting else []

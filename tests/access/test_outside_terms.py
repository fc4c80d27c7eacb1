"""Each term of what decides about reading outside one's offices counts: leave one out, and one of these fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit.log import record
from reports import outside
from reports.models import OutsideReading, OutsideRule, Report, ReportReader
from reports.models.report import NAMED, OUTSIDE, SHARED
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NONE = OutsideReading.Finding.NONE


def read(report: Report, by: Any, *, hours: int = 1, sampled: bool = True, finding: str = NONE) -> OutsideReading:
    """A reading that runs for so many hours yet; less than none: it is over."""
    now = timezone.now()
    signed = {"finding": finding, "reviewed_by": User.objects.get(username="acm"), "reviewed_at": now}
    with transaction.atomic():
        made = OutsideReading.objects.create(
            report=report,
            reader=by,
            reason="The same man was seen in Atlanta",
            opened_at=now - 24 * HOUR,
            until=now + hours * HOUR,
            sampled=sampled,
            **(signed if finding else {}),
        )
        record("report.opened_outside", by=by, on=report, reading=made.pk)
    return made


def afresh(user: Any) -> User:
    return User.objects.select_related("office").get(pk=user.pk)


def give(user: Any, role: Role, office: str) -> User:
    until = timezone.now() + timedelta(days=30)
    accounts.grant_role(user=user, role=role, office=Office.objects.get(code=office), until=until, by=None)
    return afresh(user)


@transaction.atomic
def open_to(user: Any, report: Report, how: str, lasts: timedelta) -> None:
    ReportReader.objects.filter(user=user).delete()
    permission = Permission.objects.get(content_type__app_label="reports", codename=how)
    until = timezone.now() + lasts
    ReportReader.objects.create(content_object_id=report.pk, user=user, permission=permission, until=until)
    record("report.reader_named", by=None, on=report)


def shown(user: Any) -> list[OutsideReading]:
    return list(outside.looked_after_by(afresh(user)))


# -- What may be known -------------------------------------------------------------------------------------------------
def test_outside_are_the_kinds_that_one_reads_somewhere_and_not_everywhere(
    outsider: Any, officer: Any, hq: Any, acm: Any
) -> None:
    assert set(outside.kinds_with_bounds(outsider)) == {"sir", "spear"}
    assert set(outside.kinds_with_bounds(officer)) == {"sir", "spear", "ilead", "tav"}
    assert outside.kinds_with_bounds(hq) == outside.kinds_with_bounds(acm) == []


def test_a_stub_is_of_the_number_that_was_asked_for(agent: Any, outsider: Any) -> None:
    for report in (file_sir(agent), file_sir(agent)):
        told = outside.stub(report.number, outsider)
        assert told
        assert told[0].pk == report.pk


def test_a_rule_opens_to_those_alone_who_hold_its_role_now_and_for_its_kind_alone(outsider: Any) -> None:
    def opening() -> set[tuple[str, str]]:
        return set(OutsideRule.objects.opening_to(outsider, ["sir"]).values_list("role", "kind"))

    assert opening() == {("field_hsi", "sir")}
    now = timezone.now()
    with transaction.atomic():
        Assignment.objects.filter(user=outsider).update(granted_at=now - HOUR, until=now - HOUR / 2)
        record("user.rights_recomputed", by=None, on=outsider)
    assert opening() == set()
    held = accounts.grant_role(
        user=outsider, role=Role.FIG, office=Office.objects.get(code="ATL"), until=now + HOUR, by=None
    )
    assert opening() == {("fig", "sir")}
    accounts.revoke_role(held, by=None)
    assert opening() == set()


# -- One's own readings ------------------------------------------------------------------------------------------------
def test_a_reading_is_under_way_for_its_reader_its_report_and_its_time_alone(
    agent: Any, outsider: Any, officer: Any
) -> None:
    report, other = file_sir(agent), file_sir(agent)
    read(other, outsider)
    read(report, officer)
    read(report, outsider, hours=-1)
    assert outside.under_way(report, outsider) is None
    mine = read(report, outsider)
    assert outside.under_way(report, outsider) == mine


def test_in_scope_is_what_an_office_opens_and_what_one_wrote_whatever_one_still_holds(
    agent: Any, colleague: Any, outsider: Any
) -> None:
    report = file_sir(agent)
    assert outside.in_scope(report, colleague)
    assert not outside.in_scope(report, outsider)
    accounts.revoke_role(Assignment.objects.get(user=agent), by=None)
    assert outside.in_scope(report, afresh(agent))


def test_by_a_reading_alone_reads_who_is_neither_named_on_that_report_nor_told_of_it_now(
    agent: Any, colleague: Any, outsider: Any
) -> None:
    report, other = file_sir(agent), file_sir(agent)
    assert not outside.alone(report, outsider)
    read(report, outsider)
    open_to(colleague, report, NAMED, HOUR)
    open_to(outsider, other, NAMED, HOUR)
    assert outside.alone(report, outsider)
    for how, lasts, alone in ((OUTSIDE, HOUR, True), (NAMED, -HOUR, True), (NAMED, HOUR, False), (SHARED, HOUR, False)):
        open_to(outsider, report, how, lasts)
        assert outside.alone(report, outsider) is alone, (how, lasts)


# -- Who looks after them ----------------------------------------------------------------------------------------------
def test_readings_are_shown_to_the_offices_that_decide_and_to_authors_of_what_others_read(
    agent: Any, colleague: Any, supervisor: Any, outsider: Any, stranger: Any, acm: Any
) -> None:
    """An author those of their own reports; a supervisor those of an office of theirs, without their own readings."""
    report = file_sir(agent)
    reading = read(report, outsider, sampled=False)
    assert shown(agent) == shown(supervisor) == [reading]
    assert shown(colleague) == shown(acm) == shown(stranger) == []
    assert shown(give(stranger, Role.SUPERVISOR, "ATL")) == []
    assert shown(give(stranger, Role.SUPERVISOR, "HSI")) == [reading]
    assert shown(give(outsider, Role.SUPERVISOR, "MIA")) == []


def test_who_decides_for_every_office_is_shown_the_readings_of_every_office(
    agent: Any, outsider: Any, stranger: Any
) -> None:
    reading = read(file_sir(agent), outsider, sampled=False)
    assert shown(give(stranger, Role.SUPERVISOR, "HQ")) == [reading]


def test_what_waits_for_review_was_drawn_has_none_and_is_of_somebody_else(
    agent: Any, outsider: Any, acm: Any, supervisor: Any
) -> None:
    report = file_sir(agent)
    waits = read(report, outsider)
    read(report, outsider, sampled=False)
    read(report, outsider, finding="justified")
    read(report, acm)
    assert list(outside.waiting_for(acm)) == [waits]
    assert not outside.waiting_for(supervisor).exists()


def test_a_review_is_of_what_was_drawn_by_another_and_has_none(acm: Any, outsider: Any, supervisor: Any) -> None:
    def answer(user: Any, **values: Any) -> str:
        verdict = outside.may_review(OutsideReading(**{"reader": outsider, "sampled": True, **values}), user)
        assert bool(verdict) == (not verdict.reason)
        return verdict.reason

    assert answer(acm) == ""
    assert "do not let you" in answer(supervisor)
    assert "your own reading" in answer(acm, reader=acm)
    assert "not drawn" in answer(acm, sampled=False)
    assert "Supervisor has reviewed" in answer(acm, reviewed_by=supervisor)


def test_of_the_reports_of_a_page_those_are_links_that_one_can_open(agent: Any, supervisor: Any, outsider: Any) -> None:
    report, _ = file_sir(agent), file_sir(agent)
    readings = [read(report, outsider)]
    assert outside.readable_of(readings, supervisor) == {report.pk}
    assert outside.readable_of(readings, outsider) == set()


@pytest.mark.parametrize(("hours", "says"), [(1, "an hour"), (24, "24 hours")])
def test_how_long_it_is_open_is_said_in_words(settings: Any, hours: int, says: str) -> None:
    settings.OUTSIDE_HOURS = hours
    assert outside.hours() == says

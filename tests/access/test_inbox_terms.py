"""What reaches an inbox: of one's own office alone, and of a restricted report only to whom it names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Office
from accounts.roles import Role
from audit.log import record
from reports.models import Report
from reports.models.report import NAMED, OUTSIDE, SHARED
from tests.access.test_outside_terms import give, open_to
from tests.reports.filing import file_sir
from tests.watch.stories import release, to, write
from watch.models import Summary, SummaryNotice
from watch.reach import readable, report_notices, summary_notices, waiting_count

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@transaction.atomic
def change(report: Report, **values: Any) -> None:
    Report.objects.filter(pk=report.pk).update(**values)
    record("report.amended", by=None, on=report)


@transaction.atomic
def tell(summary: Summary, code: str, role: Role) -> None:
    """Of its second version, and nobody else."""
    office, now = Office.objects.get(code=code), timezone.now()
    SummaryNotice.objects.create(summary=summary, office=office, role=role, version=2, made_at=now)
    record("summary.released", by=None, on=summary)


def test_a_summary_and_a_report_reach_a_role_at_the_office_that_was_told_and_at_no_other(
    agent: Any, analyst: Any, fod: Any, sac: Any, stranger: Any
) -> None:
    release(write(file_sir(agent), analyst), analyst, to("MIF", Role.FOD))
    assert (readable(fod).count(), summary_notices(fod).count(), report_notices(sac).count()) == (1, 1, 1)
    give(stranger, Role.FOD, "ATL")
    other = give(stranger, Role.SAC, "HSI")
    assert Report.objects.visible_to(other).exists()
    assert (readable(other).count(), summary_notices(other).count(), report_notices(other).count()) == (0, 0, 0)


def test_the_summary_of_a_restricted_report_reaches_those_whom_it_names_for_now(
    agent: Any, analyst: Any, fod: Any
) -> None:
    report = file_sir(agent)
    release(write(report, analyst), analyst, to("MIF", Role.FOD))
    change(report, restricted=True, restricted_reason="An employee is involved.")
    for how, lasts, reaches in ((OUTSIDE, HOUR, 0), (SHARED, HOUR, 0), (NAMED, -HOUR, 0), (NAMED, HOUR, 1)):
        open_to(fod, report, how, lasts)
        assert (readable(fod).count(), summary_notices(fod).count()) == (reaches, reaches), (how, lasts)


def test_a_notice_gives_way_to_a_newer_one_of_its_summary_its_office_and_its_role_alone(
    agent: Any, analyst: Any, sac: Any
) -> None:
    first, other = write(file_sir(agent), analyst), write(file_sir(agent), analyst)
    release(first, analyst)
    release(other, analyst)
    release(write(other.report, analyst, "Two people were arrested."), analyst)
    tell(first, "ATL", Role.SAC)
    tell(first, "MIA", Role.FIG)
    assert {(notice.summary_id, notice.version) for notice in summary_notices(sac)} == {(first.pk, 1), (other.pk, 2)}


def test_what_was_told_of_a_voided_report_waits_for_nobody(agent: Any, analyst: Any, sac: Any) -> None:
    report = file_sir(agent)
    release(write(report, analyst), analyst)
    assert (summary_notices(sac).count(), report_notices(sac).count()) == (1, 1)
    change(report, status="voided")
    assert Report.objects.visible_to(sac).exists()
    assert (summary_notices(sac).count(), report_notices(sac).count()) == (0, 0)


def test_what_waits_is_not_even_asked_for_who_acknowledges_nothing(
    agent: Any, sac: Any, stranger: Any, django_assert_num_queries: Any
) -> None:
    file_sir(agent)
    for user, waits, statements in ((sac, 1, 1), (agent, 0, 0), (stranger, 0, 0)):
        assert user.may_somewhere("acknowledge") is bool(waits)
        assert bool(user.live_assignments) is (user != stranger)
        with django_assert_num_queries(statements):
            assert waiting_count(user) == waits

"""What reaches an inbox: of one's own office alone, and of a restricted report only to whom it names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.roles import Role
from audit.log import record
from reports.models import Report
from reports.models.report import NAMED, OUTSIDE, SHARED
from tests.access.test_outside_terms import give, open_to
from tests.reports.filing import file_sir
from tests.watch.stories import release, to, write
from watch.reach import readable, report_notices, summary_notices

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@transaction.atomic
def restrict(report: Report) -> None:
    Report.objects.filter(pk=report.pk).update(restricted=True, restricted_reason="An employee is involved.")
    record("report.amended", by=None, on=report)


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
    restrict(report)
    for how, lasts, reaches in ((OUTSIDE, HOUR, 0), (SHARED, HOUR, 0), (NAMED, -HOUR, 0), (NAMED, HOUR, 1)):
        open_to(fod, report, how, lasts)
        assert (readable(fod).count(), summary_notices(fod).count()) == (reaches, reaches), (how, lasts)

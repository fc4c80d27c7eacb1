"""The legacy SSNs on the page of an iLead: eight bullets a person for every reader, and a form for those granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from accounts.access import may
from accounts.models import User
from ileads.forms import SSNForm
from ileads.lookup import KIND
from ileads.models import LegacySSN
from ileads.reveal import ONLY_READ, shown_today
from reports import outside
from reports.models import Report
from reports.panels import Panel


@dataclass(frozen=True)
class Line:
    """One number of one person; `form` for those who may ask to see it, with ids of its own on the page."""

    ssn: LegacySSN
    form: SSNForm | None


def panels(report: Report, user: User) -> Iterable[Panel]:
    if report.kind != KIND:
        return
    # What is sealed is not even read here.
    ssns = list(LegacySSN.objects.filter(report_id=report.pk).defer("value").select_related("person"))
    if not ssns:
        return
    granted = bool(may(user, "reveal_ssn", report.office))
    only_read = ONLY_READ if granted and outside.alone(report, user) else ""
    may_reveal = granted and not only_read
    lines = [
        Line(ssn, SSNForm(auto_id=f"ssn{place}_%s") if may_reveal else None) for place, ssn in enumerate(ssns, start=1)
    ]
    context = {"lines": lines, "report": report, "may_reveal": may_reveal, "only_read": only_read}
    if may_reveal:
        context |= {"today": shown_today(user), "limit": settings.REVEALS_A_DAY}
    yield Panel("Legacy SSNs", "ileads/ssn_panel.html", context)

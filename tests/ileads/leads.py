"""iLeads for tests, filed, approved and passed on through the real actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ileads import actions
from ileads.models import Dissemination
from reports.models import Report
from tests.reports.filing import approved, file_ilead, ilead_answers

PROVIDER = "Ines Calloway"
WHY = "Works the case of the robberies"


def filed(officer: Any, fod: Any, **changes: Any) -> Report:
    """An approved iLead of the officer."""
    return approved(file_ilead(officer, ilead_answers(officer, **changes)), fod)


def passed_on(report: Report, to: Any, *, by: Any, **values: Any) -> Dissemination:
    given: dict[str, Any] = {"need_to_know": WHY, "until": timezone.now() + timedelta(days=30)} | values
    return actions.pass_on(report.pk, to, by=by, **given)


def address(report: Report, page: str = "") -> str:
    """Of the iLead itself, or of one of its own pages."""
    return f"/ileads/{report.number}/{page}/" if page else f"/reports/{report.number}/"

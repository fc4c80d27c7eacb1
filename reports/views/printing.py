"""Reports on paper: one report, and a comparison of two of its versions, as tagged PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from reports.lookup import READS, visible_report
from reports.page import opened
from reports.printing.sheets import comparison_sheet, report_sheet
from reports.printing.typeset import typeset
from reports.reading import note_reading
from reports.views.versions import pair_asked_for, version_or_404


@requires(*READS)
@require_safe
def report(request: HttpRequest, number: str) -> HttpResponse:
    """The report as it now is, for paper. Every page says who printed it and when; the log knows it by its copy."""
    user, now = person(request), timezone.now()
    found = opened(number, user)
    copy = note_reading(found, by=user, code="report.printed", now=now)
    sheet = report_sheet(found, user, at=now, copy=copy)
    return _pdf(typeset(sheet, "report.typ", now), f"{found.number}.pdf")


@requires(*READS)
@require_safe
def comparison(request: HttpRequest, number: str) -> HttpResponse:
    """What changed between the two versions that the address names, else the last two, for paper."""
    user, now = person(request), timezone.now()
    found = visible_report(number, user)
    old, new = pair_asked_for(request, found)
    pair = (version_or_404(found, old), version_or_404(found, new))
    note_reading(found, by=user, version=old, code="report.comparison_printed", now=now)
    copy = note_reading(found, by=user, version=new, code="report.comparison_printed", now=now)
    sheet = comparison_sheet(found, pair, user, at=now, copy=copy)
    return _pdf(typeset(sheet, "comparison.typ", now), f"{found.number}-versions-{old}-{new}.pdf")


def _pdf(body: bytes, name: str) -> HttpResponse:
    """A file to keep or to print: never a page of ours, so no script in it could act as the reader."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)

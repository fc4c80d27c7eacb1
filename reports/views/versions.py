"""The versions of a report: which there are and who read them, one as it was, and any two side by side."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import may, person, requires
from accounts.models import User
from audit.log import record
from reports import actions, protection
from reports.compare import changes
from reports.condensed import when, where
from reports.document import document
from reports.lookup import READS, visible_report
from reports.models import Reading, Report, Revision
from reports.reading import note_reading


@requires(*READS)
@require_safe
def versions(request: HttpRequest, number: str) -> HttpResponse:
    """Who wrote each version, when and why, and who has read it."""
    report = visible_report(number, person(request))
    record("report.readers_viewed", by=person(request), on=report)
    readers = _readers(report, person(request))
    kept = report.revisions.select_related("by").defer("content")
    context = {
        "report": report,
        "versions": [(version, readers[version.version]) for version in kept],
        "numbers": range(1, report.version + 1),
        "before": report.version - 1,
    }
    return render(request, "reports/versions.html", context)


def _readers(report: Report, user: User) -> dict[int, list[Reading]]:
    """Who read each version, by its number, whoever read it first standing first.

    To whom a report was passed on does not learn who else has it.
    """
    readings = Reading.objects.filter(report=report)
    by_role = may(user, report.declaration.permission("read"), report.office, report.author_id)
    if not (report.restricted or by_role):
        readings = readings.filter(reader=user)
    found: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings.select_related("reader").order_by("first_at"):
        found[reading.version].append(reading)
    return found


@requires(*READS)
@require_safe
def version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """One version as it was."""
    user = person(request)
    report = visible_report(number, user)
    revision, filled = version_or_404(report, version)
    note_reading(report, by=user, version=version, code="report.version_viewed")
    context = {
        "report": report,
        "revision": revision,
        "title": filled.report.title,
        "when": when(filled),
        "where": where(filled),
        "parts": document(filled, leave_out=("title",), opened=protection.opened(report, user)),
    }
    return render(request, "reports/version.html", context)


@requires(*READS)
@require_safe
def compare(request: HttpRequest, number: str) -> HttpResponse:
    """What changed between any two versions; the last two unless the address says which."""
    user = person(request)
    report = visible_report(number, user)
    old_number, new_number = pair_asked_for(request, report)
    (old, before), (new, after) = version_or_404(report, old_number), version_or_404(report, new_number)
    for read in (old_number, new_number):
        note_reading(report, by=user, version=read, code="report.compared")
    opened = protection.opened(report, user)
    context = {
        "report": report,
        "old": old,
        "new": new,
        "numbers": range(1, report.version + 1),
        "old_title": f"Version {old_number}",
        "new_title": f"Version {new_number}",
        "pdf_url": f"{reverse('reports:compare_pdf', args=[number])}?old={old_number}&new={new_number}",
        "rows": [(change.place, change.old, change.new) for change in changes(before, after, opened=opened)],
    }
    return render(request, "reports/compare.html", context)


def pair_asked_for(request: HttpRequest, report: Report) -> tuple[int, int]:
    """The two versions asked for, the older first. A report with one version has nothing to compare."""
    try:
        asked = [int(request.GET.get("old") or report.version - 1), int(request.GET.get("new") or report.version)]
    except ValueError:
        raise Http404 from None
    old, new = sorted(asked)
    if old < 1 or new > report.version or old == new:
        raise Http404
    return old, new


def version_or_404(report: Report, number: int) -> tuple[Revision, Any]:
    try:
        return actions.version(report, number)
    except Revision.DoesNotExist:
        raise Http404 from None

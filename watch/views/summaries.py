"""A summary: written and changed by the watch, read by whoever was told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person, requires, signed_in
from accounts.models import User
from accounts.refusals import add_refusal
from audit.log import record
from reports import actions as report_actions
from reports.document import document
from reports.lookup import gone_meanwhile, visible_report
from reports.models import Report
from reports.reading import note_reading
from watch import actions
from watch.forms import SummaryForm
from watch.known import of_summary, with_releases
from watch.models import Summary, SummaryVersion
from watch.reach import held, readable

PAGES = ["GET", "HEAD", "POST"]


# -- Writing ----------------------------------------------------------------------------------------------------------
@requires("review_reports")
@require_http_methods(PAGES)
@gone_meanwhile()
def write(request: HttpRequest, number: str) -> HttpResponse:
    """The words of a summary beside the report that they sum up."""
    user = person(request)
    report = visible_report(number, user)
    if request.method == "POST":
        return _save(request, report)
    standing = Summary.objects.filter(report=report).first()
    text, base = (standing.text, standing.written_at.isoformat()) if standing else ("", "")
    form = SummaryForm(initial={"text": text, "of_version": report.version, "base": base})
    return _write_page(request, report, form)


def _save(request: HttpRequest, report: Report) -> HttpResponse:
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _write_page(request, report, form)
    typed = form.cleaned_data
    try:
        with add_refusal(form):
            saved = actions.write(
                report.pk, typed["text"], by=person(request), of_version=typed["of_version"], base=typed["base"]
            )
    except actions.ChangedMeanwhile as conflict:
        return _conflict(request, report, conflict.summary, typed)
    if form.errors:
        return _write_page(request, report, form)
    if "release" in request.POST:
        return redirect("watch:release", summary_id=saved.pk)
    messages.success(request, f"The summary of {report.number} is saved. Only the watch sees it until it is released.")
    return redirect("watch:summary", summary_id=saved.pk)


def _write_page(request: HttpRequest, report: Report, form: SummaryForm) -> HttpResponse:
    user = person(request)
    note_reading(report, by=user)
    _, filled = report_actions.version(report, report.version)
    context = {"report": report, "form": form, "parts": document(filled)}
    return render(request, "watch/write.html", context, status=422 if form.is_bound else 200)


def _conflict(request: HttpRequest, report: Report, theirs: Summary, typed: dict[str, Any]) -> HttpResponse:
    """Both texts side by side, and the reader's own in a form that now replaces or joins the other's."""
    note_reading(report, by=person(request))
    base = theirs.written_at.isoformat() if theirs.text else ""
    form = SummaryForm(initial={"text": typed["text"], "of_version": typed["of_version"], "base": base})
    context = {"report": report, "theirs": theirs, "yours": typed["text"], "form": form}
    return render(request, "watch/conflict.html", context, status=409)


# -- Reading ----------------------------------------------------------------------------------------------------------
def readable_summary(summary_id: UUID, user: User) -> Any:
    """The summary, else 404: whether it does not exist or may not be read is not told."""
    summaries = readable(user).select_related("report__office", "written_by").filter(pk=summary_id)
    found = with_releases(summaries).first()
    if found is None:
        raise Http404
    return found


def is_watch(summary: Summary, user: User) -> bool:
    """Whether `user` has it on the watch's desk, and so sees what is not released yet."""
    on_watch = user.may_somewhere("review_reports")
    return on_watch and Report.objects.visible_to(user).filter(pk=summary.report_id).exists()


@signed_in
@require_safe
def summary(request: HttpRequest, summary_id: UUID) -> HttpResponse:
    """The newest released version; the watch also sees what it is writing."""
    user = person(request)
    found = readable_summary(summary_id, user)
    on_watch, released = is_watch(found, user), found.versions.select_related("by").first()
    if released is None and not on_watch:
        raise Http404
    record("summary.viewed", by=user, on=found, version=released.version if released else 0)
    mine = found.notices.filter(held(user), version=released.version) if released else None
    context = {
        "summary": found,
        "report": found.report,
        "released": released,
        "draft": found if on_watch and found.released_at is None else None,
        "on_watch": on_watch,
        "known": of_summary(found),
        "may_open_report": on_watch or Report.objects.visible_to(user).filter(pk=found.report_id).exists(),
        "mine": mine.filter(acknowledged_at=None).select_related("office").first() if mine is not None else None,
        "is_outdated": (released or found).of_version < found.report.version,
    }
    return render(request, "watch/summary.html", context)


@signed_in
@require_safe
def versions(request: HttpRequest, summary_id: UUID) -> HttpResponse:
    """Every released version, newest first, each with what changed in it."""
    user = person(request)
    found = readable_summary(summary_id, user)
    kept = list(found.versions.select_related("by"))
    if not kept:
        raise Http404
    record("summary.viewed", by=user, on=found, versions=[one.version for one in kept])
    older: list[SummaryVersion | None] = [*kept[1:], None]
    context = {"summary": found, "report": found.report, "versions": list(zip(kept, older, strict=True))}
    return render(request, "watch/versions.html", context)

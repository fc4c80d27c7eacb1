"""The inbox: what the offices of a person were told, and acknowledging it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, requires, signed_in
from accounts.models import User
from audit.log import Subject, record
from reports import actions as report_actions
from reports.models import ReportNotice
from sen.way_back import asked_for
from watch import actions, inboxes
from watch.models import SummaryNotice
from watch.reach import held, report_notices


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits first, urgent and then oldest on top; below, what was acknowledged lately."""
    user = person(request)
    letters = inboxes.letters(user)
    record("inbox.viewed", by=user, on=Subject("inbox", "", "inbox"), count=len(letters))
    context = {
        "open": [letter for letter in letters if not letter.notice.acknowledged_at],
        "done": [letter for letter in letters if letter.notice.acknowledged_at],
        "acknowledges": user.may_somewhere("acknowledge"),
        "days": inboxes.DAYS_SHOWN,
    }
    return render(request, "watch/inbox.html", context)


@signed_in
@require_safe
def oldest(request: HttpRequest) -> HttpResponse:
    """Straight to what has waited longest; to the inbox when nothing waits."""
    letter = next(iter(inboxes.open_letters(person(request), most=1)), None)
    return redirect(letter.url if letter else "watch:inbox")


@requires("acknowledge")
@require_POST
def acknowledge(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Say for an office that it knows, whichever it was told of."""
    user = person(request)
    if report_notices(user).filter(pk=notice_id).exists():
        notice: ReportNotice | SummaryNotice = report_actions.acknowledge(notice_id, by=user)
        said = f"{ReportNotice.objects.select_related('report').get(pk=notice_id).report.number} is acknowledged"
    else:
        notice = _of_summary(notice_id, user)
        if newer := inboxes.newer_than(notice):
            messages.warning(request, f"Version {newer} of this summary was released since. Read it, then acknowledge.")
            return redirect("watch:summary", summary_id=notice.summary_id)
        notice = actions.acknowledge(notice_id, by=user)
        said = f"The summary of {notice.summary.report.number} is acknowledged"
    messages.success(request, f"{said} for {notice.office.name}.")
    return _back(request)


def _of_summary(notice_id: UUID, user: User) -> SummaryNotice:
    notice = SummaryNotice.objects.filter(held(user), pk=notice_id).first()
    if notice is None:
        raise Http404
    return notice


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(asked_for(request) or reverse("watch:inbox"))

"""Releasing a summary: the offices that the rules propose, those chosen by hand, and who would be reached."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import person, requires
from accounts.models import Assignment, Office, User
from accounts.refusals import add_refusal
from accounts.roles import Role
from audit.log import record
from reports import routing
from reports.models import ReportReader
from reports.models.report import NAMED
from reports.routing import Recipient
from sen import errors
from watch import actions
from watch.forms import TOLD_ROLES, ReleaseForm, value_of
from watch.models import Summary, SummaryNotice
from watch.views.summaries import PAGES, readable_summary


@requires("review_reports")
@require_http_methods(PAGES)
def release(request: HttpRequest, summary_id: UUID) -> HttpResponse:
    """Choose who is told, and send it. "Add" puts one more office on the list without sending."""
    summary = readable_summary(summary_id, person(request))
    desk = Desk(summary)
    if request.method != "POST":
        chosen = [value_of(to) for to in desk.proposed]
        form = desk.form(initial={"to": chosen, "base": summary.written_at.isoformat()})
        return _page(request, desk, form)
    form = desk.form(request.POST, named=named(request.POST.getlist("to")))
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    if "add" in request.POST:
        return _page(request, desk, desk.with_one_more(form))
    return _release(request, desk, form)


class Desk:
    """What stands around the form: who has had this version, who had an older one, whom the rules propose."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.report = summary.report
        notices = list(SummaryNotice.objects.filter(summary=summary).select_related("office"))
        self.had = recipients_of([one for one in notices if one.version == summary.version])
        self.again = [to for to in recipients_of(notices) if to not in self.had]
        rules = routing.recipients(self.report, urgent=self.report.urgent, on_summary=True)
        self.proposed = [to for to in rules if to not in self.had and to not in self.again]

    def form(self, *args: Any, named: Collection[Recipient] = (), **kwargs: Any) -> ReleaseForm:
        offered = list(dict.fromkeys([*self.proposed, *(to for to in named if to not in self.had)]))
        lines = {value_of(to): line for to, line in reached(self.report.pk, self.report.restricted, offered).items()}
        offices = Office.objects.filter(active=True)
        return ReleaseForm(*args, offered=offered, offices=offices, lines=lines, **kwargs)

    def with_one_more(self, form: ReleaseForm) -> ReleaseForm:
        """The form as it was, with the office chosen by hand on the list and ticked."""
        chosen = form.chosen
        typed = {"to": [value_of(to) for to in chosen], "note": form.cleaned_data["note"]}
        return self.form(initial={**typed, "base": form.data.get("base", "")}, named=[*form.offered.values(), *chosen])


def recipients_of(notices: list[SummaryNotice]) -> list[Recipient]:
    return list(dict.fromkeys(Recipient(notice.office, Role(notice.role)) for notice in notices))


def named(values: list[str]) -> list[Recipient]:
    """The offices and roles that a posted form names; what is no office or no role that can be told is left out."""
    pairs = [value.split(":", 1) for value in values if value.count(":") == 1]
    wanted = [(pk, role) for pk, role in pairs if pk.isdecimal() and len(pk) < 19 and role in TOLD_ROLES]
    offices = {str(one.pk): one for one in Office.objects.filter(pk__in=[int(pk) for pk, _ in wanted])}
    return [Recipient(offices[pk], Role(role)) for pk, role in wanted if pk in offices]


def reached(report_id: UUID, restricted: bool, to: Collection[Recipient]) -> dict[Recipient, str]:
    """How many people each would reach now: the mail goes to whoever holds the role at the office."""
    holders = Assignment.objects.live().filter(
        user__status=User.Status.ACTIVE, office__in=[one.office.pk for one in to], role__in=[one.role for one in to]
    )
    if restricted:
        readers = ReportReader.objects.filter(content_object_id=report_id, permission__codename=NAMED).values("user_id")
        holders = holders.filter(user__in=readers)
    counted = holders.order_by().values_list("office_id", "role").annotate(people=Count("user_id", distinct=True))
    found = {(office, role): people for office, role, people in counted}
    return {one: _reach_in_words(found.get((one.office.pk, one.role.value), 0), restricted) for one in to}


def _reach_in_words(people: int, restricted: bool) -> str:
    if people:
        return "1 person is told." if people == 1 else f"{people} people are told."
    if restricted:
        return "Nobody there is named on this restricted report, so nobody there could read it."
    return "Nobody holds this role there now, so nobody would be told."


def _page(request: HttpRequest, desk: Desk, form: ReleaseForm, status: int = 200) -> HttpResponse:
    record("summary.viewed", by=person(request), on=desk.summary, version=desk.summary.version)
    context = {"desk": desk, "summary": desk.summary, "report": desk.report, "form": form}
    return render(request, "watch/release.html", context, status=status)


def _release(request: HttpRequest, desk: Desk, form: ReleaseForm) -> HttpResponse:
    summary, typed, user = desk.summary, form.cleaned_data, person(request)
    try:
        with add_refusal(form):
            told = actions.release(
                summary.pk, form.chosen, by=user, base=typed["base"] or summary.written_at, note=typed["note"]
            )
    except actions.ChangedMeanwhile:
        reason = "The summary was changed since you opened this page, so nothing was released. Read it as it is now."
        url = request.get_full_path()
        return errors.conflict(request, reason, next_url=url, next_label="Read it, and release it again")
    if form.errors:
        return _page(request, desk, form, status=422)
    offices = "1 office" if len(told) == 1 else f"{len(told)} offices"
    messages.success(request, f"The summary of {desk.report.number} is released. {offices} told.")
    return redirect("watch:summary", summary_id=summary.pk)

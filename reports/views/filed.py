"""The page of a filed report and what is done from it: amending, moving, acknowledging."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Refused, Verdict, person, requires
from accounts.forms import ReasonForm
from accounts.models import User
from reports import actions, drafts, historical, panels
from reports.asking import MoveForm, move_form
from reports.lookup import FILES, READS, gone_meanwhile, visible_report
from reports.models import Reading, Report, ReportNotice
from reports.moves import Move
from reports.page import opened, page_of
from reports.reading import note_reading
from reports.views.outside import at_the_door
from reports.workflow import may_move, moves_of
from sen import errors
from sen.way_back import asked_for


# -- The page ----------------------------------------------------------------------------------------------------------
@requires(*READS, "read_historical")
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The report as it now is: the document, what may be done with it, who knows, and its life.

    The number of a former system leads whoever may read it to its historical report, that of another office's report
    whoever may know of it to the question why they need it.
    """
    user = person(request)
    try:
        report = opened(number, user)
    except Http404:
        if former := historical.by_number(number, user):
            return redirect("reports:historical_report", pk=former.pk)
        return at_the_door(request, number)
    note_reading(report, by=user)
    return render(request, "reports/detail.html", page_of(report, user))


# -- What is done from it ----------------------------------------------------------------------------------------------
@requires(*READS)
@require_POST
def amend(request: HttpRequest, number: str) -> HttpResponse:
    """Open the person's draft amendment, or go on with it."""
    user = person(request)
    draft = drafts.open_amendment(visible_report(number, user), by=user)
    return redirect("reports:draft", draft_id=draft.pk)


@requires(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
@gone_meanwhile()
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Ask for a move, with its reason or its answers where it needs them, and make it."""
    user = person(request)
    report = visible_report(number, user)
    wanted = moves_of(report.declaration).get(move)
    if wanted is None:
        raise Http404
    if request.method != "POST":
        return _asked(request, report, wanted, may_move(report, wanted, user))
    form = _form(report, wanted, request.POST)
    try:
        reason = form.reason if isinstance(form, ReasonForm) else ""
        actions.move(report.pk, move, by=user, reason=reason, answers=request.POST, seen=_seen(request))
    except ValidationError as error:
        if isinstance(form, ReasonForm):
            form.refused(error)
        return _confirm(request, report, wanted, form, status=422)
    except Refused as error:
        return _refused(request, report, wanted, error)
    except actions.SeenEarlier:
        return _seen_earlier(request, report)
    messages.success(request, f"You have {wanted.said or wanted.done} {report.number}.")
    return _back(request, report)


def _form(report: Report, wanted: Move, data: QueryDict | None = None) -> MoveForm | ReasonForm | None:
    """What the move asks for: answers, a reason, or nothing."""
    if wanted.asks:
        return move_form(wanted, report.typed, data)
    if wanted.needs_reason:
        return ReasonForm(data, needed=f"Say why you {wanted.label.lower()} this report.")
    return None


def _seen(request: HttpRequest) -> int | None:
    """The version that the page was made from."""
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _seen_earlier(request: HttpRequest, report: Report) -> HttpResponse:
    reason = f"A newer version of {report.number} was filed since you opened this page. Read it, then decide."
    url = reverse("reports:detail", args=[report.number])
    return errors.conflict(request, reason, next_url=url, next_label=f"Open {report.number} as it is now")


def _asked(request: HttpRequest, report: Report, wanted: Move, verdict: Verdict) -> HttpResponse:
    """The confirm page; where the report is not where the move starts, the page says so and offers no button."""
    standing = report.status in wanted.from_states
    if not verdict and standing and not _hindered(report, wanted):
        raise Refused(verdict.reason)
    return _confirm(request, report, wanted, _form(report, wanted), refused=verdict.reason)


def _hindered(report: Report, wanted: Move) -> bool:
    return wanted.has_hindrance and bool(wanted.hindered(report.typed, timezone.now()))


def _confirm(
    request: HttpRequest,
    report: Report,
    wanted: Move,
    form: MoveForm | ReasonForm | None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "report": report,
        "move": wanted,
        "form": form,
        "refused": refused,
        "helps": [] if refused else panels.help_with(report, wanted, person(request)),
        "label": f"{wanted.label} {report.number}",
        "act_url": request.get_full_path(),
        "seen": report.version,
        "unread": _unread(report, person(request)),
        "back_url": asked_for(request) or reverse("reports:detail", args=[report.number]),
    }
    return render(request, "reports/move.html", context, status=status)


def _unread(report: Report, user: User) -> int | None:
    """The version that this person read last, where there is a newer one."""
    last = Reading.objects.filter(report=report, reader=user).aggregate(last=Max("version"))["last"]
    return last if last and last < report.version else None


def _refused(request: HttpRequest, report: Report, wanted: Move, error: Refused) -> HttpResponse:
    """409 when the report is no longer where the move starts, for somebody was faster; else the refusal itself."""
    report.refresh_from_db(fields=["status"])
    if report.status in wanted.from_states and not _hindered(report, wanted):
        raise error
    url = reverse("reports:detail", args=[report.number])
    return errors.conflict(request, error.reason, next_url=url, next_label=f"Open {report.number} as it is now")


@requires(*FILES)
@require_POST
def start(request: HttpRequest, number: str, start: str) -> HttpResponse:
    """Begin the report that this one gives rise to, with what is known already."""
    user = person(request)
    report = visible_report(number, user)
    wanted = report.declaration.start(start)
    if wanted is None:
        raise Http404
    note_reading(report, by=user)
    draft = drafts.begin_from(report, wanted, by=user)
    return redirect("reports:draft", draft_id=draft.pk)


@requires("acknowledge")
@require_POST
def acknowledge(request: HttpRequest, number: str, notice_id: UUID) -> HttpResponse:
    """Say for an office that it knows."""
    user = person(request)
    report = visible_report(number, user)
    if not ReportNotice.objects.filter(pk=notice_id, report=report).exists():
        raise Http404
    notice = actions.acknowledge(notice_id, by=user)
    messages.success(request, f"{report.number} is acknowledged for {notice.office.name}.")
    return _back(request, report)


def _back(request: HttpRequest, report: Report) -> HttpResponse:
    return HttpResponseRedirect(asked_for(request) or reverse("reports:detail", args=[report.number]))

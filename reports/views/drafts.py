"""Beginning a report, its list of parts, and discarding it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person, requires
from reports import attachment_panel, drafts, progress
from reports.answers import Answers
from reports.kinds import KINDS
from reports.models import Draft, Report, StatusChange
from reports.states import Status
from reports.views.own import FILE, FILE_OR_AMEND, around, own_draft, part_url


@requires(*FILE)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    user = person(request)
    kinds = [kind for kind in KINDS if user.may_somewhere(kind.permission("file"))]
    return render(request, "reports/choose.html", {"kinds": kinds})


@requires(*FILE)
@require_safe
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Reopen the person's untouched draft of this kind, else make one: a stable address to begin from."""
    if KINDS.get(kind) is None:
        raise Http404
    draft = drafts.open_draft(kind, by=person(request))
    return redirect("reports:draft", draft_id=draft.pk)


@requires(*FILE_OR_AMEND)
@require_safe
@own_draft
def draft(request: HttpRequest, answers: Answers) -> HttpResponse:
    tasks = progress.tasks(answers)
    context = {
        "tasks": [(task, part_url(answers, task.part)) for task in tasks if not task.part.optional],
        "more": [(task, part_url(answers, task.part)) for task in tasks if task.part.optional],
        "first": part_url(answers, answers.parts[0]),
        "title": answers.title,
        "origin": _origin(answers),
        "returned_because": _returned_because(answers.draft),
        "attached": attachment_panel.in_words(answers.draft),
    }
    return render(request, "reports/draft.html", around(answers) | context)


def _origin(answers: Answers) -> str:
    """The number of the report from which this one was begun, while its author may see it."""
    begun_from = answers.draft.begun_from_id
    if begun_from is None:
        return ""
    seen = Report.objects.visible_to(answers.user).filter(pk=begun_from)
    return seen.values_list("number", flat=True).first() or ""


def _returned_because(draft: Draft) -> str:
    """Why the report was returned, for whoever mends it."""
    if draft.amends is None or draft.amends.status != Status.RETURNED:
        return ""
    last = StatusChange.objects.filter(report=draft.amends, move="return").order_by("-at").first()
    return last.reason if last else ""


@requires(*FILE_OR_AMEND)
@require_http_methods(["GET", "HEAD", "POST"])
@own_draft
def discard(request: HttpRequest, answers: Answers) -> HttpResponse:
    if request.method != "POST":
        return render(request, "reports/discard.html", around(answers) | {"title": answers.title})
    amended = answers.draft.amends
    drafts.discard(answers.draft.pk, by=person(request))
    if amended:
        messages.success(request, f"Your changes to {amended.number} were discarded. The report stands as it was.")
        return redirect("reports:detail", number=amended.number)
    messages.success(request, "The draft was discarded.")
    return redirect("home")

"""The page for an amendment whose report has a newer version: three texts beside each other, and a choice for each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from reports.answers import Answers
from reports.newest import settle, three_way
from reports.reading import note_reading
from reports.views.own import FILE_OR_AMEND, around, own_draft

CHOOSE = "Choose for each answer that you both changed."


@requires(*FILE_OR_AMEND)
@require_http_methods(["GET", "HEAD", "POST"])
@own_draft
def newest(request: HttpRequest, answers: Answers) -> HttpResponse:
    report, draft = answers.draft.amends, answers.draft
    if report is None or report.version == draft.base_version:
        return redirect("reports:check", draft_id=draft.pk)
    if request.method != "POST":
        return show(request, answers)
    seen = request.POST.get("newest", "")
    chosen = [name for name in request.POST if name.startswith("choice-")]
    choices = {name.removeprefix("choice-"): request.POST.get(name, "") for name in chosen}
    if not settle(draft.pk, int(seen) if seen.isascii() and seen.isdigit() else 0, choices, by=answers.user):
        return show(request, answers, choices, problem=CHOOSE, status=422)
    messages.success(request, f"Your amendment now stands on version {report.version}. Check it once more.")
    return redirect("reports:check", draft_id=draft.pk)


def show(
    request: HttpRequest, answers: Answers, choices: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    report = answers.draft.amends
    assert report is not None  # noqa: S101 - the view sends everybody else away
    note_reading(report, by=answers.user, code="report.draft_viewed")
    found = three_way(answers.draft, report, answers.user).differences()
    context = {
        "report": report,
        "clashes": [(one, (choices or {}).get(one.slot, "")) for one in found if one.clash],
        "taken": [one for one in found if not one.clash],
        "problem": problem,
    }
    return render(request, "reports/newest.html", around(answers) | context, status=status)

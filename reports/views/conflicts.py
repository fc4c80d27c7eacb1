"""Two saves of one part that crossed: both side by side, and the author picks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from reports.answers import Answers, AnswersForm, Raw
from reports.typed import said
from reports.views.own import around, is_autosave

CHANGED = "This part was changed in another window or on another device. Choose which of the two to keep."


def choose_version(
    request: HttpRequest, answers: Answers, forms: list[AnswersForm], yours: Raw, action: str
) -> HttpResponse:
    """409: what was saved elsewhere and what was sent now, side by side; either is one button away."""
    if is_autosave(request):
        return JsonResponse({"message": f"{CHANGED} Press Save to see both."}, status=409)
    answers.draft.refresh_from_db()
    theirs, mine = (said(form) for form in forms)
    context = {
        "explanation": CHANGED,
        "changed": [(label, theirs.get(label, ""), text) for label, text in mine.items() if theirs.get(label) != text],
        "typed": [(name, value) for name, values in yours.items() for value in values],
        "action": action,
        "then": request.POST.get("then", ""),
    }
    return render(request, "reports/conflict.html", around(answers) | context, status=409)

"""One part of a draft: the screen of a section, saved as typed whatever is wrong with it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Refused, person, requires
from reports import drafts
from reports.answers import Answers, AnswersForm, from_raw, posted
from reports.kinds import Rows, Section
from reports.layout import lay_out
from reports.views import rows
from reports.views.conflicts import choose_version
from reports.views.own import (
    FILE_OR_AMEND,
    around,
    has_number,
    hush,
    is_autosave,
    list_url,
    next_url,
    not_saved,
    open_page,
    own_draft,
    part_url,
    saved_answer,
)


@requires(*FILE_OR_AMEND)
@require_http_methods(["GET", "HEAD", "POST"])
@own_draft
def part(request: HttpRequest, answers: Answers, part: str) -> HttpResponse:
    found = answers.kind.part(part)
    if found is None or found not in answers.enterable:
        raise Http404
    if isinstance(found, Rows):
        return rows.listing(request, answers, found)
    if request.method == "POST":
        return save(request, answers, found)
    form = answers.say_beside(answers.form(found), found)
    return show(request, answers, found, form if "check" in request.GET else hush(form))


def save(request: HttpRequest, answers: Answers, part: Section) -> HttpResponse:
    raw = posted(answers.form(part), request.POST)
    try:
        draft = drafts.save_part(answers.draft.pk, part, raw, open_page(request), by=person(request))
    except drafts.Conflict as clash:
        forms = [answers.form(part, from_raw(version)) for version in (clash.theirs, clash.yours)]
        return choose_version(request, answers, forms, raw, part_url(answers, part))
    except Refused as refused:
        form = answers.form(part, from_raw(raw))
        return not_saved(request, form, refused) or show(request, answers, part, form, status=422)
    answers = Answers(draft, answers.user)
    if is_autosave(request):
        return saved_answer(answers, raw)
    form = answers.form(part, from_raw(raw))  # as typed, although the draft holds bullets for a number
    if request.POST.get("then") == "list" and not has_number(form):
        return redirect(list_url(answers))
    form = answers.say_beside(form, part)
    return redirect(next_url(answers, part)) if form.is_valid() else show(request, answers, part, form, status=422)


def show(request: HttpRequest, answers: Answers, part: Section, form: AnswersForm, status: int = 200) -> HttpResponse:
    context = {"part": part, "form": form, "layout": lay_out(part, form), "action": part_url(answers, part)}
    return render(request, "reports/part.html", around(answers) | context, status=status)
